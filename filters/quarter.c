/* quarter: one quarter of one year. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return wire_field("date/quarter-year", "date");
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	return value_date(c, filter, node, DATE_QUARTER);
}

const struct filter_type filter_quarter = {
	.name = "quarter",
	.doc = "one quarter of one year",
	.example = "{type: quarter, field: orders.ordered_on, default: 2024-Q2}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_DATES,
	.wire = wire,
	.value = value,
};
