/* DDL in, rows of tables and fields out; the warehouse's own tables come by sync_bigquery.c. A sync
 * first takes everything for gone, then finds what is there. */
#include "vm/sandbox/sync.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiler/query/catalogue.h"
#include "compiler/source/variables.h"
#include "runtime/buf.h"
#include "vm/sandbox/resource.h"

static const struct {
	const char *database_type, *base_type;
} types[] = {
	{"STRING", "type/Text"},
	{"INT64", "type/Integer"},
	{"INTEGER", "type/Integer"},
	{"INT", "type/Integer"},
	{"SMALLINT", "type/Integer"},
	{"BIGINT", "type/Integer"},
	{"FLOAT64", "type/Float"},
	{"FLOAT", "type/Float"},
	{"NUMERIC", "type/Decimal"},
	{"DECIMAL", "type/Decimal"},
	{"BIGNUMERIC", "type/Decimal"},
	{"BIGDECIMAL", "type/Decimal"},
	{"BOOL", "type/Boolean"},
	{"BOOLEAN", "type/Boolean"},
	{"DATE", "type/Date"},
	{"DATETIME", "type/DateTime"},
	{"TIMESTAMP", "type/DateTimeWithLocalTZ"},
	{"TIME", "type/Time"},
	{"STRUCT", "type/Dictionary"},
	{"RECORD", "type/Dictionary"},
	{"ARRAY", "type/Array"},
	{"JSON", "type/JSON"},
};

const char *base_type(struct str type, bool repeated) {
	if (repeated)
		return "type/Array";
	size_t end = str_find(type, "(", 0), angle = str_find(type, "<", 0);
	type = str_trim(str_slice(type, 0, end < angle ? end : angle));
	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (str_eq_fold(type, str_from(types[i].database_type)))
			return types[i].base_type;
	return "type/*";
}

/* "order_id" → "Order ID". */
static json_t *display_name(struct str name) {
	struct buf out = BUF(1000);
	struct str piece;
	while (str_split(&name, '_', &piece)) {
		if (piece.len == 0)
			continue;
		buf_puts(&out, out.len ? " " : "");
		if (str_eq_fold(piece, STR("id"))) {
			buf_puts(&out, "ID");
			continue;
		}
		buf_putc(&out, (char)toupper((unsigned char)piece.ptr[0]));
		buf_add_str(&out, str_slice(piece, 1, piece.len));
	}
	json_t *text = json_string(out.ptr ? out.ptr : "");
	buf_free(&out);
	return text ? text : json_string("");
}

static json_t *text_of(struct str text) {
	return json_stringn(text.len ? text.ptr : "", text.len);
}

static json_t *text_or_null(struct str text) {
	return text.len ? text_of(text) : json_null();
}

int64_t sync_table(struct store *store, int64_t database, struct str schema, struct str name,
	struct str description) {
	json_auto_t *row = store_find(store, &table_table, "db_id = ? AND schema = ? AND name = ?",
		json_pack("[I, o, o]", (json_int_t)database, text_of(schema), text_of(name)));
	if (!row)
		return store_insert(store, &table_table,
			json_pack("{s:I, s:o, s:o, s:o, s:o}", "db_id", (json_int_t)database,
				"schema", text_of(schema), "name", text_of(name), "display_name",
				display_name(name), "description", text_or_null(description)));
	int64_t id = get_id(row, "id");
	store_run(store, "UPDATE metabase_table SET active = 1 WHERE id = ?",
		json_pack("[I]", (json_int_t)id));
	return id;
}

static json_t *new_field(int64_t table, const struct sync_column *column) {
	const char *type = base_type(column->database_type, column->repeated);
	bool is_struct = !strcmp(type, "type/Dictionary");
	return json_pack(
		"{s:I, s:o, s:o, s:o, s:i, s:o, s:s, s:s, s:s?, s:s, s:b, s:b, s:b, s:o, s:o}",
		"table_id", (json_int_t)table, "name", text_of(column->name), "display_name",
		display_name(column->name), "description", text_or_null(column->description),
		"position", column->position, "database_type",
		column->repeated ? json_string("ARRAY") : text_of(column->database_type),
		"base_type", type, "effective_type", type, "semantic_type",
		column->key ? "type/PK" : NULL, "visibility_type",
		is_struct ? "details-only" : "normal", "database_is_pk", (int)column->key,
		"database_required", (int)column->required, "database_partitioned",
		(int)column->partition, "parent_id",
		column->parent ? json_integer(column->parent) : json_null(), "nfc_path",
		column->path ? json_incref(column->path) : json_null());
}

