/* Anthropic's cost report of the Admin API: cents by day, workspace and description. It knows no keys. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"usage_date", "DATE", "data[].starting_at", read_day, COLUMN_DAY, .required = true},
	{"workspace_id", "STRING", "data[].results[].workspace_id", read_text, COLUMN_KEY},
	{"description", "STRING", "data[].results[].description", read_text, COLUMN_KEY},
	{"vendor_cost_type", "STRING", "data[].results[].cost_type", read_text},
	{"token_type", "STRING", "data[].results[].token_type", read_text},
	{"model", "STRING", "data[].results[].model", read_text},
	{"service_tier", "STRING", "data[].results[].service_tier", read_text},
	{"context_window", "STRING", "data[].results[].context_window", read_text},
	{"inference_geo", "STRING", "data[].results[].inference_geo", read_text},
	{"currency", "STRING", "data[].results[].currency", read_dollars, .required = true},
	{"amount_text", "STRING", "data[].results[].amount", read_text, .required = true},
	{"cost_usd", "NUMERIC", "data[].results[].amount", read_cents, COLUMN_USD, .required = true},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)body;
	buf_puts(url, "/cost_report");
	request_period(ask, url);
	buf_puts(url, "&bucket_width=1d&limit=31&group_by%5B%5D=workspace_id&group_by%5B%5D=description");
}

const struct stream stream_anthropic_cost = {
	.name = "anthropic_cost", .table = "raw_anthropic_cost", .doc = "Anthropic cost report, Admin API",
	.vendor = &vendor_anthropic, .family = FAMILY_LEGACY,
	.window = 3, .months = true, .span = 31, .settle_hours = 1,
	.method = "GET", .request = request, .paging = &paging_token,
	.records = "data[].results[]", .columns = columns,
};
