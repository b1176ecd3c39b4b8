/* A table of rules and a body in; at most one 400 out that names every wrong member, in the two
 * forms that the server gives: a sentence a field, and what it received, printed as Clojure does.
 */
#include "vm/sandbox/check.h"

#include <stdlib.h>

#include "runtime/buf.h"

static const char *const sentences[] = {
	[RULE_NONBLANK] = "value must be a non-blank string.",
	[RULE_STRING] = "value must be a string.",
	[RULE_POSITIVE] = "value must be an integer greater than zero.",
	[RULE_INTEGER] = "value must be an integer.",
	[RULE_NATURAL] = "value must be an integer greater or equal to than zero.",
	[RULE_BOOLEAN] = "value must be a boolean.",
	[RULE_MAP] = "Value must be a map.",
	[RULE_LIST] = "sequence",
	[RULE_CHOICE] = "enum of",
	[RULE_PARAMETERS] = "sequence of parameter must be a map with :id and :type keys",
	[RULE_MAPPINGS] =
		"sequence of parameter_mapping must be a map with :parameter_id and :target keys",
};

static const char *const received[] = {
	[RULE_NONBLANK] = "should be a string with at least 1 character",
	[RULE_STRING] = "should be a string",
	[RULE_POSITIVE] = "should be a positive int",
	[RULE_INTEGER] = "should be an integer",
	[RULE_NATURAL] = "should be an integer greater or equal to than zero",
	[RULE_BOOLEAN] = "should be a boolean",
	[RULE_MAP] = "invalid type",
	[RULE_LIST] = "invalid type",
	[RULE_CHOICE] = "should be one of the choices",
	[RULE_PARAMETERS] = "parameter must be a map with :id and :type keys",
	[RULE_MAPPINGS] = "parameter_mapping must be a map with :parameter_id and :target keys",
};

static void print(struct buf *out, const json_t *value, int depth);

static void print_string(struct buf *out, const json_t *value) {
	char *text = json_dumps(value, JSON_ENCODE_ANY);
	buf_puts(out, text);
	free(text);
}

static void print_map(struct buf *out, const json_t *value, int depth) {
	const char *key, *separator = "";
	json_t *member;
	buf_putc(out, '{');
	json_object_foreach((json_t *)value, key, member) {
		buf_printf(out, "%s:%s ", separator, key);
		print(out, member, depth + 1);
		separator = ", ";
	}
	buf_putc(out, '}');
}

static void print_list(struct buf *out, const json_t *value, int depth) {
	size_t i;
	json_t *item;
	buf_putc(out, '[');
	json_array_foreach(value, i, item) {
		buf_puts(out, i ? " " : "");
		print(out, item, depth + 1);
	}
	buf_putc(out, ']');
}

static void print(struct buf *out, const json_t *value, int depth) {
	if (depth > 5)
		buf_puts(out, "...");
	else if (!value || json_is_null(value))
		buf_puts(out, "nil");
	else if (json_is_object(value))
		print_map(out, value, depth);
	else if (json_is_array(value))
		print_list(out, value, depth);
	else
		print_string(out, value);
}

const char *check_print(struct arena *arena, const json_t *value) {
	struct buf out = BUF(4000);
	print(&out, value, 0);
	const char *text =
		arena_printf(arena, "%s%s", out.ptr ? out.ptr : "", out.full ? "..." : "");
	buf_free(&out);
	return text;
}

bool is_parameter_type(const char *type) {
	static const char *const types[] = {"number", "text", "date", "boolean", "id", "category",
		"location/city", "location/state", "location/zip_code", "location/country",
		"date/single", "date/range", "date/relative", "date/month-year",
		"date/quarter-year", "date/all-options", "temporal-unit",
		"number/=", "number/!=", "number/>=", "number/<=", "number/between",
		"string/=", "string/!=", "string/contains", "string/does-not-contain",
		"string/starts-with", "string/ends-with", "boolean/="};
	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (!strcmp(types[i], type))
			return true;
	return false;
}

static bool is_blank(const json_t *value) {
	return !json_is_string(value) || str_trim(str_from(json_string_value(value))).len == 0;
}

static bool are_parameters(const struct request *r, const json_t *list) {
	size_t i;
	json_t *item;
	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i, item) {
		const json_t *type = json_object_get(item, "type");
		if (is_blank(json_object_get(item, "id")) || is_blank(type))
			return false;
		if (r->version >= 57 && !is_parameter_type(json_string_value(type)))
			return false;
	}
	return true;
}

static bool are_mappings(const json_t *list) {
	size_t i;
	json_t *item;
	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i, item)
		if (is_blank(json_object_get(item, "parameter_id")) ||
		    !json_is_array(json_object_get(item, "target")))
			return false;
	return true;
}

static bool is_choice(const struct rule *rule, const json_t *value) {
	for (const char *const *choice = rule->choices; json_is_string(value) && *choice; choice++)
		if (!strcmp(*choice, json_string_value(value)))
			return true;
	return false;
}

static bool fits(const struct request *r, const struct rule *rule, const json_t *value) {
	switch (rule->type) {
	case RULE_NONBLANK:
		return !is_blank(value);
	case RULE_STRING:
		return json_is_string(value);
	case RULE_POSITIVE:
		return json_is_integer(value) && json_integer_value(value) > 0;
	case RULE_INTEGER:
		return json_is_integer(value);
	case RULE_NATURAL:
		return json_is_integer(value) && json_integer_value(value) >= 0;
	case RULE_BOOLEAN:
		return json_is_boolean(value);
	case RULE_MAP:
		return json_is_object(value);
	case RULE_LIST:
		return json_is_array(value);
	case RULE_CHOICE:
		return is_choice(rule, value);
	case RULE_PARAMETERS:
		return are_parameters(r, value);
	case RULE_MAPPINGS:
		return are_mappings(value);
	}
	return false;
}

static const char *sentence_of(const struct request *r, const struct rule *rule) {
	const char *sentence = translate(r, sentences[rule->type]);
	if (rule->type == RULE_CHOICE) {
		struct buf out = BUF(1000);
		buf_puts(&out, sentence);
		for (size_t i = 0; rule->choices[i]; i++)
			buf_printf(&out, "%s %s", i ? "," : "", rule->choices[i]);
		sentence = arena_printf(r->arena, "%s", out.ptr);
		buf_free(&out);
	}
	if (rule->need == REQUIRED)
		return sentence;
	const char *prefix = r->version >= 54 ? "nullable" : "value may be nil, or if non-nil,";
	return arena_printf(r->arena, "%s %s", prefix, sentence);
}

bool check_body(struct request *r, const struct rule *rules) {
	json_auto_t *errors = json_object(), *specific = json_object();
	for (const struct rule *rule = rules; rule->name; rule++) {
		const json_t *value = json_object_get(r->body, rule->name);
		if ((!value && rule->need != REQUIRED) ||
			(json_is_null(value) && rule->need == NULLABLE) ||
			(value && fits(r, rule, value)))
			continue;
		const char *what = value ? received[rule->type] : "missing required key";
		json_object_set_new(errors, rule->name, json_string(sentence_of(r, rule)));
		json_object_set_new(specific, rule->name,
			json_pack("[s]", arena_printf(r->arena, "%s, received: %s", what,
						 check_print(r->arena, value))));
	}
	if (json_object_size(errors) == 0)
		return true;
	reply_json(r, 400, json_pack("{s:O, s:O}", "specific-errors", specific, "errors", errors));
	return false;
}
