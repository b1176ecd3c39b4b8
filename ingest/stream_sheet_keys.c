/* Tab of API keys: who owns which, since when, and what for. */
#include "ingest/sheet.h"

static const struct column columns[] = {
	{"api_key_id", "STRING", "api_key_id", read_text, COLUMN_KEY, .required = true},
	{"email", "STRING", "email", read_text, .required = true},
	{"api_key_name", "STRING", "api_key_name", read_text},
	{"platform", "STRING", "platform", read_text},
	{"purpose", "STRING", "purpose", read_text},
	{"team", "STRING", "team", read_text},
	{"project", "STRING", "project", read_text},
	{"valid_from", "DATE", "valid_from", read_day},
	{"cell", "STRING", NULL, read_text},
	{"problem", "STRING", NULL, read_text},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)body;
	sheet_request(ask, SETTING_SHEET_KEYS, url);
}

const struct stream stream_sheet_keys = {
	.name = "sheet_keys", .table = "raw_sheet_keys", .doc = "Sheet of API keys and their owners",
	.vendor = &vendor_sheets, .snapshot = true,
	.method = "GET", .request = request, .range = SETTING_SHEET_KEYS,
	.paging = &paging_single, .columns = columns, .parse = sheet_parse,
};
