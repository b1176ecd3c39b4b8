/* Messages as people and programs read them, to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/source/compile.h"

static void expect(struct compile *c, const struct diag_print *how, const char *expected) {
	char *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	diag_print(c, out, how);
	fclose(out);
	assert_string_equal(got, expected);
	free(got);
	compile_finish(c);
}

static void text_points_with_carets(void **state) {
	(void)state;
	struct compile c;
	compile_init(&c);
	uint32_t a = source_add(&c, "sales/orders.yaml", STR("a: 1\nchart:\n  y: [month]\n"));
	struct diagnostic *d = diag_add(&c, E0402, (struct span){a, 17, 24},
		"chart `%s` needs at least one measure, found none", "line");
	diag_note(&c, d, SPAN_NONE, "`orders` gives month (date), total (number)");
	diag_note(&c, d, (struct span){a, 0, 1}, "named here");
	diag_help(&c, d, "write `y: [total]`");
	expect(&c, &(struct diag_print){.format = DIAG_TEXT},
		"error[E0402]: chart `line` needs at least one measure, found none\n"
		" --> sales/orders.yaml:3:6\n"
		"  |\n"
		"3 |   y: [month]\n"
		"  |      ^^^^^^^\n"
		"  = note: `orders` gives month (date), total (number)\n"
		"  = help: write `y: [total]`\n"
		"note: named here\n"
		" --> sales/orders.yaml:1:1\n"
		"  |\n"
		"1 | a: 1\n"
		"  | -\n"
		"\n"
		"1 error in 1 file\n");
}

static void carets_stand_under_wide_and_tabbed_text(void **state) {
	(void)state;
	struct compile c;
	compile_init(&c);
	uint32_t a = source_add(&c, "a.yaml", STR("日本\té: x\n"));
	diag_add(&c, E0201, (struct span){a, 11, 12}, "here");
	expect(&c, &(struct diag_print){.format = DIAG_TEXT},
		"error[E0201]: here\n"
		" --> a.yaml:1:7\n"
		"  |\n"
		"1 | 日本    é: x\n"
		"  |            ^\n"
		"\n"
		"1 error in 1 file\n");
}

/* Two messages of every kind of part: a note elsewhere, a help, a fix, no place at all. */
static void report_two(struct compile *c) {
	compile_init(c);
	uint32_t a = source_add(c, "a b,c.yaml", STR("é: 1\né: 2\n"));
	struct diagnostic *d = diag_add(c, E0107, (struct span){a, 6, 8}, "the key `é` stands twice: 100%%");
	diag_note(c, d, (struct span){a, 0, 2}, "first written here");
	diag_help(c, d, "did you mean `e`?");
	diag_fix(c, d, (struct span){a, 6, 8}, STR("e"));
	diag_add(c, W0501, SPAN_NONE, "no place");
}

static void short_is_one_line_each(void **state) {
	(void)state;
	struct compile c;
	report_two(&c);
	expect(&c, &(struct diag_print){.format = DIAG_SHORT},
		"warning[W0501]: no place\n"
		"a b,c.yaml:2:1: error[E0107]: the key `é` stands twice: 100%\n"
		"1 error, 1 warning in 1 file\n");
}

static void github_properties_are_escaped(void **state) {
	(void)state;
	struct compile c;
	report_two(&c);
	expect(&c, &(struct diag_print){.format = DIAG_GITHUB},
		"::warning title=W0501 unused-filter::no place\n"
		"::error file=a b%2Cc.yaml,line=2,endLine=2,col=1,endColumn=2,title=E0107 duplicate-key::"
		"the key `é` stands twice: 100%25%0Anote: first written here (a b,c.yaml:1:1)"
		"%0Ahelp: did you mean `e`?\n");
}

static void json_has_places_and_fixes(void **state) {
	(void)state;
	struct compile c;
	report_two(&c);
	char *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	diag_print(&c, out, &(struct diag_print){.format = DIAG_JSON, .files = 3});
	fclose(out);
	json_auto_t *whole = json_loads(got, 0, NULL);
	json_auto_t *expected = json_pack(
		"{s:i, s:i, s:i, s:i, s:[{s:s, s:s, s:s, s:s, s:[]},"
		" {s:s, s:s, s:s, s:s, s:s, s:{s:i, s:i, s:i}, s:{s:i, s:i, s:i},"
		"  s:[{s:s, s:s, s:s, s:{s:i, s:i, s:i}, s:{s:i, s:i, s:i}}, {s:s, s:s}],"
		"  s:{s:s, s:s, s:{s:i, s:i, s:i}, s:{s:i, s:i, s:i}}}]}",
		"version", 1, "errors", 1, "warnings", 1, "files", 3, "diagnostics",
		"code", "W0501", "slug", "unused-filter", "severity", "warning", "message", "no place", "notes",
		"code", "E0107", "slug", "duplicate-key", "severity", "error",
		"message", "the key `é` stands twice: 100%", "file", "a b,c.yaml",
		"start", "line", 2, "column", 1, "offset", 6, "end", "line", 2, "column", 2, "offset", 8,
		"notes", "kind", "note", "message", "first written here", "file", "a b,c.yaml",
		"start", "line", 1, "column", 1, "offset", 0, "end", "line", 1, "column", 2, "offset", 2,
		"kind", "help", "message", "did you mean `e`?", "fix", "text", "e", "file", "a b,c.yaml",
		"start", "line", 2, "column", 1, "offset", 6, "end", "line", 2, "column", 2, "offset", 8);
	assert_non_null(expected);
	assert_true(json_equal(whole, expected));
	free(got);
	compile_finish(&c);
}

