/* The steps of a run in their order. Raw data comes first and needs no lease, since each day is replaced
 * whole; the facts are built under it. Every step can be repeated: whatever a killed run left behind, or
 * somebody removed, is found by comparing the raw tables with coverage, and fetched again. */
#include "ingest/run.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/lease.h"
#include "ingest/migrate.h"
#include "ingest/sql.h"
#include "ingest/trial.h"
#include "runtime/log.h"

#define MENDED_AT_A_TIME 200

struct run {
	const struct config *config;
	const struct run_options *options;
	const char *run_id;
	moment started;
	struct warehouse warehouse;
	struct fetch fetch;
	struct coverage coverage;
	struct loads loads;
	struct transforms transforms;
	struct check_results checks;
	struct buf message;             /* for the row in `runs` */
	bool opened;
};

const char *run_name(const struct config *config) {
	const char *given = getenv("CLOUD_RUN_EXECUTION");
	unsigned char chance[3];
	char text[MOMENT_TEXT], compact[MOMENT_TEXT], *to = compact;
	if (given && *given)
		return arena_cstr(config->arena, str_from(given));
	for (const char *from = moment_print(moment_now() / SECOND * SECOND, text); *from; from++)
		if (*from != '-' && *from != ':')
			*to++ = *from;
	*to = '\0';
	if (RAND_bytes(chance, sizeof(chance)) != 1)
		out_of_memory();
	return arena_printf(
		config->arena, "%s-%02x%02x%02x", compact, chance[0], chance[1], chance[2]);
}

/* --- days ---------------------------------------------------------------------------------------- */

/* A settled day that is covered will not change, unless the vendor revises it: a backfill leaves it. */
static bool is_covered(const struct run *run, const struct stream *stream, day date) {
	const struct known *known = coverage_find(&run->coverage, stream, date);
	return !run->options->again && date < moment_day(run->started) - stream->window &&
		known && !known->broken;
}

static void choose_block(struct run *run, day from, day to) {
	for (size_t i = 0; run->config->streams[i]; i++) {
		const struct stream *stream = run->config->streams[i];
		for (day date = from; date <= to && !stream->snapshot; date++)
			if (!is_covered(run, stream, date))
				fetch_days(&run->fetch, stream, date, date);
	}
}

static bool was_chosen(const struct run *run, const struct stream *stream, day date) {
	for (size_t i = 0; i < run->fetch.hauls.count; i++)
		if (run->fetch.hauls.items[i]->stream == stream &&
			run->fetch.hauls.items[i]->day == date)
			return true;
	return false;
}

/* Broken days that nobody else of this run looks at: those of a backfill are read with their block. */
static bool must_mend(const struct run *run, const struct known *known) {
	if (!known->broken || known->stream->snapshot ||
		!config_has_stream(run->config, known->stream))
		return false;
	if (run->options->is_backfill && known->day >= run->options->from &&
		known->day <= run->options->date)
		return false;
	return !was_chosen(run, known->stream, known->day);
}

/* A snapshot cannot be fetched again: one that was loaded by a run that did not live to say so counts. */
static bool adopt_snapshots(struct run *run) {
	struct buf sql = BUF(64 * 1024);
	struct bigquery_result result;
	char date[DAY_TEXT], now[MOMENT_TEXT];
	buf_printf(&sql,
		"INSERT INTO `${dataset}.coverage` (stream, day, run_id, recorded_at, status, settled, loaded, "
		"`rows`, fetched_at, message)\n"
		"SELECT raw.stream, raw.day, raw.raw_run_id, TIMESTAMP '%s', 'ok', TRUE, TRUE, raw.raw_rows,\n"
		"  raw.raw_fetched_at, 'the run that loaded it ended before it could say so'\n"
		"FROM `${dataset}.raw_days` AS raw\n"
		"LEFT JOIN (\n"
		"  SELECT stream, day, run_id FROM `${dataset}.coverage`\n"
		"  WHERE status IN ('ok', 'empty') AND loaded\n"
		"  QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) = 1\n"
		") AS loads ON loads.stream = raw.stream AND loads.day = raw.day\n"
		"WHERE COALESCE(loads.run_id, '') != raw.raw_run_id AND raw.stream IN (''",
		moment_print(config_now(run->config), now));
	for (size_t i = 0; streams[i]; i++)
		if (streams[i]->snapshot)
			buf_printf(&sql, ", '%s'", streams[i]->name);
	buf_printf(&sql, ") AND raw.day < DATE '%s'",
		day_print(moment_day(config_now(run->config)), date));
	bool good = warehouse_query(&run->warehouse, "coverage of snapshots", sql.ptr, &result);
	if (good && result.affected > 0)
		log_line(LOG_INFO, "%lld snapshots of earlier runs were taken over",
			result.affected);
	buf_free(&sql);
	return good;
}

