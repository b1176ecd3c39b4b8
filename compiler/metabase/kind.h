/* What the server calls our kinds, and what of them counts: one row a kind. */
#pragma once

#include "compiler/ir/object.h"
#include "compiler/metabase/api.h"
#include "compiler/metabase/names.h"

struct live_kind {
	const char *model;              /* among the items of a collection */
	const char *page;               /* path of its page for people */
	enum api get, post, put;
	const char *const *always;      /* compared whether the definition says them or not */
	const char *const *written;     /* compared only where the definition says them */
	const char *const *posted;      /* what a create takes; the rest needs an update after it */
	/* The server's JSON in our terms (new): references by key. Keeps the ids of parts. */
	json_t *(*read)(const struct names *names, const json_t *raw);
};
extern const struct live_kind live_kinds[OBJECT_KIND_COUNT];

/* A copy (new) of a body, ours or the server's, without what is no difference: null and empty
 * members, ids of parts, what the server adds on its own, order where it means nothing. */
json_t *kind_normalise(const struct names *names, enum object_kind kind, const json_t *body);
/* The same in place. */
void kind_clean(const struct names *names, enum object_kind kind, json_t *body);

/* What of a normalised live body is compared with a normalised body of ours (new). */
json_t *kind_compared(enum object_kind kind, const json_t *live, const json_t *code);

/* {"$ref": "card:key"} (new), or the number itself when it is none of ours; null for null. */
json_t *reference_of(const struct names *names, const char *kind, const json_t *id);

/* "27" for a number or text of JSON; NULL for others. */
const char *id_text(struct arena *arena, const json_t *id);
