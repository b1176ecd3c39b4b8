/* Cards: what clients call questions, models and metrics. A write checks the body, brings the query
 * into the form that the server version stores, and answers with the whole card as a read does. */
#include <stdio.h>
#include <stdlib.h>

#include "vm/sandbox/check.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/mbql.h"
#include "vm/sandbox/normal.h"
#include "vm/sandbox/resource.h"

const struct store_table card_table = {
	.name = "report_card",
	.columns = (const struct store_column[]){{"name", STORE_TEXT}, {"description", STORE_TEXT},
		{"type", STORE_TEXT, "'question'"}, {"display", STORE_TEXT},
		{"dataset_query", STORE_JSON}, {"visualization_settings", STORE_JSON},
		{"collection_id", STORE_INTEGER}, {"collection_position", STORE_INTEGER},
		{"collection_preview", STORE_BOOLEAN, "1"}, {"cache_ttl", STORE_INTEGER},
		{"archived", STORE_BOOLEAN, "0"},
		{"archived_directly", STORE_BOOLEAN, "0", .since = 51},
		{"enable_embedding", STORE_BOOLEAN, "0"}, {"embedding_params", STORE_JSON},
		{"embedding_type", STORE_TEXT, .since = 58}, {"parameters", STORE_JSON},
		{"parameter_mappings", STORE_JSON}, {"result_metadata", STORE_JSON},
		{"database_id", STORE_INTEGER}, {"table_id", STORE_INTEGER},
		{"query_type", STORE_TEXT}, {"source_card_id", STORE_INTEGER, .since = 52},
		{"dashboard_id", STORE_INTEGER, .since = 53},
		{"document_id", STORE_INTEGER, .since = 57}, {"creator_id", STORE_INTEGER},
		{"made_public_by_id", STORE_INTEGER}, {"public_uuid", STORE_TEXT},
		{"view_count", STORE_INTEGER, "0"}, {"metabase_version", STORE_TEXT},
		{"card_schema", STORE_INTEGER, "23", .since = 55},
		{"dependency_analysis_version", STORE_INTEGER, "0", .since = 58},
		{"is_remote_synced", STORE_BOOLEAN, "0", .since = 58},
		{"last_used_at", STORE_TIME, .since = 51},
		{"cache_invalidated_at", STORE_TIME, .since = 51},
		{"initially_published_at", STORE_TIME}, {"entity_id", STORE_TEXT},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME},
		{"metadata_due", STORE_BOOLEAN, .hidden = true}, {0}},
	.index = "collection_id",
};

static const char *const types[] = {"question", "model", "metric", NULL};

static const struct rule update_rules[] = {
	{"name", RULE_NONBLANK, NULLABLE},
	{"dataset_query", RULE_MAP, NULLABLE},
	{"display", RULE_NONBLANK, NULLABLE},
	{"visualization_settings", RULE_MAP, NULLABLE},
	{"type", RULE_CHOICE, NULLABLE, types},
	{"description", RULE_STRING, NULLABLE},
	{"collection_id", RULE_POSITIVE, NULLABLE},
	{"collection_position", RULE_POSITIVE, NULLABLE},
	{"cache_ttl", RULE_POSITIVE, NULLABLE},
	{"parameters", RULE_PARAMETERS, NULLABLE},
	{"parameter_mappings", RULE_MAPPINGS, NULLABLE},
	{"result_metadata", RULE_LIST, NULLABLE},
	{"dashboard_id", RULE_POSITIVE, NULLABLE},
	{"archived", RULE_BOOLEAN, NULLABLE},
	{"enable_embedding", RULE_BOOLEAN, NULLABLE},
	{"embedding_params", RULE_MAP, NULLABLE},
	{"embedding_type", RULE_STRING, NULLABLE},
	{"collection_preview", RULE_BOOLEAN, NULLABLE},
	{0},
};

