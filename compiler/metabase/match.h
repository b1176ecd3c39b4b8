/* Which card on a live dashboard is which card of the definition: ids of parts are kept by finding
 * them again, since subscriptions and comments hang on them. */
#pragma once

#include <jansson.h>

#include "runtime/arena.h"

/* A card on a dashboard, as far as it tells them apart. */
struct part {
	const char *card;       /* the card's name or number; NULL: a virtual one */
	const char *kind;       /* virtual: heading, text, … */
	const char *text;       /* virtual: what it says */
	const char *tab;        /* title, or "" */
};

#define NO_MATCH ((size_t)-1)

/* For each of `code` the index of its live part, or NO_MATCH; each live one is used once. Both
 * lists in reading order. Passes: same card and tab; same card; virtual: same kind, text and tab;
 * same kind and text; same kind and tab. */
void match_parts(const struct part *code, size_t code_count, const struct part *live,
	size_t live_count, size_t *found);

/* The part that a dashcard in our terms is. */
struct part part_of(struct arena *arena, const json_t *dashcard);

/* An index into the array `live` of objects whose member `by` is `name` or else `was`; NO_MATCH. */
size_t match_named(const json_t *live, const char *by, const char *name, const char *was);
