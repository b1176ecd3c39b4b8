/* Cells coloured by their value. `when` is written as one would say it, "> 500" or "contains x";
 * the server compares strictly, so a number is never equal to a text that looks like it, and what a
 * column holds decides what the word after the operator is. */
#include "charts/highlight.h"

enum operand { OPERAND_NONE, OPERAND_ANY, OPERAND_NUMBER, OPERAND_TEXT };

/* Longer spellings before those that they begin with. */
static const struct condition {
	const char *word, *operator;
	enum operand operand;
	unsigned types;         /* bits of the column types it works on; 0: all */
} conditions[] = {
	{"is-null", "is-null", OPERAND_NONE, 0},
	{"not-null", "not-null", OPERAND_NONE, 0},
	{"is-true", "is-true", OPERAND_NONE, 1u << COLUMN_BOOLEAN},
	{"is-false", "is-false", OPERAND_NONE, 1u << COLUMN_BOOLEAN},
	{"does-not-contain", "does-not-contain", OPERAND_TEXT, 1u << COLUMN_TEXT},
	{"contains", "contains", OPERAND_TEXT, 1u << COLUMN_TEXT},
	{"starts-with", "starts-with", OPERAND_TEXT, 1u << COLUMN_TEXT},
	{"ends-with", "ends-with", OPERAND_TEXT, 1u << COLUMN_TEXT},
	{"!=", "!=", OPERAND_ANY, 1u << COLUMN_TEXT | 1u << COLUMN_NUMBER},
	{"<=", "<=", OPERAND_NUMBER, 1u << COLUMN_NUMBER},
	{">=", ">=", OPERAND_NUMBER, 1u << COLUMN_NUMBER},
	{"=", "=", OPERAND_ANY, 1u << COLUMN_TEXT | 1u << COLUMN_NUMBER},
	{"<", "<", OPERAND_NUMBER, 1u << COLUMN_NUMBER},
	{">", ">", OPERAND_NUMBER, 1u << COLUMN_NUMBER},
};

struct when {
	const struct condition *condition;
	struct str operand;
	bool quoted, is_number;
	double number;
};

static bool when_parse(struct str text, struct when *when) {
	*when = (struct when){0};
	text = str_trim(text);
	for (size_t i = 0; i < COUNT_OF(conditions) && !when->condition; i++) {
		if (str_starts(text, conditions[i].word))
			when->condition = &conditions[i];
	}
	if (!when->condition)
		return false;
	struct str rest = str_trim(str_slice(text, strlen(when->condition->word), text.len));
	char quote = rest.len >= 2 ? rest.ptr[0] : 0;
	when->quoted = (quote == '"' || quote == '\'') && rest.ptr[rest.len - 1] == quote;
	when->operand = when->quoted ? str_slice(rest, 1, rest.len - 1) : rest;
	when->is_number = !when->quoted && str_number(rest, &when->number);
	if (when->condition->operand == OPERAND_NONE)
		return rest.len == 0;
	if (when->condition->operand == OPERAND_NUMBER)
		return when->is_number;
	return when->operand.len > 0;
}

static void check_when(struct compile *c, const struct value *value) {
	struct when when;
	if (when_parse(value->text, &when))
		return;
	struct diagnostic *d = diag_add(
		c, E0435, value->node->at, "%s is no condition", node_shown(c, value->node));
	diag_help(c, d, "write for example `\"> 500\"`, `\"= paid\"`, `\"contains x\"`, `is-null`");
}

static void check_scale(struct compile *c, const struct value *value) {
	struct str hex;
	if (!str_is(value->text, "transparent") && !colour_parse(c->arena, value->text, &hex))
		report_word(c, value->node, value->key->name, colour_words);
}

static void check_end(struct compile *c, const struct value *value) {
	double number;
	if (!str_is(value->text, "all") && !str_number(value->text, &number))
		diag_add(c, E0202, value->node->at, "`%s` takes a number or `all`, found %s",
			value->key->name, node_shown(c, value->node));
}

