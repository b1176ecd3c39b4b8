/* Anthropic's users as they stand. Removed ones vanish here; earlier snapshots keep them. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"user_id", "STRING", "data[].id", read_text, COLUMN_KEY, .required = true},
	{"email", "STRING", "data[].email", read_text},
	{"name", "STRING", "data[].name", read_text},
	{"role", "STRING", "data[].role", read_text},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)ask, (void)body;
	buf_puts(url, "/users?limit=1000");
}

const struct stream stream_anthropic_users = {
	.name = "anthropic_users", .table = "raw_anthropic_users", .doc = "Anthropic users",
	.vendor = &vendor_anthropic, .snapshot = true, .unique = true,
	.method = "GET", .request = request, .paging = &paging_id, .records = "data[]", .columns = columns,
};
