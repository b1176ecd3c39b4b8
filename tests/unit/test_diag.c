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
	expect(&c, &(struct diag_print){.format = DIAG_TEXT, .files = 2},
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
		"1 error in 2 files\n");
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

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_points_with_carets),
		cmocka_unit_test(carets_stand_under_wide_and_tabbed_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
