/* Tables of keys in, JSON Schema (draft 2020-12) out. What a chart or filter may say hangs on its
 * `type`, so each type is a definition of its own and `if`/`then` leads there: editors then offer
 * the right keys and complain about one thing instead of twenty. */
#include "compiler/model/schema.h"

#include "compiler/model/picture.h"

#define MOST_GROUPS 16
#define DIALECT "https://json-schema.org/draft/2020-12/schema"

static json_t *reference(const char *name) {
	return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", name));
}

static json_t *map_of(json_t *items) {
	return json_pack("{s:s,s:o}", "type", "object", "additionalProperties", items);
}

/* Replaces what the table says of one key, keeping the words about it. */
static void set_property(json_t *schema, const char *name, json_t *value) {
	json_t *properties = json_object_get(schema, "properties");
	json_t *doc = json_object_get(json_object_get(properties, name), "description");
	if (doc)
		json_object_set(value, "description", doc);
	json_object_set_new(properties, name, value);
}

static void collect(
	const struct key *groups[MOST_GROUPS], size_t count, const struct key *const *more) {
	for (size_t i = 0; more && more[i] && count < MOST_GROUPS - 1; i++)
		groups[count++] = more[i];
	groups[count] = NULL;
}

/* {"if": type is NAME, "then": the definition PREFIXNAME} */
static json_t *when_type(const char *name, const char *prefix) {
	return json_pack("{s:{s:{s:{s:s}},s:[s]},s:{s:o}}", "if", "properties", "type", "const",
		name, "required", "type", "then", "$ref",
		json_sprintf("#/$defs/%s%s", prefix, name));
}

/* A map whose `type` is one of `names`, each with a definition of its own. */
static json_t *by_type(json_t *names, json_t *cases) {
	return json_pack("{s:s,s:[s],s:{s:{s:o}},s:o}", "type", "object", "required", "type",
		"properties", "type", "enum", names, "allOf", cases);
}

/* Properties that `common` describes, as references to it: said once instead of once a type. */
static void refer_common(json_t *schema, const json_t *common, const char *definition) {
	json_t *properties = json_object_get(schema, "properties");
	const char *name;
	json_t *unused;
	json_object_foreach(json_object_get(common, "properties"), name, unused)
		json_object_set_new(properties, name, json_pack("{s:o}", "$ref",
			json_sprintf("#/$defs/%s/properties/%s", definition, name)));
}

static json_t *chart_schema(const struct chart_type *type, const json_t *common) {
	const struct key *groups[MOST_GROUPS] = {chart_keys, picture_keys};
	collect(groups, 2, type->groups);
	json_t *schema = keys_schema(groups);
	refer_common(schema, common, "chart-common");
	json_object_set_new(schema, "description", json_string(type->doc ? type->doc : ""));
	json_object_set_new(schema, "anyOf",
		json_pack("[{s:[s]},{s:[s]}]", "required", "sql", "required", "sql_file"));
	json_object_set_new(json_object_get(schema, "properties"), "type",
		json_pack("{s:s}", "const", type->name));
	return schema;
}

static void add_charts(json_t *definitions, const struct chart_type *const *types) {
	const struct key *const groups[] = {chart_keys, picture_keys, NULL};
	json_t *names = json_array(), *cases = json_array(), *common = keys_schema(groups);
	for (; *types; types++) {
		if ((*types)->placement)
			continue;
		json_array_append_new(names, json_string((*types)->name));
		json_array_append_new(cases, when_type((*types)->name, "chart-"));
		json_auto_t *name = json_sprintf("chart-%s", (*types)->name);
		json_object_set_new(
			definitions, json_string_value(name), chart_schema(*types, common));
	}
	json_object_set_new(definitions, "chart-common", common);
	json_object_set_new(definitions, "chart", by_type(names, cases));
}

static json_t *filter_schema(const struct filter_type *type) {
	const struct key *groups[MOST_GROUPS] = {filter_keys};
	collect(groups, 1, type->groups);
	json_t *schema = keys_schema(groups);
	json_object_set_new(schema, "description", json_string(type->doc ? type->doc : ""));
	if (type->field == FILTER_FIELD_NONE)
		json_object_del(json_object_get(schema, "properties"), "field");
	set_property(schema, "type", json_pack("{s:s}", "const", type->name));
	return schema;
}

static void add_filters(json_t *definitions, const struct filter_type *const *types) {
	json_t *names = json_array(), *cases = json_array();
	const struct key *const override[] = {filter_override_keys, NULL};
	for (; *types; types++) {
		json_auto_t *name = json_sprintf("filter-%s", (*types)->name);
		json_array_append_new(names, json_string((*types)->name));
		json_array_append_new(cases, when_type((*types)->name, "filter-"));
		json_object_set_new(definitions, json_string_value(name), filter_schema(*types));
	}
	json_object_set_new(definitions, "filter", by_type(names, cases));
	json_object_set_new(definitions, "filter-override", keys_schema(override));
	json_object_set_new(definitions, "dashboard-filter",
		json_pack("{s:{s:[s]},s:o,s:o}", "if", "required", "type", "then",
			reference("filter"), "else", reference("filter-override")));
}

