/* A day of a fact is due when the hash of all that it is made of (the loads of its raw days and their
 * content, the dim rows that hold on it, the SQL itself and that of the views in it) is not the one noted
 * at its last build. A load counts even if its content is that of the one before: what stood there in
 * between may have been built. Due days that follow one another are built by one statement, which
 * replaces them whole: a kill leaves the old days or the new. */
#include "ingest/transform.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/digest.h"
#include "ingest/sql.h"
#include "runtime/log.h"

#define ROWS_AT_A_TIME 100

static const char *const dims[] = {
	"dim_workspaces", "dim_users_history", "dim_users", "dim_api_keys_history", "dim_api_keys", NULL};
static const char *const facts[] = {"fct_usage_daily", "fct_cost_daily", NULL};

/* What a day was made of: one row a stream, and whether its rows are gone. */
static const char covered_sql[] =
	"SELECT loads.day, loads.stream, loads.content_hash, loads.run_id, loads.job_id,\n"
	"  loads.known_rows > 0 AND raw.stream IS NULL AS is_gone\n"
	"FROM (\n"
	"  SELECT day, stream, content_hash, run_id, job_id, `rows` AS known_rows FROM `${dataset}.coverage`\n"
	"  WHERE status IN ('ok', 'empty') AND loaded\n"
	"  QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) = 1\n"
	") AS loads\n"
	"LEFT JOIN `${dataset}.raw_days` AS raw ON raw.stream = loads.stream AND raw.day = loads.day\n"
	"ORDER BY day, stream";

enum { COVERED_DAY, COVERED_STREAM, COVERED_HASH, COVERED_RUN, COVERED_JOB, COVERED_IS_GONE };

/* What holds over stretches of days: one row a version. */
static const char held_sql[] =
	"SELECT valid_from, valid_to, text FROM (\n"
	"  SELECT valid_from, valid_to, CONCAT('person ', TO_JSON_STRING(STRUCT(user_email, department, team))) AS text\n"
	"  FROM `${dataset}.dim_users_history`\n"
	"  UNION ALL\n"
	"  SELECT valid_from, valid_to,\n"
	"    CONCAT('key ', TO_JSON_STRING(STRUCT(api_key_id, platform, api_key_name, owner_email, owner_basis)))\n"
	"  FROM `${dataset}.dim_api_keys_history`\n"
	"  UNION ALL\n"
	"  SELECT DATE '1970-01-01', DATE '9999-12-31', CONCAT('email ', TO_JSON_STRING(STRUCT(email, user_email)))\n"
	"  FROM `${dataset}.user_emails`\n"
	"  UNION ALL\n"
	"  SELECT valid_from, COALESCE(valid_to, DATE '9999-12-31'),\n"
	"    CONCAT('plan ', TO_JSON_STRING(STRUCT(platform, plan, seats, CAST(monthly_usd AS STRING) AS monthly_usd)))\n"
	"  FROM `${dataset}.raw_sheet_subscriptions`\n"
	"  WHERE problem IS NULL\n"
	"    AND snapshot_date = (SELECT MAX(snapshot_date) FROM `${dataset}.raw_sheet_subscriptions`)\n"
	") WHERE valid_from IS NOT NULL ORDER BY text, valid_from";

static const char built_sql[] =
	"SELECT fact, day, input_hash FROM `${dataset}.fact_builds`\n"
	"QUALIFY ROW_NUMBER() OVER (PARTITION BY fact, day ORDER BY built_at DESC, run_id DESC) = 1";

static const char note_before_sql[] =
	"INSERT INTO `${dataset}.fact_builds` (fact, day, input_hash, run_id, built_at)\n"
	"SELECT @fact, new.day, new.input_hash, @run, @now\n"
	"FROM (\n";

static const char note_after_sql[] =
	"\n) AS new\n"
	"LEFT JOIN `${dataset}.fact_builds` AS old\n"
	"  ON old.fact = @fact AND old.day = new.day AND old.input_hash = new.input_hash\n"
	"  AND old.run_id = @run AND old.built_at = @now\n"
	"WHERE old.fact IS NULL";

