/* text-match: texts that contain, start or end with the value, or do not. Case does not count,
 * which the server must be told for each tag. */
#include "filters/values.h"

static const struct word ops[] = {
	{"contains",    "string/contains"},
	{"starts-with", "string/starts-with"},
	{"ends-with",   "string/ends-with"},
	{"excludes",    "string/does-not-contain"},
	{"is-not",      "string/!="},
	{0}
};

static const struct key keys[] = {
	{"op", KEY_WORD, .words = ops, .required = true, .doc = "how a text is compared with the value"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static struct filter_wire wire(const struct filter *filter) {
	const struct value *op = values_get(&filter->values, "op");
	const struct word *word = op ? op->word : &ops[0];
	struct filter_wire wire = wire_field(word->raw, "string");
	wire.case_insensitive = strcmp(word->name, "is-not") != 0;
	wire.values_query_type = wire.case_insensitive ? NULL : "list";
	wire.says_multi = true;
	return wire;
}

const struct filter_type filter_text_match = {
	.name = "text-match",
	.doc = "texts that contain, start or end with a value, or do not; case does not count",
	.example = "{type: text-match, op: contains, field: customers.name}",
	.field = FILTER_FIELD_REQUIRED,
	.accepts = ACCEPTS_TEXT,
	.groups = groups,
	.wire = wire,
	.value = value_texts,
};
