/* month: one month of one year. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return wire_field("date/month-year", "date");
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	return value_date(c, filter, node, DATE_MONTH);
}

const struct filter_type filter_month = {
	.name = "month",
	.doc = "one month of one year",
	.example = "{type: month, field: orders.ordered_on, default: 2024-05}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_DATES,
	.wire = wire,
	.value = value,
};
