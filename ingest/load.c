/* Hauls go in; partitions are replaced whole and coverage rows follow at once. A day whose rows are as
 * they were needs no job. A day that lost more than half of what it had is not believed: the old rows
 * stay, and a person decides. Job ids are made from the content, so a repeated load is the same job. */
#include "ingest/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/drift.h"
#include "ingest/sql.h"
#include "runtime/log.h"

#define SIDE_BY_SIDE 16
#define MOST_ATTEMPTS 3
#define FEW_ROWS 10

struct task {
	struct haul *haul;
	char table[128], id[512];
	unsigned attempt;
	json_t *schema;
	struct bigquery_job job;
	struct bigquery_label label;
};

/* The schema of the file in sql/, with the column that a snapshot's rows begin with among the others. */
static json_t *schema_of(const char *table) {
	const char *text = sql_schema(table);
	return text ? json_loads(text, 0, NULL) : NULL;
}

static void name_job(struct task *task, const struct warehouse *warehouse) {
	char date[DAY_TEXT];
	snprintf(task->table, sizeof(task->table), "%s$%s", task->haul->stream->table,
		day_print_compact(task->haul->day, date));
	snprintf(task->id, sizeof(task->id), "mbc_%s_%s_%s_%s_%.12s_%u", warehouse->bq.dataset,
		task->haul->stream->name, day_print_compact(task->haul->day, date),
		warehouse->run_id, task->haul->spool.hash, task->attempt);
	for (char *c = task->id; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *c))
			*c = '-';
}

static void nothing(void *context) {
	(void)context;
}

static void start(struct task *task, struct warehouse *warehouse) {
	name_job(task, warehouse);
	task->label = (struct bigquery_label){"stream", task->haul->stream->name};
	task->job = (struct bigquery_job){0};
	bigquery_load_start(&warehouse->bq, &(struct bigquery_load){
		.job_id = task->id, .table = task->table, .schema = task->schema, .path = task->haul->spool.path,
		.labels = &task->label, .label_count = 1}, &task->job, nothing, NULL);
}

static bool run_again(struct task *task, struct warehouse *warehouse) {
	if (task->job.error.kind == BIGQUERY_OK || !task->job.error.retryable ||
		++task->attempt >= MOST_ATTEMPTS)
		return false;
	start(task, warehouse);
	return true;
}

/* False when a day could not be loaded: its coverage is not written, so it counts as not covered. */
static bool judge(struct task *task, struct warehouse *warehouse) {
	if (task->job.error.kind != BIGQUERY_OK) {
		warehouse_complain(warehouse, task->table, &task->job.error);
		return false;
	}
	if (task->job.rows != (long long)task->haul->spool.rows) {
		log_line(LOG_ERROR, "%s: %zu rows were sent, %lld arrived", task->table,
			task->haul->spool.rows, task->job.rows);
		return false;
	}
	return true;
}

static bool load_block(
	struct warehouse *warehouse, struct haul **hauls, size_t count, struct loads *loads) {
	struct task *tasks = arena_array(warehouse->arena, struct task, count);
	struct outcome_row *rows = arena_array(warehouse->arena, struct outcome_row, count);
	size_t good = 0;
	bool again = true;
	for (size_t i = 0; i < count; i++) {
		tasks[i].haul = hauls[i];
		tasks[i].schema = schema_of(hauls[i]->stream->table);
		start(&tasks[i], warehouse);
	}
	while (again) {
		http_run(warehouse->http);
		again = false;
		for (size_t i = 0; i < count; i++)
			again = run_again(&tasks[i], warehouse) || again;
	}
	for (size_t i = 0; i < count; i++) {
		json_decref(tasks[i].schema);
		if (!judge(&tasks[i], warehouse))
			continue;
		loads->rows += hauls[i]->spool.rows;
		rows[good++] = (struct outcome_row){hauls[i], true, tasks[i].id};
	}
	loads->loaded += good;
	loads->failed += count - good;
	return coverage_write(warehouse, rows, good) && good == count;
}

static bool empty_day(struct warehouse *warehouse, const struct haul *haul) {
	struct buf sql = BUF(4096);
	char date[DAY_TEXT];
	buf_printf(&sql, "DELETE FROM `${dataset}.%s` WHERE %s = DATE '%s'", haul->stream->table,
		haul->stream->snapshot ? "snapshot_date" : "usage_date",
		day_print(haul->day, date));
	bool good = warehouse_query(warehouse, haul->stream->table, sql.ptr, NULL);
	buf_free(&sql);
	return good;
}

