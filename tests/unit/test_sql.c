/* The tokenizer: what Metabase's template parser and the warehouse's lexer each see in a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compiler/query/sql.h"
#include "runtime/buf.h"

static const char *const problem_names[] = {"unclosed-tag", "unclosed-clause", "empty-tag", "bad-name",
	"no-tag", "unclosed-string", "unclosed-comment", "nested-tag", "hidden-tag"};

static void show_tag(struct buf *out, const struct sql *sql, const struct sql_tag *tag) {
	static const char *const types[] = {"", "snippet:", "#"};
	buf_printf(out, " %s%.*s", types[tag->type], STR_ARGS(tag->name));
	if (tag->clause)
		buf_printf(out, "/%u", tag->clause);
	buf_puts(out, tag->in_string ? "!string" : tag->in_quotes ? "!quotes" : tag->in_comment ? "!comment" :
		tag->malformed ? "!malformed" : "");
	if (tag->token != UINT32_MAX)
		assert_int_equal(sql->tokens.items[tag->token].start, tag->start);
	assert_memory_equal(sql->text.ptr + tag->name_start, tag->name.ptr, tag->name.len);
}

/* " tag tag | problem[its text]" */
static const char *marks_of(struct arena *arena, const char *text, bool bigquery) {
	struct sql *sql = sql_scan(arena, str_from(text), bigquery);
	struct buf out = BUF(1 << 16);
	buf_puts(&out, "");
	for (size_t i = 0; i < sql->tags.count; i++)
		show_tag(&out, sql, &sql->tags.items[i]);
	for (size_t i = 0; i < sql->problems.count; i++) {
		const struct sql_problem *p = &sql->problems.items[i];
		buf_printf(&out, " | %s[%.*s]", problem_names[p->type], STR_ARGS(str_slice(sql->text, p->start, p->end)));
	}
	const char *result = arena_printf(arena, "%.*s", STR_ARGS(buf_str(&out)));
	buf_free(&out);
	return *result == ' ' ? result + 1 : result;
}

/* Every token in brackets, with the mark of its kind where the text does not show it. */
static const char *tokens_of(struct arena *arena, const char *text, bool bigquery) {
	static const char *const kinds[] = {"", "q", "s", "n", "", "c", "t", "", ""};
	struct sql *sql = sql_scan(arena, str_from(text), bigquery);
	struct buf out = BUF(1 << 16);
	buf_puts(&out, "");
	for (size_t i = 0; i < sql->tokens.count; i++) {
		const struct sql_token *t = &sql->tokens.items[i];
		buf_printf(&out, "%s%s<%.*s>", i ? " " : "", kinds[t->type],
			STR_ARGS(str_slice(sql->text, t->start, t->end)));
		if (t->depth || t->clause)
			buf_printf(&out, "%u.%u", t->depth, t->clause);
	}
	const char *result = arena_printf(arena, "%.*s", STR_ARGS(buf_str(&out)));
	buf_free(&out);
	return result;
}

struct row {
	const char *text, *expected;
};

static void check(const struct row *rows, size_t count, bool bigquery,
	const char *(*show)(struct arena *, const char *, bool)) {
	struct arena *arena = arena_create();
	for (size_t i = 0; i < count; i++)
		assert_string_equal(show(arena, rows[i].text, bigquery), rows[i].expected);
	arena_destroy(arena);
}

