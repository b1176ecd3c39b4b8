/* The marker in a description: written, found again, and told from what people write around it. */
#include "compiler/metabase/marker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state) {
	(void)state;
	arena = arena_create();
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	arena_destroy(arena);
	return 0;
}

static void written_as_the_last_paragraph(void **state) {
	(void)state;
	assert_string_equal(marker_write(arena, STR("What it costs.\n"), "ai-usage", "finance/spend", "1-3f9a2c41"),
		"What it costs.\n\nManaged as code: ai-usage/finance/spend · 1-3f9a2c41");
	assert_string_equal(marker_write(arena, STR(""), "ai-usage", "finance", "1-3f9a2c41"),
		"Managed as code: ai-usage/finance · 1-3f9a2c41");
}

static void read_back(void **state) {
	(void)state;
	struct marker m = marker_parse(arena, "What it costs.\n\nManaged as code: ai-usage/Money/Charts · 1-3f9a2c41");
	assert_string_equal(m.project, "ai-usage");
	assert_string_equal(m.key, "Money/Charts");
	assert_string_equal(m.fingerprint, "1-3f9a2c41");
	assert_true(str_is(m.description, "What it costs."));
}

static void survives_edits_around_it(void **state) {
	(void)state;
	struct marker m = marker_parse(arena, "Mine\r\n\r\n  Managed as code: p/a · b/c · 1-00000001  \r\n\r\nyours");
	assert_string_equal(m.project, "p");
	assert_string_equal(m.key, "a · b/c");
	assert_true(str_is(m.description, "Mine\n\nyours"));
}

static void what_is_no_marker(void **state) {
	(void)state;
	static const char *const texts[] = {
		NULL, "", "Managed as code", "Managed as code: p/k", "Managed as code: p · 1-3f9a2c41",
		"Managed as code: p/k · 1-3f9a2c4", "Managed as code: p/k · x-3f9a2c41",
		"Managed as code: p/k · 1-3F9A2C41", "see: Managed as code: p/k · 1-3f9a2c41",
	};
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_null(marker_parse(arena, texts[i]).project);
	assert_true(str_is(marker_parse(arena, " text ").description, "text"));
}

static void projections(void **state) {
	(void)state;
	struct marker m = {.fingerprint = "2-3f9a2c41"};
	assert_true(marker_other_projection(&m, 1));
	assert_false(marker_other_projection(&m, 2));
	m.fingerprint = FINGERPRINT_UNFINISHED;
	assert_true(marker_other_projection(&m, 1));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_as_the_last_paragraph),
		cmocka_unit_test(read_back),
		cmocka_unit_test(survives_edits_around_it),
		cmocka_unit_test(what_is_no_marker),
		cmocka_unit_test(projections),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
