/* Cursor's daily activity a member. It has neither tokens nor money; those are in the events. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"usage_date", "DATE", "data[].day|data[].date", read_day, COLUMN_DAY, .required = true},
	{"user_id", "STRING", "data[].userId", read_text, COLUMN_KEY},
	{"user_email", "STRING", "data[].email", read_text, COLUMN_KEY},
	{"is_active", "BOOL", "data[].isActive", read_bool},
	{"loc_added", "INT64", "data[].totalLinesAdded", read_count},
	{"loc_removed", "INT64", "data[].totalLinesDeleted", read_count},
	{"loc_accepted", "INT64", "data[].acceptedLinesAdded", read_count},
	{"loc_accepted_removed", "INT64", "data[].acceptedLinesDeleted", read_count},
	{"applies", "INT64", "data[].totalApplies", read_count},
	{"accepts", "INT64", "data[].totalAccepts", read_count},
	{"rejects", "INT64", "data[].totalRejects", read_count},
	{"tabs_shown", "INT64", "data[].totalTabsShown", read_count},
	{"tabs_accepted", "INT64", "data[].totalTabsAccepted", read_count},
	{"composer_requests", "INT64", "data[].composerRequests", read_count},
	{"chat_requests", "INT64", "data[].chatRequests", read_count},
	{"agent_requests", "INT64", "data[].agentRequests", read_count},
	{"cmdk_usages", "INT64", "data[].cmdkUsages", read_count},
	{"subscription_included_reqs", "INT64", "data[].subscriptionIncludedReqs", read_count},
	{"api_key_reqs", "INT64", "data[].apiKeyReqs", read_count},
	{"usage_based_reqs", "INT64", "data[].usageBasedReqs", read_count},
	{"bugbot_usages", "INT64", "data[].bugbotUsages", read_count},
	{"most_used_model", "STRING", "data[].mostUsedModel", read_text},
	{"client_version", "STRING", "data[].clientVersion", read_text},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	buf_puts(url, "/teams/daily-usage-data");
	request_millis(ask, body);
}

const struct stream stream_cursor_usage = {
	.name = "cursor_usage", .table = "raw_cursor_usage", .doc = "Cursor daily activity",
	.vendor = &vendor_cursor, .window = 7, .span = 29, .settle_hours = 1, .unique = true,
	.method = "POST", .request = request, .paging = &paging_number, .records = "data[]", .columns = columns,
};
