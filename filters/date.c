/* date: a plain variable that holds a day. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return (struct filter_wire){
		.tag_type = "date", .parameter_type = "date/single", .section = "date"};
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	return value_date(c, filter, node, DATE_DAY);
}

const struct filter_type filter_date = {
	.name = "date",
	.doc = "a day that the SQL uses where it likes",
	.example = "{type: date, default: 2024-01-31}",
	.field = FILTER_FIELD_NONE,
	.multi_fixed = true,
	.wire = wire,
	.value = value,
};