static void marks_are_found_as_the_server_finds_them(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"SELECT 1", ""},
		{"WHERE {{d}}", "d"},
		{"WHERE {{ d }} AND {{\n e.f_1\t}}", "d e.f_1"},
		{"WHERE 1=1 [[AND {{d}}]]", "d/1"},
		{"[[WHERE a={{p}} [[AND b={{q}}]]]]", "p/1 q/2"},
		{"= [[ {{x}} --]] CURRENT_DATE", "x/1"},
		{"-- {{x}}", ""},
		{"-- {{x}}\n{{y}}", "y"},
		{"/* {{x}} [[ */ {{y}}", "y"},
		{"/* it's */ {{y}} -- isn't {{z}}", "y"},
		{"{{snippet: active only }} {{snippet:x}}", "snippet:active only snippet:x"},
		{"FROM {{#42-base}} JOIN {{#finance/spend}} JOIN {{ #/spend }}", "#42-base #finance/spend #/spend"},
		{"{{{x}}}", "x"},
		{"]] }} ok", ""},
		{"{{}} {{ }}", "| empty-tag[{{}}] | empty-tag[{{ }}]"},
		{"{{my-tag}} {{a b}} {{#}} {{snippet: }}",
			"| bad-name[{{my-tag}}] | bad-name[{{a b}}] | bad-name[{{#}}] | bad-name[{{snippet: }}]"},
		{"{{x AND y = 1", "x!malformed | unclosed-tag[{{x]"},
		{"a = {{x AND b = {{y}}", "x!malformed y | unclosed-tag[{{x]"},
		{"{{ {{x}} }}", "| nested-tag[{{ {{x}} }}]"},
		{"[[AND {{x ]] AND {{y}}", "x/1!malformed y | unclosed-tag[{{x]"},
		{"a [[AND {{x}}", "x/1 | unclosed-clause[[[]"},
		{"[[AND 1 = 1]]", "| no-tag[[[AND 1 = 1]]]"},
		{"x[[1]]", "| no-tag[[[1]]]"},
		{"[[AND [[{{x}}]]]]", "x/2 | no-tag[[[AND [[{{x}}]]]]]"},
		{"a = '{{x}}'", "x!string"},
		{"a = '{{' AND b = '[[' AND {{x}}", "x"},
		{"a = '[[ 1 ]]' AND {{x}}", "x"},
		{"a = '[[ {{x}} ]]'", "x/1!string"},
		{"a = '-- {{x}}'", "x!string"},
		{"[[AND a = 'it']] AND {{y}}", "y | no-tag[[[AND a = 'it']]]"},
		{"[[AND a = '{{x}}' -- '\n]] {{y}}", "x/1!string y"},
		{"[[AND {{x}} -- {{y}}]]", "x/1 y/1!comment"},
	};
	check(rows, COUNT_OF(rows), true, marks_of);
}

static void what_the_server_does_not_track_is_told(void **state) {
	(void)state;
	static const struct row bigquery[] = {
		{"# {{x}}\n{{y}}", "x!comment y"},
		{"`{{x}}` \"{{y}}\"", "x!quotes y!string"},
		{"'''{{x}}''' r'\\{{y}}'", "x!string y!string"},
		{"\"a--b\", {{x}}", "x!malformed | hidden-tag[{{x}}]"},
		{"\"a/*b\", {{x}} /* */ {{y}}", "y x!malformed | hidden-tag[{{x}}]"},
		{"\"it's\" AND {{x}} AND b = 'y'", "x"},
		{"\"it's\" -- {{x}}", "x!comment"},
		{"REGEXP_CONTAINS(a, r\"[[:alpha:]]\") AND {{x}}", "x | no-tag[[[:alpha:]]]"},
		{"'abc", "| unclosed-string[']"},
		{"'abc\n{{x}}", "x | unclosed-string[']"},
		{"'''abc\n{{x}}", "x!string | unclosed-string[''']"},
		{"SELECT /* abc", "| unclosed-comment[/*]"},
	};
	static const struct row other[] = {
		{"a #>> '{b}' {{x}}", "x"},
		{"\"{{x}}\"", "x!quotes"},
		{"'it''s {{x}}' {{y}}", "x!string y"},
		{"'abc\n{{x}}'", "x!string"},
		{"$$ {{x}} $$", "x!string"},
	};
	check(bigquery, COUNT_OF(bigquery), true, marks_of);
	check(other, COUNT_OF(other), false, marks_of);
}

