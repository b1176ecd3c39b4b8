/* A server goes in, our objects on it come out. Listing is cheap (items carry descriptions, so
 * markers too), so everything is found by listing; whole objects are read once each: a dashboard
 * brings its cards along, only cards that no dashboard shows are read on their own. */
#include "compiler/metabase/live.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/buf.h"
#include "runtime/json.h"

#define MODELS "models=card&models=dataset&models=metric&models=dashboard"

static struct arena *arena_of(const struct live *live) {
	return live->server->c->arena;
}

static bool kind_of_model(const char *model, enum object_kind *kind) {
	if (model && (strcmp(model, "dataset") == 0 || strcmp(model, "metric") == 0))
		model = "card";
	for (int k = 0; k < OBJECT_KIND_COUNT; k++)
		if (model && strcmp(live_kinds[k].model, model) == 0) {
			*kind = (enum object_kind)k;
			return true;
		}
	return false;
}

static void index_ours(struct live *live, struct live_object *object) {
	const char *name = arena_printf(
		arena_of(live), "%s:%s", object_kind_name(object->kind), object->marker.key);
	struct live_object **slot =
		(struct live_object **)map_slot(arena_of(live), &live->by_name, str_from(name));
	vec_push(arena_of(live), &live->ours, object);
	if (!*slot || object->id < (*slot)->id) {
		if (*slot)
			(*slot)->copy = true;
		*slot = object;
	} else {
		object->copy = true;
	}
}

/* One thing that was listed or read; the same one again is the first again. */
static struct live_object *add(
	struct live *live, enum object_kind kind, const json_t *json, bool whole) {
	struct arena *a = arena_of(live);
	long long id = json_number_of(json, "id", -1);
	const char *seen = arena_printf(a, "%s %lld", object_kind_name(kind), id);
	struct live_object **slot = (struct live_object **)map_slot(a, &live->seen, str_from(seen));
	if (*slot) {
		if (whole)
			(*slot)->raw = json;
		return *slot;
	}
	struct live_object *object = *slot = arena_new(a, struct live_object);
	const char *place = id_text(a, json_object_get(json, "collection_id"));
	const char *title = json_text(json, "name");
	*object = (struct live_object){.kind = kind,
		.id = id,
		.id_text = arena_printf(a, "%lld", id),
		.title = title ? title : "",
		.place = place ? place : "",
		.raw = whole ? json : NULL,
		.archived = json_is_set(json, "archived"),
		.marker = marker_parse(a, json_text(json, "description"))};
	if (object->marker.project && strcmp(object->marker.project, live->project) == 0)
		index_ours(live, object);
	else
		vec_push(a, &live->others, object);
	return object;
}

/* The collection above, as items say it; collections say it by their location. */
static const char *parent_place(struct live *live, const json_t *collection) {
	struct str rest = str_from(json_text(collection, "location")), part, last = {0};
	while (str_split(&rest, '/', &part))
		if (part.len)
			last = part;
	return arena_cstr(arena_of(live), last);
}

static bool read_collections(struct live *live) {
	struct call call = {.api = API_COLLECTIONS, .query = "exclude-other-user-collections=true"};
	if (!server_call(live->server, &call)) {
		server_report(live->server, &call, SPAN_NONE);
		return false;
	}
	size_t index;
	json_t *collection;
	json_array_foreach(call.json, index, collection) {
		if (!json_is_integer(json_object_get(collection, "id")))
			continue;
		vec_push(arena_of(live), &live->collections, collection);
		add(live, OBJECT_COLLECTION, collection, true)->place =
			parent_place(live, collection);
	}
	return true;
}

static bool read_snippets(struct live *live, bool archived) {
	struct call call = {
		.api = API_SNIPPETS, .query = archived ? "archived=true" : "archived=false"};
	if (!server_call(live->server, &call)) {
		if (call.trouble == TROUBLE_FORBIDDEN)
			return true;
		server_report(live->server, &call, SPAN_NONE);
		return false;
	}
	size_t index;
	json_t *snippet;
	json_array_foreach(call.json, index, snippet)
		add(live, OBJECT_SNIPPET, snippet, true)->archived |= archived;
	return true;
}

struct place_list {
	const char **items;
	size_t count, capacity;
};

