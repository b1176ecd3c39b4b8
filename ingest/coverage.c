/* Coverage is append only: rows are inserted by a statement that leaves out those which say what the last
 * try of the same run said, so that repeating it after a lost answer, or a task that is started again,
 * does no harm. What coverage says is believed only where the raw table holds just that. */
#include "ingest/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/sql.h"

#define ROWS_AT_A_TIME 100

static const char read_sql[] =
	"SELECT stream, day, run_id, content_hash, known_rows, sum_tokens, usd, broken FROM (\n"
	"  SELECT\n"
	"    COALESCE(loads.stream, raw.stream) AS stream,\n"
	"    COALESCE(loads.day, raw.day) AS day,\n"
	"    loads.run_id AS run_id,\n"
	"    loads.content_hash AS content_hash,\n"
	"    loads.known_rows AS known_rows,\n"
	"    loads.sum_tokens AS sum_tokens,\n"
	"    loads.usd AS usd,\n"
	"    COALESCE(raw.raw_rows, 0) != COALESCE(loads.known_rows, 0)\n"
	"      OR COALESCE(raw.raw_run_id != COALESCE(loads.run_id, ''), FALSE)\n"
	"      OR COALESCE(raw.raw_fetched_at > loads.fetched_at, FALSE)\n"
	"      OR COALESCE(raw.raw_runs, 1) > 1 AS broken\n"
	"  FROM `${dataset}.raw_days` AS raw\n"
	"  FULL JOIN (\n"
	"    SELECT stream, day, run_id, content_hash, `rows` AS known_rows, sum_tokens,\n"
	"      CAST(sum_usd AS STRING) AS usd, fetched_at\n"
	"    FROM `${dataset}.coverage`\n"
	"    WHERE status IN ('ok', 'empty') AND loaded\n"
	"    QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) = 1\n"
	"  ) AS loads ON loads.stream = raw.stream AND loads.day = raw.day\n"
	") WHERE broken OR day BETWEEN @from AND @to\n"
	"ORDER BY stream, day";

static long long number(const char *text) {
	long long value = 0;
	if (text)
		str_integer(str_from(text), &value);
	return value;
}

bool coverage_read(struct coverage *coverage, struct warehouse *warehouse, day from, day to) {
	struct bigquery_result result;
	if (!warehouse_query_days(warehouse, "coverage", read_sql, from, to, &result))
		return false;
	for (size_t i = 0; i < result.row_count; i++) {
		struct known known = {0};
		const char *usd = bigquery_cell(&result, i, 6), *broken = bigquery_cell(&result, i, 7);
		known.stream = stream_find(str_from(bigquery_cell(&result, i, 0)));
		known.run_id = bigquery_cell(&result, i, 2);
		known.content_hash = bigquery_cell(&result, i, 3);
		known.rows = number(bigquery_cell(&result, i, 4));
		known.tokens = number(bigquery_cell(&result, i, 5));
		if (usd)
			money_read(str_from(usd), 0, MONEY_JSON_NUMBER, &known.usd);
		known.broken = broken && strcmp(broken, "true") == 0;
		if (known.stream && day_read(str_from(bigquery_cell(&result, i, 1)), &known.day))
			vec_push(warehouse->arena, &coverage->loads, known);
	}
	return true;
}

const struct known *coverage_find(
	const struct coverage *coverage, const struct stream *stream, day date) {
	for (size_t i = 0; i < coverage->loads.count; i++)
		if (coverage->loads.items[i].stream == stream &&
			coverage->loads.items[i].day == date)
			return &coverage->loads.items[i];
	return NULL;
}

static void put_moment(struct buf *sql, moment value) {
	char text[MOMENT_TEXT];
	if (value)
		buf_printf(sql, "TIMESTAMP '%s'", moment_print(value, text));
	else
		buf_puts(sql, "CAST(NULL AS TIMESTAMP)");
}

static void put_text(struct buf *sql, const char *text) {
	if (!text)
		buf_puts(sql, "CAST(NULL AS STRING)");
	else
		sql_quote(sql, text);
}

static void put_row(
	struct buf *sql, const struct outcome_row *row, const char *run_id, moment now) {
	const struct haul *haul = row->haul;
	char date[DAY_TEXT], usd[MONEY_TEXT];
	bool has_data = haul->status == STATUS_OK || haul->status == STATUS_EMPTY;
	buf_printf(sql, "SELECT '%s' AS stream, DATE '%s' AS day, ", haul->stream->name,
		day_print(haul->day, date));
	sql_quote(sql, run_id);
	buf_puts(sql, " AS run_id, ");
	put_moment(sql, now);
	buf_printf(sql, " AS recorded_at, '%s' AS status, ", status_names[haul->status]);
	put_text(sql, haul->reason);
	buf_printf(sql,
		" AS reason, %s AS settled, %s AS loaded, %zu AS row_count, %u AS pages, %lld AS "
		"sum_tokens, "
		"NUMERIC '%s' AS sum_usd, ",
		haul->settled ? "TRUE" : "FALSE", row->loaded ? "TRUE" : "FALSE", haul->spool.rows,
		haul->pages, (long long)haul->spool.tokens, money_print(haul->spool.usd, usd));
	put_text(sql, has_data ? haul->spool.hash : NULL);
	buf_puts(sql, " AS content_hash, ");
	put_text(sql, row->job_id);
	buf_puts(sql, " AS job_id, ");
	put_moment(sql, haul->fetched_at);
	buf_puts(sql, " AS fetched_at, ");
	put_moment(sql, haul->refreshed);
	buf_puts(sql, " AS data_refreshed_at, ");
	put_text(sql, haul->message);
	buf_puts(sql, " AS message");
}

static bool write_some(struct warehouse *warehouse, const struct outcome_row *rows, size_t count) {
	struct buf sql = BUF(4 << 20);
	moment now = config_now(warehouse->config);
	buf_puts(&sql, "INSERT INTO `${dataset}.coverage` (stream, day, run_id, recorded_at, "
		       "status, reason, settled, "
		       "loaded, `rows`, pages, sum_tokens, sum_usd, content_hash, job_id, "
		       "fetched_at, data_refreshed_at, message)\n"
		       "SELECT new.* FROM (\n");
	for (size_t i = 0; i < count; i++) {
		buf_puts(&sql, i ? "\nUNION ALL " : "");
		put_row(&sql, &rows[i], warehouse->run_id, now);
	}
	buf_puts(&sql, "\n) AS new\nLEFT JOIN (\n"
		"  SELECT stream, day, status, loaded, content_hash FROM `${dataset}.coverage` WHERE run_id = ");
	sql_quote(&sql, warehouse->run_id);
	buf_puts(&sql, "\n"
		"  QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC) = 1\n"
		") AS old ON old.stream = new.stream AND old.day = new.day AND old.status = new.status\n"
		"  AND COALESCE(old.content_hash, '') = COALESCE(new.content_hash, '')\n"
		"  AND (old.loaded OR NOT new.loaded)\n"
		"WHERE old.stream IS NULL");
	bool good = !sql.full && warehouse_query(warehouse, "coverage", sql.ptr, NULL);
	buf_free(&sql);
	return good;
}

bool coverage_write(struct warehouse *warehouse, const struct outcome_row *rows, size_t count) {
	for (size_t at = 0; at < count; at += ROWS_AT_A_TIME) {
		size_t some = count - at < ROWS_AT_A_TIME ? count - at : ROWS_AT_A_TIME;
		if (!write_some(warehouse, rows + at, some))
			return false;
	}
	return true;
}
