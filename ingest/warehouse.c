/* Settings go in, a warehouse that can be asked comes out. All SQL passes through here, so that labels,
 * the limit of bytes and what is said about failures are the same everywhere. */
#include "ingest/warehouse.h"

#include <string.h>

#include "ingest/command.h"
#include "ingest/credentials.h"
#include "ingest/sql.h"
#include "runtime/clock.h"
#include "runtime/google.h"
#include "runtime/log.h"

#define MOST_CROSSINGS 10
#define MOST_QUOTAS 2                   /* some quotas are free again after seconds */
#define QUOTA_MS 3000
#define ENDING_MS 2000
#define HASTE_MS 5000

static const struct retry_policy hasty = {.first_ms = 250, .most_ms = 1000, .deadline_ms = HASTE_MS};

/* What a person can do about it. */
static const char *advice(const struct bigquery_error *error) {
	switch (error->kind) {
	case BIGQUERY_QUOTA:
		return strcmp(error->reason, "bytesBilledLimitExceeded") == 0
			       ? "; MBC_MAX_BYTES_BILLED sets how much a query may read"
			       : "; run again when the quota is free again, or ask Google for more";
	case BIGQUERY_BUSY:
		return "; run again later, or ask Google for a higher limit";
	case BIGQUERY_DENIED:
		return "; the account needs the roles BigQuery Job User in the project and BigQuery "
		       "Data Editor on the dataset";
	case BIGQUERY_NOT_FOUND:
		return "; `mbc-ingest migrate` makes the dataset and its tables where they are not";
	case BIGQUERY_OK:
	case BIGQUERY_INVALID:
	case BIGQUERY_CREDENTIALS:
	case BIGQUERY_DUPLICATE:
	case BIGQUERY_CONFLICT:
	case BIGQUERY_SERVER:
	case BIGQUERY_UNREACHABLE:
	case BIGQUERY_UNFINISHED:
	case BIGQUERY_STRANGE:
	case BIGQUERY_STOPPED:
		break;
	}
	return "";
}

bool warehouse_is_refusal(const struct bigquery_error *error) {
	return error->kind == BIGQUERY_INVALID || error->kind == BIGQUERY_NOT_FOUND;
}

static void say(struct warehouse *warehouse, const char *problem) {
	if (!warehouse->aside)
		log_line(LOG_ERROR, "%s", problem);
	if (!warehouse->problem)
		warehouse->problem = arena_cstr(warehouse->arena, str_from(problem));
}

void warehouse_complain(
	struct warehouse *warehouse, const char *what, const struct bigquery_error *error) {
	struct buf text = BUF(8192);
	if (error->kind == BIGQUERY_STOPPED)
		return;
	buf_printf(&text, "%s: ", what);
	bigquery_describe(error, &text);
	buf_puts(&text, advice(error));
	say(warehouse, text.ptr);
	buf_free(&text);
	*(warehouse_is_refusal(error) ? &warehouse->refused : &warehouse->unreachable) = true;
}

void warehouse_end(struct warehouse *warehouse) {
	warehouse->ending = true;
	warehouse->keep = NULL;
	warehouse->bq.timeout_ms = warehouse->bq.job_timeout_ms = ENDING_MS;
	warehouse->bq.retry = (struct retry_policy){
		.first_ms = 100, .most_ms = 500, .deadline_ms = ENDING_MS};
	http_stop_by(warehouse->http, NULL);
}

int warehouse_exit(const struct warehouse *warehouse) {
	if (stop_signal)
		return EXIT_TERMINATED;
	if (warehouse->misconfigured)
		return EXIT_CONFIGURATION;
	return warehouse->unreachable ? EXIT_UNREACHABLE : EXIT_REFUSED;
}

static void trace(const char *line) {
	log_line(LOG_DEBUG, "%s", line);
}

/* Where data lies is a promise to somebody: a dataset elsewhere is not written to. */
static bool is_in_place(struct warehouse *warehouse) {
	const char *wanted = config_text(warehouse->config, SETTING_LOCATION),
		   *found = warehouse->bq.location;
	if (!wanted || !*found || str_eq_fold(str_from(wanted), str_from(found)))
		return true;
	say(warehouse,
		arena_printf(warehouse->arena,
			"the dataset %s is in %s, and BIGQUERY_LOCATION says %s; mend the setting, or "
			"use a dataset that lies there",
			warehouse->bq.dataset, found, wanted));
	return false;
}

