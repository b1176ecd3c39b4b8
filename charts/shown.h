/* Which columns a table shows and in what order: `columns` and `hide`. */
#pragma once

#include "charts/columns.h"

/* Columns twice in the list, or in both lists. */
void shown_check(struct compile *c, const struct chart *chart);

/* table.columns, complete: the server shows every column that is not in the list. */
void shown_lower(struct compile *c, const struct chart *chart, json_t *settings);

/* What the entries of `columns` say of their columns' looks. */
void shown_lower_looks(struct compile *c, const struct chart *chart, json_t *settings);
