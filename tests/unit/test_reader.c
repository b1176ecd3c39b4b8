/* Answers that no vendor should give, and how the reader takes them: what it cannot read it names, and
 * what is merely strange it reads to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ingest/reader.h"
#include "runtime/arena.h"

struct result {
	struct buf rows;                /* a line each; of a wrong one "! problem" */
	uint64_t keys[8];
	size_t count, too_large, longest;
	struct page page;
	char problem[512];
};

static bool take(void *context, const struct record *record) {
	struct result *result = context;
	if (result->count < COUNT_OF(result->keys))
		result->keys[result->count] = record->key;
	result->count++;
	result->too_large += record->too_large;
	if (record->problem)
		buf_printf(&result->rows, "! %s\n", record->problem);
	else if (record->json.len < 4096)
		buf_printf(&result->rows, "%.*s}\n", STR_ARGS(record->json));
	else
		buf_puts(&result->rows, "a long one\n");
	if (record->json.len > result->longest)
		result->longest = record->json.len;
	return true;
}

static struct result read_bytes(const char *name, struct str body) {
	struct result result = {.rows = BUF(1 << 20)};
	day today = 0;
	assert_true(day_read(STR("2026-11-22"), &today));
	struct reader *reader = reader_open(stream_find(str_from(name)), today, take, &result);
	/* A copy of exactly this size, so that a step beyond it is noticed. */
	char *copy = malloc(body.len + !body.len);
	memcpy(copy, body.ptr, body.len);
	if (!reader_read(reader, (struct str){copy, body.len}, &result.page))
		snprintf(result.problem, sizeof(result.problem), "%s", reader_problem(reader));
	reader_close(reader);
	free(copy);
	return result;
}

static struct result read_text_of(const char *name, const char *body) {
	return read_bytes(name, str_from(body));
}

#define USAGE(records) \
	"{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[" records "]}],\"has_more\":false}"
#define ZEROS \
	"\"uncached_input_tokens\":0,\"cache_read_tokens\":0,\"cache_5m_tokens\":0,\"cache_1h_tokens\":0," \
	"\"output_tokens\":0,\"web_search_requests\":0"

