/* A body goes in, ours or the server's, and comes out without what is no difference. Both sides
 * take the same way, so a rule here can hide a difference but never make one up. Sources of the
 * rules: what the server adds or rewrites on its own when it saves and reads. */
#include "compiler/metabase/kind.h"

#include <stdlib.h>

#include "runtime/json.h"

static bool in_list(const char *const *list, const char *key) {
	for (; *list; list++)
		if (strcmp(*list, key) == 0)
			return true;
	return false;
}

json_t *kind_compared(enum object_kind kind, const json_t *live, const json_t *code) {
	json_t *out = json_object(), *value;
	const char *key;
	json_object_foreach((json_t *)live, key, value)
		if (in_list(live_kinds[kind].always, key) || json_object_get(code, key))
			json_object_set(out, key, value);
	return out;
}

static void drop_empty(json_t *object) {
	const char *key;
	json_t *value;
	void *next;
	json_object_foreach_safe(object, next, key, value)
		if (json_is_empty(value) || (json_is_string(value) && !json_string_length(value)))
			json_object_del(object, key);
}

static void drop_if(json_t *object, const char *key, bool boring) {
	if (boring)
		json_object_del(object, key);
}

static const char *const option_noise[] = {"base-type", "effective-type", "lib/uuid", NULL};

/* Field clauses lose types in their options (the field itself has them), targets the default stage.
 */
static void clean_clauses(const struct names *names, json_t *value) {
	const char *key;
	json_t *member;
	void *next;
	json_object_foreach_safe(value, next, key, member)
		clean_clauses(names, member);
	for (size_t i = 0; i < json_array_size(value); i++)
		clean_clauses(names, json_array_get(value, i));
	const char *op = json_string_value(json_array_get(value, 0));
	json_t *third = json_array_get(value, 2);
	if (op && strcmp(op, "field") == 0) {
		if (json_is_object(third))
			json_drop(third, option_noise);
		if (json_array_size(value) == 2)
			json_array_append_new(value, json_null());
		else if (json_is_empty(third))
			json_array_set_new(value, 2, json_null());
		const char *name = json_single(json_array_get(value, 1), "$field");
		const char *id = name ? names_id(names, "field", name) : NULL;
		const char *server = id ? names_key(names, "field", NULL, id) : NULL;
		if (server)
			json_array_set_new(value, 1, json_pack("{s:s}", "$field", server));
	}
	if (op && (strcmp(op, "dimension") == 0 || strcmp(op, "variable") == 0) &&
		json_array_size(value) == 3 &&
		(json_is_empty(third) ||
			(json_object_size(third) == 1 && json_object_get(third, "stage-number") &&
				json_number_of(third, "stage-number", 1) == 0)))
		json_array_remove(value, 2);
}

static void normal_tags(json_t *tags) {
	const char *name;
	json_t *tag;
	json_object_foreach(tags, name, tag) {
		drop_empty(tag);
		drop_if(tag, "required", json_is_false(json_object_get(tag, "required")));
	}
}

static void normal_parameters(json_t *parameters) {
	size_t index;
	json_t *parameter;
	json_array_foreach(parameters, index, parameter) {
		json_t *source = json_object_get(parameter, "values_source_config");
		drop_empty(source);
		drop_empty(parameter);
		drop_if(parameter, "required",
			json_is_false(json_object_get(parameter, "required")));
	}
}

/* Names of columns inside JSON inside a member's name: spacing changes on the way. */
static void normal_column_settings(json_t *settings) {
	json_t *columns = json_object_get(settings, "column_settings"), *out = json_object(),
	       *value;
	const char *key;
	json_object_foreach(columns, key, value) {
		json_auto_t *name = json_loads(key, JSON_DECODE_ANY, NULL);
		char *text =
			name ? json_dumps(name, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS)
			     : NULL;
		json_object_set(out, text ? text : key, value);
		free(text);
	}
	if (columns)
		json_object_set_new(settings, "column_settings", out);
	else
		json_decref(out);
}

static void normal_settings(json_t *settings) {
	json_t *virtual_card = json_object_get(settings, "virtual_card");
	json_t *entity = json_object_get(json_object_get(settings, "link"), "entity");
	if (virtual_card)
		json_object_set_new(settings, "virtual_card", json_pack("{s:O?}", "display",
			json_object_get(virtual_card, "display")));
	if (entity)
		json_object_set_new(json_object_get(settings, "link"), "entity",
			json_pack("{s:O?, s:O?}", "id", json_object_get(entity, "id"), "model",
				json_object_get(entity, "model")));
	normal_column_settings(settings);
}