/* --- telling ------------------------------------------------------------------------------------- */

static size_t count_status(const struct run *run, enum status status) {
	size_t count = 0;
	for (size_t i = 0; i < run->fetch.hauls.count; i++)
		count += run->fetch.hauls.items[i]->status == status;
	return count;
}

static void say_fetched(const struct run *run) {
	size_t days = run->fetch.hauls.count - run->fetch.first, rows = 0;
	for (size_t i = run->fetch.first; i < run->fetch.hauls.count; i++)
		rows += run->fetch.hauls.items[i]->spool.rows;
	if (days && !stop_signal)
		log_line(LOG_INFO, "fetched %zu days of streams, %zu rows", days, rows);
}

static bool is_same_text(const char *one, const char *other) {
	return strcmp(one ? one : "", other ? other : "") == 0;
}

/* The next day of the same stream, with the same trouble. Where the vendor refuses, the numbers of the
 * requests are all that differs. */
static bool goes_on(const struct haul *haul, const struct haul *next) {
	return next->stream == haul->stream && next->day == haul->day + 1 &&
	       next->status == haul->status && is_same_text(next->reason, haul->reason) &&
	       (is_same_text(next->reason, "http") || is_same_text(next->message, haul->message));
}

static void say_failure(const struct haul *haul, day last, struct buf *message) {
	char from[DAY_TEXT], to[DAY_TEXT];
	bool one = last == haul->day;
	day_print(haul->day, from);
	day_print(last, to);
	log_label("stream", haul->stream->name);
	log_line(LOG_ERROR, "%s %s%s%s: %s%s%s%s%s", haul->stream->name, from, one ? "" : " to ",
		one ? "" : to, status_names[haul->status], haul->reason ? ", " : "",
		haul->reason ? haul->reason : "", haul->message ? ": " : "",
		haul->message ? haul->message : "");
	if (!message->len)
		buf_printf(message, "%s %s: %s", haul->stream->name, from,
			haul->message ? haul->message : status_names[haul->status]);
}

/* One line for days that follow each other: a backfill without a key would fill the screen else. */
static void say_failures(struct run *run) {
	struct haul *const *hauls = run->fetch.hauls.items;
	for (size_t i = 0, last; i < run->fetch.hauls.count; i = last + 1) {
		last = i;
		if (hauls[i]->status != STATUS_DENIED && hauls[i]->status != STATUS_FAILED)
			continue;
		while (last + 1 < run->fetch.hauls.count && goes_on(hauls[last], hauls[last + 1]))
			last++;
		say_failure(hauls[i], hauls[last]->day, &run->message);
	}
	log_label("stream", NULL);
}

static void say_summary(const struct run *run, int code) {
	log_line(LOG_INFO,
		"run %s: %zu days of streams: %zu ok, %zu empty, %zu not yet published, %zu "
		"denied, %zu failed",
		run->run_id, run->fetch.hauls.count, count_status(run, STATUS_OK),
		count_status(run, STATUS_EMPTY), count_status(run, STATUS_NOT_PUBLISHED),
		count_status(run, STATUS_DENIED), count_status(run, STATUS_FAILED));
	log_line(LOG_INFO,
		"loaded %zu (%zu rows), %zu as before, %zu emptied; built %zu days of facts; "
		"checks: %zu good, %zu warning%s, %zu error%s; exit %d",
		run->loads.loaded, run->loads.rows, run->loads.unchanged, run->loads.emptied,
		run->transforms.days, run->checks.good, run->checks.warnings,
		run->checks.warnings == 1 ? "" : "s", run->checks.errors,
		run->checks.errors == 1 ? "" : "s", code);
}

