/* Anthropic's usage of the analytics API: tokens and requests by day, key, workspace, model and actor. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"usage_date", "DATE", "data[].starting_at", read_day, COLUMN_DAY, .required = true},
	{"api_key_id", "STRING", "data[].group.api_key_id", read_text, COLUMN_KEY},
	{"workspace_id", "STRING", "data[].group.workspace_id", read_text, COLUMN_KEY},
	{"model", "STRING", "data[].group.model", read_text, COLUMN_KEY},
	{"service_tier", "STRING", "data[].group.service_tier", read_text, COLUMN_KEY},
	{"context_window", "STRING", "data[].group.context_window", read_text, COLUMN_KEY},
	{"inference_geo", "STRING", "data[].group.inference_geo", read_text, COLUMN_KEY},
	{"actor_type", "STRING", "data[].group.actor.type", read_text, COLUMN_KEY},
	{"actor_id", "STRING", REQUEST_ACTOR_ID, read_text, COLUMN_KEY},
	{"actor_email", "STRING", "data[].group.actor.email_address", read_text},
	{"uncached_input_tokens", "INT64", "data[].usage.uncached_input_tokens", read_count, COLUMN_TOKENS},
	{"cache_read_tokens", "INT64", "data[].usage.cache_read_input_tokens", read_count, COLUMN_TOKENS},
	{"cache_5m_tokens", "INT64", "data[].usage.cache_creation.ephemeral_5m_input_tokens", read_count, COLUMN_TOKENS},
	{"cache_1h_tokens", "INT64", "data[].usage.cache_creation.ephemeral_1h_input_tokens", read_count, COLUMN_TOKENS},
	{"output_tokens", "INT64", "data[].usage.output_tokens", read_count, COLUMN_TOKENS},
	{"web_search_requests", "INT64", "data[].usage.server_tool_use.web_search_requests", read_count},
	{"requests", "INT64", "data[].usage.requests", read_count},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)body;
	buf_puts(url, "/analytics/usage");
	request_analytics(ask, url);
}

const struct stream stream_anthropic_usage_analytics = {
	.name = "anthropic_usage_analytics", .table = "raw_anthropic_usage_analytics",
	.doc = "Anthropic usage by actor, analytics API",
	.vendor = &vendor_anthropic, .family = FAMILY_ANALYTICS, .window = 7, .months = true, .span = 31,
	.method = "GET", .request = request, .header = REQUEST_ANALYTICS_HEADER, .paging = &paging_token,
	.records = "data[]", .columns = columns,
};
