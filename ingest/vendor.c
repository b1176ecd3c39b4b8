/* The vendors and the ways in which they page: facts of theirs, as rows. */
#include "ingest/stream.h"

/* 60 requests a minute where a limit is documented. Periods are a little longer than the vendors', since
 * their clocks are not ours. */
const struct vendor vendor_anthropic = {
	.name = "anthropic", .url = SETTING_ANTHROPIC_URL, .path = "/v1/organizations", .calls = 60, .period_ms = 61000};

/* 20 requests a minute and team, counted over all endpoints to be safe. */
const struct vendor vendor_cursor = {
	.name = "cursor", .url = SETTING_CURSOR_URL, .path = "", .calls = 19, .period_ms = 61000};

/* 60 reads a minute and user. */
const struct vendor vendor_sheets = {
	.name = "google_sheets", .url = SETTING_SHEETS_URL, .path = "/v4/spreadsheets", .calls = 50, .period_ms = 61000};

const struct paging paging_token = {
	.more = "has_more", .next = "next_page", .parameter = "page", .refreshed = "data_refreshed_at"};
const struct paging paging_id = {.more = "has_more", .next = "last_id", .parameter = "after_id"};
const struct paging paging_number = {
	.more = "pagination.hasNextPage", .total = "totalUsageEventsCount"};
const struct paging paging_pages = {.pages = "totalPages"};
const struct paging paging_single = {0};