/* An array of STRUCT must have a row for its type to be known. */
static void put_vendors(const struct run *run, struct buf *sql) {
	size_t count = 0;
	buf_puts(sql, "[");
	for (size_t i = 0; i < COUNT_OF(run->fetch.uses); i++) {
		const struct vendor_use *use = &run->fetch.uses[i];
		if (!use->vendor || !use->calls)
			continue;
		buf_printf(sql,
			"%sSTRUCT('%s' AS vendor, %ld AS calls, %ld AS retries, %lld AS wait_ms, "
			"%lld AS bytes, ",
			count++ ? ", " : "", use->vendor->name, use->calls, use->retries,
			use->wait_ms, use->bytes);
		if (use->quota_left >= 0)
			buf_printf(sql, "%ld AS quota_left)", use->quota_left);
		else
			buf_puts(sql, "CAST(NULL AS INT64) AS quota_left)");
	}
	if (!count)
		buf_puts(sql, "STRUCT('none' AS vendor, 0 AS calls, 0 AS retries, 0 AS wait_ms, "
			      "0 AS bytes, CAST(NULL AS INT64) AS quota_left)");
	buf_puts(sql, "]");
}

/* What `runs` says of the run in a sentence: the first thing that went wrong. */
static const char *message_of(const struct run *run) {
	if (stop_signal)
		return "ended by a signal";
	if (run->message.len)
		return run->message.ptr;
	return run->warehouse.problem;
}

static const char record_before_sql[] =
	"INSERT INTO `${dataset}.runs` (run_id, task_index, command, logical_date, started_at,\n"
	"  finished_at, exit_code, version, vendors, `rows`, load_jobs, query_jobs, bytes_billed, message)\n"
	"SELECT @run, @task, @command, @date, @started, @finished, @code, '" MBC_VERSION "', ";

static const char record_after_sql[] =
	"FROM (SELECT 1 AS one) AS once\n"
	"WHERE NOT EXISTS (\n"
	"  SELECT 1 FROM `${dataset}.runs` AS old\n"
	"  WHERE old.run_id = @run AND old.task_index = @task AND old.started_at = @started\n"
	")";

static void put_figures(const struct run *run, struct buf *sql) {
	buf_printf(sql, ", %zu, %llu, %llu, %llu, @message\n", run->loads.rows,
		run->warehouse.bq.totals.load_jobs, run->warehouse.bq.totals.query_jobs,
		run->warehouse.bq.totals.bytes_billed);
}

static void record_run(struct run *run, int code) {
	struct buf sql = BUF(1 << 20);
	struct bigquery_result result;
	char started[MOMENT_TEXT], finished[MOMENT_TEXT], date[DAY_TEXT], task[24], exit[24];
	snprintf(task, sizeof(task), "%u", run->options->task);
	snprintf(exit, sizeof(exit), "%d", code);
	const struct bigquery_parameter values[] = {
		{.name = "run", .type = "STRING", .value = run->run_id},
		{.name = "task", .type = "INT64", .value = task},
		{.name = "command", .type = "STRING", .value = run->options->command},
		{.name = "date", .type = "DATE", .value = day_print(run->options->date, date)},
		{.name = "started", .type = "TIMESTAMP", .value = moment_print(run->started, started)},
		{.name = "finished",
			.type = "TIMESTAMP",
			.value = moment_print(config_now(run->config), finished)},
		{.name = "code", .type = "INT64", .value = exit},
		{.name = "message", .type = "STRING", .value = message_of(run)},
	};
	buf_puts(&sql, record_before_sql);
	put_vendors(run, &sql);
	put_figures(run, &sql);
	buf_puts(&sql, record_after_sql);
	warehouse_ask(&run->warehouse, "runs",
		&(struct bigquery_query){.sql = sql.ptr,
			.parameters = values,
			.parameter_count = COUNT_OF(values)},
		&result);
	buf_free(&sql);
}

