/* What has to happen on the server so that it holds what the definitions say. */
#pragma once

#include "compiler/metabase/diff.h"
#include "compiler/metabase/live.h"

enum progress { STEP_WAITING, STEP_DONE, STEP_REFUSED, STEP_FAILED };

struct step {
	enum verdict verdict;
	const struct object *code;      /* NULL: an orphan */
	struct live_object *live;       /* NULL: to be created */
	json_t *wanted;                 /* normalised body of the definition */
	json_t *found;                  /* the live body that it was compared with */
	char fingerprint[16];           /* of .wanted: what the marker will say */
	struct differences differences;
	struct editor editor;           /* of drift and clashes */
	bool container;                 /* a collection that is not ours: never written */
	const char *refusal;            /* why it will not be written, or NULL */
	enum progress progress;
};

struct plan_options {
	const char *const *adopt;       /* keys, ends with NULL; NULL: none */
	const char *const *overwrite;
};

struct plan {
	struct server *server;
	struct live *live;
	const struct objects *objects;
	struct names names;
	VEC(struct step *) steps;       /* in the order of the objects; orphans behind them */
	struct map by_name;             /* "card:key" → step */
	VEC(struct rename) renames;
	size_t counts[VERDICT_COUNT];
	size_t refused;
};

/* Compares the definitions with the server. NULL, reported, when that cannot be done. */
struct plan *plan_make(
	struct server *server, const struct objects *objects, const struct plan_options *options);

/* The live body of a step's object in our terms, from the server's JSON (owned by the arena):
 * `whole` with the ids of its parts, else as it is compared. */
json_t *plan_read(struct plan *plan, const struct step *step, const json_t *raw, bool whole);

/* Adds ids of a dashboard's parameters and tabs, as the server's JSON has them. */
void plan_name_parts(struct plan *plan, const char *key, const json_t *raw);

/* Is there anything to write, or anything that keeps from writing? */
bool plan_is_empty(const struct plan *plan);