static bool is_accepted(const struct load_options *options, const struct haul *haul) {
	char date[DAY_TEXT];
	for (size_t i = 0; options->accept_shrink && options->accept_shrink[i]; i++) {
		struct str rest = str_from(options->accept_shrink[i]), stream = {0}, on = {0};
		str_split(&rest, ':', &stream);
		str_split(&rest, ':', &on);
		if ((!stream.len || str_is(stream, haul->stream->name)) &&
			(!on.len || str_is(on, day_print(haul->day, date))))
			return true;
	}
	return false;
}

static bool has_shrunk(const struct known *known, const struct haul *haul) {
	if (haul->stream->snapshot || known->rows == 0)
		return false;
	if (haul->spool.rows == 0)
		return true;
	return known->rows >= FEW_ROWS && ((long long)haul->spool.rows * 2 < known->rows ||
		haul->spool.tokens * 2 < known->tokens || haul->spool.usd * 2 < known->usd);
}

static void refuse_shrunk(
	struct warehouse *warehouse, struct haul *haul, const struct known *known) {
	char before[MONEY_TEXT], after[MONEY_TEXT];
	haul->message = arena_printf(warehouse->arena,
		"%lld rows, %lld tokens, USD %s became %zu rows, %lld tokens, USD %s; --accept-shrink takes it",
		known->rows, known->tokens, money_print(known->usd, before), haul->spool.rows,
		(long long)haul->spool.tokens, money_print(haul->spool.usd, after));
	haul->status = STATUS_FAILED;
	haul->reason = "shrunk";
}

/* A load into such a table would fail, or would change it further. */
static void refuse_changed(struct warehouse *warehouse, struct haul *haul) {
	haul->message = arena_printf(warehouse->arena,
		"table %s was changed by hand; `mbc-ingest migrate` says how", haul->stream->table);
	haul->status = STATUS_FAILED;
	haul->reason = "schema";
}

/* What is to be done with a day, before any of it is done. */
enum act { ACT_NOTE, ACT_LOAD, ACT_EMPTY };

static enum act decide(struct warehouse *warehouse, struct haul *haul, const struct known *known,
	const struct load_options *options, struct loads *loads) {
	if (haul->status != STATUS_OK && haul->status != STATUS_EMPTY &&
		haul->status != STATUS_NOT_PUBLISHED)
		return ACT_NOTE;
	if (drift_has(warehouse, haul->stream->table)) {
		refuse_changed(warehouse, haul);
		return ACT_NOTE;
	}
	if (known && !known->broken && known->content_hash &&
		strcmp(known->content_hash, haul->spool.hash) == 0) {
		loads->unchanged++;
		return ACT_NOTE;
	}
	if (known && has_shrunk(known, haul) && !is_accepted(options, haul)) {
		refuse_shrunk(warehouse, haul, known);
		loads->shrunk++;
		return ACT_NOTE;
	}
	if (haul->status == STATUS_NOT_PUBLISHED)
		return ACT_NOTE;
	return haul->spool.rows ? ACT_LOAD : ACT_EMPTY;
}

bool load_run(struct warehouse *warehouse, struct fetch *fetch, const struct coverage *coverage,
	const struct load_options *options, struct loads *loads) {
	struct outcome_row *notes =
		arena_array(warehouse->arena, struct outcome_row, fetch->hauls.count + 1);
	struct haul **block = arena_array(warehouse->arena, struct haul *, SIDE_BY_SIDE);
	size_t waiting = 0, noted = 0;
	bool good = true;
	for (size_t i = fetch->first; i < fetch->hauls.count; i++) {
		struct haul *haul = fetch->hauls.items[i];
		const struct known *known = coverage_find(coverage, haul->stream, haul->day);
		enum act act = decide(warehouse, haul, known, options, loads);
		if (act == ACT_LOAD)
			block[waiting++] = haul;
		else if (act == ACT_NOTE)
			notes[noted++] = (struct outcome_row){haul, false, NULL};
		else if (empty_day(warehouse, haul)) {
			notes[noted++] = (struct outcome_row){haul, true, NULL};
			loads->emptied++;
		} else {
			good = false;
		}
		if (waiting == SIDE_BY_SIDE) {
			good = load_block(warehouse, block, waiting, loads) && good;
			waiting = 0;
		}
	}
	if (waiting)
		good = load_block(warehouse, block, waiting, loads) && good;
	return coverage_write(warehouse, notes, noted) && good;
}
