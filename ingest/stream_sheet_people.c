/* Tab of people: who belongs to which department and team. */
#include "ingest/sheet.h"

static const struct column columns[] = {
	{"email", "STRING", "email", read_text, COLUMN_KEY, .required = true},
	{"department", "STRING", "department", read_text, .required = true},
	{"first_name", "STRING", "first_name", read_text},
	{"last_name", "STRING", "last_name", read_text},
	{"team", "STRING", "team", read_text},
	{"aliases", "STRING", "aliases", read_text},
	{"is_active", "BOOL", "is_active", read_flag},
	{"cell", "STRING", NULL, read_text},
	{"problem", "STRING", NULL, read_text},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)body;
	sheet_request(ask, SETTING_SHEET_PEOPLE, url);
}

const struct stream stream_sheet_people = {
	.name = "sheet_people", .table = "raw_sheet_people", .doc = "Sheet of people and departments",
	.vendor = &vendor_sheets, .snapshot = true,
	.method = "GET", .request = request, .range = SETTING_SHEET_PEOPLE,
	.paging = &paging_single, .columns = columns, .parse = sheet_parse,
};
