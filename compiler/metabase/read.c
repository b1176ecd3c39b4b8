/* The server's JSON goes in, the same in our terms comes out: ids become keys wherever the kind of
 * object says that a number is an id. Nothing is judged here; what counts is normal.c's matter. */
#include "compiler/metabase/kind.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiler/metabase/marker.h"
#include "compiler/metabase/query.h"
#include "runtime/buf.h"
#include "runtime/json.h"

const char *id_text(struct arena *arena, const json_t *id) {
	if (json_is_string(id))
		return json_string_value(id);
	return json_is_integer(id) ? arena_printf(arena, "%lld", (long long)json_integer_value(id))
				   : NULL;
}

json_t *reference_of(const struct names *names, const char *kind, const json_t *id) {
	const char *text = id_text(names->arena, id);
	const char *key = text ? names_key(names, kind, NULL, text) : NULL;
	if (!key)
		return id ? json_incref((json_t *)id) : json_null();
	return json_pack("{s:s++}", "$ref", kind, ":", key);
}

/* {mark: key} (new) of an id that is unique within `scope`, else the id itself. */
static json_t *scoped(
	const struct names *names, const char *mark, const char *scope, const json_t *id) {
	const char *text = id_text(names->arena, id);
	const char *key = text && scope ? names_key(names, mark + 1, scope, text) : NULL;
	return key ? json_pack("{s:s}", mark, key) : json_incref((json_t *)id);
}

static void replace(json_t *object, const char *key, json_t *value) {
	if (json_object_get(object, key))
		json_object_set_new(object, key, value);
	else
		json_decref(value);
}

static json_t *copy_members(const json_t *raw, const char *const *groups[]) {
	json_t *out = json_object();
	for (; *groups; groups++)
		for (const char *const *key = *groups; *key; key++) {
			json_t *value = json_object_get(raw, *key);
			if (value)
				json_object_set_new(out, *key, json_deep_copy(value));
		}
	return out;
}

static json_t *copy_kind(enum object_kind kind, const struct names *names, const json_t *raw) {
	const struct live_kind *row = &live_kinds[kind];
	const char *const *groups[] = {row->always, row->written, NULL};
	json_t *out = copy_members(raw, groups);
	struct marker marker = marker_parse(names->arena, json_text(raw, "description"));
	json_object_set_new(out, "description",
		json_stringn(marker.description.ptr ? marker.description.ptr : "",
			marker.description.len));
	return out;
}