static const struct rule create_rules[] = {
	{"name", RULE_NONBLANK, REQUIRED},
	{"dataset_query", RULE_MAP, REQUIRED},
	{"display", RULE_NONBLANK, REQUIRED},
	{"visualization_settings", RULE_MAP, REQUIRED},
	{"type", RULE_CHOICE, NULLABLE, types},
	{"description", RULE_NONBLANK, NULLABLE},
	{"collection_id", RULE_POSITIVE, NULLABLE},
	{"collection_position", RULE_POSITIVE, NULLABLE},
	{"cache_ttl", RULE_POSITIVE, NULLABLE},
	{"parameters", RULE_PARAMETERS, NULLABLE},
	{"parameter_mappings", RULE_MAPPINGS, NULLABLE},
	{"result_metadata", RULE_LIST, NULLABLE},
	{"dashboard_id", RULE_POSITIVE, NULLABLE},
	{"dashboard_tab_id", RULE_POSITIVE, NULLABLE},
	{"entity_id", RULE_STRING, NULLABLE},
	{0},
};

/* Showing. */

static void add_legacy_query(struct request *r, json_t *row, const json_t *stored) {
	if (r->version != 57 && r->version != 58)
		return;
	json_auto_t *legacy = query_show(stored, r->version, true);
	char *text = json_dumps(legacy, JSON_COMPACT);
	json_object_set_new(row, "legacy_query", json_string(text));
	free(text);
}

static json_t *dashboard_brief(struct request *r, int64_t id) {
	json_auto_t *row = id ? store_get(r->store, &dashboard_table, id) : NULL;
	return row ? json_pack("{s:O, s:O}", "id", json_object_get(row, "id"), "name",
		json_object_get(row, "name")) : json_null();
}

static void add_whole(struct request *r, json_t *row) {
	int64_t id = get_id(row, "id");
	int64_t collection = get_id(row, "collection_id");
	json_t *creator = user_brief(r, get_id(row, "creator_id"));
	json_object_set_new(row, "creator", creator ? creator : json_null());
	json_object_set_new(row, "can_write", json_boolean(collection_may_write(r, collection)));
	json_object_set_new(row, "can_run_adhoc_query", json_true());
	json_object_set_new(row, "can_manage_db", json_boolean(r->user.admin));
	if (r->version >= 51) {
		bool trashed = get_flag(row, "archived_directly");
		json_object_set_new(row, "can_restore", json_boolean(trashed));
		json_object_set_new(row, "can_delete", json_boolean(get_flag(row, "archived")));
	}
	json_object_set_new(row, "collection", collection_brief(r, collection));
	json_object_set_new(row, "last-edit-info", revision_last_edit(r, "Card", id));
	json_object_set_new(row, "average_query_time", json_null());
	json_object_set_new(row, "last_query_start", json_null());
	json_object_set_new(row, "moderation_reviews", json_array());
	json_object_set_new(row, "parameter_usage_count", json_integer(0));
	json_object_set_new(row, "dashboard_count",
		json_integer(store_count(r->store, &dashcard_table, "card_id = ?",
			json_pack("[I]", (json_int_t)id))));
	if (r->version >= 53)
		json_object_set_new(
			row, "dashboard", dashboard_brief(r, get_id(row, "dashboard_id")));
}

json_t *card_show(struct request *r, json_t *row, enum card_show how) {
	json_auto_t *stored = json_incref(json_object_get(row, "dataset_query"));
	json_object_set_new(
		row, "dataset_query", query_show(stored, r->version, how == CARD_LEGACY));
	add_legacy_query(r, row, stored);
	if (how != CARD_NESTED)
		add_whole(r, row);
	show_trashed(r, row);
	store_show(&card_table, row, r->version);
	return row;
}

static void reply_card(struct request *r, int64_t id, enum card_show how) {
	reply_json(r, 200, card_show(r, store_get(r->store, &card_table, id), how));
}

/* Checking. */

