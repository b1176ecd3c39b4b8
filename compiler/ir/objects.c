/* Definitions in, the list of objects out, in the order in which a server can take them:
 * collections from the top down, snippets, cards after the cards that they read, dashboards. What
 * refers to what is read off the bodies, so no kind can forget to say. */
#include "compiler/ir/lower.h"

#include <stdlib.h>

static const char *const kind_names[] = {
	[OBJECT_COLLECTION] = "collection",
	[OBJECT_SNIPPET] = "snippet",
	[OBJECT_CARD] = "card",
	[OBJECT_DASHBOARD] = "dashboard",
};

const char *object_kind_name(enum object_kind kind) {
	return kind_names[kind];
}

struct object *objects_find(const struct objects *objects, const char *name) {
	return map_get(objects->by_name, str_from(name));
}

struct object *object_add(struct lowering *l, enum object_kind kind, const char *key, json_t *body,
	struct span at) {
	struct arena *arena = l->c->arena;
	const char *name = arena_printf(arena, "%s:%s", kind_names[kind], key);
	struct object **slot =
		(struct object **)map_slot(arena, l->objects->by_name, str_from(name));
	if (*slot) {
		json_decref(body);
		return *slot;
	}
	struct object *object = arena_new(arena, struct object);
	*object = (struct object){.kind = kind, .key = key, .name = name, .at = at};
	object->body = arena_own_json(arena, body);
	*slot = object;
	vec_push(arena, &l->objects->items, object);
	return object;
}

json_t *object_ref(enum object_kind kind, const char *key) {
	return json_pack("{s:s++}", "$ref", kind_names[kind], ":", key);
}

const char *card_key(struct arena *arena, const struct chart *chart) {
	if (!chart->dashboard)
		return arena_printf(arena, "/%.*s", STR_ARGS(chart->key));
	return arena_printf(
		arena, "%.*s/%.*s", STR_ARGS(chart->dashboard->key), STR_ARGS(chart->key));
}

void set_text(json_t *body, const char *name, struct str text) {
	if (text.len)
		json_object_set_new(body, name, json_stringn(text.ptr, text.len));
}

/* --- order ------------------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void collect_refs(struct arena *arena, struct object *object, const json_t *value) {
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_array(value)) {
		json_array_foreach((json_t *)value, i, item)
			collect_refs(arena, object, item);
		return;
	}
	json_object_foreach((json_t *)value, key, item) {
		if (strcmp(key, "$ref") == 0 && json_is_string(item))
			vec_push(arena, &object->refs, json_string_value(item));
		else
			collect_refs(arena, object, item);
	}
}

/* Sorted, each once, without itself. */
static void find_refs(struct arena *arena, struct object *object) {
	size_t kept = 0;
	collect_refs(arena, object, object->body);
	if (object->refs.count)
		qsort(object->refs.items, object->refs.count, sizeof(const char *), by_name);
	for (size_t i = 0; i < object->refs.count; i++) {
		const char *name = object->refs.items[i];
		bool again = kept && strcmp(object->refs.items[kept - 1], name) == 0;
		if (!again && strcmp(name, object->name) != 0)
			object->refs.items[kept++] = name;
	}
	object->refs.count = kept;
}

static int by_kind_and_key(const void *a, const void *b) {
	const struct object *left = *(struct object *const *)a, *right = *(struct object *const *)b;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return strcmp(left->key, right->key);
}

struct sorting {
	struct arena *arena;
	const struct objects *from;
	struct map visited;
	struct objects *to;
};

/* After the objects of its own kind that it refers to. Dashboards may refer to each other in a
 * circle: whichever is met first then comes last. */
static void place(struct sorting *s, struct object *object) {
	void **slot = map_slot(s->arena, &s->visited, str_from(object->name));
	if (*slot)
		return;
	*slot = object;
	for (size_t i = 0; i < object->refs.count; i++) {
		struct object *other = objects_find(s->from, object->refs.items[i]);
		if (other && other->kind == object->kind)
			place(s, other);
	}
	vec_push(s->arena, &s->to->items, object);
}

static void sort_objects(struct arena *arena, struct objects *objects) {
	struct objects sorted = {.by_name = objects->by_name};
	struct sorting s = {.arena = arena, .from = objects, .to = &sorted};
	if (objects->items.count)
		qsort(objects->items.items, objects->items.count, sizeof(struct object *),
			by_kind_and_key);
	for (size_t i = 0; i < objects->items.count; i++)
		place(&s, objects->items.items[i]);
	*objects = sorted;
}

struct objects *objects_lower(struct compile *c) {
	struct lowering l = {c, arena_new(c->arena, struct objects)};
	l.objects->by_name = arena_new(c->arena, struct map);
	snippets_lower(&l);
	cards_lower(&l);
	dashboards_lower(&l);
	for (size_t i = 0; i < l.objects->items.count; i++) {
		struct object *object = l.objects->items.items[i];
		find_refs(c->arena, object);
		fingerprint_of(object->body, object->fingerprint);
	}
	sort_objects(c->arena, l.objects);
	return l.objects;
}

json_t *objects_json(const struct objects *objects) {
	json_t *list = json_array();
	for (size_t i = 0; i < objects->items.count; i++) {
		const struct object *object = objects->items.items[i];
		if (object->selected)
			json_array_append_new(list, json_pack("{s:s,s:s,s:O,s:s}", "kind",
				kind_names[object->kind], "key", object->key, "body", object->body,
				"fingerprint", object->fingerprint));
	}
	return json_pack("{s:o}", "objects", list);
}
