/* Databases, tables and fields as clients read them, and the few things about them that can be set.
 */
#include <stdio.h>

#include "vm/sandbox/check.h"
#include "runtime/clock.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

#define SYNC_DELAY_MS 500

const struct store_table database_table = {
	.name = "metabase_database",
	.columns = (const struct store_column[]){{"name", STORE_TEXT}, {"engine", STORE_TEXT},
		{"description", STORE_TEXT}, {"timezone", STORE_TEXT, "'UTC'"},
		{"is_sample", STORE_BOOLEAN, "0"}, {"is_audit", STORE_BOOLEAN, "0"},
		{"is_full_sync", STORE_BOOLEAN, "1"}, {"is_on_demand", STORE_BOOLEAN, "0"},
		{"initial_sync_status", STORE_TEXT, "'complete'"},
		{"metadata_sync_schedule", STORE_TEXT, "'0 50 * * * ? *'"},
		{"cache_field_values_schedule", STORE_TEXT, "'0 0 4 * * ? *'"},
		{"settings", STORE_JSON}, {"dbms_version", STORE_JSON}, {"created_at", STORE_TIME},
		{"updated_at", STORE_TIME}, {"creator_id", STORE_INTEGER},
		{"router_database_id", STORE_INTEGER, .since = 55},
		{"provider_name", STORE_TEXT, .since = 56}, {0}},
};

const struct store_table table_table = {
	.name = "metabase_table",
	.columns = (const struct store_column[]){{"db_id", STORE_INTEGER}, {"schema", STORE_TEXT},
		{"name", STORE_TEXT}, {"display_name", STORE_TEXT}, {"description", STORE_TEXT},
		{"active", STORE_BOOLEAN, "1"}, {"visibility_type", STORE_TEXT},
		{"entity_type", STORE_TEXT, "'entity/GenericTable'"},
		{"field_order", STORE_TEXT, "'database'"},
		{"initial_sync_status", STORE_TEXT, "'complete'"},
		{"estimated_row_count", STORE_INTEGER}, {"database_require_filter", STORE_BOOLEAN},
		{"is_upload", STORE_BOOLEAN, "0"}, {"view_count", STORE_INTEGER, "0"},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME},
		{"data_authority", STORE_TEXT, "'unconfigured'", .since = 58},
		{"archived_at", STORE_TIME, .since = 58},
		{"deactivated_at", STORE_TIME, .since = 58},
		{"is_writable", STORE_BOOLEAN, .since = 58}, {0}},
	.constraints = ", UNIQUE (db_id, schema, name)",
};

const struct store_table field_table = {
	.name = "metabase_field",
	.columns = (const struct store_column[]){{"table_id", STORE_INTEGER}, {"name", STORE_TEXT},
		{"display_name", STORE_TEXT}, {"description", STORE_TEXT},
		{"position", STORE_INTEGER}, {"database_type", STORE_TEXT},
		{"base_type", STORE_TEXT}, {"effective_type", STORE_TEXT},
		{"coercion_strategy", STORE_TEXT}, {"semantic_type", STORE_TEXT},
		{"fk_target_field_id", STORE_INTEGER}, {"has_field_values", STORE_TEXT},
		{"visibility_type", STORE_TEXT}, {"active", STORE_BOOLEAN, "1"},
		{"parent_id", STORE_INTEGER}, {"nfc_path", STORE_JSON},
		{"database_partitioned", STORE_BOOLEAN},
		{"database_is_pk", STORE_BOOLEAN, "0", .since = 56},
		{"database_is_nullable", STORE_BOOLEAN, .since = 56},
		{"database_required", STORE_BOOLEAN},
		{"database_is_generated", STORE_BOOLEAN, .since = 56},
		{"database_default", STORE_TEXT, .since = 56},
		{"json_unfolding", STORE_BOOLEAN, "0"}, {"fingerprint", STORE_JSON},
		{"settings", STORE_JSON}, {"caveats", STORE_TEXT},
		{"points_of_interest", STORE_TEXT}, {"preview_display", STORE_BOOLEAN, "1"},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME}, {0}},
	.constraints = ", UNIQUE (table_id, parent_id, name)",
};

