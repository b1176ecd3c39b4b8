/* sql/tables is how the dataset should be. A fresh one gets exactly that, and counts all migrations as
 * done; an older one gets the migrations that it has not seen, one after another, each noted when it has
 * run. One that was killed runs again from its beginning, which is why each of its statements must bear
 * being run twice. Whether tables and views are of this version is told by one hash over their text, noted
 * beside the migrations under the number 0: as long as it stands, a run asks nothing more. */
#include "ingest/migrate.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/digest.h"
#include "ingest/drift.h"
#include "ingest/lease.h"
#include "ingest/sql.h"
#include "runtime/log.h"

static const char seen_sql[] = "SELECT name, sha256, number FROM `${dataset}.schema_migrations`\n"
			       "ORDER BY applied_at";
static const char views_sql[] =
	"SELECT table_name, view_definition FROM `${dataset}.INFORMATION_SCHEMA.VIEWS`";
static const char schema_name[] = "schema";

static void hash_text(const char *text, char out[HASH_TEXT]) {
	struct digest digest;
	digest_begin(&digest);
	digest_add(&digest, str_from(text));
	digest_end(&digest, out);
}

/* Of all tables and views. */
static void hash_schema(char out[HASH_TEXT]) {
	struct digest digest;
	digest_begin(&digest);
	for (const struct sql_file *file = sql_files; file->name; file++)
		if (file->folder == SQL_tables || file->folder == SQL_views)
			digest_add_text(&digest, file->text);
	digest_end(&digest, out);
}

/* --- tables and views ---------------------------------------------------------------------------- */

static bool has_table(const json_t *tables, const char *name) {
	size_t index;
	json_t *table;
	json_array_foreach((json_t *)tables, index, table) {
		const char *id = json_string_value(
			json_object_get(json_object_get(table, "tableReference"), "tableId"));
		if (id && strcmp(id, name) == 0)
			return true;
	}
	return false;
}

/* A fact whose table was dropped is empty once it is made anew, whatever was built before. */
static bool forget_builds(struct warehouse *warehouse, const char *table) {
	char *sql = arena_printf(
		warehouse->arena, "DELETE FROM `${dataset}.fact_builds` WHERE fact = '%s'", table);
	return !str_starts(str_from(table), "fct_") || warehouse_query(warehouse, table, sql, NULL);
}

/* Those of a folder that are not among `tables`; with NULL, all. */
static bool make(struct warehouse *warehouse, enum sql_folder folder, const json_t *tables) {
	for (const struct sql_file *file = sql_files; file->name; file++) {
		if (file->folder != folder || (tables && has_table(tables, file->name)))
			continue;
		log_line(has_table(tables, "schema_migrations") ? LOG_INFO : LOG_DEBUG,
			"%s was not there; it is made", file->name);
		if (has_table(tables, "fact_builds") && !forget_builds(warehouse, file->name))
			return false;
		if (!warehouse_query(warehouse, file->name, file->text, NULL))
			return false;
	}
	return true;
}

/* --- what the dataset has seen ------------------------------------------------------------------- */

struct notes {
	struct buf sql;
	size_t count;
};

/* A name that begins without digits has the number 0. */
static void add_note(struct notes *notes, const char *name, const char *hash) {
	if (!notes->count)
		buf_puts(&notes->sql, "INSERT INTO `${dataset}.schema_migrations` (number, name, "
				      "sha256, applied_at) VALUES");
	buf_printf(&notes->sql, "%s\n  (%d, '%s', '%s', CURRENT_TIMESTAMP())",
		notes->count++ ? "," : "", atoi(name), name, hash);
}

static void add_migration(struct notes *notes, const struct sql_file *file) {
	char hash[HASH_TEXT];
	hash_text(file->text, hash);
	add_note(notes, file->name, hash);
}

/* All at once, so that a kill leaves none or all. */
static bool write_notes(struct warehouse *warehouse, struct notes *notes) {
	bool good = !notes->count ||
		    warehouse_query(warehouse, "schema_migrations", notes->sql.ptr, NULL);
	buf_free(&notes->sql);
	return good;
}

