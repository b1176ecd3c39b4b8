/* Between the files of this folder: the objects that are being made, and what kinds share. */
#pragma once

#include "compiler/ir/object.h"
#include "compiler/model/picture.h"
#include "compiler/model/project.h"

struct lowering {
	struct compile *c;
	struct objects *objects;
};

/* A new object; steals the body, which may still grow. A second one of the same kind and key is the
 * first again. */
struct object *object_add(struct lowering *l, enum object_kind kind, const char *key, json_t *body,
	struct span at);

/* {"$ref": "kind:key"} (new). */
json_t *object_ref(enum object_kind kind, const char *key);

/* Keys: dashboard/chart, or /chart when it is shared. */
const char *card_key(struct arena *arena, const struct chart *chart);
/* dashboard/slug, as $parameter spells it. */
const char *parameter_key(struct arena *arena, const struct dashboard *dashboard,
	const struct filter *filter);

/* Sets a text unless it is empty. */
void set_text(json_t *body, const char *name, struct str text);

/* cache, pinned, embedding, width and auto_apply of a dashboard, each only where it was written. */
void set_managed(struct compile *c, const struct values *values, json_t *body);

/* The collection that a path below the project's names, made with all above it; a reference to it
 * (new), or null for the top. `selected`: something selected lives there. */
json_t *collection_at(struct lowering *l, struct str below, struct span at, bool selected);

/* Where the cards of a dashboard (NULL: shared ones) live, below the project's collection. */
struct str charts_path(struct compile *c, const struct dashboard *dashboard);

/* What SQL and filters become: the native query (new) with its tags, and the card's parameters
 * (new). */
json_t *native_query(struct lowering *l, const struct chart *chart, struct object *card);
json_t *card_parameters(struct compile *c, const struct chart *chart);

/* What a filter says alike as a parameter of a card and of a dashboard. */
void set_parameter(struct compile *c, const struct filter *filter, const struct filter_wire *wire,
	json_t *parameter);

/* ["dimension" or "variable", …] (new): what a filter's value goes into on a card. */
json_t *mapping_target(struct compile *c, const struct chart *chart, const struct binding *binding);

/* {"base-type": "type/Date"} … (new), of a column of a query's result. */
json_t *result_type(enum column_type type);

void collections_lower(struct lowering *l);
void snippets_lower(struct lowering *l);
void cards_lower(struct lowering *l);
void dashboards_lower(struct lowering *l);