json_t *field_show(struct request *r, json_t *row) {
	const char *values = get_text(row, "has_field_values");
	const char *base = get_text(row, "base_type");
	if (!*values)
		values = !strcmp(base, "type/Text") ? "search" : "none";
	else if (!strcmp(values, "auto-list"))
		values = "list";
	json_object_set_new(row, "has_field_values", json_string(values));
	int64_t target = get_id(row, "fk_target_field_id");
	json_object_set_new(
		row, "target", target ? store_get(r->store, &field_table, target) : json_null());
	json_object_set_new(row, "dimensions", json_array());
	json_object_set_new(row, "name_field", json_null());
	store_show(&field_table, row, r->version);
	return row;
}

/* The fields of a table that clients see: nested ones from 0.51. */
static json_t *fields_of(struct request *r, int64_t table, bool hidden) {
	json_t *rows = store_select(r->store, &field_table,
		"table_id = ? AND active = 1 AND (? OR parent_id IS NULL) AND "
		"(? OR visibility_type NOT IN ('hidden', 'sensitive', 'retired')) ORDER BY "
		"position, id",
		json_pack("[I, b, b]", (json_int_t)table, r->version >= 51, (int)hidden));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		field_show(r, row);
	return rows;
}

json_t *table_show(struct request *r, json_t *row, bool with_fields, bool hidden) {
	if (with_fields) {
		json_object_set_new(row, "fields", fields_of(r, get_id(row, "id"), hidden));
		json_object_set_new(row, "segments", json_array());
		json_object_set_new(row, "metrics", json_array());
	}
	store_show(&table_table, row, r->version);
	return row;
}

static json_t *tables_of(struct request *r, int64_t database, const char *where, bool with_fields,
	bool hidden) {
	char sql[200];
	snprintf(sql, sizeof(sql), "db_id = ? AND %s ORDER BY schema, name", where);
	json_t *rows =
		store_select(r->store, &table_table, sql, json_pack("[I]", (json_int_t)database));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		table_show(r, row, with_fields, hidden);
	return rows;
}

#define LISTED "active = 1 AND visibility_type IS NULL"

json_t *database_show(struct request *r, json_t *row) {
	static const char *const features[] = {"basic-aggregations", "binning", "expressions",
		"foreign-keys", "nested-queries", "native-parameters",
		"native-parameter-card-reference", "standard-deviation-aggregations",
		"temporal-extract"};
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT_OF(features); i++)
		json_array_append_new(list, json_string(features[i]));
	json_object_set_new(row, "features", list);
	json_object_set_new(row, "native_permissions", json_string("write"));
	json_object_set_new(row, "can_upload", json_false());
	if (r->user.admin)
		json_object_set_new(row, "details", json_pack("{s:s?, s:s}", "project-id",
			r->sandbox->settings->project, "service-account-json", "**MetabasePass**"));
	store_show(&database_table, row, r->version);
	return row;
}

static void add_tables(struct request *r, json_t *database) {
	const char *include = query_text(r, "include");
	if (!include)
		return;
	bool fields = !strcmp(include, "tables.fields");
	if (fields || !strcmp(include, "tables"))
		json_object_set_new(database, "tables",
			tables_of(r, get_id(database, "id"), LISTED, fields, false));
}

void database_list(struct request *r) {
	json_t *rows = store_select(r->store, &database_table, "1 ORDER BY lower(name), id", NULL);
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		add_tables(r, database_show(r, row));
	if (query_flag(r, "saved"))
		json_array_append_new(rows, json_pack("{s:i, s:s, s:b, s:[]}", "id", -1337, "name",
			"Saved Questions", "is_saved_questions", 1, "features"));
	reply_json(r, 200,
		json_pack("{s:o, s:I}", "data", rows, "total", (json_int_t)json_array_size(rows)));
}

void database_read(struct request *r) {
	json_t *row = path_row(r, &database_table);
	if (!row)
		return;
	add_tables(r, database_show(r, row));
	reply_json(r, 200, row);
}

