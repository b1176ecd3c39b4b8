/* Tab of subscriptions: seats that are paid by the month. */
#include "ingest/sheet.h"

static const struct column columns[] = {
	{"platform", "STRING", "platform", read_text, COLUMN_KEY, .required = true},
	{"plan", "STRING", "plan", read_text, COLUMN_KEY, .required = true},
	{"seats", "INT64", "seats", read_count, .required = true},
	{"monthly_usd", "NUMERIC", "monthly_usd", read_decimal, .required = true},
	{"valid_from", "DATE", "valid_from", read_day, COLUMN_KEY, .required = true},
	{"valid_to", "DATE", "valid_to", read_day},
	{"cell", "STRING", NULL, read_text},
	{"problem", "STRING", NULL, read_text},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)body;
	sheet_request(ask, SETTING_SHEET_SUBSCRIPTIONS, url);
}

const struct stream stream_sheet_subscriptions = {
	.name = "sheet_subscriptions", .table = "raw_sheet_subscriptions", .doc = "Sheet of subscriptions",
	.vendor = &vendor_sheets, .snapshot = true,
	.wanted_by = SETTING_SHEET_SUBSCRIPTIONS,
	.method = "GET", .request = request, .range = SETTING_SHEET_SUBSCRIPTIONS,
	.paging = &paging_single, .columns = columns, .parse = sheet_parse,
};
