/* Cursor's members as they stand; those who left stay in the list. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"user_id", "STRING", "teamMembers[].id", read_text, COLUMN_KEY, .required = true},
	{"user_email", "STRING", "teamMembers[].email", read_text},
	{"name", "STRING", "teamMembers[].name", read_text},
	{"role", "STRING", "teamMembers[].role", read_text},
	{"is_removed", "BOOL", "teamMembers[].isRemoved", read_bool},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)ask, (void)body;
	buf_puts(url, "/teams/members");
}

const struct stream stream_cursor_members = {
	.name = "cursor_members", .table = "raw_cursor_members", .doc = "Cursor members",
	.vendor = &vendor_cursor, .snapshot = true, .unique = true,
	.method = "GET", .request = request, .paging = &paging_single,
	.records = "teamMembers[]", .columns = columns,
};
