/* Anthropic's message usage report of the Admin API: tokens by day, key, workspace and model. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"usage_date", "DATE", "data[].starting_at", read_day, COLUMN_DAY, .required = true},
	{"api_key_id", "STRING", "data[].results[].api_key_id", read_text, COLUMN_KEY},
	{"workspace_id", "STRING", "data[].results[].workspace_id", read_text, COLUMN_KEY},
	{"model", "STRING", "data[].results[].model", read_text, COLUMN_KEY},
	{"service_tier", "STRING", "data[].results[].service_tier", read_text, COLUMN_KEY},
	{"context_window", "STRING", "data[].results[].context_window", read_text, COLUMN_KEY},
	{"inference_geo", "STRING", "data[].results[].inference_geo", read_text, COLUMN_KEY},
	{"uncached_input_tokens", "INT64", "data[].results[].uncached_input_tokens", read_count, COLUMN_TOKENS},
	{"cache_read_tokens", "INT64", "data[].results[].cache_read_input_tokens", read_count, COLUMN_TOKENS},
	{"cache_5m_tokens", "INT64", "data[].results[].cache_creation.ephemeral_5m_input_tokens", read_count, COLUMN_TOKENS},
	{"cache_1h_tokens", "INT64", "data[].results[].cache_creation.ephemeral_1h_input_tokens", read_count, COLUMN_TOKENS},
	{"output_tokens", "INT64", "data[].results[].output_tokens", read_count, COLUMN_TOKENS},
	{"web_search_requests", "INT64", "data[].results[].server_tool_use.web_search_requests", read_count},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)body;
	buf_puts(url, "/usage_report/messages");
	request_period(ask, url);
	buf_puts(url, "&bucket_width=1d&limit=31&group_by%5B%5D=api_key_id&group_by%5B%5D=workspace_id"
		"&group_by%5B%5D=model&group_by%5B%5D=service_tier&group_by%5B%5D=context_window");
	if (!ask->narrow)
		buf_puts(url, "&group_by%5B%5D=inference_geo");
}

const struct stream stream_anthropic_usage = {
	.name = "anthropic_usage", .table = "raw_anthropic_usage", .doc = "Anthropic message usage, Admin API",
	.vendor = &vendor_anthropic, .family = FAMILY_LEGACY,
	.window = 3, .months = true, .span = 31, .settle_hours = 1, .unique = true, .narrows = true,
	.method = "GET", .request = request, .paging = &paging_token,
	.records = "data[].results[]", .columns = columns,
};
