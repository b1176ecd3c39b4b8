/* single-date: one day of a date column. `date` is the same for a plain variable. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return wire_field("date/single", "date");
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	return value_date(c, filter, node, DATE_DAY);
}

const struct filter_type filter_single_date = {
	.name = "single-date",
	.doc = "one day",
	.example = "{type: single-date, field: orders.ordered_on, default: 2024-01-31}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_DATES,
	.wire = wire,
	.value = value,
};
