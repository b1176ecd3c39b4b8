/* text: a plain variable that holds a text. */
#include "filters/values.h"

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return (struct filter_wire){
		.tag_type = "text", .parameter_type = "string/=", .section = "string",
		.values_query_type = "none", .says_multi = true};
}

const struct filter_type filter_text = {
	.name = "text",
	.doc = "a text that the SQL uses where it likes",
	.example = "{type: text, default: web}",
	.field = FILTER_FIELD_NONE,
	.multi_fixed = true,
	.wire = wire,
	.value = value_texts,
};
