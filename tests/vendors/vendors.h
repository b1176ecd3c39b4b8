/* A local server that speaks for Anthropic, Cursor, Google Sheets and Google's tokens and secrets.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct vendors;

struct vendors_options {
	unsigned port; /* on loopback; 0 takes a free one */
	uint64_t seed;
	int64_t now;        /* seconds since 1970: the vendors' clock, which stands still */
	int64_t history_end; /* the day of this moment ends the history: what is new or about to happen
	                      * is counted from there, and later days go on alike; 0: `now` */
	int people, days;   /* 0: 40 people, 120 days of history */
	const char *script; /* a file of faults as POST /__control/faults takes it, or NULL */
};

/* Reads "2026-11-22T06:00:00Z" as seconds since 1970; false for other text. */
bool vendors_time(const char *text, int64_t *seconds);

/* What the server lets in and which spreadsheet it has; worth nothing elsewhere. */
extern const char *const vendors_anthropic_key, *const vendors_cursor_key, *const vendors_sheet;

/* Starts serving in threads of its own. NULL with a line on stderr when it cannot. */
struct vendors *vendors_open(const struct vendors_options *options);

/* "http://127.0.0.1:PORT", which serves every vendor; lives as long as the server. */
const char *vendors_address(const struct vendors *vendors);

/* Ends the server and frees it; NULL is fine. */
void vendors_close(struct vendors *vendors);