static const struct key rule_keys[] = {
	{"columns", KEY_COLUMN, KEY_LIST, .required = true, .doc = "columns whose cells are coloured"},
	{"when", KEY_TEXT, .check = check_when,
		.doc = "`> 500`, `= paid`, `!= x`, `contains x`, `starts-with x`, `is-null`, `not-null`, `is-true`, …"},
	{"color", KEY_COLOUR, .doc = "colour of a cell for which `when` holds"},
	{"row", KEY_BOOLEAN, .doc = "colour the whole row"},
	{"scale", KEY_TEXT, KEY_LIST, .check = check_scale, .doc = "instead of `when`: colours from low to high"},
	{"from", KEY_TEXT, .check = check_end,
		.doc = "value of the first colour; left out: the column's lowest; `all`: the lowest of all columns"},
	{"to", KEY_TEXT, .check = check_end, .doc = "value of the last colour"},
	{0}
};

static json_t *operand_json(
	const struct chart *chart, const struct value *columns, const struct when *when) {
	bool text = when->condition->operand == OPERAND_TEXT ||
		type_of(chart, &columns->list.items[0]) == COLUMN_TEXT;
	if (!when->is_number || text)
		return name_json(when->operand);
	bool whole = when->number == (double)(long long)when->number;
	return whole ? json_integer((json_int_t)when->number) : json_real(when->number);
}

static json_t *single_json(const struct chart *chart, const struct values *rule) {
	const struct value *columns = values_get(rule, "columns"), *text = values_get(rule, "when");
	struct when when;
	if (!columns || !when_parse(text->text, &when))
		return json_object();
	json_t *single = json_pack("{s:s,s:o,s:s,s:o,s:b}", "type", "single", "columns",
		value_json(columns), "operator", when.condition->operator, "color",
		name_json(values_text(rule, "color", STR(""))), "highlight_row",
		values_boolean(rule, "row", false));
	if (when.condition->operand != OPERAND_NONE)
		json_object_set_new(single, "value", operand_json(chart, columns, &when));
	return single;
}

static void set_end(const struct values *rule, const char *name, json_t *range, const char *type,
	const char *value) {
	const struct value *end = values_get(rule, name);
	double number;
	json_object_set_new(range, type, json_null());
	if (end && str_is(end->text, "all"))
		json_object_set_new(range, type, json_string("all"));
	if (!end || !str_number(end->text, &number))
		return;
	bool whole = number == (double)(long long)number;
	json_object_set_new(range, type, json_string("custom"));
	json_object_set_new(
		range, value, whole ? json_integer((json_int_t)number) : json_real(number));
}

static json_t *range_json(struct compile *c, const struct values *rule) {
	const struct value *columns = values_get(rule, "columns"),
			   *scale = values_get(rule, "scale");
	json_t *colours = json_array();
	for (size_t i = 0; i < scale->list.count; i++) {
		struct str hex = scale->list.items[i].text;
		if (!str_is(hex, "transparent"))
			colour_parse(c->arena, hex, &hex);
		json_array_append_new(colours, name_json(hex));
	}
	json_t *range = json_pack("{s:s,s:o,s:o}", "type", "range", "colors", colours, "columns",
		columns ? value_json(columns) : json_array());
	set_end(rule, "from", range, "min_type", "min_value");
	set_end(rule, "to", range, "max_type", "max_value");
	return range;
}

void highlight_lower(struct compile *c, const struct chart *chart, json_t *settings) {
	const struct value *rules = values_get(&chart->values, "highlight");
	json_t *list = json_array();
	for (size_t i = 0; rules && i < rules->list.count; i++) {
		const struct values *rule = &rules->list.items[i].map;
		if (values_get(rule, "scale"))
			json_array_append_new(list, range_json(c, rule));
		else if (values_get(rule, "when"))
			json_array_append_new(list, single_json(chart, rule));
	}
	if (rules)
		json_object_set(settings, "table.column_formatting", list);
	json_decref(list);
}