/* ["field", 141, …] anywhere below becomes ["field", {"$field": …}, …]. */
static void name_fields(const struct names *names, json_t *value) {
	const char *key;
	json_t *member;
	void *next;
	json_object_foreach_safe(value, next, key, member)
		name_fields(names, member);
	const char *op = json_string_value(json_array_get(value, 0));
	json_t *id = json_array_get(value, 1);
	if (op && strcmp(op, "field") == 0 && json_is_integer(id)) {
		const char *name = names_key(names, "field", NULL, id_text(names->arena, id));
		if (name)
			json_array_set_new(value, 1, json_pack("{s:s}", "$field", name));
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		name_fields(names, json_array_get(value, i));
}

/* `{{#27-slug}}` becomes `{{#$ref:card:key}}` where card 27 is ours. */
static const char *card_tag(const struct names *names, struct str tag) {
	size_t digits = 1;
	while (digits < tag.len && tag.ptr[digits] >= '0' && tag.ptr[digits] <= '9')
		digits++;
	const char *id = arena_cstr(names->arena, str_slice(tag, 1, digits));
	const char *key =
		tag.len && tag.ptr[0] == '#' && *id ? names_key(names, "card", NULL, id) : NULL;
	return key ? arena_printf(names->arena, "#$ref:card:%s", key) : NULL;
}

static json_t *name_card_tags(const struct names *names, const char *sql) {
	struct str rest = str_from(sql);
	struct buf out = BUF(64u << 20);
	for (size_t at; (at = str_find(rest, "{{", 0)) != STR_NONE;) {
		size_t end = str_find(rest, "}}", at);
		if (end == STR_NONE)
			break;
		const char *name = card_tag(names, str_trim(str_slice(rest, at + 2, end)));
		buf_add_str(&out, str_slice(rest, 0, at));
		if (name)
			buf_printf(&out, "{{%s}}", name);
		else
			buf_add_str(&out, str_slice(rest, at, end + 2));
		rest = str_slice(rest, end + 2, rest.len);
	}
	buf_add_str(&out, rest);
	json_t *result = json_stringn(out.ptr ? out.ptr : "", out.len);
	buf_free(&out);
	return result;
}

static json_t *name_tags(const struct names *names, const json_t *tags) {
	json_t *out = json_object(), *tag;
	const char *key;
	json_object_foreach((json_t *)tags, key, tag) {
		const char *name = card_tag(names, str_from(key));
		json_t *copy = json_deep_copy(tag);
		replace(copy, "snippet-id",
			reference_of(names, "snippet", json_object_get(tag, "snippet-id")));
		replace(copy, "card-id",
			reference_of(names, "card", json_object_get(tag, "card-id")));
		if (name)
			json_object_set_new(copy, "name", json_string(name));
		json_object_set_new(out, name ? name : key, copy);
	}
	return out;
}

static void name_source(const struct names *names, json_t *query) {
	const char *source = json_text(query, "source-table");
	if (!source || !str_starts(str_from(source), "card__"))
		return;
	json_t *id = json_string(source + strlen("card__"));
	json_t *reference = reference_of(names, "card", id);
	if (json_is_object(reference))
		json_object_set(query, "source-table", reference);
	json_decref(reference);
	json_decref(id);
}

static json_t *read_query(const struct names *names, const json_t *raw) {
	json_t *query = query_legacy(raw), *native = json_object_get(query, "native");
	const char *database = id_text(names->arena, json_object_get(query, "database"));
	const char *name = database ? names_key(names, "database", NULL, database) : NULL;
	if (name)
		json_object_set_new(query, "database", json_pack("{s:s}", "$database", name));
	if (json_text(native, "query"))
		json_object_set_new(
			native, "query", name_card_tags(names, json_text(native, "query")));
	if (json_object_get(native, "template-tags"))
		json_object_set_new(native, "template-tags",
			name_tags(names, json_object_get(native, "template-tags")));
	name_source(names, json_object_get(query, "query"));
	name_fields(names, query);
	return query;
}

static void read_parameters(const struct names *names, json_t *parameters, const char *scope) {
	size_t index, i;
	json_t *parameter, *id;
	json_array_foreach(parameters, index, parameter) {
		json_t *source = json_object_get(parameter, "values_source_config");
		replace(source, "card_id",
			reference_of(names, "card", json_object_get(source, "card_id")));
		json_t *parents = json_object_get(parameter, "filteringParameters");
		json_array_foreach(parents, i, id)
			json_array_set_new(parents, i, scoped(names, "$parameter", scope, id));
	}
	name_fields(names, parameters);
}

/* `scope` is the dashboard that holds the click; the target's is its own. */
static void read_click(const struct names *names, json_t *click, const char *scope) {
	struct arena *a = names->arena;
	const char *link = json_text(click, "linkType"), *type = json_text(click, "type");
	json_t *target = json_object_get(click, "targetId");
	bool to_dashboard = link && strcmp(link, "dashboard") == 0;
	const char *there = to_dashboard ? id_text(a, target) : scope;
	json_t *mapping = json_object(), *entry;
	const char *key;
	json_object_foreach(json_object_get(click, "parameterMapping"), key, entry) {
		json_t *copy = json_deep_copy(entry), *to = json_object_get(copy, "target");
		json_t *from = json_object_get(copy, "source");
		const char *name = there ? names_key(names, "parameter", there, key) : NULL;
		if (name) {
			json_object_set_new(copy, "id", json_pack("{s:s}", "$parameter", name));
			json_object_set_new(to, "id", json_pack("{s:s}", "$parameter", name));
		}
		if (json_text(from, "type") && strcmp(json_text(from, "type"), "parameter") == 0)
			json_object_set_new(from, "id",
				scoped(names, "$parameter", scope, json_object_get(from, "id")));
		json_object_set_new(
			mapping, name ? arena_printf(a, "$parameter:%s", name) : key, copy);
	}
	replace(click, "parameterMapping", mapping);
	if (!type || strcmp(type, "link") != 0 || !target)
		return;
	if (json_object_get(click, "tabId"))
		json_object_set_new(click, "tabId",
			scoped(names, "$tab", there, json_object_get(click, "tabId")));
	json_object_set_new(click, "targetId",
		reference_of(names, to_dashboard ? "dashboard" : "card", target));
}

static void read_settings(const struct names *names, json_t *settings, const char *scope) {
	const char *key;
	json_t *column;
	read_click(names, json_object_get(settings, "click_behavior"), scope);
	json_object_foreach(json_object_get(settings, "column_settings"), key, column)
		read_click(names, json_object_get(column, "click_behavior"), scope);
	json_t *entity = json_object_get(json_object_get(settings, "link"), "entity");
	const char *model = json_text(entity, "model");
	if (model)
		replace(entity, "id",
			reference_of(names,
				strcmp(model, "dashboard") == 0    ? "dashboard"
				: strcmp(model, "collection") == 0 ? "collection"
								   : "card",
				json_object_get(entity, "id")));
}

static json_t *read_card(const struct names *names, const json_t *raw) {
	json_t *out = copy_kind(OBJECT_CARD, names, raw);
	json_object_set_new(out, "collection_id",
		reference_of(names, "collection", json_object_get(raw, "collection_id")));
	if (json_is_object(json_object_get(raw, "dataset_query")))
		json_object_set_new(out, "dataset_query",
			read_query(names, json_object_get(raw, "dataset_query")));
	read_parameters(names, json_object_get(out, "parameters"), NULL);
	read_settings(names, json_object_get(out, "visualization_settings"), NULL);
	return out;
}

static void read_mappings(const struct names *names, json_t *mappings, const char *scope) {
	size_t index;
	json_t *mapping;
	json_array_foreach(mappings, index, mapping) {
		replace(mapping, "card_id",
			reference_of(names, "card", json_object_get(mapping, "card_id")));
		replace(mapping, "parameter_id",
			scoped(names, "$parameter", scope,
				json_object_get(mapping, "parameter_id")));
	}
	name_fields(names, mappings);
}

static const char *const dashcard_members[] = {"id", "card_id", "dashboard_tab_id", "row", "col",
	"size_x", "size_y", "parameter_mappings", "visualization_settings", "inline_parameters",
	"action_id", NULL};

static json_t *read_dashcard(const struct names *names, const json_t *raw, const char *scope) {
	const char *const *groups[] = {dashcard_members, NULL};
	json_t *out = copy_members(raw, groups), *series = json_array(), *item;
	size_t index;
	json_array_foreach(json_object_get(raw, "series"), index, item) json_array_append_new(
		series, reference_of(names, "card", json_object_get(item, "id")));
	json_object_set_new(out, "series", series);
	replace(out, "card_id", reference_of(names, "card", json_object_get(raw, "card_id")));
	replace(out, "dashboard_tab_id",
		scoped(names, "$tab", scope, json_object_get(raw, "dashboard_tab_id")));
	read_mappings(names, json_object_get(out, "parameter_mappings"), scope);
	read_settings(names, json_object_get(out, "visualization_settings"), scope);
	json_t *inlined = json_object_get(out, "inline_parameters");
	json_array_foreach(inlined, index, item)
		json_array_set_new(inlined, index, scoped(names, "$parameter", scope, item));
	return out;
}

static json_t *read_tabs(const json_t *raw) {
	json_t *out = json_array(), *tab;
	size_t index;
	json_array_foreach((json_t *)raw, index, tab) json_array_append_new(
		out, json_pack("{s:O?, s:O?}", "id", json_object_get(tab, "id"), "name",
			     json_object_get(tab, "name")));
	return out;
}

static json_t *read_dashboard(const struct names *names, const json_t *raw) {
	const char *scope = id_text(names->arena, json_object_get(raw, "id"));
	json_t *out = copy_kind(OBJECT_DASHBOARD, names, raw), *dashcards = json_array(), *dashcard;
	size_t index;
	json_object_set_new(out, "collection_id",
		reference_of(names, "collection", json_object_get(raw, "collection_id")));
	read_parameters(names, json_object_get(out, "parameters"), scope);
	json_object_set_new(out, "tabs", read_tabs(json_object_get(raw, "tabs")));
	json_array_foreach(json_object_get(raw, "dashcards"), index, dashcard)
		json_array_append_new(dashcards, read_dashcard(names, dashcard, scope));
	json_object_set_new(out, "dashcards", dashcards);
	return out;
}

/* The collection above: said as parent_id, or the last number of its location. */
static json_t *parent_of(const struct names *names, const json_t *raw) {
	const char *location = json_text(raw, "location");
	struct str rest = str_from(location), part, last = {0};
	while (str_split(&rest, '/', &part))
		if (part.len)
			last = part;
	if (!last.len)
		return location ? json_null()
				: reference_of(
					  names, "collection", json_object_get(raw, "parent_id"));
	json_t *id = json_integer(atoll(arena_cstr(names->arena, last)));
	json_t *reference = reference_of(names, "collection", id);
	json_decref(id);
	return reference;
}

static json_t *read_collection(const struct names *names, const json_t *raw) {
	json_t *out = copy_kind(OBJECT_COLLECTION, names, raw);
	json_object_set_new(out, "parent_id", parent_of(names, raw));
	return out;
}

static json_t *read_snippet(const struct names *names, const json_t *raw) {
	return copy_kind(OBJECT_SNIPPET, names, raw);
}

#define LIST(...) (const char *const[]){__VA_ARGS__, NULL}

const struct live_kind live_kinds[OBJECT_KIND_COUNT] = {
	[OBJECT_COLLECTION] =
		{
			.model = "collection",
			.page = "collection",
			.get = API_COLLECTION_GET,
			.post = API_COLLECTION_POST,
			.put = API_COLLECTION_PUT,
			.always = LIST("name", "description", "parent_id", "archived"),
			.written = LIST(NULL),
			.posted = LIST("name", "description", "parent_id"),
			.read = read_collection,
		},
	[OBJECT_SNIPPET] =
		{
			.model = "snippet",
			.page = NULL,
			.get = API_SNIPPET_GET,
			.post = API_SNIPPET_POST,
			.put = API_SNIPPET_PUT,
			.always = LIST("name", "description", "content", "archived"),
			.written = LIST(NULL),
			.posted = LIST("name", "description", "content"),
			.read = read_snippet,
		},
	[OBJECT_CARD] =
		{
			.model = "card",
			.page = "question",
			.get = API_CARD_GET,
			.post = API_CARD_POST,
			.put = API_CARD_PUT,
			.always = LIST("name", "description", "collection_id", "display", "type",
				"dataset_query", "visualization_settings", "parameters",
				"archived"),
			.written = LIST("cache_ttl", "collection_position", "enable_embedding",
				"embedding_params"),
			.posted = LIST("name", "description", "collection_id", "display", "type",
				"dataset_query", "visualization_settings", "parameters",
				"cache_ttl", "collection_position"),
			.read = read_card,
		},
	[OBJECT_DASHBOARD] =
		{
			.model = "dashboard",
			.page = "dashboard",
			.get = API_DASHBOARD_GET,
			.post = API_DASHBOARD_POST,
			.put = API_DASHBOARD_PUT,
			.always = LIST("name", "description", "collection_id", "parameters", "tabs",
				"dashcards", "archived"),
			.written = LIST("width", "auto_apply_filters", "cache_ttl",
				"collection_position", "enable_embedding", "embedding_params"),
			.posted = LIST("name", "description", "collection_id", "parameters",
				"cache_ttl", "collection_position"),
			.read = read_dashboard,
		},
};
