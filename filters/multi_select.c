/* multi-select: several values, picked from a list. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	return wire_choice(filter, "list");
}

const struct filter_type filter_multi_select = {
	.name = "multi-select",
	.doc = "several values from a list",
	.example = "{type: multi-select, field: orders.channel, default: [web, app]}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_default = true,
	.multi_fixed = true,
	.accepts = ACCEPTS_TEXT | ACCEPTS_NUMBERS,
	.wire = wire,
	.value = value_choice,
};
