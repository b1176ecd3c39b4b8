/* What heading, text, link and iframe share: cards of a dashboard without a query. */
#pragma once

#include "charts/chart.h"

/* The settings by which the server knows a card without a query. */
void placed_lower(const struct placement *placement, json_t *settings);

/* Text of the item as JSON (new). */
json_t *placed_text(const struct placement *placement);
