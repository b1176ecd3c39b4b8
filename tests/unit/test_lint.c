/* The traps of tags in SQL: each message whole, with what would mend it applied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/query/catalogue.h"
#include "compiler/query/lint.h"
#include "compiler/source/variables.h"

/* What the tags of these tests mean. */
static const struct {
	const char *name, *schema, *table, *column, *alias;
	struct lint_tag tag;
} known[] = {
	{"period", "", "orders", "ordered_on", "", {.use = LINT_FIELD, .server_has_alias = true}},
	{"country", "shop", "orders", "country", "", {.use = LINT_FIELD}},
	{"aliased", "", "orders", "city", "o.city", {.use = LINT_FIELD}},
	{"must", "", "orders", "city", "", {.use = LINT_FIELD, .required = true}},
	{"least", "", "", "", "", {.use = LINT_RAW}},
	{"given", "", "", "", "", {.use = LINT_RAW, .has_default = true}},
	{"since", "", "", "", "", {.use = LINT_RAW, .date = true, .has_default = true}},
	{"flag", "", "", "", "", {.use = LINT_RAW, .boolean = true, .has_default = true}},
	{"grain", "", "orders", "ordered_on", "", {.use = LINT_GROUPING}},
};

static const char *slice(struct arena *arena, struct str text, struct span at) {
	return arena_printf(arena, "%.*s", STR_ARGS(str_slice(text, at.start, at.end)));
}

static const char *show_one(struct arena *arena, struct str text, const struct diagnostic *d) {
	const char *result = arena_printf(arena, "%s [%s] %s", diag_rows[d->code].name, slice(arena, text, d->at),
		d->text);
	for (size_t i = 0; i < d->notes.count; i++) {
		const struct diag_note *note = &d->notes.items[i];
		result = arena_printf(arena, "%s\n  %s: %s", result, note->help ? "help" : "note", note->text);
		if (note->at.source != UINT32_MAX)
			result = arena_printf(arena, "%s [%s]", result, slice(arena, text, note->at));
	}
	if (d->has_fix)
		result = arena_printf(arena, "%s\n  fix: %.*s%.*s%.*s", result, (int)d->fix_at.start, text.ptr,
			STR_ARGS(d->fix_text), STR_ARGS(str_slice(text, d->fix_at.end, text.len)));
	return result;
}

static void start(struct compile *c) {
	compile_init(c);
	struct node value = {.type = NODE_SCALAR, .at = SPAN_NONE, .scalar.text = STR("shop")};
	struct variables variables = {.environment = false};
	*map_slot(c->arena, &variables.values, STR("dataset")) = &value;
	const char *path = arena_printf(c->arena, "%s/tests/project/sql", getenv("MBC_SOURCE_ROOT"));
	c->catalogue = catalogue_load(c, &path, 1, &variables);
}

static const char *lint(struct compile *c, const char *text, bool bigquery) {
	uint32_t source = source_add(c, "query.sql", str_from(text));
	struct node *node = node_from_source(c, source);
	struct node value = {.type = NODE_SCALAR, .at = SPAN_NONE, .scalar.text = STR("shop")};
	struct variables variables = {.environment = false};
	*map_slot(c->arena, &variables.values, STR("dataset")) = &value;
	variables_resolve(c, &variables, node);
	struct sql *sql = sql_scan(c->arena, node->scalar.text, bigquery);
	struct lint_tag tags[COUNT_OF(known)];
	size_t count = 0;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		tags[count] = known[i].tag;
		tags[count].schema = str_from(known[i].schema);
		tags[count].table = str_from(known[i].table);
		tags[count].column = str_from(known[i].column);
		tags[count].alias = str_from(known[i].alias);
		tags[count].tag = sql_tag(sql, str_from(known[i].name));
		count += tags[count].tag != NULL;
	}
	size_t before = c->diagnostics.count;
	sql_lint(c, sql, node, tags, count, bigquery);
	const char *result = "";
	for (size_t i = before; i < c->diagnostics.count; i++)
		result = arena_printf(c->arena, "%s%s%s", result, *result ? "\n" : "",
			show_one(c->arena, str_from(text), c->diagnostics.items[i]));
	return result;
}

struct row {
	const char *text, *expected;
};

static void check(const struct row *rows, size_t count, bool bigquery) {
	struct compile c;
	start(&c);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(lint(&c, rows[i].text, bigquery), rows[i].expected);
	compile_finish(&c);
}

#define FROM "SELECT 1 FROM `shop.orders` "

