/* number: a plain variable that holds a number. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return (struct filter_wire){
		.tag_type = "number", .parameter_type = "number/=", .section = "number", .says_multi = true};
}

const struct filter_type filter_number = {
	.name = "number",
	.doc = "a number that the SQL uses where it likes",
	.example = "{type: number, default: 10}",
	.field = FILTER_FIELD_NONE,
	.multi_fixed = true,
	.wire = wire,
	.value = value_numbers,
};
