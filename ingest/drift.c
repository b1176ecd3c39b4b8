/* What the dataset says of its columns goes in, lines about what differs come out. One query answers for
 * all tables. Descriptions are not compared with the rest: they hurt nobody, and are simply brought up to
 * date when the schema is. */
#include "ingest/drift.h"

#include <stdio.h>

#include "ingest/sql.h"
#include "runtime/log.h"

enum { TABLE, COLUMN, TYPE, NULLABLE, PARTITIONING, CLUSTERING };

static const char columns_sql[] =
	"SELECT table_name, column_name, data_type, is_nullable, is_partitioning_column,\n"
	"  CAST(clustering_ordinal_position AS STRING)\n"
	"FROM `${dataset}.INFORMATION_SCHEMA.COLUMNS`\n"
	"ORDER BY table_name, ordinal_position";

/* The rows of one table. */
struct found {
	const struct bigquery_result *result;
	size_t first, end;
};

static const char *cell(const struct found *found, size_t row, size_t column) {
	const char *text = bigquery_cell(found->result, row, column);
	return text ? text : "";
}

static struct found find_table(const struct bigquery_result *result, const char *table) {
	struct found found = {result, 0, result->row_count};
	while (found.first < found.end && strcmp(cell(&found, found.first, TABLE), table) != 0)
		found.first++;
	found.end = found.first;
	while (found.end < result->row_count && strcmp(cell(&found, found.end, TABLE), table) == 0)
		found.end++;
	return found;
}

static const char *word(const json_t *object, const char *key) {
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* The API and SQL have two names for some types. */
static const char *type_name(const char *type) {
	static const char *const names[][2] = {
		{"INTEGER", "INT64"}, {"BOOLEAN", "BOOL"}, {"FLOAT", "FLOAT64"}};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(type, names[i][0]) == 0)
			return names[i][1];
	return type;
}

static bool is_repeated(const json_t *field) {
	return strcmp(word(field, "mode"), "REPEATED") == 0;
}

/* As SQL writes it: ARRAY<STRUCT<model STRING, input_tokens INT64>>. */
static void put_type(struct buf *out, const json_t *field) {
	json_t *inner = json_object_get(field, "fields"), *part;
	size_t index;
	buf_puts(out, is_repeated(field) ? "ARRAY<" : "");
	if (!inner)
		buf_puts(out, type_name(word(field, "type")));
	else
		buf_puts(out, "STRUCT<");
	json_array_foreach(inner, index, part) {
		buf_printf(out, "%s%s ", index ? ", " : "", word(part, "name"));
		put_type(out, part);
	}
	buf_puts(out, inner ? ">" : "");
	buf_puts(out, is_repeated(field) ? ">" : "");
}

static void put_mode(struct buf *out, const json_t *field) {
	buf_puts(out, strcmp(word(field, "mode"), "REQUIRED") == 0 ? " NOT NULL" : "");
}

/* NULL when there is no such column. An array is never NULL, so its mode says nothing. */
static const char *column_type(struct arena *arena, const struct found *found, const char *name) {
	for (size_t row = found->first; row < found->end; row++) {
		const char *type = cell(found, row, TYPE);
		bool required = strcmp(cell(found, row, NULLABLE), "NO") == 0;
		if (strcmp(cell(found, row, COLUMN), name) == 0)
			return arena_printf(arena, "%s%s", type,
				required && strncmp(type, "ARRAY<", 6) != 0 ? " NOT NULL" : "");
	}
	return NULL;
}

static bool compare_columns(struct warehouse *warehouse, const char *table, const json_t *wanted,
	const struct found *found) {
	bool same = true;
	size_t index;
	json_t *field;
	json_array_foreach((json_t *)wanted, index, field) {
		struct buf type = BUF(1 << 16);
		const char *there = column_type(warehouse->arena, found, word(field, "name"));
		put_type(&type, field);
		put_mode(&type, field);
		if (!there || strcmp(there, type.ptr) != 0) {
			same = false;
			log_line(LOG_ERROR, "table %s: column %s is %s and should be %s", table,
				word(field, "name"), there ? there : "not there", type.ptr);
		}
		buf_free(&type);
	}
	return same;
}

static bool is_wanted(const json_t *wanted, const char *name) {
	size_t index;
	json_t *field;
	json_array_foreach((json_t *)wanted, index, field)
		if (strcmp(word(field, "name"), name) == 0)
			return true;
	return false;
}

static bool find_strangers(const char *table, const json_t *wanted, const struct found *found) {
	bool same = true;
	for (size_t row = found->first; row < found->end; row++) {
		if (is_wanted(wanted, cell(found, row, COLUMN)))
			continue;
		same = false;
		log_line(LOG_ERROR, "table %s: column %s should not be there", table,
			cell(found, row, COLUMN));
	}
	return same;
}

