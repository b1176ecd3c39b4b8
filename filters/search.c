/* search: a value found by typing its first letters, for columns with too many values for a list.
 */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	struct filter_wire wire = wire_field("string/=", "string");
	wire.values_query_type = "search";
	wire.says_multi = true;
	return wire;
}

const struct filter_type filter_search = {
	.name = "search",
	.doc = "a value found by typing a part of it",
	.example = "{type: search, field: customers.name}",
	.field = FILTER_FIELD_REQUIRED,
	.accepts = ACCEPTS_TEXT,
	.wire = wire,
	.value = value_texts,
};