/* A field filter must be on a field of the database that the query runs on. */
static bool check_fields(struct request *r, const struct query_facts *facts) {
	const char *name;
	json_t *tag;
	json_object_foreach((json_t *)facts->tags, name, tag) {
		int64_t id = tag_field(tag);
		json_auto_t *field = id ? store_get(r->store, &field_table, id) : NULL;
		json_auto_t *table =
			field ? store_get(r->store, &table_table, get_id(field, "table_id")) : NULL;
		if (!table || get_id(table, "db_id") == facts->database)
			continue;
		reply_text(r, 400,
			arena_printf(r->arena,
				"Invalid Field Filter: Field %lld \"%s\".\"%s\" belongs "
				"to Database %lld, but the query is against Database %lld",
				(long long)id, get_text(table, "name"), get_text(field, "name"),
				(long long)get_id(table, "db_id"), (long long)facts->database));
		return false;
	}
	return true;
}

static bool check_model(struct request *r, const struct query_facts *facts, const char *type) {
	if (strcmp(type, "model") || !facts->native)
		return true;
	const char *name;
	json_t *tag;
	json_object_foreach((json_t *)facts->tags, name, tag) {
		const char *kind = get_text(tag, "type");
		if (!strcmp(kind, "snippet") || !strcmp(kind, "card"))
			continue;
		reply_text(r, 400,
			"A model made from a native SQL question cannot have a variable or field "
			"filter.");
		return false;
	}
	return true;
}

/* Adds the query, and what the card repeats of it, to `values`; `id` 0 is a new card. */
static bool take_query(struct request *r, json_t *values, const char *type, int64_t id) {
	const char *problem = NULL;
	json_t *query =
		query_store(json_object_get(r->body, "dataset_query"), r->version, &problem);
	if (!query) {
		reply_error(r, "dataset_query", problem);
		return false;
	}
	json_object_set_new(values, "dataset_query", query);
	struct query_facts facts = query_facts(query);
	json_auto_t *database = store_get(r->store, &database_table, facts.database);
	if (facts.database == 0) {
		reply_exception(r, "NULL not allowed for column \"DATABASE_ID\"");
		return false;
	}
	if (!database) {
		reply_not_found(r);
		return false;
	}
	if (id && facts.card == id) {
		reply_text(r, 400, "Cannot save card with circular references.");
		return false;
	}
	json_object_set_new(values, "database_id", json_integer(facts.database));
	json_object_set_new(values, "query_type", json_string(facts.native ? "native" : "query"));
	json_object_set_new(
		values, "table_id", facts.table ? json_integer(facts.table) : json_null());
	json_object_set_new(
		values, "source_card_id", facts.card ? json_integer(facts.card) : json_null());
	json_object_set_new(values, "result_metadata", json_null());
	json_object_set_new(values, "metadata_due", json_true());
	card_metadata_due(r->sandbox);
	return check_fields(r, &facts) && check_model(r, &facts, type);
}

/* Members of the body that go into columns as they are. */
static void take_plain(struct request *r, json_t *values, const struct rule *rules) {
	static const char *const storing_null[] = {"collection_id", "collection_position",
		"description", "cache_ttl", "dashboard_id", "embedding_type"};
	for (const struct rule *rule = rules; rule->name; rule++) {
		json_t *value = json_object_get(r->body, rule->name);
		bool keep =
			value && !json_is_null(value) && store_has_column(&card_table, rule->name);
		for (size_t i = 0; value && i < COUNT_OF(storing_null); i++)
			keep |= !strcmp(rule->name, storing_null[i]);
		if (keep && strcmp(rule->name, "entity_id") && strcmp(rule->name, "dataset_query"))
			json_object_set(values, rule->name, value);
	}
	const json_t *settings = json_object_get(values, "visualization_settings");
	if (settings)
		json_object_set_new(values, "visualization_settings", normal_settings(settings));
	const json_t *parameters = json_object_get(values, "parameters");
	if (parameters)
		json_object_set_new(
			values, "parameters", normal_parameters(parameters, r->version));
}