static const char *partition_of(const struct found *found) {
	for (size_t row = found->first; row < found->end; row++)
		if (strcmp(cell(found, row, PARTITIONING), "YES") == 0)
			return cell(found, row, COLUMN);
	return "";
}

/* The column at this place of the clustering, counted from 1. */
static const char *cluster_of(const struct found *found, size_t place) {
	char text[24];
	snprintf(text, sizeof(text), "%zu", place);
	for (size_t row = found->first; row < found->end; row++)
		if (strcmp(cell(found, row, CLUSTERING), text) == 0)
			return cell(found, row, COLUMN);
	return "";
}

static const char *or_nothing(const char *name) {
	return *name ? name : "nothing";
}

static bool compare_layout(const char *table, const json_t *layout, const struct found *found) {
	const char *there = partition_of(found);
	const char *wanted = word(json_object_get(layout, "timePartitioning"), "field");
	json_t *clustering = json_object_get(json_object_get(layout, "clustering"), "fields");
	bool same = strcmp(there, wanted) == 0;
	if (!same)
		log_line(LOG_ERROR, "table %s: is partitioned by %s and should be by %s", table,
			or_nothing(there), or_nothing(wanted));
	for (size_t i = 0; i <= json_array_size(clustering); i++) {
		const char *name = json_string_value(json_array_get(clustering, i));
		there = cluster_of(found, i + 1);
		if (strcmp(there, name ? name : "") == 0)
			continue;
		same = false;
		log_line(LOG_ERROR, "table %s: column %zu of its clustering is %s and should be %s",
			table, i + 1, or_nothing(there), name ? name : "nothing");
	}
	return same;
}

static bool compare(
	struct warehouse *warehouse, const struct sql_table *table, const struct found *found) {
	if (found->first == found->end) {
		log_line(LOG_ERROR, "table %s is not there", table->name);
		return false;
	}
	json_auto_t *fields = json_loads(table->fields, 0, NULL);
	json_auto_t *layout = json_loads(table->layout, 0, NULL);
	bool same = compare_columns(warehouse, table->name, fields, found);
	same = find_strangers(table->name, fields, found) && same;
	return compare_layout(table->name, layout, found) && same;
}

bool drift_read(struct warehouse *warehouse) {
	struct bigquery_result result;
	if (!warehouse_query(warehouse, "the columns of the dataset", columns_sql, &result))
		return false;
	warehouse->changed.count = 0;
	for (const struct sql_table *table = sql_tables; table->name; table++) {
		const struct found found = find_table(&result, table->name);
		if (!compare(warehouse, table, &found))
			vec_push(warehouse->arena, &warehouse->changed, table->name);
	}
	return true;
}

bool drift_has(const struct warehouse *warehouse, const char *table) {
	for (size_t i = 0; i < warehouse->changed.count; i++)
		if (strcmp(warehouse->changed.items[i], table) == 0)
			return true;
	return false;
}

/* --- descriptions -------------------------------------------------------------------------------- */

/* Gives `there` the description of `wanted`; true when it had another. */
static bool describe(json_t *there, const json_t *wanted) {
	const char *text = word(wanted, "description");
	if (strcmp(word(there, "description"), text) == 0)
		return false;
	json_object_set_new(there, "description", json_string(text));
	return true;
}

static bool describe_fields(json_t *there, const json_t *wanted) {
	bool other = false;
	size_t i, j;
	json_t *mine, *theirs;
	json_array_foreach((json_t *)wanted, i, mine)
		json_array_foreach(there, j, theirs)
			if (strcmp(word(mine, "name"), word(theirs, "name")) == 0)
				other = describe(theirs, mine) || other;
	return other;
}

static bool patch(struct warehouse *warehouse, const char *name, json_t *table) {
	struct bigquery_error error;
	json_auto_t *members = json_pack("{s:O, s:O}", "description",
		json_object_get(table, "description"), "schema", json_object_get(table, "schema"));
	json_auto_t *answer = bigquery_table_patch(
		&warehouse->bq, name, members, word(table, "etag"), &error);
	if (!answer)
		warehouse_complain(warehouse, name, &error);
	return answer;
}

static bool describe_table(struct warehouse *warehouse, const struct sql_table *row) {
	struct bigquery_error error;
	json_auto_t *fields = json_loads(row->fields, 0, NULL);
	json_auto_t *layout = json_loads(row->layout, 0, NULL);
	json_auto_t *table = bigquery_table_get(&warehouse->bq, row->name, &error);
	if (!table) {
		warehouse_complain(warehouse, row->name, &error);
		return false;
	}
	json_t *there = json_object_get(json_object_get(table, "schema"), "fields");
	bool other = describe_fields(there, fields);
	other = describe(table, layout) || other;
	return !other || patch(warehouse, row->name, table);
}

bool drift_describe(struct warehouse *warehouse) {
	bool good = true;
	for (const struct sql_table *table = sql_tables; table->name && good; table++)
		good = drift_has(warehouse, table->name) || describe_table(warehouse, table);
	return good;
}
