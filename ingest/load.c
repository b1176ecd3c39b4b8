/* Hauls go in; partitions are replaced whole and coverage rows follow within seconds. A day whose rows
 * are as they were needs no job. A day that lost more than half of what it had is not believed: the old
 * rows stay, and a person decides. Job ids are made from the content, so a repeated load is the same job.
 *
 * A number of jobs are under way side by side. Whatever ended waits, five seconds at most, until there is
 * more to record, and its coverage is written while the other jobs go on. */
#include "ingest/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/drift.h"
#include "ingest/sql.h"
#include "runtime/clock.h"
#include "runtime/log.h"

#define SIDE_BY_SIDE 16
#define MOST_TRIES 3
#define MOST_ATTEMPTS 20                /* those of earlier tries of this run included */
#define AGAIN_MS 2000
#define TURN_MS 1000
#define NAP_MS 50                       /* when all that is left waits to be tried again */
#define RECORD_MS 5000
#define RECORD_ROWS 100
#define FEW_ROWS 10

struct loader;

struct task {
	struct loader *loader;
	struct haul *haul;              /* NULL: nothing is loaded here */
	char table[128], id[512];
	unsigned attempt, tries;
	bool ended;
	long again_ms;                  /* when to try again; 0: not waiting to */
	json_t *schema;
	struct bigquery_job job;
	struct bigquery_label label;
};

struct loader {
	struct warehouse *warehouse;
	struct loads *loads;
	struct task tasks[SIDE_BY_SIDE];
	VEC(struct outcome_row) rows;   /* to be recorded */
	long since_ms;                  /* when the first of them was loaded; 0: none was */
	bool moved;                     /* a job ended since the last look */
	bool good;
};

/* --- coverage ------------------------------------------------------------------------------------ */

static void record(struct loader *loader) {
	const struct outcome_row *rows = loader->rows.items;
	if (loader->rows.count && !coverage_write(loader->warehouse, rows, loader->rows.count))
		loader->good = false;
	loader->rows.count = 0;
	loader->since_ms = 0;
}

static void note(struct loader *loader, const struct haul *haul, bool loaded, const char *job_id) {
	const struct outcome_row row = {haul, loaded, job_id};
	vec_push(loader->warehouse->arena, &loader->rows, row);
	if (loaded && !loader->since_ms)
		loader->since_ms = clock_ms();
}

static void record_in_time(struct loader *loader) {
	if (loader->rows.count >= RECORD_ROWS ||
		(loader->since_ms && clock_ms() - loader->since_ms >= RECORD_MS))
		record(loader);
}

/* --- jobs ---------------------------------------------------------------------------------------- */

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

static void on_end(void *context) {
	struct task *task = context;
	task->ended = task->loader->moved = true;
}

static void start(struct loader *loader, struct task *task) {
	name_job(task, loader->warehouse);
	task->label = (struct bigquery_label){"stream", task->haul->stream->name};
	task->ended = false;
	task->again_ms = 0;
	task->tries++;
	bigquery_load_start(&loader->warehouse->bq,
		&(struct bigquery_load){.job_id = task->id,
			.table = task->table,
			.schema = task->schema,
			.path = task->haul->spool.path,
			.labels = &task->label,
			.label_count = 1},
		&task->job, on_end, task);
}

/* A job's id is used up when it fails. One that had failed before this run asked for it says nothing of
 * today: the next id is tried at once. */
static bool run_again(struct loader *loader, struct task *task) {
	const struct bigquery_job *job = &task->job;
	bool quota = job->error.kind == BIGQUERY_QUOTA;
	if (job->error.kind == BIGQUERY_OK || stop_signal || task->attempt >= MOST_ATTEMPTS)
		return false;
	if (job->failed && job->existed) {
		task->attempt++;
		task->tries--;
		start(loader, task);
		return true;
	}
	bool passing = quota || job->error.kind == BIGQUERY_CONFLICT ||
		       (job->failed && job->error.retryable);
	if (task->tries >= MOST_TRIES || !passing)
		return false;
	task->attempt += job->failed;
	task->again_ms = clock_ms() + AGAIN_MS * task->tries;
	return true;
}

