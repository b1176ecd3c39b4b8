/* Claude Code's activity, one day a request. A record holds the models that it used; their costs are
 * estimates, which are kept but never enter a fact. */
#include "ingest/request.h"

static const struct column models[] = {
	{"model", "STRING", "data[].model_breakdown[].model", read_text},
	{"input_tokens", "INT64", "data[].model_breakdown[].tokens.input", read_count},
	{"output_tokens", "INT64", "data[].model_breakdown[].tokens.output", read_count},
	{"cache_read_tokens", "INT64", "data[].model_breakdown[].tokens.cache_read", read_count},
	{"cache_creation_tokens", "INT64", "data[].model_breakdown[].tokens.cache_creation", read_count},
	{"estimated_text", "STRING", "data[].model_breakdown[].estimated_cost.amount", read_text},
	{"estimated_usd", "NUMERIC", "data[].model_breakdown[].estimated_cost.amount", read_cents},
	{0}
};

static const struct column columns[] = {
	{"usage_date", "DATE", "data[].date", read_day, COLUMN_DAY, .required = true},
	{"actor_type", "STRING", "data[].actor.type", read_text, COLUMN_KEY},
	{"actor_email", "STRING", "data[].actor.email_address", read_text, COLUMN_KEY},
	{"api_key_name", "STRING", "data[].actor.api_key_name", read_text, COLUMN_KEY},
	{"customer_type", "STRING", "data[].customer_type", read_text, COLUMN_KEY},
	{"subscription_type", "STRING", "data[].subscription_type", read_text, COLUMN_KEY},
	{"terminal_type", "STRING", "data[].terminal_type", read_text, COLUMN_KEY},
	{"sessions", "INT64", "data[].core_metrics.num_sessions", read_count},
	{"loc_added", "INT64", "data[].core_metrics.lines_of_code.added", read_count},
	{"loc_removed", "INT64", "data[].core_metrics.lines_of_code.removed", read_count},
	{"commits", "INT64", "data[].core_metrics.commits_by_claude_code", read_count},
	{"pull_requests", "INT64", "data[].core_metrics.pull_requests_by_claude_code", read_count},
	{"accepts", "INT64", "data[].tool_actions.*.accepted", read_count},
	{"rejects", "INT64", "data[].tool_actions.*.rejected", read_count},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	char text[DAY_TEXT];
	(void)body;
	buf_printf(url, "/usage_report/claude_code?starting_at=%s&limit=1000", day_print(ask->from, text));
}

const struct stream stream_claude_code = {
	.name = "claude_code", .table = "raw_claude_code", .doc = "Claude Code activity",
	.vendor = &vendor_anthropic, .window = 3, .span = 1, .settle_hours = 2,
	.method = "GET", .request = request, .paging = &paging_token,
	.records = "data[]", .columns = columns,
	.inner_name = "models", .inner = "data[].model_breakdown[]", .inner_columns = models,
};
