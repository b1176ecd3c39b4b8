/* number-range: between two numbers, either of which may be left out; both count. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return wire_field("number/between", "number");
}

const struct filter_type filter_number_range = {
	.name = "number-range",
	.doc = "between two numbers, both included; either may be left out",
	.example = "{type: number-range, field: orders.total, default: 10..20}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_NUMBERS,
	.wire = wire,
	.value = value_number_range,
};
