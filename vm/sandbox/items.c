/* What a collection holds, as one list over several kinds: filtered, sorted, and cut into pages.
 * Reads only the columns that the list shows, since a collection may hold a thousand cards. */
#include <stdio.h>
#include <stdlib.h>

#include "vm/sandbox/resource.h"

#define DEFAULT_LIMIT 50

/* The same tables with fewer columns. */
static const struct store_table card_rows = {
	.name = "report_card",
	.columns = (const struct store_column[]){{"name", STORE_TEXT}, {"description", STORE_TEXT},
		{"type", STORE_TEXT, .hidden = true}, {"display", STORE_TEXT},
		{"database_id", STORE_INTEGER}, {"collection_id", STORE_INTEGER},
		{"collection_position", STORE_INTEGER}, {"collection_preview", STORE_BOOLEAN},
		{"archived", STORE_BOOLEAN}, {"archived_directly", STORE_BOOLEAN, .since = 51},
		{"dashboard_id", STORE_INTEGER, .since = 53}, {"entity_id", STORE_TEXT},
		{"last_used_at", STORE_TIME, .since = 51}, {0}},
};

static const struct store_table dashboard_rows = {
	.name = "report_dashboard",
	.columns = (const struct store_column[]){
		{"name", STORE_TEXT}, {"description", STORE_TEXT}, {"collection_id", STORE_INTEGER},
		{"collection_position", STORE_INTEGER}, {"archived", STORE_BOOLEAN},
		{"archived_directly", STORE_BOOLEAN, .since = 51}, {"entity_id", STORE_TEXT}, {0}},
};

/* What to list. */
struct wanted {
	int64_t collection;     /* 0: root */
	bool trash, archived, questions;
	const char *pinned;
};

/* Models that clients may ask for, and what answers for them; NULL: always empty here. */
static const struct model {
	const char *name;
	const char *type;               /* of a card */
	const struct store_table *table;
	int since;
} models[] = {
	{"card", "question", &card_rows, 0},
	{"dataset", "model", &card_rows, 0},
	{"metric", "metric", &card_rows, 0},
	{"dashboard", NULL, &dashboard_rows, 0},
	{"collection", NULL, &collection_table, 0},
	{"document", NULL, NULL, 57},
	{"snippet", NULL, NULL, 0},
	{"pulse", NULL, NULL, 0},
	{"timeline", NULL, NULL, 0},
	{"table", NULL, NULL, 58},
	{"transform", NULL, NULL, 59},
	{"measure", NULL, NULL, 59},
	{"no_models", NULL, NULL, 0},
};

static const char *where_of(const struct wanted *wanted) {
	if (wanted->trash)
		return "archived_directly = 1 AND (? OR 1)";
	if (wanted->archived)
		return "collection_id IS ? AND archived = 1";
	return "collection_id IS ? AND archived = 0";
}

static const char *pinned_where(const struct wanted *wanted) {
	if (!wanted->pinned || !strcmp(wanted->pinned, "all"))
		return "";
	return !strcmp(wanted->pinned, "is_pinned") ? " AND collection_position IS NOT NULL" :
		" AND collection_position IS NULL";
}

static json_t *id_argument(const struct wanted *wanted) {
	return wanted->collection ? json_integer(wanted->collection) : json_null();
}

static json_t *item_of(struct request *r, json_t *row, const struct model *model) {
	bool is_card = model->type != NULL;
	json_object_set_new(row, "model", json_string(model->name));
	json_object_set_new(row, "last-edit-info",
		revision_last_edit(r, is_card ? "Card" : "Dashboard", get_id(row, "id")));
	json_object_set_new(row, "location", json_null());
	json_object_set_new(row, "can_write", json_boolean(collection_may_write(r,
		get_id(row, "collection_id"))));
	if (is_card) {
		json_object_set_new(row, "fully_parameterized", json_true());
		json_object_set_new(row, "moderated_status", json_null());
	}
	show_trashed(r, row);
	store_show(model->table, row, r->version);
	return row;
}

