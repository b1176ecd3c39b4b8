/* Slices, arena, map, buffers, suggestions: small tables of input and expectation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/buf.h"
#include "runtime/map.h"
#include "runtime/suggest.h"

static void numbers_are_read_whole(void **state) {
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		double value;
	} rows[] = {
		{"1", true, 1}, {"-2.5", true, -2.5}, {"1e3", true, 1000}, {"", false, 0},
		{"1 ", false, 0}, {"0x10", false, 0}, {"nan", false, 0}, {"+1", false, 0}, {"1e999", false, 0},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		double value = 0;
		assert_int_equal(str_number(str_from(rows[i].text), &value), rows[i].ok);
		if (rows[i].ok)
			assert_true(value > rows[i].value - 1e-9 && value < rows[i].value + 1e-9);
	}
}

static void a_map_keeps_what_it_is_given(void **state) {
	(void)state;
	struct arena *arena = arena_create();
	struct map map = {0};
	for (size_t i = 0; i < 1000; i++) {
		char *key = arena_printf(arena, "key-%zu", i);
		*map_slot(arena, &map, str_from(key)) = key;
	}
	assert_int_equal(map.count, 1000);
	for (size_t i = 0; i < 1000; i++) {
		char *key = arena_printf(arena, "key-%zu", i);
		assert_string_equal(map_get(&map, str_from(key)), key);
	}
	assert_null(map_get(&map, STR("key-1000")));
	arena_destroy(arena);
}

static void a_full_buffer_keeps_what_it_had(void **state) {
	(void)state;
	struct buf buf = BUF(4);
	assert_true(buf_puts(&buf, "abc"));
	assert_false(buf_puts(&buf, "de"));
	assert_true(buf.full);
	assert_string_equal(buf.ptr, "abc");
	buf_free(&buf);
}

static void near_words_are_suggested(void **state) {
	(void)state;
	static const char *const known[] = {"dropdown", "relative-date", "number", "text", "x"};
	static const struct {
		const char *word, *best;
	} rows[] = {
		{"dropdwon", "dropdown"}, {"Relative_Date", "relative-date"}, {"numbre", "number"},
		{"TEXT", "text"}, {"y", ""}, {"something", ""}, {"txet", "text"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct suggest suggest = suggest_start(str_from(rows[i].word));
		for (size_t j = 0; j < COUNT_OF(known); j++)
			suggest_offer(&suggest, str_from(known[j]));
		struct str best = suggest_best(&suggest);
		assert_int_equal(best.len, strlen(rows[i].best));
		assert_true(str_is(best, rows[i].best));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_whole),
		cmocka_unit_test(a_map_keeps_what_it_is_given),
		cmocka_unit_test(a_full_buffer_keeps_what_it_had),
		cmocka_unit_test(near_words_are_suggested),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