static const struct {
	const char *body, *rows, *problem;
} answers[] = {
	{USAGE("{}"), "{\"usage_date\":\"2026-11-20\"," ZEROS "}\n", ""},
	{USAGE("{\"model\":null,\"output_tokens\":null,\"cache_creation\":null,\"server_tool_use\":{\"web_search_requests\":null}}"),
		"{\"usage_date\":\"2026-11-20\"," ZEROS "}\n", ""},
	{USAGE("{\"model\":\"a\",\"model\":\"b\"}"),
		"{\"usage_date\":\"2026-11-20\",\"model\":\"b\"," ZEROS "}\n", ""},
	{USAGE("{\"model\":\"\"}"), "{\"usage_date\":\"2026-11-20\",\"model\":\"\"," ZEROS "}\n", ""},
	{USAGE("{\"model\":\"\\u00e9\\\"\\\\\\/\\n\\u0000\\ud83d\\ude00 é\"}"),
		"{\"usage_date\":\"2026-11-20\",\"model\":\"é\\\"\\\\/\\u000a\\u0000😀 é\"," ZEROS "}\n", ""},
	{USAGE("{\"model\":12.50}"), "{\"usage_date\":\"2026-11-20\",\"model\":\"12.50\"," ZEROS "}\n", ""},
	{USAGE("{\"model\":true}"), "! record 1: `data[].results[].model` is `true`, expected text\n", ""},
	{USAGE("{\"[]\":{\"model\":\"x\"},\"*\":1,\"\":[[],{\"model\":\"y\"}],\"models\":2,\"mode\":3}"),
		"{\"usage_date\":\"2026-11-20\"," ZEROS "}\n", ""},
	{USAGE("{\"output_tokens\":-5}"),
		"{\"usage_date\":\"2026-11-20\",\"uncached_input_tokens\":0,\"cache_read_tokens\":0,\"cache_5m_tokens\":0,"
		"\"cache_1h_tokens\":0,\"output_tokens\":-5,\"web_search_requests\":0}\n", ""},
	{USAGE("{\"output_tokens\":\"007\",\"web_search_requests\":-0}"),
		"{\"usage_date\":\"2026-11-20\",\"uncached_input_tokens\":0,\"cache_read_tokens\":0,\"cache_5m_tokens\":0,"
		"\"cache_1h_tokens\":0,\"output_tokens\":7,\"web_search_requests\":0}\n", ""},
	{USAGE("{\"output_tokens\":9223372036854775807}"),
		"{\"usage_date\":\"2026-11-20\",\"uncached_input_tokens\":0,\"cache_read_tokens\":0,\"cache_5m_tokens\":0,"
		"\"cache_1h_tokens\":0,\"output_tokens\":9223372036854775807,\"web_search_requests\":0}\n", ""},
	{USAGE("{\"output_tokens\":9223372036854775808}"),
		"! record 1: `data[].results[].output_tokens` is `9223372036854775808`, expected a whole number\n", ""},
	{USAGE("{\"output_tokens\":9223372036854775807,\"uncached_input_tokens\":1}"),
		"! record 1: `data[].results[].output_tokens`: more tokens than can be counted\n", ""},
	{USAGE("{\"output_tokens\":1e3}"),
		"! record 1: `data[].results[].output_tokens` is `1e3`, expected a whole number\n", ""},
	{USAGE("{\"output_tokens\":\"\"}"),
		"! record 1: `data[].results[].output_tokens` is ``, expected a whole number\n", ""},
	{USAGE("{\"output_tokens\":\"ééééééééééééééééééééééééééééééxé\"}"),
		"! record 1: `data[].results[].output_tokens` is `éééééééééééééééééééééééééééééé`, expected a whole number\n", ""},
	{USAGE("{\"output_tokens\":\"xééééééééééééééééééééééééééééééé\"}"),
		"! record 1: `data[].results[].output_tokens` is `xééééééééééééééééééééééééééééé`, expected a whole number\n", ""},
	{USAGE("{\"model\":\"a\xff" "b\"}"), "", "byte 69 is no UTF-8"},
	{USAGE("{\"model\":\"a\xc0\x80" "b\"}"), "", "byte 69 is no UTF-8"},
	{USAGE("{\"model\":\"a\xed\xa0\x80" "b\"}"), "", "byte 69 is no UTF-8"},
	{USAGE("{\"model\":\"a\\udc00b\"}"), "{\"usage_date\":\"2026-11-20\",\"model\":\"a���b\"," ZEROS "}\n", ""},
	{USAGE("{\"model\":\"a\nb\"}"), "", "record 1: the answer is no whole JSON (94 bytes)"},
	{USAGE("{\"model\":NaN}"), "", "record 1: the answer is no whole JSON (92 bytes)"},
	{USAGE("{}") "x", "{\"usage_date\":\"2026-11-20\"," ZEROS "}\n", "the answer is no whole JSON (82 bytes)"},
};

static void test_answers(void **state) {
	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		struct result result = read_text_of("anthropic_usage", answers[i].body);
		assert_string_equal(result.problem, answers[i].problem);
		assert_string_equal(result.rows.ptr ? result.rows.ptr : "", answers[i].rows);
		buf_free(&result.rows);
	}
}

static void test_depth(void **state) {
	(void)state;
	for (size_t depth = 100; depth <= 200000; depth += 199900) {
		struct buf body = BUF(1 << 20);
		buf_puts(&body, "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{\"new\":");
		for (size_t i = 0; i < depth; i++)
			buf_putc(&body, '[');
		for (size_t i = 0; i < depth; i++)
			buf_putc(&body, ']');
		buf_puts(&body, "}]}],\"has_more\":false}");
		struct result result = read_bytes("anthropic_usage", buf_str(&body));
		assert_string_equal(
			result.problem, depth == 100 ? "" : "record 1: more than 128 levels");
		assert_int_equal(result.count, depth == 100 ? 1 : 0);
		buf_free(&result.rows);
		buf_free(&body);
	}
}

