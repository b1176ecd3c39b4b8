/* Tabs as people leave them: what is read of each row, and what is said, with which address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "ingest/reader.h"
#include "runtime/arena.h"

/* A line a row: its cell, then what it holds or what is wrong with it. */
static bool take(void *context, const struct record *record) {
	struct buf *out = context;
	char *text = NULL;
	assert_true(asprintf(&text, "%.*s}", STR_ARGS(record->json)) > 0);
	json_auto_t *row = json_loads(text, 0, NULL);
	assert_non_null(row);
	free(text);
	const char *problem = json_string_value(json_object_get(row, "problem"));
	buf_printf(out, "%s: ", json_string_value(json_object_get(row, "cell")));
	if (problem) {
		buf_printf(out, "%s\n", problem);
		return true;
	}
	const char *name;
	json_t *value;
	size_t count = 0;
	json_object_foreach(row, name, value) {
		if (strcmp(name, "cell") == 0 || strcmp(name, "snapshot_date") == 0)
			continue;
		char *shown = json_dumps(value, JSON_ENCODE_ANY);
		buf_printf(out, "%s%s", count++ ? " " : "",
			json_is_string(value) ? json_string_value(value) : shown);
		free(shown);
	}
	buf_putc(out, '\n');
	return true;
}

#define KEYS "[\"api_key_id\",\"email\",\"valid_from\"]"
#define PEOPLE "[\"email\",\"department\",\"is_active\"]"
#define SEATS "[\"platform\",\"plan\",\"seats\",\"monthly_usd\",\"valid_from\",\"valid_to\"]"