/* --- steps --------------------------------------------------------------------------------------- */

static bool wait_for_jobs(struct run *run) {
	struct bigquery_error error;
	size_t count = 0;
	char *prefix = arena_printf(run->config->arena, "mbc_%s_", run->warehouse.bq.dataset);
	if (!bigquery_jobs_wait(&run->warehouse.bq, prefix, &count, &error)) {
		warehouse_complain(&run->warehouse, "unfinished jobs", &error);
		return false;
	}
	if (count)
		log_line(LOG_INFO, "waited for %zu load jobs of an earlier run", count);
	return true;
}

static bool read_coverage(struct run *run) {
	day first = run->options->is_backfill ? run->options->from : run->options->date - 62;
	return coverage_read(
		&run->coverage, &run->warehouse, first - 31, moment_day(config_now(run->config)));
}

static bool fetch_and_load(struct run *run) {
	const struct load_options options = {run->options->accept_shrink};
	fetch_run(&run->fetch);
	say_fetched(run);
	bool good = !stop_signal &&
		    load_run(&run->warehouse, &run->fetch, &run->coverage, &options, &run->loads);
	fetch_done(&run->fetch);
	return good;
}

/* The days of this task, in blocks, so that the spools stay small. */
static bool fill_back(struct run *run) {
	day days = run->options->date - run->options->from + 1, tasks = (day)run->options->tasks,
	    task = (day)run->options->task;
	day first = run->options->from + (day)((int64_t)days * task / tasks);
	day last = run->options->from + (day)((int64_t)days * (task + 1) / tasks) - 1;
	bool good = true;
	for (day from = first; from <= last && good; from += FETCH_BLOCK) {
		choose_block(run, from, fetch_block_end(from, last));
		good = fetch_and_load(run);
	}
	return good;
}

/* Days whose raw rows are not those that coverage tells of are fetched again, whatever their age. */
static bool mend(struct run *run) {
	char date[DAY_TEXT];
	bool good = true;
	for (size_t i = 0; i < run->coverage.loads.count && good; i++) {
		const struct known *known = &run->coverage.loads.items[i];
		if (!must_mend(run, known))
			continue;
		log_line(LOG_INFO, "%s %s: the rows are not those that were recorded; fetching them again",
			known->stream->name, day_print(known->day, date));
		fetch_days(&run->fetch, known->stream, known->day, known->day);
		if (run->fetch.hauls.count - run->fetch.first == MENDED_AT_A_TIME)
			good = fetch_and_load(run);
	}
	return good && (run->fetch.first == run->fetch.hauls.count || fetch_and_load(run));
}

static bool fetch_all(struct run *run) {
	bool first_task = run->options->task == 0;
	if (!read_coverage(run) || (first_task && !adopt_snapshots(run)))
		return false;
	if (first_task)
		fetch_snapshots(&run->fetch, moment_day(config_now(run->config)));
	if (!run->options->is_backfill)
		fetch_windows(&run->fetch, run->options->date);
	return fetch_and_load(run) && (!run->options->is_backfill || fill_back(run)) &&
		(!first_task || mend(run));
}

static const char answered_sql[] =
	"SELECT COUNT(DISTINCT CONCAT(stream, CAST(day AS STRING)))\n"
	"FROM `${dataset}.coverage`\n"
	"WHERE day BETWEEN @from AND @to AND (%srun_id = ";

/* Has every day of a backfill an answer: data, or a try since the run began? Then no task is behind this
 * one, and it builds. Two that end together may both see that: the second finds nothing left to build.
 * When all is read again, older data is no answer: every task would find that it is the last. */
