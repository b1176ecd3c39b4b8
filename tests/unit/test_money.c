/* Money from text: every rule as a row, the edges of NUMERIC included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/money.h"
#include "runtime/arena.h"

#define NINES29 "99999999999999999999999999999"
#define ZEROS40 "0000000000000000000000000000000000000000"

static const struct {
	const char *text;
	unsigned shift;
	enum money_source source;
	const char *expected;   /* NULL: refused */
} rows[] = {
	{"123.45", 2, MONEY_TEXT_ONLY, "1.2345"},
	{"2", 2, MONEY_TEXT_ONLY, "0.02"},
	{"0", 2, MONEY_TEXT_ONLY, "0"},
	{"-0.00", 2, MONEY_TEXT_ONLY, "0"},
	{"-5", 2, MONEY_TEXT_ONLY, "-0.05"},
	{"100", 2, MONEY_TEXT_ONLY, "1"},
	{"41280.000000", 2, MONEY_TEXT_ONLY, "412.8"},
	{"0.004500", 2, MONEY_TEXT_ONLY, "0.000045"},
	{"39.00", 0, MONEY_TEXT_ONLY, "39"},
	{"1.10", 0, MONEY_TEXT_ONLY, "1.1"},
	{"0.00000004", 2, MONEY_TEXT_ONLY, "0"},
	{"0.00000005", 2, MONEY_TEXT_ONLY, "0.000000001"},
	{"-0.00000005", 2, MONEY_TEXT_ONLY, "-0.000000001"},
	{"0.000000049999999999", 2, MONEY_TEXT_ONLY, "0"},
	{"12.34567885", 2, MONEY_TEXT_ONLY, "0.123456789"},
	{"99.99999995", 2, MONEY_TEXT_ONLY, "1"},
	{"0.0000000000000000000000000000001", 2, MONEY_TEXT_ONLY, "0"},
	{ZEROS40 "7", 2, MONEY_TEXT_ONLY, "0.07"},
	{NINES29 ".999999999", 0, MONEY_TEXT_ONLY, NINES29 ".999999999"},
	{"-" NINES29 ".999999999", 0, MONEY_TEXT_ONLY, "-" NINES29 ".999999999"},
	{NINES29 ".9999999995", 0, MONEY_TEXT_ONLY, NULL},
	{"1" ZEROS40, 0, MONEY_TEXT_ONLY, NULL},
	{"4.5123", 2, MONEY_JSON_NUMBER, "0.045123"},
	{"1e2", 2, MONEY_JSON_NUMBER, "1"},
	{"1.5E-3", 2, MONEY_JSON_NUMBER, "0.000015"},
	{"1e-400", 2, MONEY_JSON_NUMBER, "0"},
	{"0e999999999999", 2, MONEY_JSON_NUMBER, "0"},
	{"1e999999999999", 2, MONEY_JSON_NUMBER, NULL},
	{"1e2", 2, MONEY_TEXT_ONLY, NULL},
	{"1e", 2, MONEY_JSON_NUMBER, NULL},
	{"", 2, MONEY_TEXT_ONLY, NULL},
	{"-", 2, MONEY_TEXT_ONLY, NULL},
	{".5", 2, MONEY_TEXT_ONLY, NULL},
	{"5.", 2, MONEY_TEXT_ONLY, NULL},
	{"1,000", 2, MONEY_TEXT_ONLY, NULL},
	{"$5", 2, MONEY_TEXT_ONLY, NULL},
	{" 5", 2, MONEY_TEXT_ONLY, NULL},
	{"5 ", 2, MONEY_TEXT_ONLY, NULL},
	{"+5", 2, MONEY_TEXT_ONLY, NULL},
	{"NaN", 2, MONEY_TEXT_ONLY, NULL},
	{"1.2.3", 2, MONEY_TEXT_ONLY, NULL},
};

static void test_reads(void **state) {
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		money amount;
		char text[MONEY_TEXT];
		bool good = money_read(str_from(rows[i].text), rows[i].shift, rows[i].source, &amount);
		if (good != (rows[i].expected != NULL))
			fail_msg("%s: %s", rows[i].text, good ? "was taken" : "was refused");
		if (good)
			assert_string_equal(money_print(amount, text), rows[i].expected);
	}
}

static money read_all(const char *text) {
	money amount = 0;
	assert_true(money_read(str_from(text), 0, MONEY_TEXT_ONLY, &amount));
	return amount;
}

static void test_sums(void **state) {
	(void)state;
	char text[MONEY_TEXT];
	money sum = read_all("0.1");
	assert_true(money_add(&sum, read_all("0.2")));
	assert_string_equal(money_print(sum, text), "0.3");
	assert_true(money_add(&sum, read_all("-0.300000001")));
	assert_string_equal(money_print(sum, text), "-0.000000001");
	sum = read_all(NINES29 ".999999999");
	assert_false(money_add(&sum, read_all("0.000000001")));
	assert_string_equal(money_print(sum, text), NINES29 ".999999999");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
