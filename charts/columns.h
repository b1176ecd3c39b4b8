/* Rules about columns that many chart types share. */
#pragma once

#include "charts/chart.h"

/* Reports unless `value` names a column that the server takes for a measure: a number, and no key
 * by its name (`id`, `…_id`, `…-id`), which it never adds up. NULL is fine. */
void need_measure(struct compile *c, const struct chart *chart, const struct value *value,
	const char *what);

/* Reports unless `value` names a number. NULL is fine. */
void need_number(struct compile *c, const struct chart *chart, const struct value *value,
	const char *what);

/* Reports at the later one when both name one column. NULL is fine. */
void need_different(struct compile *c, const struct value *value, const struct value *other);

/* Reports each column that a list names again. NULL is fine. */
void need_distinct(struct compile *c, const struct value *list);

/* What is known of the column's type; COLUMN_UNKNOWN for NULL. */
enum column_type type_of(const struct chart *chart, const struct value *value);

bool is_date(enum column_type type);

/* Is the name in the list? A NULL list holds nothing. */
bool list_has(const struct value *list, struct str name);

/* The picture shows the first row, the query seems to give many. */
void warn_many_rows(struct compile *c, const struct chart *chart);

/* The picture keeps the order of the rows, the query leaves it to the warehouse. */
void warn_unordered(struct compile *c, const struct chart *chart, const struct value *value);

/* Text of a column's name as JSON (new). */
json_t *name_json(struct str name);

/* Colours for what has none, in the order that the server uses them. */
const char *palette(size_t index);