struct inputs {
	struct bigquery_result covered, held, built;
};

static const char *cell(const struct bigquery_result *result, size_t row, size_t column) {
	const char *text = bigquery_cell(result, row, column);
	return text ? text : "";
}

static void add_cell(struct digest *digest, const struct bigquery_result *result, size_t row, size_t column) {
	digest_add_text(digest, cell(result, row, column));
}

static bool reads_view(const struct sql_file *file, const struct sql_file *view) {
	char quoted[128];
	snprintf(quoted, sizeof(quoted), "`${dataset}.%s`", view->name);
	return view->folder == SQL_views && view != file &&
	       str_find(str_from(file->text), quoted, 0) != STR_NONE;
}

/* What a view says is part of the statements that read it. */
static void hash_sql(struct digest *digest, const struct sql_file *file) {
	digest_add_text(digest, file->text);
	for (const struct sql_file *view = sql_files; view->name; view++)
		if (reads_view(file, view))
			hash_sql(digest, view);
}

static void hash_day(
	const struct inputs *inputs, const char *date, const struct sql_file *sql, char out[HASH_TEXT]) {
	struct digest digest;
	digest_begin(&digest);
	hash_sql(&digest, sql);
	for (size_t i = 0; i < inputs->covered.row_count; i++) {
		if (strcmp(cell(&inputs->covered, i, COVERED_DAY), date) != 0)
			continue;
		for (size_t column = COVERED_STREAM; column <= COVERED_JOB; column++)
			add_cell(&digest, &inputs->covered, i, column);
	}
	for (size_t i = 0; i < inputs->held.row_count; i++)
		if (strcmp(cell(&inputs->held, i, 0), date) <= 0 &&
			strcmp(date, cell(&inputs->held, i, 1)) < 0)
			add_cell(&digest, &inputs->held, i, 2);
	digest_end(&digest, out);
}

static bool is_built(
	const struct inputs *inputs, const char *fact, const char *date, const char *hash) {
	for (size_t i = 0; i < inputs->built.row_count; i++)
		if (strcmp(cell(&inputs->built, i, 1), date) == 0 &&
			strcmp(cell(&inputs->built, i, 0), fact) == 0)
			return strcmp(cell(&inputs->built, i, 2), hash) == 0;
	return false;
}

struct due {
	day day;
	char hash[HASH_TEXT];
};

struct due_days {
	VEC(struct due) days;
};

/* Snapshots have no day of their own in a fact: what they say is in the dims. */
static bool feeds_facts(const char *stream) {
	const struct stream *row = stream_find(str_from(stream));
	return row && !row->snapshot;
}

/* A day that lost rows which it was built from keeps its facts until these are there again, or given up. */
static bool has_lost_rows(const struct inputs *inputs, const char *date) {
	for (size_t i = 0; i < inputs->covered.row_count; i++)
		if (strcmp(cell(&inputs->covered, i, COVERED_DAY), date) == 0 &&
			feeds_facts(cell(&inputs->covered, i, COVERED_STREAM)) &&
			strcmp(cell(&inputs->covered, i, COVERED_IS_GONE), "true") == 0)
			return true;
	return false;
}

static struct due_days find_due(
	struct warehouse *warehouse, const struct inputs *inputs, const struct sql_file *fact) {
	struct due_days due = {0};
	const char *last = "";
	for (size_t i = 0; i < inputs->covered.row_count; i++) {
		const char *date = cell(&inputs->covered, i, COVERED_DAY);
		struct due one;
		if (strcmp(date, last) == 0 || !feeds_facts(cell(&inputs->covered, i, COVERED_STREAM)))
			continue;
		last = date;
		hash_day(inputs, date, fact, one.hash);
		if (is_built(inputs, fact->name, date, one.hash) || !day_read(str_from(date), &one.day))
			continue;
		if (has_lost_rows(inputs, date))
			log_line(LOG_WARNING, "%s %s: left as it is, since raw rows of the day are gone",
				fact->name, date);
		else
			vec_push(warehouse->arena, &due.days, one);
	}
	return due;
}

