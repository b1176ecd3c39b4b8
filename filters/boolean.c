/* boolean: true or false, of a column or, without `field:`, as a plain variable. Servers take the
 * column form since they know `boolean/=`; older ones show a text box instead. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	if (filter_is_field(filter))
		return wire_field("boolean/=", "boolean");
	return (struct filter_wire){
		.tag_type = "boolean", .parameter_type = "boolean/=", .section = "boolean"};
}

const struct filter_type filter_boolean = {
	.name = "boolean",
	.doc = "true or false: of a column, or without `field` a value that the SQL uses where it likes",
	.example = "{type: boolean, field: orders.is_paid, default: true}",
	.field = FILTER_FIELD_OPTIONAL,
	.multi_fixed = true,
	.accepts = ACCEPTS_BOOLEAN,
	.wire = wire,
	.value = value_boolean,
};
