/* Cells coloured by their value: `highlight` of a table. */
#pragma once

#include "charts/columns.h"

extern const struct key highlight_keys[];

void highlight_check(struct compile *c, const struct chart *chart);

/* table.column_formatting. */
void highlight_lower(struct compile *c, const struct chart *chart, json_t *settings);
