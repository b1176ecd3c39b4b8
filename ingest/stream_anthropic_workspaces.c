/* Anthropic's workspaces as they stand, archived ones included. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"workspace_id", "STRING", "data[].id", read_text, COLUMN_KEY, .required = true},
	{"name", "STRING", "data[].name", read_text},
	{"archived_at", "TIMESTAMP", "data[].archived_at", read_moment},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)ask, (void)body;
	buf_puts(url, "/workspaces?limit=1000&include_archived=true");
}

const struct stream stream_anthropic_workspaces = {
	.name = "anthropic_workspaces", .table = "raw_anthropic_workspaces", .doc = "Anthropic workspaces",
	.vendor = &vendor_anthropic, .snapshot = true, .unique = true,
	.method = "GET", .request = request, .paging = &paging_id, .records = "data[]", .columns = columns,
};