static void good_texts_are_left_alone(void **state) {
	(void)state;
	static const char *const texts[] = {
		"SELECT 1",
		FROM "WHERE {{period}} [[AND {{country}}]] [[AND total >= {{least}}]] LIMIT {{given}}",
		FROM "WHERE total BETWEEN {{given}} AND {{given}} AND {{flag}}",
		FROM "WHERE 1 = 1 [[AND {{country}} -- a comment\n]] ORDER BY 1",
		FROM "WHERE ({{period}} AND x) [[OR {{country}}]]",
		FROM "[[WHERE {{country}}]]",
		FROM "[[WHERE {{country}} [[AND {{period}}]]]]",
		FROM "WHERE [[{{country}} AND ]] 1 = 1",
		FROM "WHERE d = [[ {{since}} --]] CURRENT_DATE\n",
		FROM "WHERE created_at > {{since}} AND DATE(created_at) = DATE({{since}}) [[AND total > {{least}}]]",
		FROM "WHERE TIMESTAMP(ordered_on) > {{since}}",
		FROM "GROUP BY 1 HAVING COUNT(*) > 1 [[AND SUM(total) > {{least}}]]",
		"SELECT COUNTIF(total > 1 [[AND total < {{least}}]]) AS n FROM `shop.orders` WHERE {{period}}",
		"SELECT {{grain}} AS day, COUNT(*) AS n FROM `shop.orders` WHERE {{period}} GROUP BY {{grain}}",
		"SELECT {{grain}} AS day, COUNT(*) AS n FROM `shop.orders` GROUP BY day ORDER BY day",
		"SELECT {{grain}} AS day, COUNT(*) AS n FROM `shop.orders` GROUP BY 1",
		"SELECT {{grain}} AS day FROM `shop.orders`",
		"WITH o AS (SELECT * FROM `shop.orders` WHERE {{period}}) SELECT * FROM o JOIN `shop.customers` c USING (id)",
		"SELECT * FROM `shop.orders` AS o WHERE {{aliased}}",
		"SELECT * FROM (SELECT 1 AS city) o WHERE {{aliased}}",
		"SELECT * FROM `shop.orders` WHERE {{period}} AND id IN (SELECT id FROM `shop.orders` AS o)",
		"SELECT * FROM {{#base}} AS b WHERE {{nobody}}",
		"SELECT '{{' FROM t WHERE {{given}} = x",
	};
	struct compile c;
	start(&c);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const char *said = lint(&c, texts[i], true);
		if (*said)
			fail_msg("%s\n%s", texts[i], said);
	}
	compile_finish(&c);
}

static void malformed_marks_are_told(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"SELECT {{given FROM t", "E0601 [{{given] `{{` is never closed\n  help: write `{{given}}`\n"
			"  fix: SELECT {{given}} FROM t"},
		{"SELECT 1 [[AND {{given}}", "E0601 [[[] `[[` is never closed"},
		{"SELECT {{ }}", "E0602 [{{ }}] the tag is empty\n  help: name a filter: `{{period}}`"},
		{"SELECT {{ {{given}} }}", "E0602 [{{ {{given}} }}] a tag cannot stand in another one"},
		{"SELECT {{my-tag x}}", "E0602 [{{my-tag x}}] `my-tag x` cannot be the name of a tag\n"
			"  help: names hold letters, digits, `_` and `.`: write `{{my_tag_x}}`\n  fix: SELECT {{my_tag_x}}"},
		{"SELECT {{#a b}}", "E0602 [{{#a b}}] `#a b` cannot be the name of a tag\n"
			"  help: a card is named as `{{#chart}}` or `{{#dashboard/chart}}`"},
		{"SELECT x[[1]]", "E0603 [[[1]]] `[[ ]]` holds no tag\n"
			"  help: the server reads `[[` as an optional clause: for an array write `[ [`\n  fix: SELECT x[ [1]]"},
		{"SELECT 1 WHERE 1 = 1 [[AND a = 1]]", "E0603 [[[AND a = 1]]] `[[ ]]` holds no tag\n"
			"  help: take the brackets away, or put in a tag that decides whether the clause stays"},
		{"SELECT REGEXP_CONTAINS(a, r\"[[:alpha:]]\")", "E0603 [[[:alpha:]]] `[[ ]]` holds no tag\n"
			"  note: the server does not see that it stands in quotes\n"
			"  help: write the string in single quotes, which the server knows"},
		{"SELECT 'abc", "E0607 ['] this quote is never closed"},
		{"SELECT /* {{given}}", "E0607 [/*] this comment is never closed"},
		{"SELECT \"a--b\", {{given}}", "E0606 [{{given}}] the server takes this tag for part of a comment\n"
			"  note: it knows single quotes only: a comment mark in `\"…\"` or backticks before the tag starts a "
			"comment for it\n  help: write the text with the comment mark in single quotes"},
	};
	check(rows, COUNT_OF(rows), true);
}