static void add_rows(struct request *r, json_t *items, const struct model *model,
	const struct wanted *wanted) {
	char where[400];
	bool cards = model->type != NULL;
	snprintf(where, sizeof(where), "%s%s%s%s%s%s", where_of(wanted), pinned_where(wanted),
		cards ? " AND type = '" : "", cards ? model->type : "", cards ? "'" : "",
		cards && !wanted->questions && r->version >= 53 ? " AND dashboard_id IS NULL" : "");
	json_auto_t *rows = store_select(r->store, model->table, where,
		json_pack("[o]", id_argument(wanted)));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		json_array_append_new(items, item_of(r, json_incref(row), model));
}

static json_t *location_of(struct request *r, int64_t id) {
	json_auto_t *row = id ? store_get(r->store, &collection_table, id) : NULL;
	return row ? json_sprintf("%s%lld/", get_text(row, "location"), (long long)id)
		   : json_string("/");
}

json_t *collection_item(struct request *r, json_t *row) {
	static const char *const kept[] = {"id", "name", "description", "archived", "entity_id",
		"location", "type", "authority_level", "personal_owner_id", "is_remote_synced"};
	json_t *item = json_object();
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		json_object_set(item, kept[i], json_object_get(row, kept[i]));
	if (r->version < 58)
		json_object_del(item, "is_remote_synced");
	json_object_set_new(item, "model", json_string("collection"));
	json_object_set_new(item, "collection_position", json_null());
	json_object_set_new(item, "here", json_array());
	json_object_set_new(item, "below", json_array());
	json_object_set_new(
		item, "can_write", json_boolean(collection_may_write(r, get_id(row, "id"))));
	json_decref(row);
	return item;
}

static void add_collections(struct request *r, json_t *items, const struct wanted *wanted) {
	if (wanted->pinned && !strcmp(wanted->pinned, "is_pinned"))
		return;
	const char *where = wanted->trash      ? "archived_directly = 1 AND (? OR 1)"
			    : wanted->archived ? "location = ? AND archived = 1 AND type IS NULL"
					       : "location = ? AND archived = 0 AND type IS NULL "
						 "AND namespace IS NULL AND "
						 "personal_owner_id IS NULL";
	json_auto_t *rows = store_select(r->store, &collection_table, where,
		json_pack("[o]", location_of(r, wanted->collection)));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		if (collection_may_read(r, get_id(row, "id")))
			json_array_append_new(items, collection_item(r, json_incref(row)));
}

static const struct model *find_model(struct request *r, const char *name) {
	for (size_t i = 0; i < COUNT_OF(models); i++)
		if (!strcmp(models[i].name, name) && r->version >= models[i].since)
			return &models[i];
	return NULL;
}

/* The models asked for, or all; NULL with the reply set when one is unknown. */
static json_t *read_models(struct request *r) {
	json_t *asked = json_deep_copy(query_values(r, "models")), *name;
	size_t i;
	json_array_foreach(asked, i, name) {
		if (find_model(r, json_string_value(name)))
			continue;
		json_decref(asked);
		reply_json(r, 400,
			json_pack("{s:{s:[s]}, s:{s:s}}", "specific-errors", "models",
				"should be one of the models", "errors", "models",
				"nullable vector of enum of models."));
		return NULL;
	}
	if (asked)
		return asked;
	asked = json_array();
	for (i = 0; i < COUNT_OF(models); i++)
		if (models[i].table)
			json_array_append_new(asked, json_string(models[i].name));
	return asked;
}

/* False with the reply set when it is no number. */
static bool read_number(struct request *r, const char *name, long long fallback, long long *value) {
	const char *text = query_text(r, name);
	*value = fallback;
	if (!text || (str_integer(str_from(text), value) && *value >= 0))
		return true;
	reply_error(r, name, "value must be an integer.");
	return false;
}

/* Sorting. */