static void tokens_know_brackets_and_clauses(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"a.b", "<a> <.> <b>"},
		{"SELECT f(x, (1))", "<SELECT> <f> <(> <x>1.0 <,>1.0 <(>1.0 n<1>2.0 <)>1.0 <)>"},
		{"1.5e-3 .5 0xFF 1e3", "n<1.5e-3> n<.5> n<0xFF> n<1e3>"},
		{"`a.b`.c @p", "q<`a.b`> <.> <c> <@p>"},
		{"'a\\'b' \"c\" r'\\'' '''d'e'''", "s<'a\\'b'> s<\"c\"> s<r'\\''> s<'''d'e'''>"},
		{"a<>b<=c||d::e", "<a> <<>> <b> <<=> <c> <||> <d> <::> <e>"},
		{"x [[AND {{y}} /* z ]] w", "<x> <[[> <AND>0.1 t<{{y}}>0.1 c</* z >0.1 <]]> <w>"},
		{"[[ {{x}} --]] 5", "<[[> t<{{x}}>0.1 c<-->0.1 <]]> n<5>"},
		{"a # b\n-- c\nd", "<a> c<# b> c<-- c> <d>"},
	};
	check(rows, COUNT_OF(rows), true, tokens_of);
}

/* "schema.name alias" with the marks that matter. */
static const char *tables_of(struct arena *arena, const char *text, bool bigquery) {
	struct sql *sql = sql_scan(arena, str_from(text), bigquery);
	struct sql_tables tables = sql_tables(arena, sql);
	const char *result = "";
	for (size_t i = 0; i < tables.count; i++) {
		const struct sql_table *t = &tables.items[i];
		result = arena_printf(arena, "%s%s%.*s%s%.*s%s%.*s%s%.*s%s%s%s", result, i ? ", " : "",
			STR_ARGS(t->project), t->project.len ? ":" : "", STR_ARGS(t->schema),
			t->schema.len ? "." : "", STR_ARGS(t->name), t->alias.len ? " as " : "",
			STR_ARGS(t->alias), t->one_pair ? " pair" : "", t->cte ? " cte" : "",
			t->depth ? arena_printf(arena, " %u", t->depth) : "");
	}
	return result;
}

static void tables_are_found_at_any_depth(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"SELECT 1", ""},
		{"SELECT * FROM `d.t`", "d.t pair"},
		{"SELECT * FROM `d`.`t` x", "d.t as x"},
		{"SELECT * FROM `p.d.t` AS x, d.u", "p:d.t as x pair, d.u"},
		{"SELECT * FROM my-project.d.t", "my-project:d.t"},
		{"select * from a join b using (id) left join c on a.x = c.x, e", "a, b, c, e"},
		{"SELECT * FROM (SELECT * FROM t1) s, (t2 JOIN t3 ON TRUE) WHERE x IN (SELECT y FROM t4)",
			"t1 1, t2 1, t3 1, t4 1"},
		{"WITH a AS (SELECT * FROM d.t), b (x) AS (SELECT 1 FROM a) SELECT * FROM A, b JOIN c",
			"d.t 1, a cte 1, A cte, b cte, c"},
		{"SELECT EXTRACT(day FROM x), TRIM(' ' FROM y) FROM t WHERE a IS DISTINCT FROM b", "t"},
		{"SELECT * FROM t, UNNEST(items) AS i, t.tags, t.more m JOIN u", "t, u"},
		{"SELECT * FROM UNNEST([1, 2]) WITH OFFSET JOIN ds.fn(1) JOIN {{#card}} c JOIN {{snippet: s}}, t", "t"},
		{"SELECT * FROM t [[JOIN u ON {{x}}]] WHERE 1 = 1", "t, u"},
		{"SELECT (SELECT MAX(x) FROM a) m FROM b UNION ALL SELECT 1 FROM c", "a 1, b, c"},
		{"SELECT * FROM t FOR SYSTEM_TIME AS OF x WHERE TRUE", "t"},
		{"SELECT * FROM ML.PREDICT(MODEL m, (SELECT * FROM t))", "t 2"},
		{"FROM t |> WHERE x > 1 |> JOIN u", "t, u"},
		{"SELECT 'x FROM a' -- FROM b\nFROM c", "c"},
		{"SELECT * FROM", ""},
		{"SELECT * FROM a.", "a"},
	};
	check(rows, COUNT_OF(rows), true, tables_of);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_are_found_as_the_server_finds_them),
		cmocka_unit_test(what_the_server_does_not_track_is_told),
		cmocka_unit_test(tokens_know_brackets_and_clauses),
		cmocka_unit_test(tables_are_found_at_any_depth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
