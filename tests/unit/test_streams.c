/* Each stream: an answer of its vendor goes in, the rows for the load come out to the letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/reader.h"
#include "runtime/arena.h"

struct result {
	struct buf rows;
	int64_t tokens;
	money usd;
	struct page page;
	char problem[512];
};

static bool take(void *context, const struct record *record) {
	struct result *result = context;
	char date[DAY_TEXT];
	if (record->problem) {
		snprintf(result->problem, sizeof(result->problem), "%s: %.400s",
			day_print(record->day, date), record->problem);
		return true;
	}
	buf_add_str(&result->rows, record->json);
	buf_puts(&result->rows, "}\n");
	result->tokens += record->tokens;
	result->usd += record->usd;
	return true;
}

static struct result read_page(const char *name, const char *body) {
	struct result result = {.rows = BUF(1 << 20)};
	day today = 0;
	assert_true(day_read(STR("2026-11-22"), &today));
	const struct stream *stream = stream_find(str_from(name));
	assert_non_null(stream);
	struct reader *reader = reader_open(stream, today, take, &result);
	if (!reader_read(reader, str_from(body), &result.page))
		snprintf(result.problem, sizeof(result.problem), "%s", reader_problem(reader));
	reader_close(reader);
	return result;
}

static const struct {
	const char *stream, *body, *rows;
	long long tokens;
	const char *usd;
} pages[] = {
	{"anthropic_usage",
		"{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"ending_at\":\"2026-11-21T00:00:00Z\",\"results\":["
		"{\"api_key_id\":\"apikey_01A\",\"workspace_id\":null,\"model\":\"claude-x\",\"service_tier\":\"standard\","
		"\"context_window\":\"0-200k\",\"inference_geo\":null,\"new_field\":{\"a\":[1,{\"b\":2}]},"
		"\"uncached_input_tokens\":1200,\"cache_creation\":{\"ephemeral_5m_input_tokens\":300,"
		"\"ephemeral_1h_input_tokens\":null},\"cache_read_input_tokens\":\"9000\",\"output_tokens\":450,"
		"\"server_tool_use\":{\"web_search_requests\":2}}]},"
		"{\"starting_at\":\"2026-11-21T00:00:00Z\",\"results\":[]}],\"has_more\":false,\"next_page\":null}",
		"{\"usage_date\":\"2026-11-20\",\"api_key_id\":\"apikey_01A\",\"model\":\"claude-x\","
		"\"service_tier\":\"standard\",\"context_window\":\"0-200k\",\"uncached_input_tokens\":1200,"
		"\"cache_read_tokens\":9000,\"cache_5m_tokens\":300,\"cache_1h_tokens\":0,\"output_tokens\":450,"
		"\"web_search_requests\":2}\n", 10950, "0"},
	{"anthropic_cost",
		"{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":["
		"{\"currency\":\"USD\",\"amount\":\"123.450000001\",\"workspace_id\":\"w\",\"description\":\"a \\\"b\\\"\\n\","
		"\"cost_type\":\"tokens\",\"token_type\":\"output_tokens\"},"
		"{\"currency\":\"USD\",\"amount\":\"2\",\"description\":\"c\",\"cost_type\":\"web_search\"}]}],\"has_more\":false}",
		"{\"usage_date\":\"2026-11-20\",\"workspace_id\":\"w\",\"description\":\"a \\\"b\\\"\\u000a\","
		"\"vendor_cost_type\":\"tokens\",\"token_type\":\"output_tokens\",\"currency\":\"USD\","
		"\"amount_text\":\"123.450000001\",\"cost_usd\":\"1.2345\"}\n"
		"{\"usage_date\":\"2026-11-20\",\"description\":\"c\",\"vendor_cost_type\":\"web_search\","
		"\"currency\":\"USD\",\"amount_text\":\"2\",\"cost_usd\":\"0.02\"}\n", 0, "1.2545"},
	{"anthropic_usage_analytics",
		"{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"ending_at\":\"2026-11-21T00:00:00Z\",\"group\":"
		"{\"api_key_id\":\"apikey_01A\",\"workspace_id\":\"wrkspc_01W\",\"model\":\"claude-x\",\"actor\":{\"type\":"
		"\"user_actor\",\"user_id\":\"user_01U\",\"email_address\":\"Ann@example.com\",\"name\":null,\"deleted\":false},"
		"\"service_tier\":null,\"product\":null},\"usage\":{\"uncached_input_tokens\":1200,"
		"\"cache_read_input_tokens\":9000,\"cache_creation\":{\"ephemeral_5m_input_tokens\":300,"
		"\"ephemeral_1h_input_tokens\":0},\"output_tokens\":450,\"total_tokens\":10950,\"requests\":7,"
		"\"server_tool_use\":{\"web_search_requests\":2}}},"
		"{\"starting_at\":\"2026-11-20T00:00:00Z\",\"group\":{\"actor\":{\"type\":\"service_account_actor\","
		"\"service_account_id\":\"svac_1\"}},\"usage\":{\"output_tokens\":5}},"
		"{\"starting_at\":\"2026-11-20T00:00:00Z\",\"group\":{\"api_key_id\":null,\"actor\":null},\"usage\":{}}],"
		"\"has_more\":false,\"next_page\":null,\"data_refreshed_at\":\"2026-11-21T05:00:00Z\"}",
		"{\"usage_date\":\"2026-11-20\",\"api_key_id\":\"apikey_01A\",\"workspace_id\":\"wrkspc_01W\","
		"\"model\":\"claude-x\",\"actor_type\":\"user_actor\",\"actor_id\":\"user_01U\","
		"\"actor_email\":\"Ann@example.com\",\"uncached_input_tokens\":1200,\"cache_read_tokens\":9000,"
		"\"cache_5m_tokens\":300,\"cache_1h_tokens\":0,\"output_tokens\":450,\"web_search_requests\":2,"
		"\"requests\":7}\n"
		"{\"usage_date\":\"2026-11-20\",\"actor_type\":\"service_account_actor\",\"actor_id\":\"svac_1\","
		"\"uncached_input_tokens\":0,\"cache_read_tokens\":0,\"cache_5m_tokens\":0,\"cache_1h_tokens\":0,"
		"\"output_tokens\":5,\"web_search_requests\":0,\"requests\":0}\n"
		"{\"usage_date\":\"2026-11-20\",\"uncached_input_tokens\":0,\"cache_read_tokens\":0,\"cache_5m_tokens\":0,"
		"\"cache_1h_tokens\":0,\"output_tokens\":0,\"web_search_requests\":0,\"requests\":0}\n", 10955, "0"},
	{"anthropic_cost_analytics",
		"{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"group\":{\"api_key_id\":\"apikey_01A\","
		"\"workspace_id\":\"wrkspc_01W\",\"model\":\"claude-x\",\"cost_type\":\"tokens\",\"token_type\":"
		"\"output_tokens\",\"actor\":{\"type\":\"api_actor\",\"api_key_id\":\"apikey_01A\"}},"
		"\"cost\":{\"amount\":\"45.120000\",\"list_amount\":\"50.133333\",\"currency\":\"USD\",\"requests\":null}},"
		"{\"starting_at\":\"2026-11-20T00:00:00Z\",\"group\":{\"cost_type\":\"session_usage\"},"
		"\"cost\":{\"amount\":\"1\",\"currency\":\"USD\"}}],\"has_more\":false,\"next_page\":null}",
		"{\"usage_date\":\"2026-11-20\",\"api_key_id\":\"apikey_01A\",\"workspace_id\":\"wrkspc_01W\","
		"\"model\":\"claude-x\",\"actor_type\":\"api_actor\",\"actor_id\":\"apikey_01A\","
		"\"vendor_cost_type\":\"tokens\",\"token_type\":\"output_tokens\",\"currency\":\"USD\","
		"\"amount_text\":\"45.120000\",\"list_amount_text\":\"50.133333\",\"cost_usd\":\"0.4512\","
		"\"list_usd\":\"0.50133333\"}\n"
		"{\"usage_date\":\"2026-11-20\",\"vendor_cost_type\":\"session_usage\",\"currency\":\"USD\","
		"\"amount_text\":\"1\",\"cost_usd\":\"0.01\"}\n", 0, "0.4612"},
	{"claude_code",
		"{\"data\":[{\"date\":\"2026-11-20T00:00:00Z\",\"actor\":{\"type\":\"user_actor\",\"email_address\":\"Ann@example.com\"},"
		"\"customer_type\":\"api\",\"core_metrics\":{\"num_sessions\":3,\"lines_of_code\":{\"added\":120,\"removed\":30},"
		"\"commits_by_claude_code\":2},\"tool_actions\":{\"edit_tool\":{\"accepted\":10,\"rejected\":1},"
		"\"write_tool\":{\"accepted\":4,\"rejected\":0}},\"model_breakdown\":[{\"model\":\"claude-x\",\"tokens\":"
		"{\"input\":1000,\"output\":200},\"estimated_cost\":{\"currency\":\"USD\",\"amount\":37.10}},{\"model\":\"y\"}]}],"
		"\"has_more\":false,\"next_page\":null}",
		"{\"usage_date\":\"2026-11-20\",\"actor_type\":\"user_actor\",\"actor_email\":\"Ann@example.com\","
		"\"customer_type\":\"api\",\"sessions\":3,\"loc_added\":120,\"loc_removed\":30,\"commits\":2,"
		"\"pull_requests\":0,\"accepts\":14,\"rejects\":1,\"models\":[{\"model\":\"claude-x\",\"input_tokens\":1000,"
		"\"output_tokens\":200,\"cache_read_tokens\":0,\"cache_creation_tokens\":0,\"estimated_text\":\"37.10\","
		"\"estimated_usd\":\"0.371\"},{\"model\":\"y\",\"input_tokens\":0,\"output_tokens\":0,"
		"\"cache_read_tokens\":0,\"cache_creation_tokens\":0}]}\n", 0, "0"},
	{"anthropic_keys",
		"{\"data\":[{\"id\":\"k1\",\"name\":\"bot\",\"status\":\"active\",\"created_at\":\"2026-02-03T04:05:06Z\","
		"\"expires_at\":null,\"created_by\":{\"id\":\"u1\",\"type\":\"user\"},\"principal\":null,"
		"\"scope\":{\"type\":\"workspace\",\"workspace_id\":\"new\"},\"workspace_id\":\"old\"},"
		"{\"id\":\"k2\",\"workspace_id\":\"old\",\"principal\":{\"type\":\"service_account_actor\","
		"\"service_account_id\":\"svac_1\"}}],\"has_more\":false,\"last_id\":\"k2\"}",
		"{\"snapshot_date\":\"2026-11-22\",\"api_key_id\":\"k1\",\"name\":\"bot\",\"status\":\"active\","
		"\"created_at\":\"2026-02-03T04:05:06Z\",\"created_by_id\":\"u1\",\"created_by_type\":\"user\","
		"\"workspace_id\":\"new\"}\n"
		"{\"snapshot_date\":\"2026-11-22\",\"api_key_id\":\"k2\",\"principal_id\":\"svac_1\","
		"\"principal_type\":\"service_account_actor\",\"workspace_id\":\"old\"}\n", 0, "0"},
	{"cursor_spend",
		"{\"teamMemberSpend\":[{\"userId\":12345,\"email\":\"ann@example.com\",\"role\":\"member\","
		"\"spendCents\":1250.5,\"overallSpendCents\":3.25e3}],\"subscriptionCycleStart\":1793491200000,\"totalPages\":1}",
		"{\"snapshot_date\":\"2026-11-22\",\"user_id\":\"12345\",\"user_email\":\"ann@example.com\",\"role\":\"member\","
		"\"cycle_start\":\"2026-11-01T00:00:00Z\",\"spend_text\":\"1250.5\",\"spend_usd\":\"12.505\","
		"\"overall_text\":\"3.25e3\",\"overall_usd\":\"32.5\"}\n", 0, "12.505"},
	{"cursor_members",
		"{\"teamMembers\":[{\"id\":\"user_abc\",\"email\":\"a@b.c\",\"name\":null,\"role\":\"owner\",\"isRemoved\":true}]}",
		"{\"snapshot_date\":\"2026-11-22\",\"user_id\":\"user_abc\",\"user_email\":\"a@b.c\",\"role\":\"owner\","
		"\"is_removed\":true}\n", 0, "0"},
};

static void test_pages(void **state) {
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		char usd[MONEY_TEXT];
		struct result result = read_page(pages[i].stream, pages[i].body);
		assert_string_equal(result.problem, "");
		assert_string_equal(result.rows.ptr, pages[i].rows);
		assert_int_equal(result.tokens, pages[i].tokens);
		assert_string_equal(money_print(result.usd, usd), pages[i].usd);
		buf_free(&result.rows);
	}
}

static void test_event(void **state) {
	(void)state;
	struct result result = read_page("cursor_events",
		"{\"usageEvents\":[{\"timestamp\":\"1795170000123\",\"userEmail\":\"ann@example.com\",\"model\":\"claude-x\","
		"\"kind\":\"Usage-based\",\"maxMode\":false,\"requestsCosts\":5,\"isTokenBasedCall\":true,\"isChargeable\":true,"
		"\"tokenUsage\":{\"inputTokens\":1200,\"outputTokens\":450,\"totalCents\":4.5123},\"chargedCents\":4.9}],"
		"\"totalUsageEventsCount\":1,\"pagination\":{\"hasNextPage\":true}}");
	assert_string_equal(result.problem, "");
	const char *expected = "{\"usage_date\":\"2026-11-20\",\"event_at\":\"2026-11-20T10:20:00.123000Z\","
		"\"user_email\":\"ann@example.com\",\"model\":\"claude-x\",\"kind\":\"Usage-based\",\"is_chargeable\":true,"
		"\"is_token_based\":true,\"max_mode\":false,\"input_tokens\":1200,\"output_tokens\":450,"
		"\"cache_write_tokens\":0,\"cache_read_tokens\":0,\"requests_costs\":\"5\",\"model_text\":\"4.5123\","
		"\"model_usd\":\"0.045123\",\"charged_text\":\"4.9\",\"charged_usd\":\"0.049\",\"event_hash\":\"";
	assert_memory_equal(result.rows.ptr, expected, strlen(expected));
	assert_int_equal(result.rows.len, strlen(expected) + 64 + strlen("\"}\n"));
	assert_true(result.page.has_more);
	assert_int_equal(result.page.total, 1);
	buf_free(&result.rows);
}

static const struct {
	const char *stream, *body, *problem;
} wrong[] = {
	{"anthropic_cost", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{\"currency\":\"EUR\"}]}],\"has_more\":false}",
		"2026-11-20: record 1: `data[].results[].currency` is `EUR`, expected USD"},
	{"anthropic_cost", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{\"currency\":\"USD\"}]}],\"has_more\":false}",
		"2026-11-20: record 1: `data[].results[].amount` is missing or null, expected text"},
	{"anthropic_cost", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{\"currency\":\"USD\",\"amount\":\"1e3\"}]}],\"has_more\":false}",
		"2026-11-20: record 1: `data[].results[].amount` is `1e3`, expected a decimal number of cents"},
	{"anthropic_cost", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{\"currency\":\"USD\",\"amount\":{\"value\":\"1\"}}]}],\"has_more\":false}",
		"record 1: `amount` is an object, expected a value"},
	{"anthropic_cost_analytics", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"cost\":{\"currency\":\"EUR\"}}],\"has_more\":false}",
		"2026-11-20: record 1: `data[].cost.currency` is `EUR`, expected USD"},
	{"anthropic_usage", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{\"output_tokens\":7},{\"output_tokens\":1.5}]}],\"has_more\":false}",
		"2026-11-20: record 2: `data[].results[].output_tokens` is `1.5`, expected a whole number"},
	{"anthropic_usage", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[{}]},{\"results\":[{}]}],\"has_more\":false}",
		"record 2: `data[].starting_at` is missing or null, expected a day such as 2026-11-20"},
	{"anthropic_usage", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[null,3]}],\"has_more\":false}",
		"a record is no object"},
	{"anthropic_usage", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\",\"results\":[[]]}],\"has_more\":false}",
		"a record is no object"},
	{"anthropic_usage", "{\"data\":[]}",
		"the answer has no `has_more`"},
	{"anthropic_usage", "{\"data\":null,\"has_more\":false}",
		"`data` is no list"},
	{"anthropic_usage", "{\"data\":{},\"has_more\":false}",
		"`data` is an object, expected a list"},
	{"anthropic_usage", "{\"has_more\":false}",
		"the answer has no list `data[].results[]`"},
	{"anthropic_usage", "{\"data\":[{\"starting_at\":\"2026-11-20T00:00:00Z\"}],\"has_more\":false}",
		"the answer has no list `data[].results[]`"},
	{"anthropic_usage", "{\"data\":[{\"results\":null}],\"has_more\":false}",
		"`results` is no list"},
	{"anthropic_usage", "{\"data\":[],\"has_more\":true}",
		"there are more pages, but there is no `next_page`"},
	{"anthropic_usage", "{\"data\":[],\"has_more\":",
		"the answer is no whole JSON (22 bytes)"},
	{"anthropic_usage", "<html>",
		"the answer is no whole JSON (6 bytes)"},
	{"anthropic_usage", "",
		"the answer is no whole JSON (0 bytes)"},
	{"claude_code", "{\"data\":[{\"date\":\"2026-11-20T00:00:00Z\",\"tool_actions\":{\"edit_tool\":{\"accepted\":0.5}}}],\"has_more\":false}",
		"record 1: `0.5` is no whole number"},
	{"cursor_members", "{\"teamMembers\":[{\"id\":null}]}",
		"record 1: `teamMembers[].id` is missing or null, expected text"},
	{"cursor_spend", "{\"teamMemberSpend\":[]}",
		"the answer has no `totalPages`"},
	{"cursor_usage", "{\"data\":[]}",
		"the answer has no `pagination.hasNextPage`"},
};

static void test_wrong(void **state) {
	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct result result = read_page(wrong[i].stream, wrong[i].body);
		assert_string_equal(result.problem, wrong[i].problem);
		buf_free(&result.rows);
	}
}

static void test_windows(void **state) {
	(void)state;
	static const struct {
		const char *stream, *date, *first;
	} rows[] = {
		{"anthropic_usage", "2026-11-20", "2026-11-18"}, {"anthropic_usage", "2026-11-30", "2026-10-31"},
		{"anthropic_usage", "2026-12-01", "2026-11-01"}, {"anthropic_usage", "2026-12-02", "2026-11-30"},
		{"anthropic_usage_analytics", "2026-11-20", "2026-11-14"}, {"anthropic_cost_analytics", "2026-11-30", "2026-10-31"},
		{"claude_code", "2026-11-30", "2026-11-28"},     {"cursor_events", "2026-11-20", "2026-11-14"},
		{"cursor_members", "2026-11-20", "2026-11-20"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		day date;
		char text[DAY_TEXT];
		assert_true(day_read(str_from(rows[i].date), &date));
		date = stream_first_day(stream_find(str_from(rows[i].stream)), date);
		assert_string_equal(day_print(date, text), rows[i].first);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_windows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
