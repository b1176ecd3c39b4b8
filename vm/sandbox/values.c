/* What a filter offers: values of static lists, and which fields stand behind a parameter. Values
 * that come from columns need queries, which are not answered here. */
#include <stdio.h>

#include "vm/sandbox/mbql.h"
#include "vm/sandbox/resource.h"

/* The field that a mapping's target reaches through the card's tags, or 0. */
static int64_t field_of_target(struct request *r, const json_t *target, int64_t card_id) {
	const json_t *inner = json_array_get(target, 1);
	const char *kind = json_string_value(json_array_get(inner, 0));
	if (!kind)
		return 0;
	if (!strcmp(kind, "field"))
		return json_integer_value(json_array_get(inner, 1));
	const char *name = json_string_value(json_array_get(inner, 1));
	json_auto_t *card = name ? store_get(r->store, &card_table, card_id) : NULL;
	struct query_facts facts = query_facts(json_object_get(card, "dataset_query"));
	return name ? tag_field(json_object_get(facts.tags, name)) : 0;
}

static json_t *field_brief(struct request *r, int64_t id) {
	json_t *field = id ? store_get(r->store, &field_table, id) : NULL;
	if (!field)
		return NULL;
	json_t *brief = json_object();
	static const char *const kept[] = {"id", "name", "display_name", "base_type",
		"semantic_type", "table_id", "fk_target_field_id"};
	field_show(r, field);
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		json_object_set(brief, kept[i], json_object_get(field, kept[i]));
	json_object_set(brief, "has_field_values", json_object_get(field, "has_field_values"));
	json_decref(field);
	return brief;
}

static void add_field(struct request *r, json_t *fields, const char *parameter, json_t *field) {
	if (r->version < 55) {
		const char *key = arena_printf(r->arena, "%lld", (long long)get_id(field, "id"));
		json_object_set_new(fields, key, field);
		return;
	}
	json_t *list = json_object_get(fields, parameter), *other;
	if (!list && (list = json_array()))
		json_object_set_new(fields, parameter, list);
	size_t i;
	json_array_foreach(list, i, other)
		if (get_id(other, "id") == get_id(field, "id")) {
			json_decref(field);
			return;
		}
	json_array_append_new(list, field);
}

json_t *param_fields(struct request *r, const json_t *dashboard) {
	json_t *fields = json_object(), *card, *mapping;
	if (json_array_size(json_object_get(dashboard, "parameters")) == 0)
		return fields;
	size_t i, k;
	json_array_foreach(json_object_get(dashboard, "dashcards"), i, card)
		json_array_foreach(json_object_get(card, "parameter_mappings"), k, mapping) {
		json_t *field =
			field_brief(r, field_of_target(r, json_object_get(mapping, "target"),
					       get_id(mapping, "card_id")));
		if (field)
			add_field(r, fields, get_text(mapping, "parameter_id"), field);
		}
	return fields;
}

static const json_t *find_parameter(const json_t *list, const char *id) {
	size_t i;
	json_t *parameter;
	json_array_foreach(list, i, parameter)
		if (!strcmp(get_text(parameter, "id"), id))
			return parameter;
	return NULL;
}

static bool contains(const char *text, const char *word) {
	return !word || strcasestr(text, word);
}

/* Rows of one or two members: the value, and its label if it has one. */
static json_t *static_values(const json_t *parameter, const char *word) {
	json_t *rows = json_array(), *value;
	size_t i;
	json_array_foreach(
		json_object_get(json_object_get(parameter, "values_source_config"), "values"), i,
		value) {
		json_t *row = json_is_array(value) ? json_incref(value) : json_pack("[O]", value);
		const json_t *shown = json_array_get(row, json_array_size(row) - 1);
		if (!json_is_string(shown) || contains(json_string_value(shown), word))
			json_array_append(rows, row);
		json_decref(row);
	}
	return rows;
}

static void reply_values(struct request *r, const json_t *parameter, const char *word) {
	const char *source = get_text(parameter, "values_source_type");
	if (!parameter)
		reply_text(r, 400,
			arena_printf(r->arena,
				"Dashboard does not have a parameter with the ID \"%s\"",
				r->captures[1]));
	else if (!strcmp(source, "static-list"))
		reply_json(r, 200, json_pack("{s:o, s:b}", "values", static_values(parameter, word),
			"has_more_values", 0));
	else
		reply_json(r, 200, json_pack("{s:[], s:b}", "values", "has_more_values", 0));
}

static void reply_of(struct request *r, const struct store_table *table, const char *word) {
	json_auto_t *row = path_row_or_entity(r, table);
	if (row)
		reply_values(r, find_parameter(json_object_get(row, "parameters"), r->captures[1]),
			word);
}

void dashboard_values(struct request *r) {
	reply_of(r, &dashboard_table, NULL);
}

void dashboard_values_search(struct request *r) {
	reply_of(r, &dashboard_table, r->captures[2]);
}

void card_values(struct request *r) {
	reply_of(r, &card_table, NULL);
}

void card_values_search(struct request *r) {
	reply_of(r, &card_table, r->captures[2]);
}

/* Which of the filtering fields lie in the table of each filtered one. */
void valid_filter_fields(struct request *r) {
	json_t *answer = json_object(), *filtered, *filtering;
	size_t i, k;
	json_array_foreach(query_values(r, "filtered"), i, filtered) {
		long long one = 0, other;
		str_integer(str_from(json_string_value(filtered)), &one);
		json_auto_t *field = store_get(r->store, &field_table, one);
		json_t *usable = json_array();
		json_array_foreach(query_values(r, "filtering"), k, filtering) {
			if (!str_integer(str_from(json_string_value(filtering)), &other))
				continue;
			json_auto_t *by = store_get(r->store, &field_table, other);
			if (by && field && get_id(by, "table_id") == get_id(field, "table_id"))
				json_array_append_new(usable, json_integer(other));
		}
		json_object_set_new(answer, json_string_value(filtered), usable);
	}
	reply_json(r, 200, answer);
}
