/* What filter types share: values as the author writes them, and the look of what picks from a
 * list. Every function gives the value as it goes on the wire (new), or NULL when it was reported.
 */
#pragma once

#include "compiler/model/filter.h"
#include "filters/dates.h"

#define ACCEPTS_TEXT    (1u << COLUMN_TEXT)
#define ACCEPTS_NUMBERS (1u << COLUMN_NUMBER)
#define ACCEPTS_BOOLEAN (1u << COLUMN_BOOLEAN)
#define ACCEPTS_DATES   ((1u << COLUMN_DATE) | (1u << COLUMN_DATETIME))

/* A date of one of `forms`, as one string. */
json_t *value_date(
	struct compile *c, const struct filter *filter, const struct node *node, unsigned forms);

/* One text, or several where the filter takes several: ["a", "b"]. */
json_t *value_texts(struct compile *c, const struct filter *filter, const struct node *node);
/* The same of numbers: [1, 2.5]. */
json_t *value_numbers(struct compile *c, const struct filter *filter, const struct node *node);
/* Texts or numbers, as the filter's column or its `value:` has it. */
json_t *value_choice(struct compile *c, const struct filter *filter, const struct node *node);

/* `10..20`, `10..`, `..20`, `>= 10`, `<= 20` or a list of two in which one may be null: [10, null].
 */
json_t *value_number_range(struct compile *c, const struct filter *filter, const struct node *node);

/* true false yes no on off: [true]. */
json_t *value_boolean(struct compile *c, const struct filter *filter, const struct node *node);

/* Does the filter compare with numbers? By `value:`, else by the column, else not. */
bool filter_has_numbers(const struct filter *filter);

/* A field filter that compares for equality with texts or numbers. */
struct filter_wire wire_choice(const struct filter *filter, const char *values_query_type);

/* A field filter whose tag and parameter have the same type. */
struct filter_wire wire_field(const char *type, const char *section);
