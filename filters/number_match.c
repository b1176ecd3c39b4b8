/* number-match: numbers other than the value, or at least or at most it. */
#include "filters/values.h"

static const struct word ops[] = {
	{"not",      "number/!="},
	{"at-least", "number/>="},
	{"at-most",  "number/<="},
	{0}
};

static const struct key keys[] = {
	{"op", KEY_WORD, .words = ops, .required = true, .doc = "how a number is compared with the value"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static bool is_not(const struct filter *filter) {
	const char *op = values_word(&filter->values, "op");
	return op && strcmp(op, "not") == 0;
}

static struct filter_wire wire(const struct filter *filter) {
	const struct value *op = values_get(&filter->values, "op");
	struct filter_wire wire = wire_field(op ? op->word->raw : ops[0].raw, "number");
	wire.values_query_type = is_not(filter) ? "list" : NULL;
	wire.says_multi = is_not(filter);
	return wire;
}

static void check(struct compile *c, const struct filter *filter) {
	const struct value *multi = values_get(&filter->values, "multi");
	if (!multi || !multi->boolean || is_not(filter))
		return;
	struct diagnostic *d = diag_add(c, E0517, multi->node->at,
		"`op: %s` compares with one number only", values_word(&filter->values, "op"));
	diag_help(c, d, "leave `multi` out, or write `op: not`");
}

const struct filter_type filter_number_match = {
	.name = "number-match",
	.doc = "numbers other than a value, or at least or at most it",
	.example = "{type: number-match, op: at-least, field: orders.total, default: 10}",
	.field = FILTER_FIELD_REQUIRED,
	.accepts = ACCEPTS_NUMBERS,
	.groups = groups,
	.wire = wire,
	.value = value_numbers,
	.check = check,
};
