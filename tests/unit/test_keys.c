/* Binding maps to tables of keys: what is taken, what it becomes, and every message about what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/model/project.h"
#include "runtime/buf.h"

static const struct word stacks[] = {{"none"}, {"normal", "stacked"}, {"percent", "normalized", 56}, {0}};

static const struct key goal_keys[] = {
	{"value", KEY_NUMBER, .to = "goal.value", .required = true, .example = "500"},
	{"label", KEY_TEXT, .to = "goal.label"},
	{0}
};

static const struct key axis_keys[] = {
	{"columns", KEY_COLUMN, KEY_LIST, .to = "metrics", .required = true},
	{"min", KEY_NUMBER, .to = "axis.min", .allow_null = true},
	{0}
};

static const struct key style_keys[] = {
	{"color", KEY_COLOUR, .to = "color"},
	{"dots", KEY_BOOLEAN, .to = "dots"},
	{0}
};

static const struct key keys[] = {
	{"title", KEY_TEXT, .to = "title"},
	{"x", KEY_COLUMN, .to = "dimension", .required = true, .doc = "column along the axis"},
	{"y", KEY_MAP, .keys = axis_keys, .shorthand = "columns"},
	{"stack", KEY_WORD, .words = stacks, .to = "stack"},
	{"goal", KEY_MAP, .keys = goal_keys, .shorthand = "value"},
	{"decimals", KEY_INTEGER, .min = 0, .max = 20, .to = "decimals"},
	{"rows", KEY_INTEGER, .min = 1, .to = "rows"},
	{"ratio", KEY_NUMBER, .to = "ratio"},
	{"legend", KEY_BOOLEAN, .to = "legend"},
	{"size", KEY_SIZE, .to = "size"},
	{"field", KEY_FIELD, KEY_LIST, .to = "field"},
	{"color", KEY_COLOUR, .to = "color"},
	{"styles", KEY_MAP, KEY_ENTRIES, .keys = style_keys, .to = "styles"},
	{"panels", KEY_BOOLEAN, .to = "panels", .since = 58},
	{"extra", KEY_ANY, .to = "extra"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static void bind(struct compile *c, const char *yaml, struct values *values) {
	compile_init(c);
	c->project = arena_new(c->arena, struct project);
	c->project->metabase = 50;
	struct node *map = yaml_parse(c, source_add(c, "a.yaml", str_from(yaml)));
	assert_non_null(map);
	keys_bind(c, groups, map, "chart `spend`", values);
}

/* "CODE <text under the caret> message", and a line each for notes, helps and the fix. */
static const char *messages(struct compile *c) {
	const char *all = "";
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		const struct diagnostic *d = c->diagnostics.items[i];
		struct str under = str_slice(source_of(c, d->at)->text, d->at.start, d->at.end);
		all = arena_printf(c->arena, "%s%s <%.*s> %s\n", all, diag_rows[d->code].name, STR_ARGS(under), d->text);
		for (size_t k = 0; k < d->notes.count; k++)
			all = arena_printf(c->arena, "%s  %s: %s\n", all, d->notes.items[k].help ? "help" : "note",
				d->notes.items[k].text);
		if (d->has_fix)
			all = arena_printf(c->arena, "%s  fix: %.*s\n", all, STR_ARGS(d->fix_text));
	}
	return all;
}

static void says(const char *yaml, const char *expected) {
	struct compile c;
	struct values values;
	bind(&c, yaml, &values);
	assert_string_equal(messages(&c), expected);
	compile_finish(&c);
}

static void becomes(const char *yaml, const char *expected) {
	struct compile c;
	struct values values;
	bind(&c, yaml, &values);
	assert_string_equal(messages(&c), "");
	json_auto_t *settings = json_object();
	values_lower(&c, &values, settings);
	char *text = json_dumps(settings, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, expected);
	free(text);
	compile_finish(&c);
}

