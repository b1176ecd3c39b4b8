/* What the vendors' server rests on: moments, money and chance, by tables; no clock, no network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/vendors/chance.h"
#include "tests/vendors/moment.h"
#include "tests/vendors/money.h"

static void moments_are_read(void **state) {
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-11-22T06:00:00Z", 1795327200},
		{"2026-11-22T06:00:00.123456Z", 1795327200},
		{"2026-11-22T07:30:00+01:30", 1795327200},
		{"2026-11-21T22:00:00-08:00", 1795327200},
		{"2024-02-29T23:59:59Z", 1709251199},
	};
	static const char *const bad[] = {"", "2026-11-22", "2026-11-22T06:00:00",
		"2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T06:00:00Z ",
		"2026-11-22T06:00:00 00:00", "2026-1-22T06:00:00Z"};
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		int64_t seconds = -1;
		assert_true(moment_parse(good[i].text, &seconds));
		assert_int_equal(seconds, good[i].seconds);
	}
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		int64_t seconds;
		assert_false(moment_parse(bad[i], &seconds));
	}
}

static void days_follow_the_calendar(void **state) {
	(void)state;
	struct arena *arena = arena_create();
	int64_t day;
	assert_true(day_parse("2026-11-22", &day));
	assert_string_equal(day_text(arena, day), "2026-11-22");
	assert_int_equal(weekday(day), 0);
	assert_string_equal(day_text(arena, month_start(day)), "2026-11-01");
	assert_string_equal(moment_http(arena, day * DAY_S), "Sun, 22 Nov 2026 00:00:00 GMT");
	assert_string_equal(moment_text(arena, day * DAY_S - 1), "2026-11-21T23:59:59Z");
	assert_int_equal(moment_day(day * DAY_S - 1), day - 1);
	assert_int_equal(moment_day(-1), -1);
	assert_false(day_parse("2026-11-31", &day));
	arena_destroy(arena);
}

static void money_is_text_and_rounded_once(void **state) {
	(void)state;
	static const struct {
		int64_t nanocents;
		int places;
		const char *text;
		const char *dollars;
	} cases[] = {
		{0, 0, "0", "0.000000000"},
		{123450000000, 0, "123.45", "1.234500000"},
		{123450000000, 6, "123.450000", "1.234500000"},
		{200000000000, 0, "200", "2.000000000"},
		{4500000, 6, "0.004500", "0.000045000"},
		{49, 0, "0.000000049", "0.000000000"},
		{50, 0, "0.00000005", "0.000000001"},
		{-50, 0, "-0.00000005", "-0.000000001"},
		{-49, 0, "-0.000000049", "0.000000000"},
		{123456789149, 0, "123.456789149", "1.234567891"},
		{123456789150, 0, "123.45678915", "1.234567892"},
	};
	struct arena *arena = arena_create();
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t amount = cases[i].nanocents;
		assert_string_equal(cents_text(arena, amount, cases[i].places), cases[i].text);
		assert_string_equal(dollars_text(arena, nanodollars(amount)), cases[i].dollars);
	}
	arena_destroy(arena);
}

/* Whoever changes these numbers changes all data that tests know. */
static void chance_is_the_same_everywhere(void **state) {
	(void)state;
	struct chance zero = {0}, one = chance_at(1, PLACE_USAGE, 20000, 3);
	struct chance again = chance_at(1, PLACE_USAGE, 20000, 3);
	struct chance other = chance_at(1, PLACE_USAGE, 20000, 4);
	assert_true(chance_bits(&zero) == 0xE220A8397B1DCDAF);
	assert_true(chance_bits(&zero) == 0x6E789E6AA1B965F4);
	uint64_t first = chance_bits(&one);
	assert_true(first == chance_bits(&again));
	assert_true(first != chance_bits(&other));
	for (int i = 0; i < 1000; i++) {
		int64_t number = chance_between(&one, -3, 3);
		assert_in_range(number + 3, 0, 6);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_read),
		cmocka_unit_test(days_follow_the_calendar),
		cmocka_unit_test(money_is_text_and_rounded_once),
		cmocka_unit_test(chance_is_the_same_everywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
