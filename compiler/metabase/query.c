/* Any version's query goes in, the legacy form comes out. From 0.57 on servers answer in MBQL 5,
 * and cards inside a dashboard come in no other form; so instead of one more request for each card,
 * the small part of MBQL 5 that our cards use is read here. */
#include "compiler/metabase/query.h"

#include <string.h>

#include "runtime/json.h"

static const char *const query_noise[] = {"lib/type", "lib/metadata", "lib.convert/converted?",
	"aggregation-idents", "breakout-idents", "lib/uuid", NULL};
static const char *const option_noise[] = {
	"lib/uuid", "lib/expression-name", "effective-type", NULL};

static bool is_clause(const json_t *value) {
	return json_is_string(json_array_get(value, 0)) && json_is_object(json_array_get(value, 1));
}

/* [op, options, arguments…] becomes [op, arguments…], options last for a field, wrapped around when
 * they name an aggregation. */
static json_t *clause(const json_t *value) {
	if (!json_is_array(value))
		return json_deep_copy(value);
	json_t *out = json_array();
	if (!is_clause(value)) {
		size_t index;
		json_t *item;
		json_array_foreach((json_t *)value, index, item)
			json_array_append_new(out, clause(item));
		return out;
	}
	const char *op = json_string_value(json_array_get(value, 0));
	json_t *options = json_deep_copy(json_array_get(value, 1));
	json_drop(options, option_noise);
	json_array_append(out, json_array_get(value, 0));
	for (size_t i = 2; i < json_array_size(value); i++)
		json_array_append_new(out, clause(json_array_get(value, i)));
	if (strcmp(op, "field") == 0 || strcmp(op, "expression") == 0)
		json_array_append_new(
			out, json_object_size(options) ? json_incref(options) : json_null());
	else if (json_object_size(options))
		out = json_pack("[s, o, O]", "aggregation-options", out, options);
	json_decref(options);
	return out;
}

static json_t *tags(const json_t *value) {
	if (!json_is_array(value))
		return value ? json_deep_copy(value) : NULL;
	json_t *out = json_object(), *item;
	size_t index;
	json_array_foreach((json_t *)value, index, item) {
		json_t *tag = json_is_array(item) ? json_array_get(item, 1) : item;
		const char *name = json_is_array(item) ? json_string_value(json_array_get(item, 0))
						       : json_text(item, "name");
		if (name)
			json_object_set_new(out, name, json_deep_copy(tag));
	}
	return out;
}

/* Tags with the field clause of each turned to [field, id, options]. */
static json_t *legacy_tags(const json_t *value) {
	json_t *out = tags(value), *tag;
	const char *name;
	json_object_foreach(out, name, tag) {
		json_object_del(tag, "lib/uuid");
		json_t *dimension = json_object_get(tag, "dimension");
		if (is_clause(dimension))
			json_object_set_new(tag, "dimension", clause(dimension));
	}
	return out;
}

static json_t *native_query(const json_t *database, json_t *sql, const json_t *template_tags) {
	json_t *native = json_pack("{s:O}", "query", sql), *converted = legacy_tags(template_tags);
	if (converted)
		json_object_set_new(native, "template-tags", converted);
	return json_pack("{s:s, s:O?, s:o}", "type", "native", "database", (json_t *)database,
		"native", native);
}

static json_t *filters(const json_t *list) {
	json_t *all = clause(list);
	if (json_array_size(all) != 1) {
		json_array_insert_new(all, 0, json_string("and"));
		return all;
	}
	json_t *one = json_incref(json_array_get(all, 0));
	json_decref(all);
	return one;
}

static json_t *stage_query(const json_t *stage) {
	json_t *out = json_object(), *value;
	const char *key;
	json_object_foreach((json_t *)stage, key, value) {
		if (strcmp(key, "source-card") == 0)
			json_object_set_new(out, "source-table",
				json_sprintf("card__%lld", (long long)json_integer_value(value)));
		else if (strcmp(key, "filters") == 0)
			json_object_set_new(out, "filter", filters(value));
		else
			json_object_set_new(out, key, clause(value));
	}
	json_drop(out, query_noise);
	return out;
}

static json_t *from_stages(const json_t *query) {
	const json_t *stages = json_object_get(query, "stages"),
		     *database = json_object_get(query, "database");
	const json_t *stage = json_array_get(stages, 0);
	json_t *native = json_object_get(stage, "native");
	if (json_array_size(stages) != 1)
		return json_deep_copy(query);
	if (json_is_string(native))
		return native_query(database, native, json_object_get(stage, "template-tags"));
	return json_pack("{s:s, s:O?, s:o}", "type", "query", "database", (json_t *)database,
		"query", stage_query(stage));
}

json_t *query_legacy(const json_t *query) {
	if (json_object_get(query, "stages"))
		return from_stages(query);
	json_t *out = json_deep_copy(query);
	json_drop(out, query_noise);
	json_t *native = json_object_get(out, "native"), *builder = json_object_get(out, "query");
	if (json_object_get(native, "template-tags"))
		json_object_set_new(native, "template-tags",
			legacy_tags(json_object_get(native, "template-tags")));
	if (builder)
		json_drop(builder, query_noise);
	return out;
}