static void every_type_becomes_its_json(void **state) {
	(void)state;
	becomes("x: day\ntitle: no\n", "{\"dimension\":\"day\",\"title\":\"no\"}");
	becomes("{x: day, stack: none}", "{\"dimension\":\"day\",\"stack\":\"none\"}");
	becomes("{x: day, stack: normal}", "{\"dimension\":\"day\",\"stack\":\"stacked\"}");
	becomes("{x: day, decimals: 020, ratio: 2.50}", "{\"decimals\":20,\"dimension\":\"day\",\"ratio\":2.5}");
	becomes("{x: day, ratio: 500.0}", "{\"dimension\":\"day\",\"ratio\":500}");
	becomes("{x: day, rows: 7}", "{\"dimension\":\"day\",\"rows\":7}");
	becomes("{x: day, legend: on}", "{\"dimension\":\"day\",\"legend\":true}");
	becomes("{x: day, legend: \"no\"}", "{\"dimension\":\"day\",\"legend\":false}");
	becomes("{x: day, size: 6x4}", "{\"dimension\":\"day\",\"size\":[6,4]}");
	becomes("{x: day, field: t.c}", "{\"dimension\":\"day\",\"field\":[\"t.c\"]}");
	becomes("{x: day, field: [t.c, s.t.c]}", "{\"dimension\":\"day\",\"field\":[\"t.c\",\"s.t.c\"]}");
	becomes("{x: day, color: blue}", "{\"color\":\"#509EE3\",\"dimension\":\"day\"}");
	becomes("{x: day, color: bad}", "{\"color\":\"#E3595E\",\"dimension\":\"day\"}");
	becomes("{x: day, color: '#a1f'}", "{\"color\":\"#AA11FF\",\"dimension\":\"day\"}");
	becomes("{x: day, color: '#a1f2c3'}", "{\"color\":\"#A1F2C3\",\"dimension\":\"day\"}");
}

static void maps_lists_and_shorthands_are_gone_into(void **state) {
	(void)state;
	becomes("{x: day, y: cost}", "{\"dimension\":\"day\",\"metrics\":[\"cost\"]}");
	becomes("{x: day, y: [cost, tax]}", "{\"dimension\":\"day\",\"metrics\":[\"cost\",\"tax\"]}");
	becomes("{x: day, y: {columns: cost, min: 1}}",
		"{\"axis.min\":1,\"dimension\":\"day\",\"metrics\":[\"cost\"]}");
	becomes("{x: day, y: {columns: cost, min: }}",
		"{\"axis.min\":null,\"dimension\":\"day\",\"metrics\":[\"cost\"]}");
	becomes("{x: day, goal: 5}", "{\"dimension\":\"day\",\"goal.value\":5}");
	becomes("{x: day, styles: {a: {color: red, dots: off}, b: {dots: yes}}}",
		"{\"dimension\":\"day\",\"styles\":{\"a\":{\"color\":\"#EF8C8C\",\"dots\":false},\"b\":{\"dots\":true}}}");
	becomes("{x: day, extra: {a: [1, 2.5, true, null, no, '7', x]}}",
		"{\"dimension\":\"day\",\"extra\":{\"a\":[1,2.5,true,null,\"no\",\"7\",\"x\"]}}");
}

static void unknown_keys_get_a_suggestion(void **state) {
	(void)state;
	says("{x: day, tilte: A}", "E0201 <tilte> chart `spend` has no key `tilte`\n"
		"  help: did you mean `title`?\n  fix: title\n");
	says("{x: day, Title: A}", "E0201 <Title> chart `spend` has no key `Title`\n"
		"  help: did you mean `title`?\n  fix: title\n");
	says("{x: day, goal: {value: 1, lable: A}}", "E0201 <lable> `goal` has no key `lable`\n"
		"  help: did you mean `label`?\n  fix: label\n");
	says("{x: day, goal: {value: 1, weather: A}}", "E0201 <weather> `goal` has no key `weather`\n"
		"  help: its keys: `value`, `label`\n");
}

static void wrong_types_say_what_is_taken_and_what_was_found(void **state) {
	(void)state;
	says("{x: [day]}", "E0202 <[day]> `x` takes the name of a column, found a list\n");
	says("{x: day, title: {a: 1}}", "E0202 <{a: 1}> `title` takes a text, found a map\n");
	says("{x: day, decimals: two}", "E0202 <two> `decimals` takes a whole number, found `two`\n");
	says("{x: day, decimals: 2.0}", "E0202 <2.0> `decimals` takes a whole number, found `2.0`\n"
		"  help: write `2`\n  fix: 2\n");
	says("{x: day, ratio: 1:30}", "E0202 <1:30> `ratio` takes a number, found `1:30`\n");
	says("{x: day, legend: Yes}", "E0202 <Yes> `legend` takes `true` or `false`, found `Yes`\n"
		"  help: did you mean `yes`?\n  fix: yes\n");
	says("{x: day, size: 6*4}", "E0202 <6*4> `size` takes a size such as `6x4`, found `6*4`\n"
		"  help: write columns `x` rows, of 24 columns: `6x4`\n");
	says("{x: day, field: platform}", "E0202 <platform> `field` takes `table.column`, found `platform`\n"
		"  help: say which table it is in: `TABLE.platform`\n");
	says("{x: day, goal: {a: 1}}", "E0201 <a> `goal` has no key `a`\n  help: its keys: `value`, `label`\n"
		"E0205 <goal> `goal` needs `value`\n  help: write `value: 500`\n");
	says("{x: day, goal: [1]}", "E0202 <[1]> `goal` takes a map, or its `value` alone, found a list\n");
	says("{x: day, styles: [a]}", "E0202 <[a]> `styles` takes a map from names to a map, found a list\n");
	says("[x]", "E0202 <[x]> chart `spend` takes a map, found a list\n");
}