static const struct {
	const char *what, *stream, *values, *found;
} variants[] = {
	{"as it should be", "sheet_keys", "[" KEYS ",[\"k1\",\"ann@example.com\",\"2026-11-01\"]]",
		"t!A2: k1 ann@example.com 2026-11-01\n"},
	{"swapped columns, and one more", "sheet_keys",
		"[[\"email\",\"notes\",\"api_key_id\"],[\"ann@example.com\",\"hello\",\"k1\"]]",
		"t!A2: k1 ann@example.com\n"},
	{"a header in other letters, with blanks", "sheet_keys",
		"[[\" API_Key_ID \",\"E-mail\",\"EMAIL\"],[\"k1\",\"x\",\"ann@example.com\"]]",
		"t!A2: k1 ann@example.com\n"},
	{"a header with what nobody sees", "sheet_keys",
		"[[\"\\ufeffapi_key_id\",\"email\\u200b\"],[\"k1\\u200b\",\"\\u00a0ann@example.com\"]]",
		"t!A2: k1 ann@example.com\n"},
	{"a header that is missing", "sheet_keys", "[[\"api_key_id\",\"mail\",\"\"],[\"k1\",\"ann@example.com\"]]",
		"refused: t!1:1: the header has no `email`; it has `api_key_id`, `mail`\n"},
	{"a header that is there twice", "sheet_keys",
		"[[\"api_key_id\",\"email\",\"x\",\"Email\"],[\"k1\",\"ann@example.com\"]]",
		"refused: t!D1: the header has `email` here and in t!B1\n"},
	{"an empty tab", "sheet_keys", "null", "refused: t!1:1: the header has no `api_key_id`; it is empty\n"},
	{"only a header", "sheet_keys", "[" KEYS "]", ""},
	{"errors of formulas", "sheet_keys",
		"[" KEYS ",[\"#REF!\",\"ann@example.com\"],[\"k2\",\"#N/A\"],[\"k3\",\"ann@example.com\",\"#VALUE!\"]]",
		"t!A2: `api_key_id` is the error of a formula, #REF!\n"
		"t!B3: `email` is the error of a formula, #N/A\n"
		"t!C4: `valid_from` is the error of a formula, #VALUE!\n"},
	{"two owners of one key", "sheet_keys",
		"[" KEYS ",[\"k1\",\"ann@example.com\"],[\"k2\",\"ann@example.com\"],[\"K1 \",\"bob@example.com\"]]",
		"t!A2: the same `api_key_id` stands in t!A4, with something else\n"
		"t!A3: k2 ann@example.com\n"
		"t!A4: the same `api_key_id` stands in t!A2, with something else\n"},
	{"a row that is there twice", "sheet_keys",
		"[" KEYS ",[\"k1\",\"ann@example.com\"],[\"k1\",\"Ann@example.com\"]]",
		"t!A2: k1 ann@example.com\n"
		"t!A3: the same row stands in t!A2 already\n"},
	{"ragged and empty rows", "sheet_keys", "[" KEYS ",[],[\"k1\",\"ann@example.com\"],[\"\",\"\"],[\"k2\"]]",
		"t!A3: k1 ann@example.com\n"
		"t!B5: `email` is empty\n"},
	{"merged cells leave all but the first empty", "sheet_people",
		"[" PEOPLE ",[\"ann@example.com\",\"Core\"],[\"bob@example.com\",\"\"]]",
		"t!A2: ann@example.com Core\n"
		"t!B3: `department` is empty\n"},
	{"blanks around, letters of any case", "sheet_people", "[" PEOPLE ",[\"  Ann@Example.com \",\" Core\",\"yes\"]]",
		"t!A2: Ann@Example.com Core true\n"},
	{"wrong e-mails", "sheet_people",
		"[" PEOPLE ",[\"ann.example.com\",\"Core\"],[\"ann@example\",\"Core\"],[\"a@b.c, d@e.f\",\"Core\"],"
		"[\"@example.com\",\"Core\"]]",
		"t!A2: `email` is `ann.example.com`, which is no e-mail address\n"
		"t!A3: `email` is `ann@example`, which is no e-mail address\n"
		"t!A4: `email` is `a@b.c, d@e.f`, which is no e-mail address\n"
		"t!A5: `email` is `@example.com`, which is no e-mail address\n"},
	{"neither true nor false", "sheet_people", "[" PEOPLE ",[\"ann@example.com\",\"Core\",\"maybe\"]]",
		"t!C2: `is_active` is `maybe`, expected TRUE or FALSE\n"},
	{"days as the sheet likes to show them", "sheet_keys",
		"[" KEYS ",[\"k1\",\"ann@example.com\",\"11/1/2026\"],[\"k2\",\"ann@example.com\",\"46327\"],"
		"[\"k3\",\"ann@example.com\",\"2026-02-30\"]]",
		"t!C2: `valid_from` is `11/1/2026`, expected a day such as 2026-11-20\n"
		"t!C3: `valid_from` is `46327`, expected a day such as 2026-11-20\n"
		"t!C4: `valid_from` is `2026-02-30`, expected a day such as 2026-11-20\n"},
	{"seats that are no number", "sheet_subscriptions",
		"[" SEATS ",[\"cursor\",\"a\",\"seven\",\"40\",\"2026-11-01\"],[\"cursor\",\"b\",\"7.5\",\"40\",\"2026-11-01\"],"
		"[\"cursor\",\"c\",\"-7\",\"40\",\"2026-11-01\"]]",
		"t!C2: `seats` is `seven`, expected a whole number\n"
		"t!C3: `seats` is `7.5`, expected a whole number\n"
		"t!C4: `seats` is `-7`, less than nothing\n"},
	{"prices as people write them", "sheet_subscriptions",
		"[" SEATS ",[\"cursor\",\"a\",\"7\",\"$40\",\"2026-11-01\"],[\"cursor\",\"b\",\"7\",\"1,200.00\",\"2026-11-01\"],"
		"[\"cursor\",\"c\",\"7\",\"40,00\",\"2026-11-01\"],[\"cursor\",\"d\",\"7\",\"-40\",\"2026-11-01\"],"
		"[\"cursor\",\"e\",\"7\",\"40.00\",\"2026-11-01\"]]",
		"t!D2: `monthly_usd` is `$40`, expected a decimal number\n"
		"t!D3: `monthly_usd` is `1,200.00`, expected a decimal number\n"
		"t!D4: `monthly_usd` is `40,00`, expected a decimal number\n"
		"t!D5: `monthly_usd` is `-40`, less than nothing\n"
		"t!A6: cursor e 7 40 2026-11-01\n"},
	{"a period that ends before it begins", "sheet_subscriptions",
		"[" SEATS ",[\"cursor\",\"a\",\"7\",\"40\",\"2026-11-01\",\"2026-10-01\"],"
		"[\"cursor\",\"b\",\"7\",\"40\",\"2026-11-01\",\"2026-11-01\"],"
		"[\"cursor\",\"c\",\"7\",\"40\",\"2026-11-01\",\"2026-11-02\"]]",
		"t!F2: `valid_to` 2026-10-01 is not after `valid_from` 2026-11-01\n"
		"t!F3: `valid_to` 2026-11-01 is not after `valid_from` 2026-11-01\n"
		"t!A4: cursor c 7 40 2026-11-01 2026-11-02\n"},
	{"several mistakes in a row", "sheet_subscriptions", "[" SEATS ",[\"cursor\",\"\",\"x\",\"40\",\"soon\"]]",
		"t!B2: `plan` is empty; `seats` is `x`, expected a whole number; "
		"`valid_from` is `soon`, expected a day such as 2026-11-20\n"},
	{"cells that are no text", "sheet_subscriptions", "[" SEATS ",[\"cursor\",\"a\",7,40,\"2026-11-01\"],[null,true]]",
		"t!A2: cursor a 7 40 2026-11-01\n"
		"t!A3: `platform` is empty; `seats` is empty; `monthly_usd` is empty; `valid_from` is empty\n"},
	{"what is no table", "sheet_keys", "{\"a\":1}", "refused: t!1:1: the header has no `api_key_id`; it is empty\n"},
};