static const char *sort_text(const json_t *item, const char *column) {
	const json_t *edit = json_object_get(item, "last-edit-info");
	if (!strcmp(column, "last_edited_at"))
		return get_text(edit, "timestamp");
	if (!strcmp(column, "last_edited_by"))
		return get_text(edit, "email");
	return get_text(item, !strcmp(column, "model") ? "model" : "name");
}

struct order {
	const char *column;
	bool down;
};

static int compare(const void *a, const void *b, void *context) {
	const struct order *order = context;
	const json_t *const *one = a, *const *two = b;
	int result = strcasecmp(sort_text(*one, order->column), sort_text(*two, order->column));
	if (result == 0)
		result = strcmp(get_text(*one, "model"), get_text(*two, "model"));
	if (result == 0)
		result = get_id(*one, "id") < get_id(*two, "id") ? -1 : 1;
	return order->down ? -result : result;
}

static json_t *sorted_page(struct request *r, json_t *items, size_t offset, size_t limit) {
	const char *column = query_text(r, "sort_column"),
		   *direction = query_text(r, "sort_direction");
	struct order order = {column ? column : "name", direction && !strcmp(direction, "desc")};
	size_t count = json_array_size(items);
	json_t **rows = arena_array(r->arena, json_t *, count + 1);
	for (size_t i = 0; i < count; i++)
		rows[i] = json_array_get(items, i);
	qsort_r(rows, count, sizeof(*rows), compare, &order);
	json_t *page = json_array();
	for (size_t i = offset; i < count && i - offset < limit; i++)
		json_array_append(page, rows[i]);
	return page;
}

static void reply_items(struct request *r, const struct wanted *wanted) {
	long long limit, offset;
	if (!read_number(r, "limit", DEFAULT_LIMIT, &limit) ||
		!read_number(r, "offset", 0, &offset))
		return;
	json_auto_t *asked = read_models(r);
	if (!asked)
		return;
	json_auto_t *items = json_array();
	size_t i;
	json_t *name;
	json_array_foreach(asked, i, name) {
		const struct model *model = find_model(r, json_string_value(name));
		if (model->table == &collection_table)
			add_collections(r, items, wanted);
		else if (model->table)
			add_rows(r, items, model, wanted);
	}
	bool paged = query_text(r, "limit") || query_text(r, "offset");
	size_t total = json_array_size(items);
	json_t *page =
		sorted_page(r, items, paged ? (size_t)offset : 0, paged ? (size_t)limit : SIZE_MAX);
	bool odd = total == 0 && r->version >= 58 && r->version <= 61;
	reply_json(r, 200,
		json_pack("{s:o, s:o, s:O, s:o, s:o}", "total",
			odd ? json_null() : json_integer((json_int_t)total), "data", page, "models",
			asked, "limit", paged ? json_integer(limit) : json_null(), "offset",
			paged ? json_integer(offset) : json_null()));
}

static struct wanted read_wanted(struct request *r) {
	return (struct wanted){.archived = query_flag(r, "archived"),
		.pinned = query_text(r, "pinned_state"),
		.questions = query_flag(r, "show_dashboard_questions")};
}

void collection_root_items(struct request *r) {
	struct wanted wanted = read_wanted(r);
	reply_items(r, &wanted);
}

static void reply_collection_items(struct request *r, const json_t *row) {
	struct wanted wanted = read_wanted(r);
	wanted.collection = get_id(row, "id");
	wanted.trash = r->version >= 51 && !strcmp(get_text(row, "type"), "trash");
	wanted.archived |= get_flag(row, "archived");
	if (collection_may_read(r, wanted.collection))
		reply_items(r, &wanted);
	else
		reply_forbidden(r);
}

void collection_items(struct request *r) {
	json_auto_t *row = path_row_or_entity(r, &collection_table);
	if (row)
		reply_collection_items(r, row);
}

void collection_trash_items(struct request *r) {
	json_auto_t *row = store_get(r->store, &collection_table, trash_id(r->store));
	reply_collection_items(r, row);
}
