/* Table descriptions and JSON rows in, SQL out. Prepared statements are kept by their text, since
 * the same few dozen come again and again. The journal is a write-ahead log, so a kill leaves the
 * last whole request behind. */
#include "vm/sandbox/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/buf.h"
#include "runtime/map.h"
#include "vm/sandbox/ident.h"

#define KEPT_STATEMENTS 256     /* a power of two */

struct store {
	sqlite3 *db;
	sqlite3_stmt *kept[KEPT_STATEMENTS];
	char now[ISO_TIME_SIZE];
	char error[512];
};

static const char *const type_sql[] = {
	[STORE_INTEGER] = "INTEGER", [STORE_TEXT] = "TEXT", [STORE_TIME] = "TEXT",
	[STORE_BOOLEAN] = "INTEGER", [STORE_JSON] = "TEXT",
};

static void fail(struct store *store, const char *sql) {
	if (store->error[0])
		return;
	snprintf(store->error, sizeof(store->error), "%s", sqlite3_errmsg(store->db));
	fprintf(stderr, "mbc-sandbox: state: %s in: %.200s\n", store->error, sql);
}

static void execute(struct store *store, const char *sql) {
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail(store, sql);
}

struct store *store_open(const char *path) {
	struct store *store = calloc(1, sizeof(*store));
	if (!store)
		return NULL;
	iso_time(store->now);
	if (sqlite3_open(*path ? path : ":memory:", &store->db) != SQLITE_OK) {
		fprintf(stderr, "mbc-sandbox: %s: %s\n", path, sqlite3_errmsg(store->db));
		store_close(store);
		return NULL;
	}
	sqlite3_busy_timeout(store->db, 2000);
	execute(store, "PRAGMA journal_mode=WAL");
	execute(store, "PRAGMA synchronous=NORMAL");
	execute(store, "PRAGMA foreign_keys=ON");
	execute(store, "CREATE TABLE IF NOT EXISTS sandbox_state (format INTEGER)");
	if (!store_error(store))
		return store;
	fprintf(stderr, "mbc-sandbox: %s cannot be used as state\n", path);
	store_close(store);
	return NULL;
}

void store_close(struct store *store) {
	if (!store)
		return;
	for (size_t i = 0; i < KEPT_STATEMENTS; i++)
		sqlite3_finalize(store->kept[i]);
	sqlite3_close(store->db);
	free(store);
}

static void column_sql(struct buf *sql, const struct store_column *column) {
	buf_printf(sql, "\"%s\" %s", column->name, type_sql[column->type]);
	if (column->initial)
		buf_printf(sql, " DEFAULT %s", column->initial);
}