static char *read_tab(const char *stream, const char *range, const char *values) {
	struct buf out = BUF(4 << 20);
	struct page page;
	day today;
	char *body = NULL;
	assert_true(day_read(STR("2026-11-22"), &today));
	assert_true(asprintf(&body, "{\"range\":\"%s\",\"majorDimension\":\"ROWS\",\"values\":%s}", range,
			    values) > 0);
	struct reader *reader = reader_open(stream_find(str_from(stream)), today, take, &out);
	if (!reader_read(reader, str_from(body), &page))
		buf_printf(&out, "%s: %s\n", reader_overflowed(reader) ? "too large" : "refused",
			reader_problem(reader));
	reader_close(reader);
	free(body);
	char *text = strdup(out.len ? out.ptr : "");
	buf_free(&out);
	return text;
}

static void test_variants(void **state) {
	(void)state;
	for (size_t i = 0; i < COUNT_OF(variants); i++) {
		char *found = read_tab(variants[i].stream, "t!A1:Z1000", variants[i].values);
		if (strcmp(found, variants[i].found) != 0)
			print_message("# %s\n", variants[i].what);
		assert_string_equal(found, variants[i].found);
		free(found);
	}
}

/* Addresses count from the corner of the range, and a tab may have any name. */
static void test_corner(void **state) {
	(void)state;
	char *found = read_tab("sheet_keys", "'my keys!'!Y7:AD1000",
		"[[\"x\",\"api_key_id\",\"email\"],[\"\",\"k1\",\"ann\"],[\"\",\"k2\",\"ann@example.com\"]]");
	assert_string_equal(found, "'my keys!'!AA8: `email` is `ann`, which is no e-mail address\n"
		"'my keys!'!Y9: k2 ann@example.com\n");
	free(found);
}

static void test_wide(void **state) {
	(void)state;
	struct buf values = BUF(1 << 20);
	buf_puts(&values, "[[");
	for (int i = 0; i < 1000; i++)
		buf_printf(&values, "\"c%d\",", i);
	buf_puts(&values, "\"api_key_id\",\"email\"],[");
	for (int i = 0; i < 1000; i++)
		buf_puts(&values, "\"\",");
	buf_puts(&values, "\"k1\"]]");
	char *found = read_tab("sheet_keys", "t!A1:ZZZ1000", values.ptr);
	assert_string_equal(found, "t!ALN2: `email` is empty\n");
	free(found);
	buf_free(&values);
}

static void test_long(void **state) {
	(void)state;
	struct buf values = BUF(1 << 20);
	buf_puts(&values, "[" KEYS);
	for (int i = 0; i < 100000; i++)
		buf_puts(&values, ",[]");
	buf_puts(&values, "]");
	char *found = read_tab("sheet_keys", "t!A1:Z", values.ptr);
	assert_string_equal(found, "too large: t: 100001 rows, and at most 100000 are read\n");
	free(found);
	buf_free(&values);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_corner),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
