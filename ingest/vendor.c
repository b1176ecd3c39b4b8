/* The vendors and the ways in which they page: facts of theirs, as rows. */
#include "ingest/vendor.h"

#include <openssl/evp.h>
#include <string.h>

#include "ingest/config.h"
#include "ingest/stream.h"
#include "runtime/log.h"

static size_t anthropic_headers(
	const struct config *config, struct arena *arena, const char **headers) {
	headers[0] = arena_printf(arena, "x-api-key: %s", config->anthropic_key);
	headers[1] = "anthropic-version: 2023-06-01";
	return 2;
}

/* The key is the name, and the password is empty. */
static size_t cursor_headers(
	const struct config *config, struct arena *arena, const char **headers) {
	char *pair = arena_printf(arena, "%s:", config->cursor_key);
	size_t length = strlen(pair);
	char *encoded = arena_alloc(arena, length * 4 / 3 + 8);
	EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)pair, (int)length);
	log_secret(encoded);
	headers[0] = arena_printf(arena, "Authorization: Basic %s", encoded);
	headers[1] = "Content-Type: application/json";
	return 2;
}

static const struct hint anthropic_hints[] = {
	{403, 403, "the key may not read this; it must be an admin key of the organisation", ABOUT_KEY},
	{0}
};

static const struct hint cursor_hints[] = {
	{403, 403, "the key or the team's plan does not include this", ABOUT_KEY},
	{0}
};

static const struct hint sheets_hints[] = {
	{400, 400, "is the tab still there, under this name?", ABOUT_RANGE},
	{401, 401, "Google does not know the account that the job runs as", ABOUT_NOTHING},
	{403, 403, "is the sheet shared with the account that the job runs as, and the Sheets API enabled?",
		ABOUT_SHEET},
	{404, 404, "there is no such sheet", ABOUT_SHEET},
	{0}
};

/* 60 requests a minute where a limit is documented. Periods are a little longer than the vendors', since
 * their clocks are not ours. */
const struct vendor vendor_anthropic = {
	.name = "anthropic", .url = SETTING_ANTHROPIC_URL, .path = "/v1/organizations", .calls = 60, .period_ms = 61000,
	.key = SETTING_ANTHROPIC_SECRET, .headers = anthropic_headers, .hints = anthropic_hints};

/* 20 requests a minute and team, counted over all endpoints to be safe. */
const struct vendor vendor_cursor = {
	.name = "cursor", .url = SETTING_CURSOR_URL, .path = "", .calls = 19, .period_ms = 61000,
	.key = SETTING_CURSOR_SECRET, .headers = cursor_headers, .hints = cursor_hints};

/* 60 reads a minute and user. */
const struct vendor vendor_sheets = {
	.name = "google_sheets", .url = SETTING_SHEETS_URL, .path = "/v4/spreadsheets", .calls = 50, .period_ms = 61000,
	.google = true, .hints = sheets_hints};

const struct vendor *const vendors_asked[] = {&vendor_anthropic, &vendor_cursor, &vendor_sheets, NULL};

const struct paging paging_token = {
	.more = "has_more", .next = "next_page", .parameter = "page", .refreshed = "data_refreshed_at"};
const struct paging paging_id = {.more = "has_more", .next = "last_id", .parameter = "after_id"};
const struct paging paging_number = {
	.more = "pagination.hasNextPage", .total = "totalUsageEventsCount"};
const struct paging paging_pages = {.pages = "totalPages"};
const struct paging paging_single = {0};
