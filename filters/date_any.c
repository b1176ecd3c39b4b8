/* date-any: every form of date, with the picker that has a tab for each. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return wire_field("date/all-options", "date");
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	return value_date(c, filter, node, DATE_ANY);
}

const struct filter_type filter_date_any = {
	.name = "date-any",
	.doc = "any date: a day, a range, a period or an exclusion",
	.example = "{type: date-any, field: orders.ordered_on, default: last 30 days}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_DATES,
	.wire = wire,
	.value = value,
};