static void add_place(
	struct live *live, struct place_list *places, const char *id, const char *suffix) {
	const char *key = arena_printf(arena_of(live), "%s%s", id, suffix);
	void **slot = map_slot(arena_of(live), &live->listed, str_from(key));
	if (*slot)
		return;
	*slot = live;
	vec_push(arena_of(live), places, id);
}

static void take_items(struct live *live, const json_t *answer, const char *place, bool archived,
	struct place_list *deeper) {
	const json_t *items = json_is_array(answer) ? answer : json_object_get(answer, "data");
	size_t index;
	json_t *item;
	json_array_foreach((json_t *)items, index, item) {
		enum object_kind kind;
		if (!kind_of_model(json_text(item, "model"), &kind))
			continue;
		struct live_object *object = add(live, kind, item, false);
		object->archived |= archived;
		if (!json_object_get(item, "collection_id") && strcmp(place, "root") != 0)
			object->place = place;
		if (kind == OBJECT_COLLECTION && deeper)
			add_place(live, deeper, object->id_text, "");
	}
}

/* Reads the items of all `places` at once. One that may not be read is left out: it cannot be ours
 * to write, and somebody else's private corner is none of our business. */
static bool read_items(struct live *live, struct place_list *places, const char *query,
	bool archived, struct place_list *deeper) {
	struct call *calls = arena_array(arena_of(live), struct call, places->count);
	for (size_t i = 0; i < places->count; i++)
		calls[i] = (struct call){.api = API_ITEMS, .id = places->items[i], .query = query};
	server_calls(live->server, calls, places->count);
	for (size_t i = 0; i < places->count; i++) {
		if (calls[i].trouble == TROUBLE_FORBIDDEN || calls[i].trouble == TROUBLE_MISSING)
			continue;
		if (calls[i].trouble) {
			server_report(live->server, &calls[i], SPAN_NONE);
			return false;
		}
		take_items(live, calls[i].json, places->items[i], archived, deeper);
	}
	return true;
}

static bool read_ours(struct live *live, const char *top) {
	struct place_list places = {0};
	for (size_t i = 0; i < live->ours.count; i++)
		if (live->ours.items[i]->kind == OBJECT_COLLECTION)
			add_place(live, &places, live->ours.items[i]->id_text, "");
	const struct live_object *container = live_container(live, top);
	if (container)
		add_place(live, &places, container->id_text, "");
	return read_items(live, &places, MODELS, false, NULL);
}

struct live_object *live_container(struct live *live, const char *name) {
	struct live_object *found = NULL;
	for (size_t i = 0; i < live->others.count; i++) {
		struct live_object *object = live->others.items[i];
		if (object->kind == OBJECT_COLLECTION && !*object->place && !object->archived &&
			!object->marker.project && strcmp(object->title, name) == 0 &&
			(!found || object->id < found->id))
			found = object;
	}
	return found;
}

struct live_object *live_stranger(const struct live *live, enum object_kind kind, const char *title,
	const char *place) {
	for (size_t i = 0; i < live->others.count; i++) {
		struct live_object *object = live->others.items[i];
		bool there = kind == OBJECT_SNIPPET || strcmp(object->place, place) == 0;
		if (object->kind == kind && there && !object->archived && !object->claimed &&
			strcmp(object->title, title) == 0)
			return object;
	}
	return NULL;
}

bool live_search(struct live *live) {
	if (live->whole)
		return true;
	live->whole = true;
	struct place_list places = {0}, trash = {0}, deeper = {0};
	add_place(live, &places, "root", "");
	for (size_t i = 0; i < live->collections.count; i++)
		add_place(live, &places, arena_printf(arena_of(live), "%lld",
			json_number_of(live->collections.items[i], "id", 0)), "");
	if (!read_items(live, &places, MODELS, false, NULL) || !read_snippets(live, true))
		return false;
	if (live->server->profile->trash) {
		add_place(live, &trash, "trash", "");
	} else {
		add_place(live, &trash, "root", " archived");
		for (size_t i = 0; i < live->collections.count; i++)
			add_place(live, &trash, arena_printf(arena_of(live), "%lld",
				json_number_of(live->collections.items[i], "id", 0)), " archived");
	}
	const char *query = "archived=true&models=collection&" MODELS;
	return read_items(live, &trash, query, true, &deeper) &&
	       read_items(live, &deeper, query, true, NULL);
}