static void sarif_has_rules_regions_and_fixes(void **state) {
	(void)state;
	struct compile c;
	report_two(&c);
	char *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	diag_print(&c, out, &(struct diag_print){.format = DIAG_SARIF});
	fclose(out);
	json_auto_t *whole = json_loads(got, 0, NULL);
	json_t *rules, *none, *second;
	assert_int_equal(json_unpack(whole, "{s:[{s:{s:{s:o}}, s:[o, o]}]}", "runs", "tool", "driver", "rules",
		&rules, "results", &none, &second), 0);
	assert_int_equal(json_array_size(rules), 2);
	assert_int_equal(json_array_size(json_object_get(none, "locations")), 0);
	json_auto_t *expected = json_pack(
		"{s:s, s:i, s:s, s:{s:s}, s:[{s:{s:{s:s, s:s}, s:{s:i, s:i, s:i, s:i}}}],"
		" s:[{s:{s:{s:s, s:s}, s:{s:i, s:i, s:i, s:i}}, s:i, s:{s:s}}],"
		" s:[{s:[{s:{s:s, s:s}, s:[{s:{s:i, s:i, s:i, s:i}, s:{s:s}}]}]}]}",
		"ruleId", "E0107", "ruleIndex", 1, "level", "error", "message", "text",
		"the key `é` stands twice: 100%\nhelp: did you mean `e`?",
		"locations", "physicalLocation", "artifactLocation", "uri", "a%20b%2Cc.yaml", "uriBaseId",
		"%SRCROOT%", "region", "startLine", 2, "startColumn", 1, "endLine", 2, "endColumn", 2,
		"relatedLocations", "physicalLocation", "artifactLocation", "uri", "a%20b%2Cc.yaml", "uriBaseId",
		"%SRCROOT%", "region", "startLine", 1, "startColumn", 1, "endLine", 1, "endColumn", 2,
		"id", 1, "message", "text", "first written here",
		"fixes", "artifactChanges", "artifactLocation", "uri", "a%20b%2Cc.yaml", "uriBaseId",
		"%SRCROOT%", "replacements", "deletedRegion", "startLine", 2, "startColumn", 1, "endLine", 2,
		"endColumn", 2, "insertedContent", "text", "e");
	assert_non_null(expected);
	assert_true(json_equal(second, expected));
	free(got);
	compile_finish(&c);
}

static void doubles_are_dropped_and_the_rest_counted(void **state) {
	(void)state;
	struct compile c;
	compile_init(&c);
	uint32_t a = source_add(&c, "b.yaml", STR("x\ny\n")), b = source_add(&c, "a.yaml", STR("x\n"));
	diag_add(&c, E0201, (struct span){a, 2, 3}, "third");
	diag_add(&c, E0201, (struct span){a, 0, 1}, "second");
	diag_add(&c, E0201, (struct span){b, 0, 1}, "first");
	diag_add(&c, E0201, (struct span){a, 0, 1}, "second");
	expect(&c, &(struct diag_print){.format = DIAG_SHORT, .most = 2},
		"a.yaml:1:1: error[E0201]: first\n"
		"b.yaml:1:1: error[E0201]: second\n"
		"… and 1 more\n"
		"3 errors in 2 files\n");
}

static void long_lines_are_cut_around_the_carets(void **state) {
	(void)state;
	static const char line[] = "0123456789012345678901234567890123456789 here "
		"0123456789012345678901234567890";
	struct compile c;
	compile_init(&c);
	uint32_t a = source_add(&c, "a.yaml", str_from(line));
	diag_add(&c, E0201, (struct span){a, 41, 45}, "x");
	diag_add(&c, E0201, (struct span){a, 0, 60}, "y");
	diag_add(&c, E0201, (struct span){a, 75, 77}, "z");
	expect(&c, &(struct diag_print){.format = DIAG_TEXT, .width = 44},
		"error[E0201]: y\n --> a.yaml:1:1\n  |\n"
		"1 | 01234567890123456789012345678901234567…\n"
		"  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n\n"
		"error[E0201]: x\n --> a.yaml:1:42\n  |\n"
		"1 | …890123456789 here 01234567890123456789…\n"
		"  |               ^^^^\n\n"
		"error[E0201]: z\n --> a.yaml:1:76\n  |\n"
		"1 | …89 here 0123456789012345678901234567890\n"
		"  |                                       ^^\n\n"
		"3 errors in 1 file\n");
}