/* Order of two JSON values by their canonical text. */
static int compare_dumps(const json_t *a, const json_t *b) {
	char *left = json_dumps(a, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
	char *right = json_dumps(b, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
	int order = strcmp(left ? left : "", right ? right : "");
	free(left);
	free(right);
	return order;
}

static int by_text(const void *a, const void *b) {
	return compare_dumps(*(json_t *const *)a, *(json_t *const *)b);
}

static void sort_array(json_t *array, int (*order)(const void *a, const void *b)) {
	size_t count = json_array_size(array);
	if (count < 2)
		return;
	json_t **items = malloc(count * sizeof(*items));
	if (!items)
		out_of_memory();
	for (size_t i = 0; i < count; i++)
		items[i] = json_incref(json_array_get(array, i));
	qsort(items, count, sizeof(*items), order);
	for (size_t i = 0; i < count; i++)
		json_array_set_new(array, i, items[i]);
	free(items);
}

static const char *const dashcard_noise[] = {"id", "tab", NULL};

static void normal_dashcard(json_t *dashcard) {
	json_drop(dashcard, dashcard_noise);
	normal_settings(json_object_get(dashcard, "visualization_settings"));
	sort_array(json_object_get(dashcard, "parameter_mappings"), by_text);
	drop_empty(dashcard);
}

static const char *tab_title(const json_t *reference) {
	const char *key = json_single(reference, "$tab");
	const char *slash = key ? strchr(key, '/') : NULL;
	return slash ? slash + 1 : NULL;
}

static long long tab_index(const json_t *tabs, const json_t *dashcard) {
	const char *title = tab_title(json_object_get(dashcard, "dashboard_tab_id"));
	size_t index;
	json_t *tab;
	json_array_foreach((json_t *)tabs, index, tab)
		if (title && json_text(tab, "name") && strcmp(json_text(tab, "name"), title) == 0)
			return (long long)index;
	return title ? (long long)json_array_size(tabs) : -1;
}

static int by_place(const void *a, const void *b) {
	static const char *const keys[] = {"tab", "row", "col"};
	const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		long long l = json_number_of(left, keys[i], 0),
			  r = json_number_of(right, keys[i], 0);
		if (l != r)
			return l < r ? -1 : 1;
	}
	return compare_dumps(left, right);
}

static void normal_dashboard(json_t *body) {
	json_t *tabs = json_object_get(body, "tabs"),
	       *dashcards = json_object_get(body, "dashcards"), *item;
	size_t index;
	json_array_foreach(tabs, index, item)
		json_object_del(item, "id");
	json_array_foreach(json_object_get(body, "parameters"), index, item)
		json_object_del(item, "id");
	json_array_foreach(dashcards, index, item)
		json_object_set_new(item, "tab", json_integer(tab_index(tabs, item)));
	sort_array(dashcards, by_place);
	json_array_foreach(dashcards, index, item)
		normal_dashcard(item);
}

static void normal_card(json_t *body) {
	json_t *query = json_object_get(body, "dataset_query"),
	       *native = json_object_get(query, "native");
	normal_tags(json_object_get(native, "template-tags"));
	if (native)
		drop_if(native, "template-tags",
			json_is_empty(json_object_get(native, "template-tags")));
	normal_settings(json_object_get(body, "visualization_settings"));
	const char *type = json_text(body, "type");
	drop_if(body, "type", type && strcmp(type, "question") == 0);
}

void kind_clean(const struct names *names, enum object_kind kind, json_t *body) {
	clean_clauses(names, body);
	normal_parameters(json_object_get(body, "parameters"));
	if (kind == OBJECT_CARD)
		normal_card(body);
	if (kind == OBJECT_DASHBOARD)
		normal_dashboard(body);
	drop_if(body, "archived", !json_is_set(body, "archived"));
	drop_empty(body);
}

json_t *kind_normalise(const struct names *names, enum object_kind kind, const json_t *body) {
	json_t *out = json_deep_copy(body);
	kind_clean(names, kind, out);
	return out;
}