/* Two days, with a string of that many bytes in the first one's record. */
static struct result read_long(const char *member, size_t length) {
	struct buf body = BUF(64u << 20);
	buf_printf(&body, "{\"data\":[{\"starting_at\":\"2026-11-19T00:00:00Z\",\"results\":[{\"%s\":\"", member);
	for (size_t i = 0; i < length; i += 64)
		buf_puts(&body, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde ");
	buf_puts(&body, "\"}]},{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{}]}],\"has_more\":false}");
	struct result result = read_bytes("anthropic_usage", buf_str(&body));
	buf_free(&body);
	return result;
}

static void test_size(void **state) {
	(void)state;
	struct result result = read_long("model", 1 << 19);
	assert_string_equal(result.problem, "");
	assert_int_equal(result.longest,
		strlen("{\"usage_date\":\"2026-11-19\",\"model\":\"\"," ZEROS) + (1 << 19));
	assert_string_equal(result.rows.ptr,
		"a long one\n{\"usage_date\":\"2026-11-20\"," ZEROS "}\n");
	buf_free(&result.rows);
	result = read_long("model", 10 << 20);
	assert_string_equal(result.rows.ptr,
		"! record 1: `data[].results[].model` is longer than 1 MiB\n"
		"{\"usage_date\":\"2026-11-20\"," ZEROS "}\n");
	assert_int_equal(result.too_large, 1);
	buf_free(&result.rows);
	result = read_long("unknown", 10 << 20);
	assert_string_equal(result.problem, "");
	assert_int_equal(result.count, 2);
	assert_int_equal(result.too_large, 0);
	buf_free(&result.rows);
	for (int known = 0; known < 2; known++) {
		result = read_long(known ? "model" : "unknown", 17 << 20);
		assert_string_equal(result.problem, "");
		assert_string_equal(result.rows.ptr,
			"! record 1: larger than 16 MiB\n{\"usage_date\":\"2026-11-20\"," ZEROS "}\n");
		assert_int_equal(result.too_large, 1);
		buf_free(&result.rows);
	}
}

/* Where one key ends and the next begins must count, and what is absent is not what is empty. */
static void test_keys(void **state) {
	(void)state;
	struct result result = read_text_of("anthropic_usage",
		USAGE("{\"api_key_id\":\"ab\",\"workspace_id\":\"c\"},{\"api_key_id\":\"a\",\"workspace_id\":\"bc\"},"
		      "{\"api_key_id\":\"ab\",\"workspace_id\":\"c\",\"output_tokens\":5},{\"workspace_id\":\"c\"},"
		      "{\"api_key_id\":\"\",\"workspace_id\":\"c\"},{\"api_key_id\":\"\\u0061b\",\"workspace_id\":\"c\"}"));
	assert_int_equal(result.count, 6);
	assert_true(result.keys[0] == result.keys[2]);
	assert_true(result.keys[0] == result.keys[5]);
	for (size_t i = 0; i < 5; i++)
		for (size_t j = i + 1; j < 5; j++)
			if (i != 0 || j != 2)
				assert_false(result.keys[i] == result.keys[j]);
	buf_free(&result.rows);
}

/* What a record left behind must not reach the next one. */
static void test_order(void **state) {
	(void)state;
	struct result result = read_text_of("claude_code",
		"{\"has_more\":true,\"next_page\":\"p\\u0032\",\"data\":["
		"{\"model_breakdown\":[{\"model\":\"\\u0061\",\"tokens\":{\"input\":5}},{}],\"tool_actions\":{\"x\":{\"accepted\":2},"
		"\"y\":{\"accepted\":3,\"rejected\":1}},\"date\":\"2026-11-20T00:00:00Z\"},"
		"{\"date\":\"2026-11-20T00:00:00Z\",\"actor\":{\"type\":\"api_actor\"}}]}");
	assert_string_equal(result.problem, "");
	assert_string_equal(result.rows.ptr,
		"{\"usage_date\":\"2026-11-20\",\"sessions\":0,\"loc_added\":0,\"loc_removed\":0,\"commits\":0,"
		"\"pull_requests\":0,\"accepts\":5,\"rejects\":1,\"models\":[{\"model\":\"a\",\"input_tokens\":5,"
		"\"output_tokens\":0,\"cache_read_tokens\":0,\"cache_creation_tokens\":0},{\"input_tokens\":0,"
		"\"output_tokens\":0,\"cache_read_tokens\":0,\"cache_creation_tokens\":0}]}\n"
		"{\"usage_date\":\"2026-11-20\",\"actor_type\":\"api_actor\",\"sessions\":0,\"loc_added\":0,"
		"\"loc_removed\":0,\"commits\":0,\"pull_requests\":0,\"accepts\":0,\"rejects\":0,\"models\":[]}\n");
	assert_string_equal(result.page.next, "p2");
	buf_free(&result.rows);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
