/* The sandbox's memory: rows of SQLite tables as JSON objects. A table is described once; its
 * schema, reading, writing and what a server version shows of it all come from that description.
 *
 * SQL that fails is remembered in the store, not returned: the request is then rolled back and
 * answered with 500, so handlers need not look at every result. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

enum store_type { STORE_INTEGER, STORE_TEXT, STORE_TIME, STORE_BOOLEAN, STORE_JSON };

struct store_column {
	const char *name;
	enum store_type type;
	const char *initial;    /* SQL of the default, NULL: null */
	int since, until;       /* server versions that show it; 0: no limit */
	bool hidden;            /* never shown */
};

/* Columns end with an empty row. Every table has an `id` besides those. */
struct store_table {
	const char *name;
	const struct store_column *columns;
	const char *constraints; /* SQL after the columns, starting with a comma, or NULL */
	const char *index;      /* columns to index, or NULL */
};

struct store;

/* Opens or makes the state; an empty path keeps it in memory. NULL with a line on stderr. */
struct store *store_open(const char *path);
void store_close(struct store *store);

/* Adds a table, or columns that a state made by an older program lacks. */
void store_define(struct store *store, const struct store_table *table);

/* One request. `now` is the time that all its rows get. */
void store_begin(struct store *store);
void store_end(struct store *store, bool keep);
const char *store_now(const struct store *store);

/* What went wrong since store_begin, or NULL. */
const char *store_error(const struct store *store);

/* The row, or NULL; new. */
json_t *store_get(struct store *store, const struct store_table *table, int64_t id);

/* Rows for `where` (SQL after WHERE, may go on with ORDER BY; NULL: all by id), an array; new. The
 * array `args` fills the question marks and is stolen; NULL: none. */
json_t *store_select(struct store *store, const struct store_table *table, const char *where,
	json_t *args);

/* The first row of a select, or NULL; new. */
json_t *store_find(struct store *store, const struct store_table *table, const char *where,
	json_t *args);

/* Number of rows. */
int64_t store_count(struct store *store, const struct store_table *table, const char *where,
	json_t *args);

/* Writes the members of `values` that are columns (stolen). Tables with `entity_id`, `created_at`
 * or `updated_at` get these on insert, and `updated_at` on update. */
int64_t store_insert(struct store *store, const struct store_table *table, json_t *values);
void store_update(struct store *store, const struct store_table *table, int64_t id, json_t *values);
void store_delete(struct store *store, const struct store_table *table, int64_t id);

/* Any other statement. */
void store_run(struct store *store, const char *sql, json_t *args);

/* Takes out of a row what a server of this version does not show, and writes times as it does. */
void store_show(const struct store_table *table, json_t *row, int version);

/* Is it a column of the table (beside `id`)? */
bool store_has_column(const struct store_table *table, const char *name);