static bool column_exists(struct store *store, const char *table, const char *column) {
	return sqlite3_table_column_metadata(
		       store->db, NULL, table, column, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

void store_define(struct store *store, const struct store_table *table) {
	struct buf sql = BUF(16384);
	buf_printf(&sql, "CREATE TABLE IF NOT EXISTS \"%s\" (id INTEGER PRIMARY KEY AUTOINCREMENT",
		table->name);
	for (const struct store_column *column = table->columns; column->name; column++) {
		buf_puts(&sql, ", ");
		column_sql(&sql, column);
	}
	buf_printf(&sql, "%s)", table->constraints ? table->constraints : "");
	execute(store, sql.ptr);
	for (const struct store_column *column = table->columns; column->name; column++) {
		if (column_exists(store, table->name, column->name))
			continue;
		buf_clear(&sql);
		buf_printf(&sql, "ALTER TABLE \"%s\" ADD COLUMN ", table->name);
		column_sql(&sql, column);
		execute(store, sql.ptr);
	}
	if (table->index) {
		buf_clear(&sql);
		buf_printf(&sql, "CREATE INDEX IF NOT EXISTS \"%s_index\" ON \"%s\" (%s)",
			table->name, table->name, table->index);
		execute(store, sql.ptr);
	}
	buf_free(&sql);
}

void store_begin(struct store *store) {
	store->error[0] = '\0';
	iso_time(store->now);
	execute(store, "BEGIN IMMEDIATE");
}

void store_end(struct store *store, bool keep) {
	if (sqlite3_get_autocommit(store->db))
		return;
	execute(store, keep && !store->error[0] ? "COMMIT" : "ROLLBACK");
}

const char *store_now(const struct store *store) {
	return store->now;
}

const char *store_error(const struct store *store) {
	return store->error[0] ? store->error : NULL;
}

static void bind(sqlite3_stmt *statement, int at, enum store_type type, const json_t *value) {
	if (!value || (json_is_null(value) && type != STORE_JSON)) {
		sqlite3_bind_null(statement, at);
	} else if (type == STORE_JSON) {
		if (json_is_null(value)) {
			sqlite3_bind_null(statement, at);
			return;
		}
		char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		sqlite3_bind_text(statement, at, text, -1, free);
	} else if (json_is_string(value)) {
		sqlite3_bind_text(statement, at, json_string_value(value),
			(int)json_string_length(value), SQLITE_TRANSIENT);
	} else if (json_is_real(value)) {
		sqlite3_bind_double(statement, at, json_real_value(value));
	} else {
		sqlite3_bind_int64(statement, at,
			json_is_boolean(value) ? json_is_true(value) : json_integer_value(value));
	}
}

/* The kept statement of that text; one that another text has the place of, or that is in use, is
 * not kept. */
static sqlite3_stmt *statement_of(struct store *store, const char *sql) {
	sqlite3_stmt **place = &store->kept[str_hash(str_from(sql)) % KEPT_STATEMENTS];
	if (*place && !strcmp(sqlite3_sql(*place), sql) && !sqlite3_stmt_busy(*place))
		return *place;
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
	    SQLITE_OK)
		fail(store, sql);
	else if (!*place)
		*place = statement;
	return statement;
}

static void release(struct store *store, sqlite3_stmt *statement) {
	if (!statement)
		return;
	if (store->kept[str_hash(str_from(sqlite3_sql(statement))) % KEPT_STATEMENTS] !=
		statement) {
		sqlite3_finalize(statement);
		return;
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

/* A statement with its question marks filled from a stolen array. */
static sqlite3_stmt *prepare(struct store *store, const char *sql, json_t *args) {
	sqlite3_stmt *statement = statement_of(store, sql);
	if (!statement) {
		json_decref(args);
		return NULL;
	}
	size_t i;
	json_t *value;
	json_array_foreach(args, i, value) bind(statement, (int)i + 1,
		json_is_array(value) || json_is_object(value) ? STORE_JSON : STORE_TEXT, value);
	json_decref(args);
	return statement;
}

static json_t *column_value(sqlite3_stmt *statement, int at, enum store_type type) {
	if (sqlite3_column_type(statement, at) == SQLITE_NULL)
		return json_null();
	const char *text;
	switch (type) {
	case STORE_INTEGER:
		return json_integer(sqlite3_column_int64(statement, at));
	case STORE_BOOLEAN:
		return json_boolean(sqlite3_column_int64(statement, at));
	case STORE_TEXT:
	case STORE_TIME:
		text = (const char *)sqlite3_column_text(statement, at);
		return json_stringn(text, (size_t)sqlite3_column_bytes(statement, at));
	case STORE_JSON:
		text = (const char *)sqlite3_column_text(statement, at);
		return json_loads(text, JSON_DECODE_ANY, NULL);
	}
	return json_null();
}

static json_t *read_row(sqlite3_stmt *statement, const struct store_table *table) {
	json_t *row = json_object();
	json_object_set_new(row, "id", json_integer(sqlite3_column_int64(statement, 0)));
	for (int i = 0; table->columns[i].name; i++)
		json_object_set_new(row, table->columns[i].name,
			column_value(statement, i + 1, table->columns[i].type));
	return row;
}

json_t *store_select(struct store *store, const struct store_table *table, const char *where,
	json_t *args) {
	struct buf sql = BUF(16384);
	buf_puts(&sql, "SELECT id");
	for (const struct store_column *column = table->columns; column->name; column++)
		buf_printf(&sql, ", \"%s\"", column->name);
	buf_printf(&sql, " FROM \"%s\" WHERE %s", table->name, where ? where : "1 ORDER BY id");
	json_t *rows = json_array();
	sqlite3_stmt *statement = prepare(store, sql.ptr, args);
	int state = SQLITE_DONE;
	while (statement && (state = sqlite3_step(statement)) == SQLITE_ROW)
		json_array_append_new(rows, read_row(statement, table));
	if (state != SQLITE_DONE)
		fail(store, sql.ptr);
	release(store, statement);
	buf_free(&sql);
	return rows;
}

json_t *store_find(struct store *store, const struct store_table *table, const char *where,
	json_t *args) {
	json_auto_t *rows = store_select(store, table, where, args);
	return json_incref(json_array_get(rows, 0));
}

json_t *store_get(struct store *store, const struct store_table *table, int64_t id) {
	return store_find(store, table, "id = ?", json_pack("[I]", (json_int_t)id));
}

int64_t store_count(struct store *store, const struct store_table *table, const char *where,
	json_t *args) {
	struct buf sql = BUF(16384);
	buf_printf(&sql, "SELECT count(*) FROM \"%s\" WHERE %s", table->name, where ? where : "1");
	sqlite3_stmt *statement = prepare(store, sql.ptr, args);
	int64_t count = statement && sqlite3_step(statement) == SQLITE_ROW ?
		sqlite3_column_int64(statement, 0) : 0;
	release(store, statement);
	buf_free(&sql);
	return count;
}

bool store_has_column(const struct store_table *table, const char *name) {
	for (const struct store_column *column = table->columns; column->name; column++)
		if (!strcmp(column->name, name))
			return true;
	return false;
}

static void set_if_column(const struct store_table *table, json_t *values, const char *name,
	const char *text) {
	if (store_has_column(table, name) && !json_object_get(values, name))
		json_object_set_new(values, name, json_string(text));
}

/* Binds the members of `values` in the order of the columns; gives the last position used. */
static int bind_columns(sqlite3_stmt *statement, const struct store_table *table,
	const json_t *values) {
	int at = 0;
	for (const struct store_column *column = table->columns; column->name; column++) {
		const json_t *value = json_object_get(values, column->name);
		if (value)
			bind(statement, ++at, column->type, value);
	}
	return at;
}

static void step_once(struct store *store, sqlite3_stmt *statement, const char *sql) {
	if (statement && sqlite3_step(statement) != SQLITE_DONE)
		fail(store, sql);
	release(store, statement);
}

int64_t store_insert(struct store *store, const struct store_table *table, json_t *values) {
	char entity[ENTITY_ID_SIZE];
	make_entity_id(entity);
	set_if_column(table, values, "entity_id", entity);
	set_if_column(table, values, "created_at", store->now);
	set_if_column(table, values, "updated_at", store->now);
	struct buf sql = BUF(16384), marks = BUF(4096);
	buf_printf(&sql, "INSERT INTO \"%s\" (id", table->name);
	buf_puts(&marks, "NULL");
	for (const struct store_column *column = table->columns; column->name; column++) {
		if (!json_object_get(values, column->name))
			continue;
		buf_printf(&sql, ", \"%s\"", column->name);
		buf_puts(&marks, ", ?");
	}
	buf_printf(&sql, ") VALUES (%s)", marks.ptr);
	sqlite3_stmt *statement = prepare(store, sql.ptr, NULL);
	if (statement)
		bind_columns(statement, table, values);
	step_once(store, statement, sql.ptr);
	json_decref(values);
	buf_free(&sql);
	buf_free(&marks);
	return store->error[0] ? 0 : sqlite3_last_insert_rowid(store->db);
}

void store_update(
	struct store *store, const struct store_table *table, int64_t id, json_t *values) {
	set_if_column(table, values, "updated_at", store->now);
	struct buf sql = BUF(16384);
	buf_printf(&sql, "UPDATE \"%s\" SET id = id", table->name);
	for (const struct store_column *column = table->columns; column->name; column++)
		if (json_object_get(values, column->name))
			buf_printf(&sql, ", \"%s\" = ?", column->name);
	buf_puts(&sql, " WHERE id = ?");
	sqlite3_stmt *statement = prepare(store, sql.ptr, NULL);
	if (statement)
		sqlite3_bind_int64(statement, bind_columns(statement, table, values) + 1, id);
	step_once(store, statement, sql.ptr);
	json_decref(values);
	buf_free(&sql);
}

void store_delete(struct store *store, const struct store_table *table, int64_t id) {
	char sql[128];
	snprintf(sql, sizeof(sql), "DELETE FROM \"%s\" WHERE id = ?", table->name);
	store_run(store, sql, json_pack("[I]", (json_int_t)id));
}

void store_run(struct store *store, const char *sql, json_t *args) {
	step_once(store, prepare(store, sql, args), sql);
}

/* The server cuts trailing zeros of the fraction, so lengths vary. */
static json_t *shown_time(const json_t *value) {
	char text[ISO_TIME_SIZE];
	snprintf(text, sizeof(text), "%s", json_string_value(value));
	size_t len = strlen(text);
	if (len < 2 || text[len - 1] != 'Z' || !strchr(text, '.'))
		return json_string(text);
	len--;
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	text[len++] = 'Z';
	return json_stringn(text, len);
}

void store_show(const struct store_table *table, json_t *row, int version) {
	for (const struct store_column *column = table->columns; column->name; column++) {
		const json_t *value = json_object_get(row, column->name);
		bool newer = column->since && version < column->since;
		bool older = column->until && version > column->until;
		if (column->hidden || newer || older)
			json_object_del(row, column->name);
		else if (column->type == STORE_TIME && json_is_string(value))
			json_object_set_new(row, column->name, shown_time(value));
	}
}
