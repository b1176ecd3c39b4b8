/* dropdown: one value, picked from a list. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	return wire_choice(filter, "list");
}

const struct filter_type filter_dropdown = {
	.name = "dropdown",
	.doc = "one value from a list",
	.example = "{type: dropdown, field: orders.country, default: NL}",
	.field = FILTER_FIELD_REQUIRED,
	.multi_fixed = true,
	.accepts = ACCEPTS_TEXT | ACCEPTS_NUMBERS,
	.wire = wire,
	.value = value_choice,
};