static void fail(
	struct loader *loader, struct haul *haul, const char *reason, const char *message) {
	haul->status = STATUS_FAILED;
	haul->reason = reason;
	haul->message = message;
	loader->loads->refused++;
	note(loader, haul, false, NULL);
}

/* What the warehouse did not take for what it is stands as failed. Where it is not known what became of
 * the job nothing is recorded: such a day is not covered, and the next run asks again. */
static void judge(struct loader *loader, struct task *task) {
	struct warehouse *warehouse = loader->warehouse;
	const struct bigquery_error *error = &task->job.error;
	struct haul *haul = task->haul;
	if (warehouse_is_refusal(error)) {
		warehouse_complain(warehouse, task->table, error);
		fail(loader, haul, "schema",
			arena_printf(warehouse->arena, "the warehouse refuses it: %s",
				error->message));
	} else if (error->kind != BIGQUERY_OK) {
		warehouse_complain(warehouse, task->table, error);
		loader->good = false;
	} else if (task->job.rows != (long long)haul->spool.rows) {
		fail(loader, haul, "short",
			arena_printf(warehouse->arena, "%zu rows were sent, %lld arrived",
				haul->spool.rows, task->job.rows));
	} else {
		loader->loads->loaded++;
		loader->loads->rows += haul->spool.rows;
		note(loader, haul, true, arena_cstr(warehouse->arena, str_from(task->id)));
	}
}

static void look(struct loader *loader, struct task *task) {
	if (!task->haul)
		return;
	if (task->again_ms && (stop_signal || clock_ms() >= task->again_ms))
		start(loader, task);
	if (!task->ended || task->again_ms || run_again(loader, task))
		return;
	judge(loader, task);
	json_decref(task->schema);
	*task = (struct task){0};
}

static size_t count_busy(const struct loader *loader) {
	size_t busy = 0;
	for (size_t i = 0; i < SIDE_BY_SIDE; i++)
		busy += loader->tasks[i].haul != NULL;
	return busy;
}

/* Works until no more than so many jobs are under way. */
static void work(struct loader *loader, size_t most) {
	while (count_busy(loader) > most) {
		http_run_for(loader->warehouse->http, &loader->moved, TURN_MS);
		if (!loader->moved)
			clock_sleep(NAP_MS);
		loader->moved = false;
		for (size_t i = 0; i < SIDE_BY_SIDE; i++)
			look(loader, &loader->tasks[i]);
		record_in_time(loader);
	}
}

static void load(struct loader *loader, struct haul *haul) {
	struct task *task = loader->tasks;
	work(loader, SIDE_BY_SIDE - 1);
	while (task->haul)
		task++;
	*task = (struct task){.loader = loader, .haul = haul};
	task->schema = schema_of(haul->stream->table);
	start(loader, task);
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

static void act(struct loader *loader, struct haul *haul, enum act act) {
	switch (act) {
	case ACT_NOTE:
		note(loader, haul, false, NULL);
		return;
	case ACT_LOAD:
		load(loader, haul);
		return;
	case ACT_EMPTY:
		if (!empty_day(loader->warehouse, haul)) {
			loader->good = false;
			return;
		}
		loader->loads->emptied++;
		note(loader, haul, true, NULL);
	}
}

bool load_run(struct warehouse *warehouse, struct fetch *fetch, const struct coverage *coverage,
	const struct load_options *options, struct loads *loads) {
	struct loader *loader = arena_new(warehouse->arena, struct loader);
	size_t count = fetch->hauls.count - fetch->first;
	loader->warehouse = warehouse;
	loader->loads = loads;
	loader->good = true;
	for (size_t i = 0; i < count && !stop_signal; i++) {
		struct haul *haul = fetch->hauls.items[fetch->first + i];
		const struct known *known = coverage_find(coverage, haul->stream, haul->day);
		log_progress("loading: %zu of %zu days of streams", i, count);
		act(loader, haul, decide(warehouse, haul, known, options, loads));
	}
	work(loader, 0);
	log_progress_end();
	if (stop_signal)
		warehouse_end(warehouse);
	record(loader);
	return loader->good;
}
