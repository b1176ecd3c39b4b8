/* Cursor's spend a member, cumulative in the billing cycle; it has no history, so each day's snapshot
 * is kept. The start of the cycle stands behind the members. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"user_id", "STRING", "teamMemberSpend[].userId", read_text, COLUMN_KEY},
	{"user_email", "STRING", "teamMemberSpend[].email", read_text, COLUMN_KEY},
	{"role", "STRING", "teamMemberSpend[].role", read_text},
	{"cycle_start", "TIMESTAMP", "subscriptionCycleStart", read_millis},
	{"spend_text", "STRING", "teamMemberSpend[].spendCents", read_text},
	{"spend_usd", "NUMERIC", "teamMemberSpend[].spendCents", read_cents, COLUMN_USD},
	{"overall_text", "STRING", "teamMemberSpend[].overallSpendCents", read_text},
	{"overall_usd", "NUMERIC", "teamMemberSpend[].overallSpendCents", read_cents},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	buf_puts(url, "/teams/spend");
	buf_printf(body, "{\"page\":%u,\"pageSize\":1000}", ask->page);
}

const struct stream stream_cursor_spend = {
	.name = "cursor_spend", .table = "raw_cursor_spend", .doc = "Cursor spend in the billing cycle",
	.vendor = &vendor_cursor, .snapshot = true, .unique = true,
	.method = "POST", .request = request, .paging = &paging_pages,
	.records = "teamMemberSpend[]", .late = true, .columns = columns,
};
