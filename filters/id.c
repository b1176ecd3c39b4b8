/* id: the value of a primary or foreign key, typed in. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	struct filter_wire wire = wire_field("id", "id");
	wire.says_multi = true;
	return wire;
}

const struct filter_type filter_id = {
	.name = "id",
	.doc = "the value of a primary or foreign key",
	.example = "{type: id, field: orders.order_id, default: 1001}",
	.field = FILTER_FIELD_REQUIRED,
	.accepts = ACCEPTS_TEXT | ACCEPTS_NUMBERS,
	.wire = wire,
	.value = value_choice,
};
