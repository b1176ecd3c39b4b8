/* Settings go in, a warehouse that can be asked comes out. All SQL passes through here, so that labels,
 * the limit of bytes and what is said about failures are the same everywhere. */
#include "ingest/warehouse.h"

#include <openssl/rand.h>
#include <time.h>

#include "ingest/command.h"
#include "ingest/credentials.h"
#include "ingest/sql.h"
#include "runtime/google.h"
#include "runtime/log.h"

#define MOST_CROSSINGS 10

void warehouse_complain(
	struct warehouse *warehouse, const char *what, const struct bigquery_error *error) {
	struct buf text = BUF(8192);
	bigquery_describe(error, &text);
	log_line(LOG_ERROR, "%s: %s", what, text.ptr ? text.ptr : "");
	buf_free(&text);
	if (error->kind != BIGQUERY_INVALID && error->kind != BIGQUERY_CONFLICT)
		warehouse->unreachable = true;
}

int warehouse_exit(const struct warehouse *warehouse) {
	if (stop_signal)
		return EXIT_TERMINATED;
	return warehouse->unreachable ? EXIT_UNREACHABLE : EXIT_REFUSED;
}

static void trace(const char *line) {
	log_line(LOG_DEBUG, "%s", line);
}

/* Where data lies is a promise to somebody: a dataset elsewhere is not written to. */
static bool is_in_place(const struct warehouse *warehouse) {
	const char *wanted = config_text(warehouse->config, SETTING_LOCATION),
		   *found = warehouse->bq.location;
	if (!wanted || !*found || str_eq_fold(str_from(wanted), str_from(found)))
		return true;
	log_line(LOG_ERROR,
		"the dataset %s is in %s, and BIGQUERY_LOCATION says %s; mend the setting, or use a "
		"dataset that lies there",
		warehouse->bq.dataset, found, wanted);
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

bool warehouse_open(
	struct warehouse *warehouse, const struct config *config, const char *run_id, bool create) {
	static const char *const app = "mbc-ingest";
	const char *emulator = config_text(config, SETTING_EMULATOR);
	struct buf problem = BUF(4096);
	long long most = 0, patience = 0;
	*warehouse = (struct warehouse){.config = config, .arena = config->arena, .run_id = run_id};
	warehouse->endpoint = BUF(4096);
	warehouse->http = http_open(&(struct http_options){.jobs = 8,
		.user_agent = "mbc-ingest/" MBC_VERSION,
		.trace = trace,
		.stop = &stop_signal});
	if (!warehouse->http)
		return false;
	if (emulator && !bigquery_endpoint(emulator, &warehouse->endpoint, &problem)) {
		log_line(LOG_ERROR, "BIGQUERY_EMULATOR_HOST: %s", problem.ptr);
		buf_free(&problem);
		return false;
	}
	if (!emulator && !(warehouse->google = credentials_open(config, warehouse->http)))
		return false;
	str_integer(str_from(config_text(config, SETTING_MAX_BYTES)), &most);
	str_integer(str_from(config_text(config, SETTING_JOB_PATIENCE)), &patience);
	warehouse->labels[0] = (struct bigquery_label){"app", app};
	warehouse->labels[1] = (struct bigquery_label){"run", run_id};
	warehouse->bq = (struct bigquery){
		.http = warehouse->http,
		.google = warehouse->google,
		.endpoint = emulator ? warehouse->endpoint.ptr : NULL,
		.project = config_text(config, SETTING_PROJECT),
		.dataset = config_text(config, SETTING_DATASET),
		.max_bytes = most,
		.labels = warehouse->labels,
		.label_count = 2,
		.poll_ms = emulator ? 50 : 0,
		.job_timeout_ms = (long)patience * 1000,
	};
	return open_dataset(warehouse, create);
}

void warehouse_close(struct warehouse *warehouse) {
	http_close(warehouse->http);
	google_close(warehouse->google);
	buf_free(&warehouse->endpoint);
}

/* Two tasks that write one table, or make it, at the same time may cross: one of them is told to try again,
 * and what it wanted was not done. The local warehouse says so in words of its own. */
static bool was_crossed(const struct bigquery_error *error) {
	return error->kind == BIGQUERY_CONFLICT || error->kind == BIGQUERY_DUPLICATE ||
		str_find(str_from(error->message), "violates primary key constraint", 0) != STR_NONE ||
		str_find(str_from(error->message), "Failed to commit", 0) != STR_NONE ||
		str_find(str_from(error->message), "Conflict on update", 0) != STR_NONE;
}

/* By chance, so that two tasks do not wait in step. */
static void wait_a_little(unsigned attempt) {
	unsigned short chance = 0;
	RAND_bytes((unsigned char *)&chance, sizeof(chance));
	long ms = 100 + chance % (200L << (attempt < 4 ? attempt : 4));
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static bool may_begin(struct warehouse *warehouse) {
	if (!warehouse->keep || warehouse->keeping)
		return true;
	warehouse->keeping = true;
	bool good = warehouse->keep(warehouse->keep_context);
	warehouse->keeping = false;
	return good;
}

static void raise_flag(void *context) {
	*(bool *)context = true;
}

/* A statement that was begun is waited for even if the lease is lost meanwhile: it is whole by itself. */
static bool run_query(struct warehouse *warehouse, const struct bigquery_query *asked,
	struct bigquery_result *result) {
	bool done = false;
	bigquery_query_start(&warehouse->bq, warehouse->arena, asked, result, raise_flag, &done);
	while (!done) {
		http_run_for(warehouse->http, &done, 1000);
		if (!done)
			may_begin(warehouse);
	}
	return result->error.kind == BIGQUERY_OK;
}

bool warehouse_ask(struct warehouse *warehouse, const char *what,
	const struct bigquery_query *asked, struct bigquery_result *result) {
	struct bigquery_query query = *asked;
	query.sql = sql_for(warehouse->arena, asked->sql, warehouse->bq.dataset);
	query.statistics = true;
	*result = (struct bigquery_result){0};
	for (unsigned attempt = 0;; attempt++) {
		if (!may_begin(warehouse))
			return false;
		if (run_query(warehouse, &query, result))
			return true;
		if (!was_crossed(&result->error) || attempt == MOST_CROSSINGS || stop_signal)
			break;
		wait_a_little(attempt);
	}
	if (what)
		warehouse_complain(warehouse, what, &result->error);
	return false;
}

bool warehouse_query(struct warehouse *warehouse, const char *what, const char *sql,
	struct bigquery_result *result) {
	struct bigquery_result unread;
	return warehouse_ask(warehouse, what, &(struct bigquery_query){.sql = sql},
		result ? result : &unread);
}

bool warehouse_query_days(struct warehouse *warehouse, const char *what, const char *sql, day from,
	day to, struct bigquery_result *result) {
	char first[DAY_TEXT], last[DAY_TEXT];
	struct bigquery_result unread;
	const struct bigquery_parameter days[] = {
		{.name = "from", .type = "DATE", .value = day_print(from, first)},
		{.name = "to", .type = "DATE", .value = day_print(to, last)},
	};
	return warehouse_ask(warehouse, what,
		&(struct bigquery_query){.sql = sql, .parameters = days, .parameter_count = 2},
		result ? result : &unread);
}