void database_metadata(struct request *r) {
	json_t *row = path_row(r, &database_table);
	if (!row)
		return;
	bool hidden = query_flag(r, "include_hidden");
	const char *where = query_flag(r, "remove_inactive") ? (hidden ? "active = 1" : LISTED) :
		(hidden ? "1" : "visibility_type IS NULL");
	json_t *tables =
		tables_of(r, get_id(row, "id"), where, !query_flag(r, "skip_fields"), hidden);
	json_object_set_new(database_show(r, row), "tables", tables);
	reply_json(r, 200, row);
}

static json_t *field_brief(struct request *r, const json_t *field, const json_t *table) {
	json_t *brief = json_object();
	static const char *const kept[] = {
		"id", "name", "display_name", "base_type", "semantic_type"};
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		json_object_set(brief, kept[i], json_object_get(field, kept[i]));
	json_object_set(brief, "table_name", json_object_get(table, "display_name"));
	json_object_set(brief, "table_name", json_object_get(table, "name"));
	json_object_set(brief, "schema", json_object_get(table, "schema"));
	if (r->version >= 52)
		json_object_set(brief, "table_id", json_object_get(table, "id"));
	return brief;
}

static void reply_fields(struct request *r, const char *where) {
	json_auto_t *database = path_row(r, &database_table);
	if (!database)
		return;
	json_auto_t *tables = tables_of(r, get_id(database, "id"), "active = 1", false, false);
	json_t *all = json_array();
	size_t i, k;
	json_t *table, *field;
	json_array_foreach(tables, i, table) {
		json_auto_t *fields = store_select(r->store, &field_table, where,
			json_pack("[I, b]", (json_int_t)get_id(table, "id"), r->version >= 51));
		json_array_foreach(fields, k, field)
			json_array_append_new(all, field_brief(r, field, table));
	}
	reply_json(r, 200, all);
}

void database_fields(struct request *r) {
	reply_fields(r,
		"table_id = ? AND (? OR parent_id IS NULL) AND active = 1 AND visibility_type "
		"NOT IN ('sensitive', 'retired') ORDER BY position, id");
}

void database_idfields(struct request *r) {
	reply_fields(r,
		"table_id = ? AND (? OR parent_id IS NULL) AND active = 1 AND semantic_type = "
		"'type/PK' ORDER BY position, id");
}

void database_schemas(struct request *r) {
	json_auto_t *database = path_row(r, &database_table);
	if (!database)
		return;
	json_auto_t *tables = tables_of(r, get_id(database, "id"), LISTED, false, false);
	json_t *schemas = json_array();
	const char *last = NULL;
	size_t i;
	json_t *table;
	json_array_foreach(tables, i, table) {
		const char *schema = get_text(table, "schema");
		if (!last || strcmp(last, schema))
			json_array_append_new(schemas, json_string(schema));
		last = schema;
	}
	reply_json(r, 200, schemas);
}

static void reply_schema(struct request *r, const char *schema) {
	json_auto_t *database = path_row(r, &database_table);
	if (!database)
		return;
	json_t *tables = store_select(r->store, &table_table,
		"db_id = ? AND schema = ? AND " LISTED " ORDER BY name",
		json_pack("[I, s]", (json_int_t)get_id(database, "id"), schema));
	size_t i;
	json_t *table;
	json_array_foreach(tables, i, table)
		table_show(r, table, false, false);
	if (json_array_size(tables) > 0 || !*schema) {
		reply_json(r, 200, tables);
		return;
	}
	json_decref(tables);
	reply_text(r, 404, "Not found.");
}

void database_schema(struct request *r) {
	reply_schema(r, r->captures[1]);
}

void database_schema_empty(struct request *r) {
	reply_schema(r, "");
}