/* --- layout ----------------------------------------------------------------------------------- */

/* The long form of an item: `name` says what stands there. */
static json_t *item_schema(const char *name, const char *doc, const struct key *const *more) {
	const struct key content[] = {{name, KEY_ANY, .required = true, .doc = doc}, {0}};
	const struct key *groups[MOST_GROUPS] = {content, placement_keys, picture_placement_keys};
	collect(groups, 3, more);
	return keys_schema(groups);
}

/* One key, a chart's, with a size: `spend: 6x4`. */
static json_t *short_schema(json_t *placements) {
	const struct key *const groups[] = {placement_keys, NULL};
	json_t *size = key_schema(keys_find(groups, STR("size")));
	return json_pack("{s:s,s:i,s:i,s:{s:{s:o}},s:o}", "type", "object", "minProperties", 1,
		"maxProperties", 1, "propertyNames", "not", "enum", placements,
		"additionalProperties", size);
}

static void add_layout(json_t *definitions, const struct chart_type *const *types) {
	json_t *placements = json_pack("[s]", "chart"), *forms = json_array();
	json_array_append_new(forms, json_pack("{s:[s,s]}", "type", "string", "number"));
	json_array_append_new(forms, item_schema("chart", "key of the chart", NULL));
	for (; *types; types++) {
		if (!(*types)->placement)
			continue;
		json_array_append_new(placements, json_string((*types)->name));
		json_array_append_new(
			forms, item_schema((*types)->name, (*types)->doc, (*types)->groups));
	}
	json_array_append_new(forms, short_schema(placements));
	json_object_set_new(definitions, "item", json_pack("{s:o}", "anyOf", forms));
	json_t *column = json_pack("{s:s,s:o}", "type", "array", "items", reference("item"));
	json_t *in_row = json_pack("{s:[o,o]}", "anyOf", reference("item"), column);
	json_t *row = json_pack(
		"{s:[o,{s:s,s:o}]}", "anyOf", reference("item"), "type", "array", "items", in_row);
	json_object_set_new(
		definitions, "rows", json_pack("{s:s,s:o}", "type", "array", "items", row));
}

/* --- files ------------------------------------------------------------------------------------ */

static json_t *dashboard_schema(void) {
	const struct key *const dashboard[] = {dashboard_keys, NULL}, *const tab[] = {
									      tab_keys, NULL};
	json_t *schema = keys_schema(dashboard), *long_tab = keys_schema(tab);
	set_property(long_tab, "rows", reference("rows"));
	set_property(schema, "filters", map_of(reference("dashboard-filter")));
	set_property(schema, "charts", map_of(reference("chart")));
	set_property(schema, "layout", reference("rows"));
	set_property(schema, "tabs",
		map_of(json_pack("{s:[o,o]}", "anyOf", reference("rows"), long_tab)));
	return schema;
}

static json_t *shared_schema(void) {
	const struct key *const shared[] = {shared_keys, NULL}, *const snippet[] = {
									snippet_keys, NULL};
	json_t *schema = keys_schema(shared);
	set_property(schema, "filters", map_of(reference("filter")));
	set_property(schema, "charts", map_of(reference("chart")));
	set_property(schema, "snippets",
		map_of(json_pack(
			"{s:[{s:s},o]}", "anyOf", "type", "string", keys_schema(snippet))));
	return schema;
}

json_t *model_schema(const struct chart_type *const *chart_types,
	const struct filter_type *const *filter_types) {
	json_t *definitions = json_object();
	add_charts(definitions, chart_types);
	add_filters(definitions, filter_types);
	add_layout(definitions, chart_types);
	json_object_set_new(definitions, "dashboard", dashboard_schema());
	json_object_set_new(definitions, "shared", shared_schema());
	return json_pack("{s:s,s:s,s:s,s:{s:[s]},s:o,s:o,s:o}", "$schema", DIALECT, "title",
		"mbc: a dashboard, or definitions for the whole project", "type", "object", "if", "required",
		"dashboard", "then", reference("dashboard"), "else", reference("shared"), "$defs", definitions);
}

json_t *manifest_schema(void) {
	const struct key *const groups[] = {manifest_keys, NULL};
	json_t *schema = keys_schema(groups);
	json_object_set_new(schema, "$schema", json_string(DIALECT));
	json_object_set_new(schema, "title", json_string("mbc.yaml: a project"));
	return schema;
}