/* A dashboard question shares its dashboard's collection. */
static bool take_dashboard(struct request *r, json_t *values) {
	int64_t id = get_id(r->body, "dashboard_id");
	if (r->version < 53) {
		json_object_del(values, "dashboard_id");
		return true;
	}
	if (!id) {
		if (!has_value(r->body, "dashboard_tab_id"))
			return true;
		reply_text(r, 400, "`dashboard_tab_id` needs a `dashboard_id`.");
		return false;
	}
	json_auto_t *dashboard = store_get(r->store, &dashboard_table, id);
	if (!dashboard) {
		reply_not_found(r);
		return false;
	}
	int64_t own = get_id(dashboard, "collection_id"), given = get_id(r->body, "collection_id");
	if (has(r->body, "collection_id") && own != given) {
		reply_text(r, 400,
			arena_printf(r->arena,
				"Mismatch detected between Dashboard's `collection_id` "
				"(%lld) and `collection_id` (%lld)",
				(long long)own, (long long)given));
		return false;
	}
	json_object_set(values, "collection_id", json_object_get(dashboard, "collection_id"));
	return true;
}

/* From 0.58 on a collection may be named by its entity id. */
static bool resolve_collection(struct request *r) {
	const char *entity = json_string_value(json_object_get(r->body, "collection_id"));
	if (!entity || r->version < 58 || !is_entity_id(entity))
		return true;
	json_auto_t *row = store_find(r->store, &collection_table, "entity_id = ?",
		json_pack("[s]", entity));
	if (row)
		json_object_set_new(r->body, "collection_id", json_integer(get_id(row, "id")));
	else
		reply_not_found(r);
	return row != NULL;
}

static void set_if_absent(json_t *values, const char *name, json_t *value) {
	if (json_object_get(values, name))
		json_decref(value);
	else
		json_object_set_new(values, name, value);
}

/* The values of a new card, or NULL with the reply set. */
static json_t *new_card(struct request *r) {
	json_t *values = json_object();
	const char *type = has_value(r->body, "type") ? get_text(r->body, "type") : "question";
	take_plain(r, values, create_rules);
	if (!take_dashboard(r, values) || !take_query(r, values, type, 0)) {
		json_decref(values);
		return NULL;
	}
	set_if_absent(values, "parameters", json_array());
	set_if_absent(values, "parameter_mappings", json_array());
	json_object_set_new(values, "creator_id", json_integer(r->user.id));
	json_object_set_new(values, "metabase_version", json_string(r->sandbox->settings->tag));
	return values;
}

/* What a revision holds of a card. */
static void add_revision(struct request *r, int64_t id, bool creation) {
	json_auto_t *row = store_get(r->store, &card_table, id);
	static const char *const left_out[] = {"id", "entity_id", "created_at", "updated_at",
		"creator_id", "result_metadata", "metadata_due", "view_count", "last_used_at",
		"metabase_version"};
	for (size_t i = 0; i < COUNT_OF(left_out); i++)
		json_object_del(row, left_out[i]);
	revision_add(r, "Card", id, creation, row);
}

static int64_t insert(struct request *r, json_t *values) {
	collection_shift(r, json_object_get(values, "collection_id"),
		json_object_get(values, "collection_position"));
	int64_t dashboard = get_id(values, "dashboard_id");
	int64_t id = store_insert(r->store, &card_table, values);
	if (dashboard)
		dashboard_place(r, dashboard, json_object_get(r->body, "dashboard_tab_id"), id);
	add_revision(r, id, true);
	return id;
}

void card_create(struct request *r) {
	if (!resolve_collection(r) || !check_body(r, create_rules) || !check_collection(r))
		return;
	json_t *values = new_card(r);
	if (values)
		reply_card(r, insert(r, values), CARD_WHOLE);
}

/* Reading. */

/* The row of the path if the user may do that with it. */
static json_t *own_row(struct request *r, bool write) {
	json_t *row = write ? path_row(r, &card_table) : path_row_or_entity(r, &card_table);
	int64_t collection = get_id(row, "collection_id");
	if (!row ||
		(write ? collection_may_write(r, collection) : collection_may_read(r, collection)))
		return row;
	json_decref(row);
	reply_forbidden(r);
	return NULL;
}