/* The cards that a dashboard brings along. */
static void take_cards(struct live *live, const json_t *dashboard) {
	size_t index;
	json_t *dashcard;
	json_array_foreach(json_object_get(dashboard, "dashcards"), index, dashcard) {
		const json_t *card = json_object_get(dashcard, "card");
		const char *seen =
			arena_printf(arena_of(live), "card %lld", json_number_of(card, "id", -1));
		struct live_object *object = map_get(&live->seen, str_from(seen));
		if (object && !object->raw && json_object_get(card, "dataset_query"))
			object->raw = card;
	}
}

static bool read_kind(struct live *live, enum object_kind kind) {
	VEC(struct live_object *) wanted = {0};
	for (size_t i = 0; i < live->ours.count; i++) {
		struct live_object *object = live->ours.items[i];
		if (object->kind == kind && !object->raw && !object->copy)
			vec_push(arena_of(live), &wanted, object);
	}
	bool legacy = kind == OBJECT_CARD && live->server->profile->legacy_query;
	struct call *calls = arena_array(arena_of(live), struct call, wanted.count);
	for (size_t i = 0; i < wanted.count; i++)
		calls[i] = (struct call){.api = live_kinds[kind].get,
			.id = wanted.items[i]->id_text,
			.query = legacy ? "legacy-mbql=true" : NULL};
	server_calls(live->server, calls, wanted.count);
	for (size_t i = 0; i < wanted.count; i++) {
		if (calls[i].trouble) {
			server_report(live->server, &calls[i], SPAN_NONE);
			return false;
		}
		wanted.items[i]->raw = calls[i].json;
		wanted.items[i]->archived |= json_is_set(calls[i].json, "archived");
		if (kind == OBJECT_DASHBOARD)
			take_cards(live, calls[i].json);
	}
	return true;
}

bool live_complete(struct live *live) {
	return read_kind(live, OBJECT_COLLECTION) && read_kind(live, OBJECT_DASHBOARD) &&
		read_kind(live, OBJECT_CARD);
}

struct live *live_load(struct server *server, const char *project, const char *top) {
	struct live *live = arena_new(server->c->arena, struct live);
	live->server = server;
	live->project = project;
	server_later(server, API_SNIPPETS, NULL, "archived=false");
	if (!read_collections(live) || !read_snippets(live, false) || !read_ours(live, top) ||
		!live_complete(live))
		return NULL;
	return live;
}

static const char *user_name(struct arena *arena, const json_t *user) {
	const char *first = json_text(user, "first_name"), *last = json_text(user, "last_name");
	if (json_text(user, "common_name"))
		return json_text(user, "common_name");
	if (first && *first)
		return arena_printf(
			arena, "%s%s%s", first, last && *last ? " " : "", last ? last : "");
	return json_text(user, "email");
}

struct editor live_editor(struct live *live, const struct live_object *object) {
	struct arena *a = arena_of(live);
	const json_t *info = json_object_get(object->raw, "last-edit-info");
	struct editor editor = {
		json_number_of(info, "id", -1), user_name(a, info), json_text(info, "timestamp")};
	if (object->kind != OBJECT_CARD && object->kind != OBJECT_DASHBOARD)
		return editor;
	struct call call = {.api = API_REVISIONS, .query = arena_printf(a, "entity=%s&id=%s",
		object_kind_name(object->kind), object->id_text)};
	if (!server_call(live->server, &call))
		return editor;
	const json_t *newest = json_array_get(call.json, 0),
		     *user = json_object_get(newest, "user");
	if (user)
		editor = (struct editor){json_number_of(user, "id", -1), user_name(a, user),
			json_text(newest, "timestamp")};
	return editor;
}

const char *live_address(const struct live *live, const struct live_object *object) {
	const char *page = live_kinds[object->kind].page;
	return page ? arena_printf(
			      arena_of(live), "%s/%s/%s", live->server->url, page, object->id_text)
		    : arena_printf(arena_of(live), "%s %s", object_kind_name(object->kind),
			      object->id_text);
}

void live_report_copies(struct live *live) {
	for (size_t i = 0; i < live->ours.count; i++) {
		const struct live_object *object = live->ours.items[i];
		if (!object->copy)
			continue;
		struct diagnostic *d = diag_add(live->server->c, W0802, SPAN_NONE,
			"%s is a copy of %s `%s` with its "
			"marker: it is left alone",
			live_address(live, object), object_kind_name(object->kind),
			object->marker.key);
		diag_help(live->server->c, d, "remove the last line of its description");
	}
}