static void several_lines_show_the_first(void **state) {
	(void)state;
	struct compile c;
	compile_init(&c);
	uint32_t a = source_add(&c, "a.yaml", STR("a:\n  b: 1\n  c: 2\n"));
	diag_add(&c, W0501, (struct span){a, 5, 16}, "two\nlines \033[31m");
	expect(&c, &(struct diag_print){.format = DIAG_TEXT, .colour = true},
		"\033[1;33mwarning[W0501]\033[0m\033[1m: two lines \xef\xbf\xbd[31m\033[0m\n"
		" \033[1;34m--> \033[0ma.yaml:2:3\n"
		"\033[1;34m  |\033[0m\n"
		"\033[1;34m2 |\033[0m   b: 1\n"
		"\033[1;34m  |\033[0m   \033[1;33m^^^^ … to line 3\033[0m\n"
		"\n"
		"1 warning in 1 file\n");
}

/* Parses `text`, warns at every `!` in it, and expects what is left of the warnings. */
static void expect_allowed(const char *text, const char *expected) {
	struct compile c;
	compile_init(&c);
	uint32_t a = source_add(&c, "a.yaml", str_from(text));
	assert_non_null(yaml_parse(&c, a));
	for (uint32_t i = 0; text[i]; i++) {
		if (text[i] == '!')
			diag_add(&c, W0501, (struct span){a, i, i + 1}, "shouted");
	}
	expect(&c, &(struct diag_print){.format = DIAG_SHORT}, expected);
}

static void a_suppression_covers_what_begins_there(void **state) {
	(void)state;
	expect_allowed("a: \"!\" # mbc: allow W0501 loud is fine\n", "");
	expect_allowed("# mbc: allow unused-filter loud is fine\n\n# and more\na:\n  b: [\"!\"]\nc: \"!\"\n",
		"a.yaml:6:5: warning[W0501]: shouted\n1 warning in 1 file\n");
	expect_allowed("a:\n  # mbc: allow W0501, W0102 why\n  - b: 1\n    c: \"!\"\n  - \"!\"\n",
		"a.yaml:2:23: warning[W0101]: `W0102` is not reported here\n"
		"a.yaml:5:6: warning[W0501]: shouted\n2 warnings in 1 file\n");
	expect_allowed("a: '# mbc: allow W0501 this is text'\n", "");
}

static void a_suppression_in_sql_covers_lines(void **state) {
	(void)state;
	expect_allowed("a: |\n  SELECT !, -- mbc: allow W0501 why\n  !\n"
		"  -- mbc: allow W0501 why\n\n  , !\n  !\n",
		"a.yaml:3:3: warning[W0501]: shouted\na.yaml:7:3: warning[W0501]: shouted\n2 warnings in 1 file\n");
}

static void suppressions_must_be_right(void **state) {
	(void)state;
	expect_allowed("a: 1 # mbc: allow W0501\nb: 1 # mbc: allow E0107 x\nc: 1 # mbc: allow W0502 x\n"
		"d: 1 # mbc: allow\ne: 1 # mbc: alow W0501 x\nf: 1 # mbc: is a program\n",
		"a.yaml:1:6: error[E0119]: the suppression gives no reason\n"
		"a.yaml:2:19: error[E0119]: `E0107` is an error, and only warnings can be allowed\n"
		"a.yaml:3:19: error[E0119]: no warning has the code `W0502`\n"
		"a.yaml:4:6: error[E0119]: the suppression names no warning\n"
		"a.yaml:5:13: error[E0119]: `mbc: alow` is no instruction\n"
		"5 errors in 1 file\n");
}

static void rows_are_in_order(void **state) {
	(void)state;
	for (size_t i = 1; i < DIAG_CODE_COUNT; i++) {
		const char *before = diag_rows[i - 1].name, *name = diag_rows[i].name;
		bool sorted = strncmp(before + 1, name + 1, 2) < 0 || (strncmp(before + 1, name + 1, 2) == 0 &&
			strcmp(before, name) < 0);
		if (!sorted)
			fail_msg("%s stands before %s", before, name);
		assert_ptr_equal(diag_find(str_from(diag_rows[i].slug)), &diag_rows[i]);
		assert_int_equal(*name == 'E', diag_rows[i].severity == DIAG_ERROR);
	}
	assert_null(diag_find(STR("E9999")));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_points_with_carets),
		cmocka_unit_test(carets_stand_under_wide_and_tabbed_text),
		cmocka_unit_test(short_is_one_line_each),
		cmocka_unit_test(github_properties_are_escaped),
		cmocka_unit_test(json_has_places_and_fixes),
		cmocka_unit_test(sarif_has_rules_regions_and_fixes),
		cmocka_unit_test(doubles_are_dropped_and_the_rest_counted),
		cmocka_unit_test(long_lines_are_cut_around_the_carets),
		cmocka_unit_test(several_lines_show_the_first),
		cmocka_unit_test(a_suppression_covers_what_begins_there),
		cmocka_unit_test(a_suppression_in_sql_covers_lines),
		cmocka_unit_test(suppressions_must_be_right),
		cmocka_unit_test(rows_are_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
