/* sql/tables is how the dataset should be. A fresh one gets exactly that, and counts all migrations as
 * done; an older one gets the migrations that it has not seen. Afterwards the columns are compared by
 * name, type and mode, so that a table changed by hand is noticed before a load fails on it. */
#include "ingest/migrate.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/spool.h"
#include "ingest/sql.h"
#include "runtime/log.h"

static void hash_text(const char *text, char out[HASH_TEXT]) {
	unsigned char bytes[32];
	EVP_Digest(text, strlen(text), bytes, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static bool replace_views(struct warehouse *warehouse) {
	for (const struct sql_file *file = sql_files; file->name; file++)
		if (file->folder == SQL_views &&
			!warehouse_query(warehouse, file->name, file->text, NULL))
			return false;
	return true;
}

static bool note(struct warehouse *warehouse, const struct sql_file *file) {
	struct buf sql = BUF(8192);
	char hash[HASH_TEXT];
	hash_text(file->text, hash);
	buf_printf(&sql, "INSERT INTO `${dataset}.schema_migrations` (number, name, sha256, applied_at)\n"
		"VALUES (%d, '%s', '%s', CURRENT_TIMESTAMP())", atoi(file->name), file->name, hash);
	bool good = warehouse_query(warehouse, "schema_migrations", sql.ptr, NULL);
	buf_free(&sql);
	return good;
}

enum seen { SEEN_NOT, SEEN_SAME, SEEN_EDITED };

static enum seen has_seen(const struct bigquery_result *seen, const struct sql_file *file) {
	char hash[HASH_TEXT];
	hash_text(file->text, hash);
	for (size_t i = 0; i < seen->row_count; i++)
		if (strcmp(bigquery_cell(seen, i, 0), file->name) == 0)
			return strcmp(bigquery_cell(seen, i, 1), hash) == 0 ? SEEN_SAME
									    : SEEN_EDITED;
	return SEEN_NOT;
}

static int run_migrations(struct warehouse *warehouse, bool fresh) {
	struct bigquery_result seen;
	if (!warehouse_query(warehouse, "schema_migrations",
		    "SELECT name, sha256 FROM `${dataset}.schema_migrations`", &seen))
		return warehouse_exit(warehouse);
	for (const struct sql_file *file = sql_files; file->name; file++) {
		enum seen state =
			file->folder == SQL_migrations ? has_seen(&seen, file) : SEEN_SAME;
		if (state == SEEN_SAME)
			continue;
		if (state == SEEN_EDITED) {
			log_line(LOG_ERROR,
				"migration %s is not the text that ran here; write a new one "
				"instead",
				file->name);
			return EXIT_REFUSED;
		}
		if (!fresh)
			log_line(LOG_INFO, "migration %s", file->name);
		if ((!fresh && !warehouse_query(warehouse, file->name, file->text, NULL)) ||
			!note(warehouse, file))
			return warehouse_exit(warehouse);
	}
	return EXIT_DONE;
}

static const char *word(const json_t *field, const char *key, const char *fallback) {
	const char *text = json_string_value(json_object_get(field, key));
	return text ? text : fallback;
}

static bool is_type(const char *a, const char *b) {
	static const char *const same[][2] = {{"INTEGER", "INT64"}, {"BOOLEAN", "BOOL"},
		{"FLOAT", "FLOAT64"}, {"RECORD", "STRUCT"}};
	for (size_t i = 0; i < COUNT_OF(same); i++)
		if ((strcmp(a, same[i][0]) == 0 && strcmp(b, same[i][1]) == 0) ||
			(strcmp(a, same[i][1]) == 0 && strcmp(b, same[i][0]) == 0))
			return true;
	return strcmp(a, b) == 0;
}

static const json_t *field_named(const json_t *fields, const char *name) {
	size_t index;
	json_t *field;
	json_array_foreach((json_t *)fields, index, field)
		if (strcmp(word(field, "name", ""), name) == 0)
			return field;
	return NULL;
}

static bool compare_table(const char *table, const json_t *wanted, const json_t *found) {
	bool good = true;
	size_t index;
	json_t *field;
	json_array_foreach((json_t *)wanted, index, field) {
		const char *name = word(field, "name", "");
		const json_t *there = field_named(found, name);
		if (there && is_type(word(field, "type", ""), word(there, "type", "")) &&
			strcmp(word(field, "mode", "NULLABLE"), word(there, "mode", "NULLABLE")) ==
				0)
			continue;
		log_line(LOG_ERROR, "table %s: column %s should be %s %s and is %s %s", table, name,
			word(field, "mode", "NULLABLE"), word(field, "type", ""),
			there ? word(there, "mode", "NULLABLE") : "not",
			there ? word(there, "type", "") : "there");
		good = false;
	}
	json_array_foreach((json_t *)found, index, field)
		if (!field_named(wanted, word(field, "name", ""))) {
			log_line(LOG_ERROR, "table %s: column %s is not of this version", table,
				word(field, "name", ""));
			good = false;
		}
	return good;
}

bool migrate_compare(struct warehouse *warehouse) {
	bool good = true;
	for (const struct sql_file *file = sql_files; file->name; file++) {
		struct bigquery_error error;
		if (file->folder != SQL_tables)
			continue;
		json_auto_t *table = bigquery_table_get(&warehouse->bq, file->name, &error);
		if (!table) {
			warehouse_complain(warehouse, file->name, &error);
			return false;
		}
		json_auto_t *wanted = json_loads(sql_schema(file->name), 0, NULL);
		good = compare_table(file->name, wanted,
			       json_object_get(json_object_get(table, "schema"), "fields")) &&
		       good;
	}
	return good;
}

int migrate_run(struct warehouse *warehouse) {
	struct bigquery_error error;
	json_t *before = bigquery_table_get(&warehouse->bq, "schema_migrations", &error);
	bool fresh = !before;
	json_decref(before);
	if (fresh && error.kind != BIGQUERY_NOT_FOUND) {
		warehouse_complain(warehouse, "schema_migrations", &error);
		return warehouse_exit(warehouse);
	}
	if (!warehouse_prepare(warehouse))
		return warehouse_exit(warehouse);
	int code = run_migrations(warehouse, fresh);
	if (code)
		return code;
	if (!replace_views(warehouse))
		return warehouse_exit(warehouse);
	if (!migrate_compare(warehouse))
		return warehouse->unreachable ? EXIT_UNREACHABLE : EXIT_REFUSED;
	log_line(LOG_INFO, "dataset %s is as this version wants it", warehouse->bq.dataset);
	return EXIT_DONE;
}
