/* The vendors and the ways in which they page: facts of theirs, as rows. */
#include "ingest/stream.h"

/* Anthropic asks for no more than about a request a second. */
const struct vendor vendor_anthropic = {
	.name = "anthropic", .url = SETTING_ANTHROPIC_URL, .path = "/v1/organizations", .interval_ms = 1000};

/* 20 requests a minute and team, counted over all endpoints to be safe. */
const struct vendor vendor_cursor = {
	.name = "cursor", .url = SETTING_CURSOR_URL, .path = "", .interval_ms = 3000};

/* 60 reads a minute and user. */
const struct vendor vendor_sheets = {
	.name = "google_sheets", .url = SETTING_SHEETS_URL, .path = "/v4/spreadsheets", .interval_ms = 1000};

const struct paging paging_token = {
	.more = "has_more", .next = "next_page", .parameter = "page", .refreshed = "data_refreshed_at"};
const struct paging paging_id = {.more = "has_more", .next = "last_id", .parameter = "after_id"};
const struct paging paging_number = {.more = "pagination.hasNextPage", .total = "totalUsageEventsCount"};
const struct paging paging_pages = {.pages = "totalPages"};
const struct paging paging_single = {0};