static void start_sync(struct request *r, const struct store_table *table) {
	json_auto_t *row = path_row(r, table);
	const char *trouble = row ? sync_trouble(r->sandbox, r->arena) : NULL;
	if (trouble)
		reply_text(r, 422, trouble);
	if (!row || trouble)
		return;
	r->sandbox->sync_due_ms = clock_ms() + SYNC_DELAY_MS;
	reply_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

void database_sync(struct request *r) {
	start_sync(r, &database_table);
}

void table_sync(struct request *r) {
	start_sync(r, &table_table);
}

void database_rescan(struct request *r) {
	json_auto_t *row = path_row(r, &database_table);
	if (row)
		reply_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

static void add_database(struct request *r, json_t *table) {
	json_t *row = store_get(r->store, &database_table, get_id(table, "db_id"));
	if (row)
		json_object_set_new(table, "db", database_show(r, row));
}

void table_list(struct request *r) {
	json_t *rows = store_select(r->store, &table_table, LISTED " ORDER BY name, id", NULL);
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		add_database(r, table_show(r, row, false, false));
	reply_json(r, 200, rows);
}

void table_read(struct request *r) {
	json_t *row = path_row(r, &table_table);
	if (!row)
		return;
	json_auto_t *key = store_find(r->store, &field_table,
		"table_id = ? AND semantic_type = 'type/PK' AND active = 1",
		json_pack("[I]", (json_int_t)get_id(row, "id")));
	json_object_set_new(row, "pk_field", key ? json_integer(get_id(key, "id")) : json_null());
	add_database(r, table_show(r, row, false, false));
	reply_json(r, 200, row);
}

/* A saved question as a table: its columns are its fields. */
static void reply_card_table(struct request *r, const char *number) {
	long long id = 0;
	str_integer(str_from(number), &id);
	json_auto_t *card = store_get(r->store, &card_table, id);
	if (!card) {
		reply_not_found(r);
		return;
	}
	const json_t *columns = json_object_get(card, "result_metadata");
	reply_json(r, 200,
		json_pack("{s:s, s:O, s:O, s:O, s:s, s:O?, s:[], s:[]}", "id", r->captures[0],
			"db_id", json_object_get(card, "database_id"), "display_name",
			json_object_get(card, "name"), "description",
			json_object_get(card, "description"), "schema", "Everything else", "fields",
			json_is_array(columns) ? columns : NULL, "segments", "metrics"));
}

void table_query_metadata(struct request *r) {
	if (!strncmp(r->captures[0], "card__", 6)) {
		reply_card_table(r, r->captures[0] + 6);
		return;
	}
	json_t *row = path_row(r, &table_table);
	if (!row)
		return;
	bool hidden =
		query_flag(r, "include_hidden_fields") || query_flag(r, "include_sensitive_fields");
	add_database(r, table_show(r, row, true, hidden));
	reply_json(r, 200, row);
}

void field_read(struct request *r) {
	json_t *row = path_row(r, &field_table);
	if (!row)
		return;
	json_t *table = store_get(r->store, &table_table, get_id(row, "table_id"));
	json_object_set_new(field_show(r, row), "table", table);
	reply_json(r, 200, row);
}

void field_update(struct request *r) {
	static const struct rule rules[] = {
		{"display_name", RULE_NONBLANK, NULLABLE},
		{"description", RULE_NONBLANK, NULLABLE},
		{"semantic_type", RULE_NONBLANK, NULLABLE},
		{"fk_target_field_id", RULE_POSITIVE, NULLABLE},
		{"has_field_values", RULE_NONBLANK, NULLABLE},
		{"visibility_type", RULE_NONBLANK, NULLABLE},
		{"coercion_strategy", RULE_NONBLANK, NULLABLE},
		{"settings", RULE_MAP, NULLABLE},
		{"caveats", RULE_NONBLANK, NULLABLE},
		{"points_of_interest", RULE_NONBLANK, NULLABLE},
		{0},
	};
	json_auto_t *row = path_row(r, &field_table);
	if (!row || !check_body(r, rules))
		return;
	json_t *values = json_object();
	for (const struct rule *rule = rules; rule->name; rule++)
		if (has(r->body, rule->name))
			json_object_set(values, rule->name, json_object_get(r->body, rule->name));
	store_update(r->store, &field_table, get_id(row, "id"), values);
	reply_json(r, 200, field_show(r, store_get(r->store, &field_table, get_id(row, "id"))));
}

void field_values(struct request *r) {
	json_auto_t *row = path_row(r, &field_table);
	if (row)
		reply_json(r, 200, json_pack("{s:[], s:O, s:b}", "values", "field_id",
			json_object_get(row, "id"), "has_more_values", 0));
}
