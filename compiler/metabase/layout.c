/* A dashboard's definition and what the server holds of it go in, the body of a PUT comes out, with
 * every part that could be recognised under its old id: ids of tabs, cards and parameters are never
 * given up. */
#include "compiler/metabase/execute.h"

#include <stdio.h>

#include "compiler/metabase/match.h"
#include "runtime/json.h"

static const char *former_tab(const struct object *object, const char *title) {
	for (size_t i = 0; i < object->renames.count; i++)
		if (object->renames.items[i].tab &&
			strcmp(object->renames.items[i].name, title) == 0)
			return object->renames.items[i].was;
	return NULL;
}

/* The title under which a tab of the definition stands on the server. */
static const char *live_title(const struct object *object, const json_t *tabs, const char *title) {
	size_t at = match_named(tabs, "name", title, former_tab(object, title));
	return at == NO_MATCH ? title : json_text(json_array_get(tabs, at), "name");
}

struct parts {
	struct part *items;
	size_t count;
};

static struct parts parts_of(struct arena *arena, const json_t *dashcards) {
	struct parts parts = {arena_array(arena, struct part, json_array_size(dashcards) + 1),
		json_array_size(dashcards)};
	for (size_t i = 0; i < parts.count; i++)
		parts.items[i] = part_of(arena, json_array_get(dashcards, i));
	return parts;
}

/* Live dashcards in reading order: the server's own order says nothing. */
static json_t *reading_order(const json_t *live) {
	json_t *out = json_array();
	const json_t *tabs = json_object_get(live, "tabs"),
		     *cards = json_object_get(live, "dashcards");
	size_t count = json_array_size(cards);
	for (size_t left = count; left-- > 0;) {
		const json_t *best = NULL;
		long long best_key[3] = {0};
		for (size_t i = 0; i < count; i++) {
			const json_t *card = json_array_get(cards, i);
			const char *tab =
				json_single(json_object_get(card, "dashboard_tab_id"), "$tab");
			const char *title = tab && strchr(tab, '/') ? strchr(tab, '/') + 1 : NULL;
			size_t index = title ? match_named(tabs, "name", title, NULL) : NO_MATCH;
			long long key[3] = {index == NO_MATCH ? -1 : (long long)index,
				json_number_of(card, "row", 0), json_number_of(card, "col", 0)};
			bool before =
				!best || key[0] < best_key[0] ||
				(key[0] == best_key[0] &&
					(key[1] < best_key[1] ||
						(key[1] == best_key[1] && key[2] < best_key[2])));
			bool used = false;
			for (size_t j = 0; j < json_array_size(out); j++)
				used |= json_array_get(out, j) == card;
			if (!used && before) {
				best = card;
				memcpy(best_key, key, sizeof(key));
			}
		}
		json_array_append(out, (json_t *)best);
	}
	return out;
}

/* For each dashcard of the definition its live one (index into `live`), tabs under their live
 * titles. */
static size_t *pair(struct arena *arena, const struct object *object, const json_t *live_tabs,
	const json_t *live) {
	struct parts code = parts_of(arena, json_object_get(object->body, "dashcards")),
		     there = parts_of(arena, live);
	size_t *found = arena_array(arena, size_t, code.count + 1);
	for (size_t i = 0; i < code.count; i++)
		code.items[i].tab =
			*code.items[i].tab ? live_title(object, live_tabs, code.items[i].tab) : "";
	match_parts(code.items, code.count, there.items, there.count, found);
	return found;
}

static bool stays(const struct object *object, const json_t *tab) {
	const json_t *tabs = json_object_get(object->body, "tabs");
	size_t index;
	json_t *item;
	json_array_foreach((json_t *)tabs, index, item) {
		const char *title = json_text(item, "name"), *was = former_tab(object, title);
		const char *name = json_text(tab, "name");
		if (name && (strcmp(name, title) == 0 || (was && strcmp(name, was) == 0)))
			return true;
	}
	return false;
}

