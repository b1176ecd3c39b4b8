/* Days and moments: what is read, what is refused, and that writing gives back what was read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/day.h"
#include "runtime/arena.h"

static const struct {
	const char *text;
	bool good;
	day expected;
} days[] = {
	{"1970-01-01", true, 0},        {"1969-12-31", true, -1},      {"2000-02-29", true, 11016},
	{"2026-11-22", true, 20779},    {"9999-12-31", true, 2932896}, {"0001-01-01", true, -719162},
	{"2100-02-29", false, 0},       {"2026-02-30", false, 0},      {"2026-13-01", false, 0},
	{"2026-00-10", false, 0},       {"2026-11-00", false, 0},      {"0000-01-01", false, 0},
	{"2026-1-1", false, 0},         {"2026-11-22 ", false, 0},     {"2026/11/22", false, 0},
	{"", false, 0},                 {"20261122", false, 0},        {"-026-11-22", false, 0},
};

static void test_days(void **state) {
	(void)state;
	for (size_t i = 0; i < COUNT_OF(days); i++) {
		day value = 12345;
		char text[DAY_TEXT];
		if (day_read(str_from(days[i].text), &value) != days[i].good)
			fail_msg("%s", days[i].text);
		if (!days[i].good)
			continue;
		assert_int_equal(value, days[i].expected);
		assert_string_equal(day_print(value, text), days[i].text);
	}
}

static void test_every_day(void **state) {
	(void)state;
	for (day value = -719162; value <= 2932896; value += 13) {
		char text[DAY_TEXT];
		day again;
		assert_true(day_read(str_from(day_print(value, text)), &again));
		assert_int_equal(again, value);
	}
}

static const struct {
	const char *text;
	const char *expected;   /* as written again; NULL: refused */
} moments[] = {
	{"2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z"},
	{"2026-11-20t10:20:30z", "2026-11-20T10:20:30Z"},
	{"2026-11-20T10:20:30.5Z", "2026-11-20T10:20:30.500000Z"},
	{"2026-11-20T10:20:30.123456789Z", "2026-11-20T10:20:30.123456Z"},
	{"2026-11-20T00:30:00+02:00", "2026-11-19T22:30:00Z"},
	{"2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"},
	{"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
	{"2026-11-20 10:00:00Z", "2026-11-20T10:00:00Z"},
	{"2026-11-20T10:00:00", NULL},
	{"2026-11-20T24:00:00Z", NULL},
	{"2026-11-20T10:60:00Z", NULL},
	{"2026-11-20T10:00:00.Z", NULL},
	{"2026-11-20T10:00:00Zjunk", NULL},
	{"2026-11-20T10:00:00+0200", NULL},
	{"2026-11-20", NULL},
	{"", NULL},
};

static void test_moments(void **state) {
	(void)state;
	for (size_t i = 0; i < COUNT_OF(moments); i++) {
		moment value;
		char text[MOMENT_TEXT];
		bool good = moment_read(str_from(moments[i].text), &value);
		if (good != (moments[i].expected != NULL))
			fail_msg("%s: %s", moments[i].text, good ? "was taken" : "was refused");
		if (good)
			assert_string_equal(moment_print(value, text), moments[i].expected);
	}
}

static void test_millis(void **state) {
	(void)state;
	moment value;
	char text[MOMENT_TEXT], date[DAY_TEXT];
	assert_true(moment_read_millis(STR("1795170000123"), &value));
	assert_string_equal(moment_print(value, text), "2026-11-20T10:20:00.123000Z");
	assert_string_equal(day_print_compact(moment_day(value), date), "20261120");
	assert_false(moment_read_millis(STR("1795170000123x"), &value));
	assert_false(moment_read_millis(STR("1.5"), &value));
	assert_false(moment_read_millis(STR("-1"), &value));
	assert_false(moment_read_millis(STR(""), &value));
	assert_false(moment_read_millis(STR("99999999999999999999"), &value));
	assert_int_equal(moment_day(-1), -1);
	assert_int_equal(moment_day(DAY - 1), 0);
}

static void test_months(void **state) {
	(void)state;
	day value;
	assert_true(day_read(STR("2028-02-29"), &value));
	assert_int_equal(day_of_month(value), 29);
	assert_int_equal(day_month_length(value), 29);
	assert_int_equal(value - day_month(value), 28);
	assert_int_equal(day_month_length(day_month(value) - 1), 31);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_millis),
		cmocka_unit_test(test_months),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