/* Leaves out what an earlier try of the same statement wrote, so that a lost answer does no harm. */
static bool note_some(
	struct warehouse *warehouse, const char *fact, const struct due *days, size_t count) {
	struct buf sql = BUF(1 << 20);
	char date[DAY_TEXT], now[MOMENT_TEXT];
	const struct bigquery_parameter names[] = {
		{.name = "fact", .type = "STRING", .value = fact},
		{.name = "run", .type = "STRING", .value = warehouse->run_id},
		{.name = "now", .type = "TIMESTAMP", .value = moment_print(config_now(warehouse->config), now)},
	};
	buf_puts(&sql, note_before_sql);
	for (size_t i = 0; i < count; i++)
		buf_printf(&sql, "%s  SELECT DATE '%s' AS day, '%s' AS input_hash",
			i ? "\n  UNION ALL\n" : "", day_print(days[i].day, date), days[i].hash);
	buf_puts(&sql, note_after_sql);
	struct bigquery_result result;
	bool good = warehouse_ask(warehouse, "fact_builds",
		&(struct bigquery_query){.sql = sql.ptr, .parameters = names, .parameter_count = COUNT_OF(names)},
		&result);
	buf_free(&sql);
	return good;
}

/* A day counts as not built while it is being replaced: whoever is killed between the fact and the note of
 * what it was built from leaves a day that is due, even if the vendors take back what they said. */
static bool forget_builds(
	struct warehouse *warehouse, const char *fact, const struct due *days, size_t count) {
	const char *sql = arena_printf(warehouse->arena,
		"DELETE FROM `${dataset}.fact_builds` WHERE fact = '%s' AND day BETWEEN @from AND @to", fact);
	return warehouse_query_days(
		warehouse, "fact_builds", sql, days[0].day, days[count - 1].day, NULL);
}

static bool note_builds(
	struct warehouse *warehouse, const char *fact, const struct due *days, size_t count) {
	for (size_t at = 0; at < count; at += ROWS_AT_A_TIME)
		if (!note_some(warehouse, fact, days + at,
			    count - at < ROWS_AT_A_TIME ? count - at : ROWS_AT_A_TIME))
			return false;
	return true;
}

static bool build_range(struct warehouse *warehouse, const struct sql_file *file,
	const struct due *days, size_t count) {
	return forget_builds(warehouse, file->name, days, count) &&
	       warehouse_query_days(warehouse, file->name, file->text, days[0].day,
		       days[count - 1].day, NULL) &&
	       note_builds(warehouse, file->name, days, count);
}

static size_t length_of_range(const struct due *days, size_t count) {
	size_t length = 1;
	while (length < count && days[length].day == days[0].day + (day)length)
		length++;
	return length;
}

static bool build_fact(struct warehouse *warehouse, const struct inputs *inputs, const char *name,
	struct transforms *transforms) {
	const struct sql_file *file = sql_find(SQL_transforms, name);
	struct due_days due = find_due(warehouse, inputs, file);
	for (size_t first = 0, count; first < due.days.count; first += count) {
		const struct due *days = due.days.items + first;
		count = length_of_range(days, due.days.count - first);
		if (!build_range(warehouse, file, days, count))
			return false;
		transforms->days += count;
		transforms->ranges++;
	}
	return true;
}

static bool build_dims(struct warehouse *warehouse) {
	for (size_t i = 0; dims[i]; i++)
		if (!warehouse_query(
			    warehouse, dims[i], sql_find(SQL_transforms, dims[i])->text, NULL))
			return false;
	return true;
}

bool transform_run(struct lease *lease, struct transforms *transforms) {
	struct warehouse *warehouse = lease->warehouse;
	struct inputs inputs;
	if (!build_dims(warehouse) ||
		!warehouse_query(warehouse, "coverage", covered_sql, &inputs.covered) ||
		!warehouse_query(warehouse, "the dims", held_sql, &inputs.held) ||
		!warehouse_query(warehouse, "fact_builds", built_sql, &inputs.built))
		return false;
	for (size_t i = 0; facts[i]; i++)
		if (!build_fact(warehouse, &inputs, facts[i], transforms))
			return false;
	return true;
}