const struct key highlight_keys[] = {
	{"highlight", KEY_MAP, KEY_LIST, .keys = rule_keys, .lower = picture_lower_elsewhere,
		.doc = "cells coloured by their value; the first rule that holds wins",
		.example = "[{columns: [total], when: \"> 500\", color: red, row: true}]"},
	{0}
};

static void check_single(struct compile *c, const struct chart *chart, const struct values *rule) {
	const struct value *columns = values_get(rule, "columns"), *text = values_get(rule, "when");
	struct when when;
	if (!values_get(rule, "color"))
		diag_add(c, E0417, text->name->at, "`when` needs `color` beside it");
	for (size_t i = 0; columns && when_parse(text->text, &when) && i < columns->list.count;
		i++) {
		enum column_type type = type_of(chart, &columns->list.items[i]);
		unsigned types = when.condition->types;
		bool text_for_number = type == COLUMN_NUMBER &&
				       when.condition->operand == OPERAND_ANY && !when.is_number;
		if (type == COLUMN_UNKNOWN ||
			(!text_for_number && (types == 0 || types & 1u << type)))
			continue;
		diag_add(c, E0435, text->node->at, "`%.*s` never holds for `%.*s`, which is a %s",
			STR_ARGS(text->text), STR_ARGS(columns->list.items[i].text),
			column_type_name(type));
	}
}

static void check_range(struct compile *c, const struct chart *chart, const struct values *rule) {
	static const char *const of_single[] = {"color", "row"};
	const struct value *columns = values_get(rule, "columns"),
			   *scale = values_get(rule, "scale");
	const struct value *from = values_get(rule, "from"), *to = values_get(rule, "to");
	double low, high;
	for (size_t i = 0; i < COUNT_OF(of_single); i++) {
		const struct value *value = values_get(rule, of_single[i]);
		if (value)
			diag_add(c, E0415, value->name->at, "`%s` has no effect beside `scale`",
				of_single[i]);
	}
	if (scale->list.count < 2)
		diag_add(c, E0414, scale->node->at, "a scale has at least two colours");
	if (from && to && str_number(from->text, &low) && str_number(to->text, &high) &&
		low >= high)
		diag_add(
			c, E0414, to->node->at, "the scale ends at %g and begins at %g", high, low);
	for (size_t i = 0; columns && i < columns->list.count; i++)
		need_number(c, chart, &columns->list.items[i], "a coloured scale");
}

static bool same_rule(const struct values *a, const struct values *b) {
	const struct value *when = values_get(a, "when"), *other = values_get(b, "when");
	const struct value *columns = values_get(a, "columns"), *others = values_get(b, "columns");
	if (!when || !other || !columns || !others ||
		!str_eq(str_trim(when->text), str_trim(other->text)))
		return false;
	for (size_t i = 0; i < columns->list.count; i++) {
		if (!list_has(others, columns->list.items[i].text))
			return false;
	}
	return true;
}

void highlight_check(struct compile *c, const struct chart *chart) {
	const struct value *rules = values_get(&chart->values, "highlight");
	for (size_t i = 0; rules && i < rules->list.count; i++) {
		const struct value *rule = &rules->list.items[i];
		bool when = values_get(&rule->map, "when"), scale = values_get(&rule->map, "scale");
		if (when == scale)
			diag_add(c, E0417, rule->node->at, "a rule has `when` or `scale`, found %s",
				when ? "both" : "neither");
		else if (when)
			check_single(c, chart, &rule->map);
		else
			check_range(c, chart, &rule->map);
		for (size_t j = 0; j < i; j++) {
			const struct value *earlier = &rules->list.items[j];
			if (same_rule(&rule->map, &earlier->map))
				diag_note(c,
					diag_add(c, W0418, rule->node->at,
						"this rule never colours anything"),
					earlier->node->at, "this one holds first");
		}
	}
}