bool dashboard_needs_two(struct arena *arena, const struct object *object, const json_t *live) {
	const json_t *tabs = json_object_get(live, "tabs");
	json_auto_t *cards = reading_order(live);
	size_t *found = pair(arena, object, tabs, cards);
	bool none = json_array_size(json_object_get(object->body, "tabs")) == 0;
	for (size_t i = 0; i < json_array_size(json_object_get(object->body, "dashcards")); i++) {
		const json_t *card = found[i] == NO_MATCH ? NULL : json_array_get(cards, found[i]);
		const char *tab = json_single(json_object_get(card, "dashboard_tab_id"), "$tab");
		size_t at = tab && strchr(tab, '/')
				    ? match_named(tabs, "name", strchr(tab, '/') + 1, NULL)
				    : NO_MATCH;
		if (at != NO_MATCH && (none ? at != 0 : !stays(object, json_array_get(tabs, at))))
			return true;
	}
	return false;
}

/* Tabs with their ids; each new one gets a negative id, under which the dashcards can name it. */
static json_t *tabs_body(struct names *names, const struct object *object, const char *scope,
	const json_t *live, bool keep) {
	json_t *out = json_array(), *tab;
	const json_t *tabs = json_object_get(object->body, "tabs"),
		     *there = json_object_get(live, "tabs");
	size_t index;
	json_array_foreach((json_t *)tabs, index, tab) {
		const char *title = json_text(tab, "name");
		size_t at = match_named(there, "name", title, former_tab(object, title));
		json_t *id = at == NO_MATCH ? json_integer(-(json_int_t)index - 1)
			: json_incref(json_object_get(json_array_get(there, at), "id"));
		names_add(names, "tab", arena_printf(names->arena, "%s/%s", object->key, title),
			scope, id_text(names->arena, id));
		json_array_append_new(out, json_pack("{s:o, s:s}", "id", id, "name", title));
	}
	if (!json_array_size(tabs) && json_array_size(there) && json_array_get(there, 0))
		json_array_append(out, json_array_get(there, 0));
	json_array_foreach((json_t *)there, index, tab)
		if (keep && !stays(object, tab) && !(json_array_size(tabs) == 0 && index == 0))
			json_array_append(out, tab);
	return out;
}

static void finish_dashcards(
	json_t *dashcards, const json_t *live, const size_t *found, const json_t *only_tab) {
	size_t index;
	json_t *dashcard;
	json_array_foreach(dashcards, index, dashcard) {
		json_t *id = found[index] == NO_MATCH ? json_integer(-(json_int_t)index - 1)
			: json_incref(json_object_get(json_array_get(live, found[index]), "id"));
		json_object_set_new(dashcard, "id", id);
		if (!json_object_get(dashcard, "series"))
			json_object_set_new(dashcard, "series", json_array());
		if (only_tab)
			json_object_set(dashcard, "dashboard_tab_id", (json_t *)only_tab);
		else if (!json_object_get(dashcard, "dashboard_tab_id"))
			json_object_set_new(dashcard, "dashboard_tab_id", json_null());
	}
}

json_t *dashboard_body(struct names *names, const struct object *object, const char *scope,
	const json_t *live, bool keep_tabs, const char **missing) {
	json_auto_t *tabs = tabs_body(names, object, scope, live, keep_tabs);
	json_auto_t *cards = reading_order(live);
	json_t *body = names_resolve(names, object->body, missing);
	if (!body)
		return NULL;
	size_t *found = pair(names->arena, object, json_object_get(live, "tabs"), cards);
	bool single =
		!json_array_size(json_object_get(object->body, "tabs")) && json_array_size(tabs);
	finish_dashcards(json_object_get(body, "dashcards"), cards, found,
		single ? json_object_get(json_array_get(tabs, 0), "id") : NULL);
	size_t index;
	json_t *parameter;
	json_array_foreach(json_object_get(body, "parameters"), index, parameter) {
		const char *key = arena_printf(
			names->arena, "%s/%s", object->key, json_text(parameter, "slug"));
		const char *id = names_id(names, "parameter", key);
		if (id)
			json_object_set_new(parameter, "id", json_string(id));
	}
	json_object_set(body, "tabs", tabs);
	return body;
}