static bool open_dataset(struct warehouse *warehouse, bool create) {
	struct bigquery_error error;
	json_t *dataset = bigquery_dataset_open(&warehouse->bq, &error);
	if (!dataset && error.kind == BIGQUERY_NOT_FOUND && create) {
		const char *location = config_text(warehouse->config, SETTING_LOCATION);
		dataset = bigquery_dataset_create(
			&warehouse->bq, location ? location : "US", NULL, &error);
		if (!dataset && error.kind == BIGQUERY_DUPLICATE)
			dataset = bigquery_dataset_open(&warehouse->bq, &error);
	}
	if (!dataset)
		warehouse_complain(warehouse, "the dataset", &error);
	bool good = dataset && is_in_place(warehouse);
	json_decref(dataset);
	return good;
}

/* The endpoint and the credentials. False with the problem said. */
static bool find_way(struct warehouse *warehouse) {
	const char *emulator = config_text(warehouse->config, SETTING_EMULATOR);
	struct buf problem = BUF(4096);
	if (!emulator) {
		warehouse->google = credentials_open(warehouse->config, warehouse->http);
		return warehouse->google;
	}
	if (bigquery_endpoint(emulator, &warehouse->endpoint, &problem))
		return true;
	say(warehouse, arena_printf(warehouse->arena, "BIGQUERY_EMULATOR_HOST: %s", problem.ptr));
	buf_free(&problem);
	return false;
}

static void set_up(struct warehouse *warehouse, bool haste) {
	const struct config *config = warehouse->config;
	bool local = warehouse->endpoint.ptr;
	long long most = 0, patience = 0;
	str_integer(str_from(config_text(config, SETTING_MAX_BYTES)), &most);
	str_integer(str_from(config_text(config, SETTING_JOB_PATIENCE)), &patience);
	warehouse->labels[0] = (struct bigquery_label){"app", "mbc-ingest"};
	warehouse->labels[1] = (struct bigquery_label){"run", warehouse->run_id};
	warehouse->bq = (struct bigquery){
		.http = warehouse->http,
		.google = warehouse->google,
		.endpoint = warehouse->endpoint.ptr,
		.project = config_text(config, SETTING_PROJECT),
		.dataset = config_text(config, SETTING_DATASET),
		.max_bytes = most,
		.labels = warehouse->labels,
		.label_count = COUNT_OF(warehouse->labels),
		.poll_ms = local ? 50 : 0,
		.timeout_ms = haste ? HASTE_MS : 0,
		.job_timeout_ms = haste ? HASTE_MS : (long)patience * 1000,
		.retry = haste ? hasty : (struct retry_policy){0},
	};
}

bool warehouse_open(struct warehouse *warehouse, const struct config *config, const char *run_id,
	enum warehouse_use use) {
	bool haste = use == WAREHOUSE_HASTE || use == WAREHOUSE_ASIDE;
	*warehouse = (struct warehouse){.config = config, .arena = config->arena, .run_id = run_id,
		.aside = use == WAREHOUSE_ASIDE};
	warehouse->endpoint = BUF(4096);
	warehouse->http = http_open(&(struct http_options){.jobs = 8,
		.user_agent = "mbc-ingest/" MBC_VERSION,
		.connect_timeout_ms = haste ? HASTE_MS : 0,
		.trace = trace,
		.stop = &stop_signal});
	if (!warehouse->http)
		return false;
	warehouse->misconfigured = !find_way(warehouse);
	if (warehouse->misconfigured)
		return false;
	set_up(warehouse, haste);
	return open_dataset(warehouse, use == WAREHOUSE_WRITE);
}

void warehouse_close(struct warehouse *warehouse) {
	http_close(warehouse->http);
	google_close(warehouse->google);
	buf_free(&warehouse->endpoint);
}

