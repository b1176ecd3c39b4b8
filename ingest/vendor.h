/* Who is asked: where, with which credentials, how often, and what to do about its refusals. */
#pragma once

#include "ingest/settings.h"

struct arena;
struct config;

#define VENDOR_HEADERS 4

/* Which setting a hint ends with. */
enum hint_about { ABOUT_NOTHING, ABOUT_KEY, ABOUT_URL, ABOUT_SHEET, ABOUT_RANGE };

/* What someone may do about an answer whose status is first..last. */
struct hint {
	long first, last;
	const char *text;
	enum hint_about about;
};

struct vendor {
	const char *name;
	enum setting url;
	const char *path;               /* in front of each stream's own */
	long calls, period_ms;          /* so many calls in any such period */
	enum setting key;               /* the first of the key's three forms; unused with `google` */
	bool google;                    /* wants a token of Google's */
	/* Fills at most VENDOR_HEADERS headers that carry the key; gives their number. NULL: none. */
	size_t (*headers)(const struct config *config, struct arena *arena, const char **headers);
	const struct hint *hints;       /* before those for all vendors; ends with an empty row */
};

extern const struct vendor vendor_anthropic, vendor_cursor, vendor_sheets;

/* All of them, ends with NULL. */
extern const struct vendor *const vendors_asked[];