static void tags_in_text_are_told(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"SELECT '{{given}}'", "E0604 [{{given}}] `{{given}}` stands inside a string\n"
			"  help: the server quotes values itself: write `{{given}}`\n  fix: SELECT {{given}}"},
		{"SELECT x LIKE '%{{given}}%'", "E0604 [{{given}}] `{{given}}` stands inside a string\n"
			"  help: put the value and the text together in SQL: `CONCAT('%', {{given}}, '%')`"},
		{"SELECT `{{given}}`", "E0604 [{{given}}] `{{given}}` stands inside a quoted name\n"
			"  help: a tag gives a value or a condition, never a name"},
		{"SELECT 1 # {{given}}", "E0605 [{{given}}] the server replaces this tag although it stands in a comment\n"
			"  help: it does not know `#` comments: write `--`\n  fix: SELECT 1 -- {{given}}"},
		{"SELECT 1 [[+ {{given}} -- {{least}}]]",
			"E0605 [{{least}}] the server replaces this tag although it stands in a comment\n"
			"  help: inside `[[ ]]` comments are text for the server: take the tag out of the comment"},
	};
	check(rows, COUNT_OF(rows), true);
}

static void clauses_that_leave_a_hole_are_told(void **state) {
	(void)state;
	static const struct row rows[] = {
		{FROM "WHERE [[{{country}}]] ORDER BY 1", "E0610 [WHERE] nothing is left behind `WHERE` when its clauses are left out\n"
			"  help: begin with a condition that is always there: `WHERE 1 = 1 [[AND …]]`\n"
			"  fix: " FROM "WHERE 1 = 1 [[AND {{country}}]] ORDER BY 1"},
		{FROM "where [[{{country}}]] [[AND {{period}}]]", "E0610 [where] nothing is left behind `where` when its clauses are left out\n"
			"  help: begin with a condition that is always there: `where 1 = 1 [[AND …]]`\n"
			"  fix: " FROM "where 1 = 1 [[AND {{country}}]] [[AND {{period}}]]"},
		{FROM "WHERE [[{{country}}]] AND x = 1", "E0610 [WHERE] nothing is left behind `WHERE` when its clauses are left out\n"
			"  help: begin with a condition that is always there: `WHERE 1 = 1 [[AND …]]`\n"
			"  fix: " FROM "WHERE 1 = 1 [[AND {{country}}]] AND x = 1"},
		{FROM "WHERE [[AND {{country}}]]", "E0610 [WHERE] nothing is left behind `WHERE` when its clauses are left out\n"
			"  help: begin with a condition that is always there: `WHERE 1 = 1 [[AND …]]`\n"
			"  fix: " FROM "WHERE 1 = 1 [[AND {{country}}]]"},
		{FROM "[[AND {{country}}]] [[AND {{period}}]]", "E0611 [AND] `AND` has no condition to join\n"
			"  help: write `WHERE 1 = 1` before the clause\n"
			"  fix: " FROM "WHERE 1 = 1 [[AND {{country}}]] [[AND {{period}}]]"},
		{FROM "[[WHERE {{country}}]] [[AND {{period}}]]", "E0611 [AND] `AND` joins a condition that may be left out\n"
			"  help: write `WHERE 1 = 1` outside of `[[ ]]` and begin each clause with `AND`"},
		{FROM "WHERE x GROUP BY 1 [[AND {{country}}]]", "E0611 [AND] `AND` has no condition to join\n"
			"  help: move the clause behind a `WHERE`"},
		{FROM "WHERE 1 = 1 [[AND {{must}}]]", "W0618 [{{must}}] `{{must}}` is required, so its clause is never left out\n"
			"  help: take the `[[ ]]` around it away\n  fix: " FROM "WHERE 1 = 1 AND {{must}}"},
		{FROM "WHERE [[{{must}}]]", "W0618 [{{must}}] `{{must}}` is required, so its clause is never left out\n"
			"  help: take the `[[ ]]` around it away\n  fix: " FROM "WHERE {{must}}"},
	};
	check(rows, COUNT_OF(rows), true);
}