/* The hash that was noted last under this name, or NULL. */
static const char *noted(const struct bigquery_result *seen, const char *name) {
	const char *hash = NULL;
	for (size_t i = 0; i < seen->row_count; i++)
		if (strcmp(bigquery_cell(seen, i, 0), name) == 0)
			hash = bigquery_cell(seen, i, 1);
	return hash;
}

static bool is_noted(const struct bigquery_result *seen, const char *name, const char *hash) {
	const char *before = noted(seen, name);
	return before && strcmp(before, hash) == 0;
}

static bool is_pending(const struct bigquery_result *seen, const struct sql_file *file) {
	return file->folder == SQL_migrations && !noted(seen, file->name);
}

static bool has_pending(const struct bigquery_result *seen) {
	for (const struct sql_file *file = sql_files; file->name; file++)
		if (is_pending(seen, file))
			return true;
	return false;
}

/* Texts must not change once they ran, and an old program must not work on a newer dataset. */
static bool is_history_mine(const struct bigquery_result *seen) {
	bool good = true;
	for (size_t i = 0; i < seen->row_count; i++) {
		const char *name = bigquery_cell(seen, i, 0);
		const struct sql_file *file = sql_find(SQL_migrations, name);
		char hash[HASH_TEXT];
		if (strcmp(bigquery_cell(seen, i, 2), "0") == 0)
			continue;
		if (file)
			hash_text(file->text, hash);
		if (file && strcmp(hash, bigquery_cell(seen, i, 1)) == 0)
			continue;
		good = false;
		log_line(LOG_ERROR,
			file ? "migration %s is not the text that ran here; write a new one instead"
			     : "the dataset has seen migration %s, which this version does not "
			       "know; use a newer version",
			name);
	}
	return good;
}

/* --- views --------------------------------------------------------------------------------------- */

/* A warehouse may keep a view in words of its own, so what it says of a view is not compared with sql/,
 * but with what it said when the view was made. */
struct view {
	const char *name, *note;        /* note: under which name it is noted */
	char hash[HASH_TEXT];           /* of what the warehouse says now */
	bool known;                     /* it was noted once */
};

typedef VEC(struct view) view_list;

/* Those of sql/views that are not as they were noted. */
static bool find_other_views(
	struct warehouse *warehouse, const struct bigquery_result *seen, view_list *others) {
	struct bigquery_result result;
	if (!warehouse_query(warehouse, "the views", views_sql, &result))
		return false;
	for (size_t i = 0; i < result.row_count; i++) {
		const char *text = bigquery_cell(&result, i, 1);
		struct view view = {.name = bigquery_cell(&result, i, 0)};
		if (!sql_find(SQL_views, view.name))
			continue;
		view.note = arena_printf(warehouse->arena, "view %s", view.name);
		hash_text(text ? text : "", view.hash);
		view.known = noted(seen, view.note) != NULL;
		if (!is_noted(seen, view.note, view.hash))
			vec_push(warehouse->arena, others, view);
	}
	return true;
}

static bool add_views(
	struct warehouse *warehouse, const struct bigquery_result *seen, struct notes *notes) {
	view_list others = {0};
	if (!find_other_views(warehouse, seen, &others))
		return false;
	for (size_t i = 0; i < others.count; i++)
		add_note(notes, others.items[i].note, others.items[i].hash);
	return true;
}

/* Makes views anew that somebody changed. `*other`: one is not as it was noted. */
static bool remake_views(
	struct warehouse *warehouse, const struct bigquery_result *seen, bool *other) {
	view_list others = {0};
	if (!find_other_views(warehouse, seen, &others))
		return false;
	*other = others.count > 0;
	for (size_t i = 0; i < others.count; i++) {
		const char *view = others.items[i].name;
		if (!others.items[i].known)
			continue;
		log_line(LOG_WARNING, "view %s was changed by hand; it is made anew", view);
		if (!warehouse_query(warehouse, view, sql_find(SQL_views, view)->text, NULL))
			return false;
	}
	return true;
}

