/* What the server should hold, as JSON with references by key: the same form for code and for what
 * was read from a server, so that a diff compares like with like.
 *
 *   {"$ref": "card:finance-overview/spend"}           another object
 *   {"$field": "ai_usage.fct_cost_daily.cost_date"}   a column of the warehouse
 *   {"$database": "Warehouse"}                        the environment's database
 *   {"$parameter": "finance-overview/period"}         a dashboard's filter
 *   {"$tab": "finance-overview/Detail"}               a dashboard's tab
 *
 * Where the server wants an id inside a text, the reference stands there without its braces: a card
 * in SQL is {{#$ref:card:finance-overview/spend}}, and so its tag is named.
 *
 * Order where it means nothing: dashcards by tab, row and column; parameter_mappings by parameter,
 * then target. Parameters and tabs keep the author's order, which the reader sees. */
#pragma once

#include "compiler/source/compile.h"
#include "runtime/map.h"

struct filter;

enum object_kind {
	OBJECT_COLLECTION,
	OBJECT_SNIPPET,
	OBJECT_CARD,
	OBJECT_DASHBOARD,
	OBJECT_KIND_COUNT
};

/* A column that an object needs, and where the author wrote it: a server that lacks it, or holds it
 * with a type that the filter cannot take, is reported there. */
struct object_field {
	const char *name;               /* as $field spells it */
	struct span at;
	const struct filter *filter;    /* whose column it is */
};

/* A part that had another name: a parameter's slug or a tab's title. */
struct object_rename {
	bool tab;
	const char *name, *was;
};

struct object {
	enum object_kind kind;
	const char *key; /* unique within a kind: finance-overview/spend, Finance/Charts, … */
	const char *name;       /* `kind:key`, as $ref spells it */
	json_t *body;           /* borrowed from the arena; canonical */
	struct span at;         /* what made it: a server's refusal points there */
	char fingerprint[16]; /* "1-3f9a2c41": projection version and hash of the canonical body */
	bool selected;
	const char *was;        /* former key, or NULL */
	VEC(const char *)
	refs; /* names of the objects that must exist before it can be written whole */
	VEC(struct object_field) fields;
	VEC(struct object_rename) renames;
};

struct objects {
	VEC(struct object *)
	items; /* by kind (references first), then key: the order of creation */
	struct map *by_name;
};

/* "collection", "snippet", "card", "dashboard". */
const char *object_kind_name(enum object_kind kind);

/* lower: definitions that passed check become objects. Reports nothing. */
struct objects *objects_lower(struct compile *c);

/* The object that a $ref names, or NULL. */
struct object *objects_find(const struct objects *objects, const char *name);

/* What `mbc compile` prints (new): {"objects": [{"kind", "key", "body", "fingerprint"} …]}, those
 * that are selected. The same bytes for the same definitions, in whatever files and order they
 * stand. */
json_t *objects_json(const struct objects *objects);

/* Sorted keys, two blanks of indent, a newline at the end: `mbc compile`, cases and hashes alike.
 */
char *canonical_dump(struct arena *arena, const json_t *value);

/* Version of the projection: raised when the canonical form of the same definition changes. */
#define PROJECTION_VERSION 1

/* The fingerprint of a body, e.g. "1-3f9a2c41". */
void fingerprint_of(const json_t *body, char out[16]);
