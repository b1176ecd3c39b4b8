/* The first line of a check says how grave it is and what holds when it is good: "-- error: sentence" or
 * "-- warn: sentence". @from and @to are the 28 days up to the run's date. */
#include "ingest/checks.h"

#include "ingest/freshness.h"
#include "ingest/sql.h"
#include "runtime/log.h"

#define DAYS 28
#define ROWS_SHOWN 5

static void say_row(
	const struct bigquery_result *result, size_t row, enum log_level level, const char *name) {
	struct buf text = BUF(16384);
	for (size_t i = 0; i < result->column_count; i++) {
		const char *value = bigquery_cell(result, row, i);
		buf_printf(&text, "%s%s %s", i ? ", " : "", result->columns[i].name,
			value ? value : "NULL");
	}
	log_line(level, "check %s: %s", name, text.ptr ? text.ptr : "");
	buf_free(&text);
}

static void judge(const struct sql_file *file, const struct bigquery_result *result,
	struct check_results *results) {
	bool grave = str_starts(str_from(file->text), "-- error");
	struct str rest = str_from(file->text), line = {0};
	str_split(&rest, '\n', &line);
	size_t at = str_find(line, ": ", 0);
	if (!result->row_count) {
		results->good++;
		return;
	}
	*(grave ? &results->errors : &results->warnings) += 1;
	enum log_level level = grave ? LOG_ERROR : LOG_WARNING;
	log_line(level, "check %s: not so: %.*s", file->name,
		STR_ARGS(str_slice(line, at + 2, line.len)));
	for (size_t i = 0; i < result->row_count && i < ROWS_SHOWN; i++)
		say_row(result, i, level, file->name);
	if (result->row_count > ROWS_SHOWN)
		log_line(level, "check %s: and %zu more", file->name,
			result->row_count - ROWS_SHOWN);
}

static bool check_freshness(struct warehouse *warehouse, struct check_results *results) {
	struct freshness *rows;
	size_t count, stale = 0;
	if (!freshness_read(warehouse, &rows, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		char at[MOMENT_TEXT];
		if (rows[i].good)
			continue;
		stale++;
		log_line(LOG_ERROR, "check freshness: %s was last fetched %s", rows[i].stream->name,
			rows[i].fetched_at ? moment_print(rows[i].fetched_at, at) : "never");
	}
	*(stale ? &results->errors : &results->good) += 1;
	return true;
}

/* All at once: each scans little, and most of its time is that of any query. */
bool checks_run(struct warehouse *warehouse, day date, struct check_results *results) {
	VEC(struct question) questions = {0};
	struct day_parameters days;
	warehouse_set_days(&days, date - DAYS + 1, date);
	for (const struct sql_file *file = sql_files; file->name; file++) {
		struct question question = {.what = file->name,
			.query = {.sql = file->text, .parameters = days.rows,
				.parameter_count = COUNT_OF(days.rows)}};
		if (file->folder == SQL_checks)
			vec_push(warehouse->arena, &questions, question);
	}
	if (!warehouse_ask_all(warehouse, questions.items, questions.count))
		return false;
	for (size_t i = 0; i < questions.count; i++)
		judge(sql_find(SQL_checks, questions.items[i].what), &questions.items[i].result, results);
	return check_freshness(warehouse, results);
}