/* Whether to try again, after a wait. */
static bool may_try_again(const struct bigquery_error *error, unsigned attempt) {
	bool quota = error->kind == BIGQUERY_QUOTA &&
		     strcmp(error->reason, "bytesBilledLimitExceeded") != 0;
	bool crossed = error->kind == BIGQUERY_CONFLICT;
	if (stop_signal || !(quota || crossed) || attempt >= (quota ? MOST_QUOTAS : MOST_CROSSINGS))
		return false;
	clock_sleep_about(quota ? QUOTA_MS : 100, quota ? 1000 : 200L << (attempt < 4 ? attempt : 4));
	return !stop_signal;
}

static bool may_begin(struct warehouse *warehouse) {
	if (!warehouse->keep || warehouse->keeping)
		return true;
	warehouse->keeping = true;
	bool good = warehouse->keep(warehouse->keep_context);
	warehouse->keeping = false;
	return good;
}

struct open_questions {
	size_t count;
	bool none;
};

static void count_down(void *context) {
	struct open_questions *open = context;
	open->none = --open->count == 0;
}

/* Asks those that are not answered, and gives the first that still is not; or NULL. A statement that was
 * begun is waited for even if the lease is lost meanwhile: it is whole by itself. */
static struct question *ask_open(
	struct warehouse *warehouse, struct question *questions, size_t count) {
	struct open_questions open = {.count = 1};
	for (size_t i = 0; i < count; i++) {
		if (questions[i].answered)
			continue;
		open.count++;
		questions[i].result = (struct bigquery_result){0};
		bigquery_query_start(&warehouse->bq, warehouse->arena, &questions[i].query,
			&questions[i].result, count_down, &open);
	}
	count_down(&open);
	while (!open.none) {
		http_run_for(warehouse->http, &open.none, 1000);
		if (!open.none)
			may_begin(warehouse);
	}
	struct question *first = NULL;
	for (size_t i = count; i-- > 0;) {
		questions[i].answered = questions[i].result.error.kind == BIGQUERY_OK;
		if (!questions[i].answered)
			first = &questions[i];
	}
	return first;
}

bool warehouse_ask_all(struct warehouse *warehouse, struct question *questions, size_t count) {
	for (size_t i = 0; i < count; i++) {
		struct bigquery_query *query = &questions[i].query;
		query->sql = sql_for(warehouse->arena, query->sql, warehouse->bq.dataset);
		query->statistics = !warehouse->ending;
	}
	if (warehouse->ending && warehouse->unreachable)
		return false;
	for (unsigned attempt = 0;; attempt++) {
		if (!may_begin(warehouse))
			return false;
		const struct question *failed = ask_open(warehouse, questions, count);
		if (!failed)
			return true;
		if (may_try_again(&failed->result.error, attempt))
			continue;
		if (failed->what)
			warehouse_complain(warehouse, failed->what, &failed->result.error);
		return false;
	}
}

bool warehouse_ask(struct warehouse *warehouse, const char *what,
	const struct bigquery_query *asked, struct bigquery_result *result) {
	struct question question = {.what = what, .query = *asked};
	bool good = warehouse_ask_all(warehouse, &question, 1);
	*result = question.result;
	return good;
}

bool warehouse_query(struct warehouse *warehouse, const char *what, const char *sql,
	struct bigquery_result *result) {
	struct bigquery_result unread;
	return warehouse_ask(warehouse, what, &(struct bigquery_query){.sql = sql},
		result ? result : &unread);
}

void warehouse_set_days(struct day_parameters *days, day from, day to) {
	days->rows[0] = (struct bigquery_parameter){
		.name = "from", .type = "DATE", .value = day_print(from, days->from)};
	days->rows[1] = (struct bigquery_parameter){
		.name = "to", .type = "DATE", .value = day_print(to, days->to)};
}

bool warehouse_query_days(struct warehouse *warehouse, const char *what, const char *sql, day from,
	day to, struct bigquery_result *result) {
	struct bigquery_result unread;
	struct day_parameters days;
	warehouse_set_days(&days, from, to);
	return warehouse_ask(warehouse, what,
		&(struct bigquery_query){
			.sql = sql, .parameters = days.rows, .parameter_count = COUNT_OF(days.rows)},
		result ? result : &unread);
}