int64_t sync_column(struct store *store, int64_t table, const struct sync_column *column) {
	json_auto_t *row = store_find(store, &field_table,
		"table_id = ? AND coalesce(parent_id, 0) = ? AND name = ?",
		json_pack("[I, I, o]", (json_int_t)table, (json_int_t)column->parent,
			text_of(column->name)));
	if (!row)
		return store_insert(store, &field_table, new_field(table, column));
	int64_t id = get_id(row, "id");
	json_auto_t *now = new_field(table, column);
	json_t *changed = json_pack("{s:b}", "active", 1);
	static const char *const synced[] = {
		"position", "database_type", "base_type", "effective_type"};
	for (size_t i = 0; i < COUNT_OF(synced); i++)
		json_object_set(changed, synced[i], json_object_get(now, synced[i]));
	store_update(store, &field_table, id, changed);
	return id;
}

/* Columns of a table or a STRUCT, with `path` the names above them. */
static void sync_columns(struct store *store, int64_t table, int64_t parent, json_t *path,
	const struct catalogue_column *columns, size_t count) {
	for (size_t i = 0; i < count; i++) {
		const struct catalogue_column *column = &columns[i];
		int64_t id = sync_column(store, table,
			&(struct sync_column){.name = column->name,
				.database_type = column->database_type,
				.repeated = column->repeated,
				.key = column->key,
				.position = (int)i,
				.parent = parent,
				.path = path});
		if (column->field_count == 0 || column->repeated)
			continue;
		json_auto_t *below = path ? json_copy(path) : json_array();
		json_array_append_new(below, text_of(column->name));
		sync_columns(store, table, id, below, column->fields, column->field_count);
	}
}

static struct str schema_of(const struct sandbox *sandbox, const struct catalogue_table *table) {
	return table->schema.len ? table->schema : str_from(sandbox->settings->dataset);
}

static json_t *find_table(struct sandbox *sandbox, int64_t database, struct str schema,
	struct str name) {
	return store_find(sandbox->store, &table_table,
		"db_id = ? AND (schema = ? OR ? = '') AND name = ? AND active = 1",
		json_pack("[I, o, o, o]", (json_int_t)database, text_of(schema), text_of(schema),
			text_of(name)));
}

/* Foreign keys point at the other table's primary key, if it has one column. */
static void sync_foreign_key(struct sandbox *sandbox, int64_t database,
	const struct catalogue *catalogue, const struct catalogue_table *from,
	const struct catalogue_column *column) {
	const struct catalogue_table *to = catalogue_table(catalogue, (struct str){0},
		column->references_table);
	json_auto_t *source = find_table(sandbox, database, schema_of(sandbox, from), from->name);
	json_auto_t *target = to ?
		find_table(sandbox, database, schema_of(sandbox, to), to->name) : NULL;
	json_auto_t *keys = target ? store_select(sandbox->store, &field_table,
					     "table_id = ? AND database_is_pk = 1",
					     json_pack("[I]", (json_int_t)get_id(target, "id")))
				   : NULL;
	if (!source || json_array_size(keys) != 1)
		return;
	store_run(sandbox->store,
		"UPDATE metabase_field SET semantic_type = coalesce(semantic_type, "
		"'type/FK'), fk_target_field_id = ? WHERE table_id = ? AND name = ? AND parent_id "
		"IS NULL",
		json_pack("[I, I, o]", (json_int_t)get_id(json_array_get(keys, 0), "id"),
			(json_int_t)get_id(source, "id"), text_of(column->name)));
}

/* `--var name=value` as the nodes that the compiler's variables are; --dataset gives `dataset`. */
static void add_variables(struct compile *c, const struct settings *settings,
	struct variables *variables) {
	for (size_t i = 0; i <= settings->variable_count; i++) {
		struct str name = STR("dataset"), value = str_from(settings->dataset);
		if (i > 0) {
			struct str whole = str_from(settings->variables[i - 1]);
			size_t sign = str_find(whole, "=", 0);
			name = str_slice(whole, 0, sign);
			value = str_slice(
				whole, sign == STR_NONE ? whole.len : sign + 1, whole.len);
		}
		if (!value.ptr)
			continue;
		struct node *node = arena_new(c->arena, struct node);
		*node = (struct node){.type = NODE_SCALAR, .at = SPAN_NONE, .scalar.text = value};
		*map_slot(c->arena, &variables->values, name) = node;
	}
}