static void tags_in_the_wrong_place_are_told(void **state) {
	(void)state;
	static const struct row rows[] = {
		{FROM "WHERE o.country = {{country}}", "E0608 [{{country}}] `{{country}}` is a whole condition and cannot be compared by `=`\n"
			"  help: write `{{country}}` alone: the server puts the column and the operator in\n"
			"  fix: " FROM "WHERE {{country}}"},
		{FROM "WHERE x AND country IN ({{country}}) AND y", "E0608 [{{country}}] `{{country}}` is a whole condition and cannot be compared by `IN`\n"
			"  help: write `{{country}}` alone: the server puts the column and the operator in\n"
			"  fix: " FROM "WHERE x AND {{country}} AND y"},
		{FROM "WHERE {{period}} >= d", "E0608 [{{period}}] `{{period}}` is a whole condition and cannot be compared by `>=`\n"
			"  help: write `{{period}}` alone: the server puts the column and the operator in"},
		{FROM "WHERE LOWER(a) LIKE {{country}}", "E0608 [{{country}}] `{{country}}` is a whole condition and cannot be compared by `LIKE`\n"
			"  help: write `{{country}}` alone: the server puts the column and the operator in"},
		{FROM "WHERE {{given}} AND x", "E0609 [{{given}}] `{{given}}` is only a value, and a condition is needed here\n"
			"  help: compare it with something: `column = {{given}}`; or make it a filter on a column"},
		{FROM "WHERE 1 = 1 [[AND {{least}}]]", "E0609 [{{least}}] `{{least}}` is only a value, and a condition is needed here\n"
			"  help: compare it with something: `column = {{least}}`; or make it a filter on a column"},
		{FROM "WHERE a > {{least}} OR b > {{least}}", "E0612 [{{least}}] `{{least}}` may have no value, and the query needs one\n"
			"  help: give the filter a `default:`, or put the condition in `[[ ]]`"},
		{FROM "WHERE a OR {{country}}", "W0616 [{{country}}] `{{country}}` stands beside `OR`\n"
			"  note: without a value it is `1 = 1`, so everything matches\n"
			"  help: put both in a clause of their own: `[[OR ({{…}})]]`"},
		{FROM "WHERE NOT {{country}}", "W0616 [{{country}}] `{{country}}` stands beside `NOT`\n"
			"  note: without a value it is `1 = 1`, so nothing is left\n"
			"  help: put both in a clause of their own: `[[AND NOT ({{…}})]]`"},
		{FROM "WHERE ordered_on >= {{since}}", "W0615 [{{since}}] BigQuery gets `{{since}}` as a TIMESTAMP, and compares it with a DATE\n"
			"  help: write `DATE({{since}})`\n  fix: " FROM "WHERE ordered_on >= DATE({{since}})"},
		{"SELECT 1 FROM `shop.orders` o WHERE o.updated_at BETWEEN x AND {{since}}",
			"W0615 [{{since}}] BigQuery gets `{{since}}` as a TIMESTAMP, and compares it with a DATETIME\n"
			"  help: write `DATETIME({{since}})`\n"
			"  fix: SELECT 1 FROM `shop.orders` o WHERE o.updated_at BETWEEN x AND DATETIME({{since}})"},
		{FROM "WHERE DATE(created_at) = {{since}}", "W0615 [{{since}}] BigQuery gets `{{since}}` as a TIMESTAMP, and compares it with a DATE\n"
			"  help: write `DATE({{since}})`\n  fix: " FROM "WHERE DATE(created_at) = DATE({{since}})"},
		{FROM "WHERE unheard_of = {{since}}", "W0615 [{{since}}] BigQuery gets `{{since}}` as a TIMESTAMP\n"
			"  help: say which it is: `DATE({{since}})`, `DATETIME({{since}})` or `TIMESTAMP({{since}})`"},
		{"SELECT {{grain}} AS day, country FROM `shop.orders` GROUP BY country",
			"W0621 [{{grain}}] `{{grain}}` is selected, and the query groups by something else\n"
			"  help: write `{{grain}}` in `GROUP BY` too"},
	};
	check(rows, COUNT_OF(rows), true);
}

