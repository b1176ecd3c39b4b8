/* Anthropic's API keys as they stand, archived ones included, since history refers to them. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"api_key_id", "STRING", "data[].id", read_text, COLUMN_KEY, .required = true},
	{"name", "STRING", "data[].name", read_text},
	{"status", "STRING", "data[].status", read_text},
	{"created_at", "TIMESTAMP", "data[].created_at", read_moment},
	{"expires_at", "TIMESTAMP", "data[].expires_at", read_moment},
	{"created_by_id", "STRING", "data[].created_by.id", read_text},
	{"created_by_type", "STRING", "data[].created_by.type", read_text},
	{"principal_id", "STRING", "data[].principal.user_id|data[].principal.service_account_id", read_text},
	{"principal_type", "STRING", "data[].principal.type", read_text},
	{"workspace_id", "STRING", "data[].scope.workspace_id|data[].workspace_id", read_text},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)ask, (void)body;
	buf_puts(url, "/api_keys?limit=1000");
}

const struct stream stream_anthropic_keys = {
	.name = "anthropic_keys", .table = "raw_anthropic_keys", .doc = "Anthropic API keys",
	.vendor = &vendor_anthropic, .snapshot = true, .unique = true,
	.method = "GET", .request = request, .paging = &paging_id, .records = "data[]", .columns = columns,
};
