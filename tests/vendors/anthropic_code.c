/* Claude Code analytics: one UTC day a request. */
#include "tests/vendors/anthropic.h"
#include "tests/vendors/code_data.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/money.h"

#define ORGANIZATION "00000000-0000-4000-8000-000000000001"

static json_t *models(struct request *r, const struct code_record *record) {
	json_t *rows = json_array();
	for (size_t i = 0; i < record->model_count; i++) {
		const struct code_model *used = &record->models[i];
		json_array_append_new(
			rows, json_pack("{s:s, s:{s:I, s:I, s:I, s:I}, s:{s:s, s:o}}", "model",
				      used->model, "tokens", "input", (json_int_t)used->input,
				      "output", (json_int_t)used->output, "cache_read",
				      (json_int_t)used->cache_read, "cache_creation",
				      (json_int_t)used->cache_creation, "estimated_cost",
				      "currency", "USD", "amount",
				      number_text(cents_text(r->arena, used->estimate, 0))));
	}
	return rows;
}

static json_t *tools(const struct code_record *record) {
	static const char *const names[] = {
		"edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool"};
	json_t *tools = json_object();
	for (size_t i = 0; i < COUNT_OF(names); i++)
		json_object_set_new(tools, names[i],
			json_pack("{s:I, s:I}", "accepted", (json_int_t)record->accepted[i],
				"rejected", (json_int_t)record->rejected[i]));
	return tools;
}

static json_t *record_row(struct request *r, int64_t day, const struct code_record *record) {
	json_t *actor = record->email ? json_pack("{s:s, s:s}", "type", "user_actor",
						"email_address", record->email)
				      : json_pack("{s:s, s:s}", "type", "api_actor", "api_key_name",
						record->key_name);
	return json_pack(
		"{s:s, s:o, s:s, s:s, s:o, s:s, s:{s:I, s:{s:I, s:I}, s:I, s:I}, s:o, s:o}", "date",
		moment_text(r->arena, day * DAY_S), "actor", actor, "organization_id", ORGANIZATION,
		"customer_type", record->subscription ? "subscription" : "api", "subscription_type",
		text_or_null(record->subscription), "terminal_type", record->terminal,
		"core_metrics", "num_sessions", (json_int_t)record->sessions, "lines_of_code",
		"added", (json_int_t)record->added, "removed", (json_int_t)record->removed,
		"commits_by_claude_code", (json_int_t)record->commits,
		"pull_requests_by_claude_code", (json_int_t)record->pull_requests, "tool_actions",
		tools(record), "model_breakdown", models(r, record));
}

void anthropic_claude_code(struct request *r) {
	struct code_list list = {0};
	int64_t day, limit = 20, first;
	if (!day_parse(query_text(r, "starting_at"), &day)) {
		anthropic_refuse(r, "starting_at", "Input should be a date such as 2026-11-20");
		return;
	}
	if (!query_number(r, "limit", 1, 1000, &limit)) {
		anthropic_refuse(r, "limit", "Input should be between 1 and 1000");
		return;
	}
	if (!page_read(r, "page_", &first)) {
		anthropic_refuse(r, "page", "Invalid page token");
		return;
	}
	code_of_day(r->vendors->world, r->arena, day, CODE_LATENCY_S, &list);
	int64_t count = (int64_t)list.records.count,
		stop = first + limit < count ? first + limit : count;
	json_t *data = json_array();
	for (int64_t i = first; i < stop; i++)
		json_array_append_new(data, record_row(r, day, &list.records.items[i]));
	json_t *next = stop < count ? json_string(page_make(r, "page_", stop)) : json_null();
	reply_json(r, 200,
		json_pack("{s:o, s:b, s:o}", "data", data, "has_more", stop < count, "next_page",
			next));
}
