/* What differs between two bodies in our terms, and what that means given who wrote last. */
#pragma once

#include "compiler/metabase/kind.h"
#include "compiler/metabase/marker.h"

struct difference {
	const char *path;       /* `dashcards.Overview/spend.size_x` */
	const json_t *live;     /* borrowed; NULL: not there */
	const json_t *code;
};

struct differences {
	struct difference *items;
	size_t count, capacity;
};

/* Differences between normalised bodies, in a stable order. */
struct differences differences_of(struct arena *arena, const json_t *live, const json_t *code);

enum verdict {
	VERDICT_SAME,
	VERDICT_CREATE,
	VERDICT_CHANGE,         /* ours to write */
	VERDICT_MARK,           /* same, but its marker was written under other names */
	VERDICT_DRIFT,          /* somebody edited it in Metabase */
	VERDICT_CLASH,          /* edited there and here */
	VERDICT_ORPHAN,         /* ours, and no longer in the definitions */
	VERDICT_COUNT,
};

/* The three sides of an object that exists. `fingerprint` is that of `code`, `mark` what the live
 * one carries and may be NULL: taken over, never written by us. `own`: the newest revision is by
 * our own account. `before`: the live body under the names that things had. */
enum verdict verdict_of(enum object_kind kind, const json_t *live, const json_t *before,
	const json_t *code, const char *fingerprint, const char *mark, bool own);

/* Is `mark` the fingerprint of the live body, given that a definition may have said any of the
 * members that count only where written? */
bool mark_is_live(enum object_kind kind, const json_t *live, const char *mark);
