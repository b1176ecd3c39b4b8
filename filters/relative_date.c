/* relative-date: a period seen from today, such as the last 30 days. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return wire_field("date/relative", "date");
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	return value_date(c, filter, node, DATE_RELATIVE);
}

const struct filter_type filter_relative_date = {
	.name = "relative-date",
	.doc = "a period that moves with the present day",
	.example = "{type: relative-date, field: orders.ordered_on, default: last 30 days}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_DATES,
	.wire = wire,
	.value = value,
};