static void sync_catalogue(struct sandbox *sandbox, int64_t database) {
	const struct settings *settings = sandbox->settings;
	sync_finish(sandbox);
	sandbox->compile = calloc(1, sizeof(*sandbox->compile));
	if (!sandbox->compile)
		out_of_memory();
	compile_init(sandbox->compile);
	struct variables variables = {0};
	add_variables(sandbox->compile, settings, &variables);
	const struct catalogue *catalogue = catalogue_load(sandbox->compile, settings->catalogue,
		settings->catalogue_count, &variables);
	sandbox->catalogue = catalogue;
	for (size_t i = 0; catalogue && i < catalogue->tables.count; i++) {
		const struct catalogue_table *table = catalogue->tables.items[i];
		int64_t id = sync_table(sandbox->store, database, schema_of(sandbox, table),
			table->name, (struct str){0});
		sync_columns(sandbox->store, id, 0, NULL, table->columns, table->column_count);
	}
	for (size_t i = 0; catalogue && i < catalogue->tables.count; i++) {
		const struct catalogue_table *table = catalogue->tables.items[i];
		for (size_t k = 0; k < table->column_count; k++)
			if (table->columns[k].references_table.len)
				sync_foreign_key(
					sandbox, database, catalogue, table, &table->columns[k]);
	}
	if (sandbox->compile->diagnostics.count > 0)
		diag_print(sandbox->compile, stderr, &(struct diag_print){.format = DIAG_SHORT});
}

void sync_finish(struct sandbox *sandbox) {
	if (sandbox->compile)
		compile_finish(sandbox->compile);
	free(sandbox->compile);
	sandbox->compile = NULL;
	sandbox->catalogue = NULL;
}

static int64_t seed_database(
	struct store *store, const char *name, const char *engine, bool sample) {
	json_auto_t *row = store_find(store, &database_table, "is_sample = ? ORDER BY id",
		json_pack("[b]", (int)sample));
	if (!row)
		return store_insert(store, &database_table,
			json_pack("{s:s, s:s, s:b}", "name", name, "engine", engine, "is_sample",
				(int)sample));
	int64_t id = get_id(row, "id");
	if (strcmp(get_text(row, "name"), name) || strcmp(get_text(row, "engine"), engine))
		store_update(store, &database_table, id,
			json_pack("{s:s, s:s}", "name", name, "engine", engine));
	return id;
}

/* A new server comes with a sample database; two tables of it are enough to be mistaken for. */
static void sync_sample(struct sandbox *sandbox) {
	bool sqlite = sandbox->version >= 63;
	int64_t database =
		seed_database(sandbox->store, "Sample Database", sqlite ? "sqlite" : "h2", true);
	struct str schema = sqlite ? STR("") : STR("PUBLIC");
	static const struct {
		const char *table, *name, *type;
		bool key;
	} columns[] = {
		{"PRODUCTS", "ID", "BIGINT", true}, {"PRODUCTS", "TITLE", "STRING", false},
		{"PRODUCTS", "CATEGORY", "STRING", false}, {"ORDERS", "ID", "BIGINT", true},
		{"ORDERS", "CREATED_AT", "TIMESTAMP", false}, {"ORDERS", "TOTAL", "FLOAT", false},
	};
	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		int64_t table = sync_table(sandbox->store, database, schema,
			str_from(columns[i].table), (struct str){0});
		sync_column(sandbox->store, table,
			&(struct sync_column){.name = str_from(columns[i].name),
				.database_type = str_from(columns[i].type),
				.key = columns[i].key,
				.position = (int)i});
	}
}

/* A warehouse that cannot be read leaves everything as it was. */
static void sync_warehouse(struct sandbox *sandbox, int64_t database) {
	struct store *store = sandbox->store;
	store_run(store, "SAVEPOINT sync", NULL);
	store_run(store, "UPDATE metabase_field SET active = 0 WHERE table_id IN (SELECT id FROM "
		"metabase_table WHERE db_id = ?)", json_pack("[I]", (json_int_t)database));
	store_run(store, "UPDATE metabase_table SET active = 0 WHERE db_id = ?",
		json_pack("[I]", (json_int_t)database));
	if (sandbox->settings->catalogue_count > 0)
		sync_catalogue(sandbox, database);
	if (sandbox->settings->warehouse && !sync_bigquery(sandbox, database))
		store_run(store, "ROLLBACK TO sync", NULL);
	store_run(store, "RELEASE sync", NULL);
}

void sync_schema(struct sandbox *sandbox) {
	int64_t database = seed_database(sandbox->store, sandbox->settings->database_name,
		"bigquery-cloud-sdk", false);
	sync_warehouse(sandbox, database);
	sync_sample(sandbox);
}
