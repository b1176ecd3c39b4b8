/* The last paragraph of what we make: `Managed as code: ai-usage/finance-overview/spend ·
 * 1-3f9a2c41`. It asks people not to edit here, is the identity, and says what we last meant to
 * write. */
#pragma once

#include "runtime/arena.h"

struct marker {
	const char *project;            /* NULL: there is no marker */
	const char *key;
	const char *fingerprint;        /* "1-3f9a2c41" */
	struct str description;         /* the author's own text, without the marker */
};

/* Fingerprint of something that was begun and not filled yet: equal to nothing that is written
 * whole. */
#define FINGERPRINT_UNFINISHED "0-00000000"

/* Takes a description apart; text may be NULL. What people wrote behind the marker counts as
 * theirs. */
struct marker marker_parse(struct arena *arena, const char *text);

/* `description` (may be empty), a blank line, the marker. */
const char *marker_write(struct arena *arena, struct str description, const char *project,
	const char *key, const char *fingerprint);

/* Was the marker made by another version of the projection? Then a difference from it is ours. */
bool marker_other_projection(const struct marker *marker, int projection);
