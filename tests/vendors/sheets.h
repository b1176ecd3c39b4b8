/* The sheets that people keep by hand. */
#pragma once

#include <jansson.h>

#include "tests/vendors/world.h"

/* Tab → rows of cells, new. */
json_t *sheets_create(const struct world *world);