static void words_numbers_and_colours_outside_what_is_allowed(void **state) {
	(void)state;
	says("{x: day, stack: norml}", "E0203 <norml> `stack` does not take `norml`\n"
		"  help: did you mean `normal`?\n  help: allowed: `none`, `normal`, `percent`\n  fix: normal\n");
	says("{x: day, stack: Percent}", "E0203 <Percent> `stack` does not take `Percent`\n"
		"  help: did you mean `percent`?\n  help: allowed: `none`, `normal`, `percent`\n  fix: percent\n");
	says("{x: day, decimals: 21}", "E0204 <21> `decimals` is between 0 and 20, found `21`\n");
	says("{x: day, rows: 0}", "E0204 <0> `rows` is at least 1, found `0`\n");
	says("{x: day, size: 25x4}",
		"E0204 <25x4> a size is 1 to 24 columns wide and 1 to 1000 rows high, found `25x4`\n");
	says("{x: day, color: bleu}", "E0203 <bleu> `color` does not take `bleu`\n"
		"  help: did you mean `blue`?\n"
		"  help: allowed: `blue`, `green`, `purple`, `red`, `yellow`, `orange`, `cyan`, `indigo`, `good`, "
		"`warn`, `bad`, `white`, `grey`\n"
		"  help: or a colour such as `\"#509EE3\"`\n  fix: blue\n");
}

static void what_is_missing_or_empty(void **state) {
	(void)state;
	says("{title: A}", "E0205 <{title: A}> chart `spend` needs `x`\n  help: `x`: column along the axis\n");
	says("x: day\ntitle:\n", "E0206 <title> `title` has no value\n  help: write a text, or leave the key out\n");
	says("{x: day, title: ~}", "E0206 <~> `title` has no value\n  help: write a text, or leave the key out\n");
	says("x: day\ncolor: #509EE3\n", "E0206 <color> `color` has no value\n"
		"  help: `#` starts a comment in YAML: put quotes around the colour, \"#509EE3\"\n");
	says("{x: day, y: []}", "E0206 <[]> `columns` is an empty list\n");
}

static void newer_keys_and_words_need_a_newer_server(void **state) {
	(void)state;
	says("{x: day, panels: true}",
		"E0207 <panels> `panels` needs Metabase 0.58, the project says `metabase: 0.50`\n"
		"  help: leave it out, or raise `metabase:` in `mbc.yaml` if every server is new enough\n");
	says("{x: day, stack: percent}",
		"E0207 <percent> `stack: percent` needs Metabase 0.56, the project says `metabase: 0.50`\n"
		"  help: leave it out, or raise `metabase:` in `mbc.yaml` if every server is new enough\n");
}

static void values_are_found_by_name_and_path(void **state) {
	(void)state;
	struct compile c;
	struct values values;
	bind(&c, "{x: day, goal: {value: 5, label: Budget}, legend: off, stack: normal, decimals: x}", &values);
	assert_true(str_is(values_text(&values, "x", STR("-")), "day"));
	assert_true(str_is(values_text(&values, "title", STR("-")), "-"));
	assert_false(values_boolean(&values, "legend", true));
	assert_string_equal(values_word(&values, "stack"), "normal");
	assert_null(values_get(&values, "decimals"));
	assert_true(str_is(values_path(&values, "goal", "label", NULL)->text, "Budget"));
	assert_null(values_path(&values, "x", "label", NULL));
	compile_finish(&c);
}

static void join(void *context, const struct value *value) {
	struct buf *names = context;
	buf_printf(names, "%.*s ", STR_ARGS(value->text));
}

static void every_column_is_visited(void **state) {
	(void)state;
	struct compile c;
	struct values values;
	struct buf names = BUF(1000);
	bind(&c, "{title: t, y: {columns: [a, b], min: 1}, x: day}", &values);
	values_each_column(&values, join, &names);
	assert_string_equal(names.ptr, "a b day ");
	buf_free(&names);
	compile_finish(&c);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_becomes_its_json),
		cmocka_unit_test(maps_lists_and_shorthands_are_gone_into),
		cmocka_unit_test(unknown_keys_get_a_suggestion),
		cmocka_unit_test(wrong_types_say_what_is_taken_and_what_was_found),
		cmocka_unit_test(words_numbers_and_colours_outside_what_is_allowed),
		cmocka_unit_test(what_is_missing_or_empty),
		cmocka_unit_test(newer_keys_and_words_need_a_newer_server),
		cmocka_unit_test(values_are_found_by_name_and_path),
		cmocka_unit_test(every_column_is_visited),
	};
	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