void card_read(struct request *r) {
	json_auto_t *row = own_row(r, false);
	if (!row)
		return;
	int64_t id = get_id(row, "id");
	store_run(r->store, "UPDATE report_card SET view_count = view_count + 1 WHERE id = ?",
		json_pack("[I]", (json_int_t)id));
	bool legacy = r->version >= 57 && query_flag(r, "legacy-mbql");
	reply_card(r, id, legacy ? CARD_LEGACY : CARD_WHOLE);
}

void card_list(struct request *r) {
	const char *which = query_text(r, "f");
	bool archived = which && !strcmp(which, "archived");
	bool mine = which && !strcmp(which, "mine");
	json_t *rows = store_select(r->store, &card_table,
		"archived = ? AND (? OR creator_id = ?) ORDER BY lower(name), id",
		json_pack("[b, b, I]", (int)archived, (int)!mine, (json_int_t)r->user.id));
	json_t *list = json_array(), *row;
	size_t i;
	json_array_foreach(rows, i, row)
		if (collection_may_read(r, get_id(row, "collection_id")))
			json_array_append_new(list, card_show(r, json_incref(row), CARD_WHOLE));
	json_decref(rows);
	reply_json(r, 200, list);
}

void card_dashboards(struct request *r) {
	json_auto_t *row = own_row(r, false);
	if (!row)
		return;
	json_auto_t *rows = store_select(r->store, &dashboard_table,
		"id IN (SELECT dashboard_id FROM report_dashboardcard WHERE card_id = ?) ORDER BY "
		"id",
		json_pack("[I]", (json_int_t)get_id(row, "id")));
	json_t *list = json_array(), *dashboard;
	size_t i;
	json_array_foreach(rows, i, dashboard)
		json_array_append_new(list, dashboard_brief(r, get_id(dashboard, "id")));
	reply_json(r, 200, list);
}

/* Writing. */

void card_archive(struct request *r, int64_t id, bool archived, bool directly) {
	store_update(r->store, &card_table, id, json_pack("{s:b, s:b}", "archived", (int)archived,
		"archived_directly", (int)(archived && directly)));
	if (!archived)
		return;
	if (r->version < 51)
		store_run(r->store, "DELETE FROM report_dashboardcard WHERE card_id = ?",
			json_pack("[I]", (json_int_t)id));
	notifications_delete(r, id);
}

/* Embedding needs an administrator, and the instance to allow it. */
static bool check_embedding(struct request *r, const json_t *row) {
	static const char *const keys[] = {"enable_embedding", "embedding_params"};
	bool changed = false;
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		changed |= has_value(r->body, keys[i]) &&
			   !json_equal(json_object_get(r->body, keys[i]),
				   json_object_get(row, keys[i]));
	if (!changed)
		return true;
	json_auto_t *enabled = setting_value(r->store, "enable-embedding");
	json_auto_t *enabled_static = setting_value(r->store, "enable-embedding-static");
	if (!json_is_true(enabled) && !json_is_true(enabled_static)) {
		reply_text(r, 400, "Embedding is not enabled.");
		return false;
	}
	if (!r->user.admin)
		reply_forbidden(r);
	return r->user.admin;
}

static bool take_changes(struct request *r, const json_t *row, json_t *values) {
	const char *type =
		has_value(r->body, "type") ? get_text(r->body, "type") : get_text(row, "type");
	take_plain(r, values, update_rules);
	json_object_del(values, "archived");
	if (!has(r->body, "collection_id"))
		json_object_del(values, "collection_id");
	if (!take_dashboard(r, values))
		return false;
	if (has_value(r->body, "dataset_query") &&
	    !take_query(r, values, type, get_id(row, "id")))
		return false;
	bool model = has(r->body, "type") && !strcmp(type, "model");
	const char *display = has_value(values, "display") ? get_text(values, "display") :
		get_text(row, "display");
	if (model && strcmp(display, "list"))
		json_object_set_new(values, "display", json_string("table"));
	return true;
}