static void tables_under_a_field_filter_are_checked(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"SELECT 1 FROM `shop.orders` AS o WHERE {{period}}",
			"E0613 [{{period}}] `{{period}}` becomes a condition on `shop.orders`.`ordered_on`, and the table is called `o` here\n"
			"  note: it gets its other name here [`shop.orders`]\n"
			"  help: say so in the chart: `filters: {period: {field: orders.ordered_on, alias: o.ordered_on}}`, or take the other name away"},
		{"SELECT 1 FROM `shop.orders` AS o WHERE {{country}}",
			"E0613 [{{country}}] `{{country}}` becomes a condition on `shop.orders`.`country`, and the table is called `o` here\n"
			"  note: it gets its other name here [`shop.orders`]\n"
			"  help: take the other name away (servers from 0.56 could be told of it by `alias:`)"},
		{"WITH o AS (SELECT * FROM `shop.orders`) SELECT 1 FROM o WHERE {{period}}",
			"E0613 [{{period}}] `{{period}}` becomes a condition on `shop.orders`.`ordered_on`, and its table is not read in this query\n"
			"  note: it is read in another one, here [`shop.orders`]\n"
			"  help: move `{{period}}` to where the table is read"},
		{"SELECT 1 FROM `shop.orders` x WHERE {{aliased}}",
			"E0613 [{{aliased}}] nothing is called `o` where `{{aliased}}` stands\n"
			"  help: `alias:` is put in place of the column: name a table of this FROM"},
		{"SELECT 1 FROM shop.orders WHERE {{period}} AND {{country}}",
			"E0614 [shop.orders] shop.orders is not how the server names the table in a field filter\n"
			"  note: this becomes a condition on `shop.orders`.`ordered_on` [{{period}}]\n"
			"  help: write `` `shop.orders` ``\n  fix: SELECT 1 FROM `shop.orders` WHERE {{period}} AND {{country}}"},
		{"SELECT 1 FROM `${dataset}`.orders WHERE {{period}}",
			"E0614 [`${dataset}`.orders] `shop`.orders is not how the server names the table in a field filter\n"
			"  note: this becomes a condition on `shop.orders`.`ordered_on` [{{period}}]\n"
			"  help: write `` `${dataset}.orders` ``\n  fix: SELECT 1 FROM `${dataset}.orders` WHERE {{period}}"},
		{"SELECT 1 FROM `p.shop.orders` WHERE {{period}}",
			"E0614 [`p.shop.orders`] `p.shop.orders` is not how the server names the table in a field filter\n"
			"  note: this becomes a condition on `shop.orders`.`ordered_on` [{{period}}]\n"
			"  help: write `` `shop.orders` ``\n  fix: SELECT 1 FROM `shop.orders` WHERE {{period}}"},
		{"SELECT 1 FROM orders WHERE {{period}}",
			"E0614 [orders] orders is not how the server names the table in a field filter\n"
			"  note: this becomes a condition on `orders`.`ordered_on` [{{period}}]\n"
			"  help: write it with its dataset in one pair of backticks: `` `dataset.orders` ``"},
	};
	static const struct row other[] = {
		{"SELECT 1 FROM shop.Orders WHERE {{period}}", ""},
		{"SELECT 1 FROM \"shop\".\"orders\" WHERE {{country}} AND x = {{since}}", ""},
		{"SELECT 1 FROM orders o WHERE {{country}}",
			"E0613 [{{country}}] `{{country}}` becomes a condition on \"shop\".\"orders\".\"country\", and the table is called `o` here\n"
			"  note: it gets its other name here [orders]\n"
			"  help: take the other name away (servers from 0.56 could be told of it by `alias:`)"},
	};
	check(rows, COUNT_OF(rows), true);
	check(other, COUNT_OF(other), false);
}

/* Thousands of mistakes are not thousands of messages, and odd texts end soon. */
static void long_texts_end_soon(void **state) {
	(void)state;
	static const char *const pieces[] = {"{{}} ", "[[1]]", "WHERE [[{{country}}]] ", "x = {{country}} AND ", "'{{given}}' ",
		"BETWEEN 1 AND {{given}} ", "FROM orders, ", "(SELECT {{period}} FROM orders ", "[[AND {{must}} ]]", "[[", "{{given",
		") ", "{{grain}}, "};
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		struct compile c;
		start(&c);
		struct str piece = str_from(pieces[i]);
		size_t count = 100000 / piece.len;
		char *text = arena_alloc(c.arena, count * piece.len + 1);
		for (size_t k = 0; k < count; k++)
			memcpy(text + k * piece.len, piece.ptr, piece.len);
		lint(&c, text, true);
		assert_true(c.diagnostics.count < 60);
		compile_finish(&c);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_texts_are_left_alone),
		cmocka_unit_test(malformed_marks_are_told),
		cmocka_unit_test(tags_in_text_are_told),
		cmocka_unit_test(clauses_that_leave_a_hole_are_told),
		cmocka_unit_test(tags_in_the_wrong_place_are_told),
		cmocka_unit_test(tables_under_a_field_filter_are_checked),
		cmocka_unit_test(long_texts_end_soon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