/* Those that are not there, and those that somebody changed. */
static bool keep_views(struct warehouse *warehouse, const json_t *tables,
	const struct bigquery_result *seen) {
	struct notes notes = {.sql = BUF(1 << 20)};
	bool other = false;
	if (!make(warehouse, SQL_views, tables) || !remake_views(warehouse, seen, &other))
		return false;
	return !other || (add_views(warehouse, seen, &notes) && write_notes(warehouse, &notes));
}

/* --- migrations ---------------------------------------------------------------------------------- */

static int run_pending(struct warehouse *warehouse, const struct bigquery_result *seen) {
	for (const struct sql_file *file = sql_files; file->name; file++) {
		if (!is_pending(seen, file))
			continue;
		if (stop_signal)
			return EXIT_TERMINATED;
		log_line(LOG_INFO, "migration %s", file->name);
		struct notes notes = {.sql = BUF(8192)};
		add_migration(&notes, file);
		if (!warehouse_query(warehouse, file->name, file->text, NULL) ||
			!write_notes(warehouse, &notes))
			return warehouse_exit(warehouse);
	}
	return EXIT_DONE;
}

/* Under the lease, since two at once would do them twice; whoever waited looks again. */
static int migrate(struct warehouse *warehouse) {
	struct bigquery_result seen;
	struct lease lease;
	lease_init(&lease, warehouse, "migrate", moment_day(config_now(warehouse->config)), 0);
	enum lease_result taken = lease_wait(&lease);
	if (taken != LEASE_HELD)
		return taken == LEASE_OTHERS ? EXIT_LEASE : warehouse_exit(warehouse);
	bool asked = warehouse_query(warehouse, "schema_migrations", seen_sql, &seen);
	int code = asked ? run_pending(warehouse, &seen) : warehouse_exit(warehouse);
	lease_give(&lease);
	return lease.lost ? EXIT_LEASE : code;
}

/* --- the whole ----------------------------------------------------------------------------------- */

/* Views and descriptions, as this version has them. A fresh dataset's tables have theirs already. */
static bool renew(struct warehouse *warehouse, const struct bigquery_result *seen, const char *hash) {
	bool fresh = seen->row_count == 0;
	struct notes notes = {.sql = BUF(1 << 20)};
	if (!make(warehouse, SQL_views, NULL) || (!fresh && !drift_describe(warehouse)) ||
		!add_views(warehouse, seen, &notes))
		return false;
	for (const struct sql_file *file = sql_files; file->name && fresh; file++)
		if (file->folder == SQL_migrations)
			add_migration(&notes, file);
	if (!is_noted(seen, schema_name, hash))
		add_note(&notes, schema_name, hash);
	return write_notes(warehouse, &notes);
}

static int bring(struct warehouse *warehouse, bool always) {
	struct bigquery_error error;
	struct bigquery_result seen;
	char hash[HASH_TEXT];
	json_auto_t *tables = bigquery_table_list(&warehouse->bq, &error);
	if (!tables) {
		warehouse_complain(warehouse, "the list of tables", &error);
		return warehouse_exit(warehouse);
	}
	if (!make(warehouse, SQL_tables, tables) ||
		!warehouse_query(warehouse, "schema_migrations", seen_sql, &seen))
		return warehouse_exit(warehouse);
	if (!is_history_mine(&seen))
		return EXIT_REFUSED;
	bool fresh = seen.row_count == 0;
	int code = !fresh && has_pending(&seen) ? migrate(warehouse) : EXIT_DONE;
	if (code)
		return code;
	if (!drift_read(warehouse))
		return warehouse_exit(warehouse);
	hash_schema(hash);
	if ((is_noted(&seen, schema_name, hash) && !always) || warehouse->changed.count)
		return keep_views(warehouse, tables, &seen) ? EXIT_DONE : warehouse_exit(warehouse);
	return renew(warehouse, &seen, hash) ? EXIT_DONE : warehouse_exit(warehouse);
}

int migrate_ready(struct warehouse *warehouse) {
	return bring(warehouse, false);
}

int migrate_run(struct warehouse *warehouse) {
	int code = bring(warehouse, true);
	if (code)
		return code;
	if (warehouse->changed.count)
		return EXIT_REFUSED;
	log_line(LOG_INFO, "dataset %s is as this version wants it", warehouse->bq.dataset);
	return EXIT_DONE;
}
