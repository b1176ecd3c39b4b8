/* Which collections there must be follows from what lives in them: the project's own, one for each
 * dashboard that asks for it, and `Charts` below those. A collection is its full path from the top.
 */
#include "compiler/ir/lower.h"

static const char *join(struct arena *arena, struct str above, struct str below) {
	return arena_printf(arena, "%.*s%s%.*s", STR_ARGS(above), above.len && below.len ? "/" : "",
		STR_ARGS(below));
}

/* Cuts the last part off a path: what stands above it is left. */
static struct str split_last(struct str *path) {
	size_t at = path->len;
	while (at && path->ptr[at - 1] != '/')
		at--;
	struct str last = str_slice(*path, at, path->len);
	*path = str_slice(*path, 0, at ? at - 1 : 0);
	return last;
}

/* What mbc.yaml says about a path, or NULL. */
static const struct collection *written(struct compile *c, struct str path) {
	const struct project *project = c->project;
	for (size_t i = 0; i < project->collections.count; i++) {
		const struct collection *collection = project->collections.items[i];
		const char *full = join(c->arena, project->collection, collection->path);
		if (str_is(path, full))
			return collection;
	}
	return NULL;
}

/* A collection moves with the one above it: Money/Charts was Finance/Charts. */
static const char *former(struct lowering *l, const struct collection *said, struct str above,
	struct str name) {
	struct arena *arena = l->c->arena;
	if (said && said->was.len)
		return join(arena, l->c->project->collection, said->was);
	const char *parent = arena_printf(arena, "collection:%.*s", STR_ARGS(above));
	const struct object *object = above.len ? objects_find(l->objects, parent) : NULL;
	return object && object->was ? join(arena, str_from(object->was), name) : NULL;
}

/* Makes the collection and the ones above it; NULL for the top. */
static struct object *make(struct lowering *l, struct str path, struct span at, bool selected) {
	if (!path.len)
		return NULL;
	struct str above = path, name = split_last(&above);
	struct object *parent = make(l, above, at, selected);
	const struct collection *said = written(l->c, path);
	json_t *body = json_pack("{s:s%,s:o}", "name", name.ptr, name.len, "parent_id",
		parent ? object_ref(OBJECT_COLLECTION, parent->key) : json_null());
	if (said)
		set_text(body, "description", said->description);
	struct object *object = object_add(l, OBJECT_COLLECTION, arena_cstr(l->c->arena, path),
		body, said ? said->node->at : at);
	object->was = former(l, said, above, name);
	object->selected = object->selected || selected;
	return object;
}

json_t *collection_at(struct lowering *l, struct str below, struct span at, bool selected) {
	const char *path = join(l->c->arena, l->c->project->collection, below);
	struct object *object = make(l, str_from(path), at, selected);
	return object ? object_ref(OBJECT_COLLECTION, object->key) : json_null();
}

struct str charts_path(struct compile *c, const struct dashboard *dashboard) {
	struct str base = dashboard ? dashboard->collection : (struct str){0};
	struct str name = c->project->charts_collection;
	if (dashboard && dashboard->charts_collection.len)
		name = dashboard->charts_collection;
	if (str_is(name, "."))
		return base;
	return str_from(join(c->arena, base, name.len ? name : STR("Charts")));
}