/* Same query apart from the uuids that the server mints: metadata then stays. */
static void keep_metadata(struct request *r, const json_t *row, json_t *values) {
	if (!has(values, "dataset_query"))
		return;
	json_auto_t *old = query_show(json_object_get(row, "dataset_query"), r->version, true);
	json_auto_t *new = query_show(json_object_get(values, "dataset_query"), r->version, true);
	if (!json_equal(old, new))
		return;
	json_object_del(values, "result_metadata");
	json_object_del(values, "metadata_due");
}

void card_update(struct request *r) {
	json_auto_t *row = own_row(r, true);
	if (!row || !resolve_collection(r) || !check_body(r, update_rules))
		return;
	if ((has(r->body, "collection_id") && !check_collection(r)) || !check_embedding(r, row))
		return;
	json_t *values = json_object();
	if (!take_changes(r, row, values)) {
		json_decref(values);
		return;
	}
	keep_metadata(r, row, values);
	int64_t id = get_id(row, "id");
	if (has_value(values, "collection_position"))
		collection_shift(r,
			has(values, "collection_id") ? json_object_get(values, "collection_id")
						     : json_object_get(row, "collection_id"),
			json_object_get(values, "collection_position"));
	bool restoring = has_value(r->body, "archived") && !get_flag(r->body, "archived");
	if (has(values, "collection_id") && get_flag(row, "archived") && !restoring)
		json_object_set_new(values, "archived_directly", json_true());
	int64_t dashboard = get_id(values, "dashboard_id");
	store_update(r->store, &card_table, id, values);
	if (dashboard && dashboard != get_id(row, "dashboard_id"))
		dashboard_place(r, dashboard, json_object_get(r->body, "dashboard_tab_id"), id);
	if (has_value(r->body, "archived") &&
		get_flag(r->body, "archived") != get_flag(row, "archived"))
		card_archive(r, id, get_flag(r->body, "archived"), true);
	add_revision(r, id, false);
	reply_card(r, id, CARD_WHOLE);
}

void card_delete(struct request *r) {
	json_auto_t *row = own_row(r, true);
	if (!row)
		return;
	int64_t id = get_id(row, "id");
	store_run(r->store, "DELETE FROM report_dashboardcard WHERE card_id = ?",
		json_pack("[I]", (json_int_t)id));
	notifications_delete(r, id);
	store_delete(r->store, &card_table, id);
	reply_nothing(r);
}

void card_copy(struct request *r) {
	json_auto_t *row = own_row(r, false);
	if (!row)
		return;
	json_t *values = json_deep_copy(row);
	static const char *const own[] = {"id", "entity_id", "created_at", "updated_at",
		"view_count", "public_uuid", "made_public_by_id", "collection_position", "archived",
		"archived_directly", "dashboard_id"};
	for (size_t i = 0; i < COUNT_OF(own); i++)
		json_object_del(values, own[i]);
	json_object_set_new(values, "name", json_sprintf("Copy of %s", get_text(row, "name")));
	json_object_set_new(values, "creator_id", json_integer(r->user.id));
	reply_card(r, insert(r, values), CARD_WHOLE);
}

void card_move(struct request *r) {
	static const struct rule rules[] = {
		{"card_ids", RULE_LIST, REQUIRED}, {"collection_id", RULE_POSITIVE, NULLABLE}, {0},
	};
	if (!check_body(r, rules) || !check_collection(r))
		return;
	size_t i;
	json_t *id;
	json_array_foreach(json_object_get(r->body, "card_ids"), i, id) store_update(r->store,
		&card_table, json_integer_value(id),
		json_pack("{s:O?}", "collection_id", json_object_get(r->body, "collection_id")));
	reply_json(r, 200, json_pack("{s:s}", "status", "ok"));
}