static bool is_last_task(struct run *run) {
	struct buf sql = BUF(64 * 1024);
	struct bigquery_result result;
	char started[MOMENT_TEXT];
	size_t wanted = 0;
	long long found = 0;
	if (run->options->tasks <= 1)
		return true;
	buf_printf(&sql, answered_sql, run->options->again ? "" : "status IN ('ok', 'empty') OR ");
	sql_quote(&sql, run->run_id);
	buf_printf(&sql, " OR recorded_at >= TIMESTAMP '%s')\n  AND stream IN (''",
		moment_print(run->started, started));
	for (size_t i = 0; run->config->streams[i]; i++) {
		if (run->config->streams[i]->snapshot)
			continue;
		buf_printf(&sql, ", '%s'", run->config->streams[i]->name);
		wanted += (size_t)(run->options->date - run->options->from + 1);
	}
	buf_puts(&sql, ")");
	if (warehouse_query_days(&run->warehouse, "coverage", sql.ptr, run->options->from,
		    run->options->date, &result))
		str_integer(str_from(bigquery_cell(&result, 0, 0)), &found);
	buf_free(&sql);
	return (size_t)found >= wanted;
}

static int yield(struct run *run, const struct lease *lease) {
	bool twin = lease_is_twin(lease);
	log_line(twin ? LOG_INFO : LOG_ERROR, "`%s` holds the lease%s", lease->other,
		twin ? ": it builds what this run would" : "");
	buf_printf(&run->message, "%s`%s` holds the lease", run->message.len ? "; " : "",
		lease->other);
	return twin ? EXIT_DONE : EXIT_LEASE;
}

/* What a task brings while another builds is not seen by that one any more, unless it looks again. */
static bool build_all(struct run *run, struct lease *lease) {
	size_t before;
	do {
		before = run->transforms.days;
		if (!transform_run(lease, &run->transforms))
			return false;
	} while (run->options->tasks > 1 && run->transforms.days > before);
	return true;
}

static int build(struct run *run) {
	struct lease lease;
	lease_init(&lease, &run->warehouse, run->options->command, run->options->date,
		run->options->task);
	enum lease_result taken = lease_wait(&lease);
	if (taken == LEASE_OTHERS)
		return yield(run, &lease);
	bool good = taken == LEASE_HELD && build_all(run, &lease) &&
		    checks_run(&run->warehouse, run->options->date, &run->checks);
	lease_give(&lease);
	if (good)
		return EXIT_DONE;
	return lease.lost ? EXIT_LEASE : warehouse_exit(&run->warehouse);
}

static int worst(const struct run *run) {
	if (!run->fetch.reached && run->fetch.hauls.count)
		return EXIT_UNREACHABLE;
	if (run->loads.shrunk || run->warehouse.refused || run->warehouse.changed.count)
		return EXIT_REFUSED;
	if (count_status(run, STATUS_DENIED) || count_status(run, STATUS_FAILED))
		return EXIT_PARTIAL;
	return run->checks.errors ? EXIT_CHECKS : EXIT_DONE;
}

static int do_steps(struct run *run) {
	if (!warehouse_open(&run->warehouse, run->config, run->run_id, WAREHOUSE_WRITE))
		return warehouse_exit(&run->warehouse);
	int ready = migrate_ready(&run->warehouse);
	run->opened = ready != EXIT_UNREACHABLE;
	if (ready)
		return ready;
	if (!wait_for_jobs(run))
		return warehouse_exit(&run->warehouse);
	bool loaded = fetch_all(run);
	say_failures(run);
	if (stop_signal)
		return EXIT_TERMINATED;
	int built = is_last_task(run) ? build(run) : EXIT_DONE;
	if (built == EXIT_LEASE)
		return built;
	if (stop_signal || run->warehouse.unreachable || !loaded)
		return warehouse_exit(&run->warehouse);
	return built ? built : worst(run);
}

int run_whole(const struct config *config, const struct run_options *options) {
	if (config->no_warehouse)
		return trial_run(config, options);
	struct run run = {.config = config,
		.options = options,
		.run_id = run_name(config),
		.message = BUF(2048)};
	log_label("run", run.run_id);
	run.started = config_now(config);
	fetch_open(&run.fetch, config, run.run_id, options->tasks);
	int code = do_steps(&run);
	if (stop_signal)
		warehouse_end(&run.warehouse);
	if (run.opened) {
		say_summary(&run, code);
		record_run(&run, code);
	}
	fetch_done(&run.fetch);
	warehouse_close(&run.warehouse);
	buf_free(&run.message);
	return code;
}
