/* Cursor's usage events: the only source of its tokens and prices. The vendor gives them no id, so the
 * hash of what identifies one stands for it. One UTC day a question. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"usage_date", "DATE", "usageEvents[].timestamp", read_millis_day, COLUMN_DAY, .required = true},
	{"event_at", "TIMESTAMP", "usageEvents[].timestamp", read_millis, COLUMN_KEY, .required = true},
	{"user_email", "STRING", "usageEvents[].userEmail", read_text, COLUMN_KEY},
	{"model", "STRING", "usageEvents[].model", read_text, COLUMN_KEY},
	{"kind", "STRING", "usageEvents[].kind", read_text, COLUMN_KEY},
	{"is_chargeable", "BOOL", "usageEvents[].isChargeable", read_bool},
	{"is_token_based", "BOOL", "usageEvents[].isTokenBasedCall", read_bool},
	{"is_headless", "BOOL", "usageEvents[].isHeadless", read_bool},
	{"max_mode", "BOOL", "usageEvents[].maxMode", read_bool},
	{"input_tokens", "INT64", "usageEvents[].tokenUsage.inputTokens", read_count, COLUMN_TOKENS},
	{"output_tokens", "INT64", "usageEvents[].tokenUsage.outputTokens", read_count, COLUMN_TOKENS},
	{"cache_write_tokens", "INT64", "usageEvents[].tokenUsage.cacheWriteTokens", read_count, COLUMN_TOKENS},
	{"cache_read_tokens", "INT64", "usageEvents[].tokenUsage.cacheReadTokens", read_count, COLUMN_TOKENS},
	{"requests_costs", "NUMERIC", "usageEvents[].requestsCosts", read_decimal},
	{"model_text", "STRING", "usageEvents[].tokenUsage.totalCents", read_text},
	{"model_usd", "NUMERIC", "usageEvents[].tokenUsage.totalCents", read_cents},
	{"charged_text", "STRING", "usageEvents[].chargedCents", read_text},
	{"charged_usd", "NUMERIC", "usageEvents[].chargedCents", read_cents, COLUMN_USD},
	{"fee_text", "STRING", "usageEvents[].cursorTokenFee", read_text},
	{"fee_usd", "NUMERIC", "usageEvents[].cursorTokenFee", read_cents},
	{"event_hash", "STRING", NULL, NULL, COLUMN_HASH},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	buf_puts(url, "/teams/filtered-usage-events");
	request_millis(ask, body);
}

const struct stream stream_cursor_events = {
	.name = "cursor_events", .table = "raw_cursor_events", .doc = "Cursor usage events",
	.vendor = &vendor_cursor, .window = 7, .span = 1, .settle_hours = 1,
	.method = "POST", .request = request, .paging = &paging_number,
	.records = "usageEvents[]", .columns = columns,
};
