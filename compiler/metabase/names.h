/* What things are called in definitions and what the server calls them, both ways. A kind is
 * "card", "dashboard", "collection", "snippet", "field", "database", "parameter" or "tab". */
#pragma once

#include "runtime/map.h"

struct names {
	struct arena *arena;
	struct map ids;         /* "kind:key" → id */
	struct map keys;        /* "kind scope id" → key */
};

/* `scope` is what makes an id unique: a parameter's dashboard; NULL where the id alone is. The
 * first key of an id and the last id of a key win. */
void names_add(
	struct names *names, const char *kind, const char *key, const char *scope, const char *id);
/* The same, but from now on the id is called so when it is read. */
void names_set(
	struct names *names, const char *kind, const char *key, const char *scope, const char *id);
/* The server's id, or NULL. */
const char *names_id(const struct names *names, const char *kind, const char *key);
/* Our key, or NULL. */
const char *names_key(
	const struct names *names, const char *kind, const char *scope, const char *id);

/* A copy (new) of `body` with every reference replaced by the server's id: {"$ref"}, {"$field"},
 * {"$database"}, {"$parameter"}, {"$tab"}, member names that start with "$parameter:",
 * `{{#$ref:card:…}}` in texts. NULL, with the name in `*missing`, when one has no id yet. */
json_t *names_resolve(const struct names *names, const json_t *body, const char **missing);

/* Calls `visit` with every reference below `body`, as "kind:key". */
void names_each(struct arena *arena, const json_t *body,
	void (*visit)(void *context, const char *name), void *context);

/* A rename that is under way: old and new name, both as "kind:key". */
struct rename {
	const char *from, *to;
};
/* A copy (new) of `body` in which references to .to read .from: what it was called before. */
json_t *names_before(
	struct arena *arena, const json_t *body, const struct rename *renames, size_t count);
