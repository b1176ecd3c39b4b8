/* Search by a part of a name, and the translation of entity ids. */
#include <stdio.h>

#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

static const struct model {
	const char *name, *where;
	const struct store_table *table;
} models[] = {
	{"card", "type = 'question' AND archived = ?", &card_table},
	{"dataset", "type = 'model' AND archived = ?", &card_table},
	{"metric", "type = 'metric' AND archived = ?", &card_table},
	{"dashboard", "archived = ?", &dashboard_table},
	{"collection", "archived = ? AND type IS NULL", &collection_table},
	{"table", "active != ?", &table_table},
	{"database", "1 OR ?", &database_table},
};

static bool is_asked(struct request *r, const char *name) {
	size_t i;
	json_t *model;
	if (!query_values(r, "models"))
		return true;
	json_array_foreach(query_values(r, "models"), i, model)
		if (!strcmp(json_string_value(model), name))
			return true;
	return false;
}

static json_t *result_of(struct request *r, const json_t *row, const struct model *model) {
	json_t *result = json_pack("{s:O, s:s, s:O, s:O?, s:b}", "id", json_object_get(row, "id"),
		"model", model->name, "name", json_object_get(row, "name"), "description",
		json_object_get(row, "description"), "archived", (int)get_flag(row, "archived"));
	if (has(row, "collection_id")) {
		json_auto_t *collection = collection_brief(r, get_id(row, "collection_id"));
		json_object_set_new(result, "collection",
			json_pack("{s:O?, s:O?}", "id", json_object_get(collection, "id"), "name",
				json_object_get(collection, "name")));
	}
	return result;
}

static void add_results(struct request *r, json_t *results, const struct model *model) {
	const char *word = query_text(r, "q");
	char where[200];
	snprintf(where, sizeof(where),
		"(%s) AND name LIKE '%%' || ? || '%%' ORDER BY lower(name), id", model->where);
	json_auto_t *rows = store_select(r->store, model->table, where,
		json_pack("[b, s]", (int)query_flag(r, "archived"), word ? word : ""));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row) if (!has(row, "collection_id") ||
					     collection_may_read(r, get_id(row, "collection_id")))
		json_array_append_new(results, result_of(r, row, model));
}

static size_t number_of(struct request *r, const char *name, size_t fallback) {
	const char *text = query_text(r, name);
	long long number;
	return text && str_integer(str_from(text), &number) && number >= 0 ? (size_t)number
									   : fallback;
}

void search(struct request *r) {
	json_auto_t *results = json_array();
	json_t *names = json_array(), *page = json_array();
	for (size_t i = 0; i < COUNT_OF(models); i++) {
		json_array_append_new(names, json_string(models[i].name));
		if (is_asked(r, models[i].name))
			add_results(r, results, &models[i]);
	}
	size_t offset = number_of(r, "offset", 0), limit = number_of(r, "limit", 50);
	for (size_t i = offset; i < json_array_size(results) && i - offset < limit; i++)
		json_array_append(page, json_array_get(results, i));
	const json_t *asked = query_values(r, "models");
	reply_json(r, 200,
		json_pack("{s:o, s:I, s:I, s:I, s:O, s:s, s:o}", "data", page, "total",
			(json_int_t)json_array_size(results), "limit", (json_int_t)limit, "offset",
			(json_int_t)offset, "models", asked ? asked : names, "engine", "in-place",
			"available_models", names));
}

/* Entity ids. */

static const struct {
	const char *name;
	const struct store_table *table;
} kinds[] = {
	{"card", &card_table},
	{"dataset", &card_table},
	{"metric", &card_table},
	{"dashboard", &dashboard_table},
	{"dashboard-card", &dashcard_table},
	{"dashboard-tab", &tab_table},
	{"collection", &collection_table},
	{"snippet", &snippet_table},
	{"pulse", &pulse_table},
};

static json_t *translate_one(struct request *r, const struct store_table *table, const char *kind,
	const json_t *entity) {
	const char *text = json_string_value(entity);
	if (!text || !is_entity_id(text))
		return json_pack("{s:s, s:s, s:[s]}", "type", kind, "status", "invalid-format",
			"reason", "String must be a valid 21-character NanoID string.");
	json_auto_t *row = store_find(r->store, table, "entity_id = ?", json_pack("[s]", text));
	if (!row)
		return json_pack("{s:s, s:s}", "type", kind, "status", "not-found");
	return json_pack(
		"{s:O, s:s, s:s}", "id", json_object_get(row, "id"), "type", kind, "status", "ok");
}

void entity_translate(struct request *r) {
	json_t *answer = json_object(), *list, *entity;
	const char *kind;
	json_object_foreach(json_object_get(r->body, "entity_ids"), kind, list) {
		const struct store_table *table = NULL;
		for (size_t i = 0; i < COUNT_OF(kinds); i++)
			if (!strcmp(kinds[i].name, kind))
				table = kinds[i].table;
		if (!table) {
			json_decref(answer);
			json_t *names = json_array();
			for (size_t i = 0; i < COUNT_OF(kinds); i++)
				json_array_append_new(names, json_string(kinds[i].name));
			reply_json(r, 400,
				json_pack("{s:s, s:o}", "message", "Unknown model.",
					"allowed-models", names));
			return;
		}
		size_t i;
		json_array_foreach(list, i, entity) json_object_set_new(answer,
			json_is_string(entity) ? json_string_value(entity) : "",
			translate_one(r, table, kind, entity));
	}
	reply_json(r, 200, json_pack("{s:o}", "entity_ids", answer));
}
