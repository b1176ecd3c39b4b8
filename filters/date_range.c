/* date-range: two days, picked in a calendar; both count. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return wire_field("date/range", "date");
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	return value_date(c, filter, node, DATE_BETWEEN);
}

const struct filter_type filter_date_range = {
	.name = "date-range",
	.doc = "from one day to another, both included",
	.example = "{type: date-range, field: orders.ordered_on, default: 2024-01-01..2024-01-31}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_DATES,
	.wire = wire,
	.value = value,
};
