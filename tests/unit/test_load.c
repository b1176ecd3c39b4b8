/* Loads against a script: what becomes of each job is said by its test, and the statements that record it
 * are kept. The calls of runtime/bigquery.h that send something are replaced by the linker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ingest/command.h"
#include "ingest/load.h"
#include "runtime/log.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What becomes of a job whose id ends so; the first that fits. */
struct fate {
	const char *ending;
	struct bigquery_job job;
};

static struct {
	const struct fate *fates;
	char ids[64][200];
	size_t count;
	char *recorded;                 /* the statements, one after another */
	bool stop;                      /* the signal comes with the first job */
} script;

static struct arena *arena;
static struct config config;
static struct warehouse warehouse;
static struct fetch fetch;
static struct coverage coverage;
static struct loads loads;

void __wrap_bigquery_load_start(struct bigquery *bq, const struct bigquery_load *load,
	struct bigquery_job *job, void (*done)(void *context), void *context);
void __wrap_bigquery_query_start(struct bigquery *bq, struct arena *memory,
	const struct bigquery_query *query, struct bigquery_result *result,
	void (*done)(void *context), void *context);
void __wrap_http_run_for(struct http *http, const bool *done, long ms);
void __wrap_http_stop_by(struct http *http, const volatile sig_atomic_t *stop);

void __wrap_bigquery_load_start(struct bigquery *bq, const struct bigquery_load *load,
	struct bigquery_job *job, void (*done)(void *context), void *context) {
	(void)bq;
	snprintf(script.ids[script.count++], sizeof(script.ids[0]), "%s", load->job_id);
	*job = (struct bigquery_job){.rows = 20};
	for (const struct fate *fate = script.fates; fate && fate->ending; fate++)
		if (str_ends(str_from(load->job_id), fate->ending)) {
			*job = fate->job;
			break;
		}
	if (script.stop)
		stop_signal = SIGTERM;
	if (stop_signal && script.count > 1)
		job->error.kind = BIGQUERY_STOPPED;
	done(context);
}

void __wrap_bigquery_query_start(struct bigquery *bq, struct arena *memory,
	const struct bigquery_query *query, struct bigquery_result *result,
	void (*done)(void *context), void *context) {
	(void)bq;
	*result = (struct bigquery_result){.affected = 1};
	script.recorded = arena_printf(memory, "%s%s\n", script.recorded, query->sql);
	done(context);
}

void __wrap_http_run_for(struct http *http, const bool *done, long ms) {
	(void)http, (void)done, (void)ms;
}

void __wrap_http_stop_by(struct http *http, const volatile sig_atomic_t *stop) {
	(void)http;
	assert_null(stop);
}

static void add_haul(const char *stream, day date) {
	struct haul *haul = arena_new(arena, struct haul);
	haul->stream = stream_find(str_from(stream));
	haul->day = date;
	haul->status = STATUS_OK;
	haul->settled = true;
	haul->fetched_at = config.fixed_now;
	haul->spool.rows = 20;
	memcpy(haul->spool.hash, HASH, sizeof(HASH));
	vec_push(arena, &fetch.hauls, haul);
}

static int set_up(void **state) {
	(void)state;
	memset(&script, 0, sizeof(script));
	stop_signal = 0;
	arena = arena_create();
	script.recorded = arena_cstr(arena, STR(""));
	config = (struct config){.arena = arena, .clock_is_fixed = true, .fixed_now = 20000 * DAY};
	warehouse = (struct warehouse){
		.arena = arena, .config = &config, .run_id = "r", .bq.dataset = "d"};
	fetch = (struct fetch){.arena = arena, .config = &config};
	coverage = (struct coverage){0};
	loads = (struct loads){0};
	add_haul("cursor_usage", 1000);
	add_haul("cursor_events", 1000);
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	stop_signal = 0;
	arena_destroy(arena);
	return 0;
}

static bool run(const struct fate *fates) {
	const struct load_options options = {0};
	script.fates = fates;
	return load_run(&warehouse, &fetch, &coverage, &options, &loads);
}

static bool is_recorded(const char *text) {
	return strstr(script.recorded, text) != NULL;
}

static size_t count_of(const char *text) {
	size_t count = 0;
	for (const char *at = script.recorded; (at = strstr(at, text)); at++)
		count++;
	return count;
}

static void test_all_good(void **state) {
	(void)state;
	assert_true(run(NULL));
	assert_int_equal(script.count, 2);
	assert_string_equal(script.ids[0], "mbc_d_cursor_usage_19720927_r_0123456789ab_0");
	assert_string_equal(script.ids[1], "mbc_d_cursor_events_19720927_r_0123456789ab_0");
	assert_int_equal(loads.loaded, 2);
	assert_int_equal(loads.rows, 40);
	assert_int_equal(count_of("INSERT INTO"), 1);
	assert_int_equal(count_of("'ok' AS status"), 2);
	assert_int_equal(count_of("TRUE AS loaded"), 2);
}

static void test_more_than_fit_side_by_side(void **state) {
	(void)state;
	for (day date = 1001; date < 1041; date++)
		add_haul("cursor_usage", date);
	assert_true(run(NULL));
	assert_int_equal(script.count, 42);
	assert_int_equal(loads.loaded, 42);
	assert_int_equal(count_of("TRUE AS loaded"), 42);
}

static void test_unchanged_is_not_loaded(void **state) {
	(void)state;
	struct known known = {.stream = fetch.hauls.items[0]->stream,
		.day = 1000,
		.content_hash = HASH,
		.rows = 20};
	vec_push(arena, &coverage.loads, known);
	assert_true(run(NULL));
	assert_int_equal(script.count, 1);
	assert_int_equal(loads.unchanged, 1);
	assert_int_equal(count_of("FALSE AS loaded"), 1);
}

static void test_an_id_that_failed_before(void **state) {
	(void)state;
	static const struct fate fates[] = {
		{"events_19720927_r_0123456789ab_0",
			{.existed = true, .failed = true, .error.kind = BIGQUERY_INVALID}},
		{"events_19720927_r_0123456789ab_1",
			{.existed = true, .failed = true, .error.kind = BIGQUERY_SERVER}},
		{0},
	};
	assert_true(run(fates));
	assert_int_equal(script.count, 4);
	assert_int_equal(loads.loaded, 2);
	assert_true(is_recorded("mbc_d_cursor_events_19720927_r_0123456789ab_2"));
}

static void test_an_id_that_was_done_before(void **state) {
	(void)state;
	static const struct fate fates[] = {{"_0", {.existed = true, .rows = 20}}, {0}};
	assert_true(run(fates));
	assert_int_equal(script.count, 2);
	assert_int_equal(loads.loaded, 2);
}

static void test_refused_rows(void **state) {
	(void)state;
	static const struct fate fates[] = {
		{"usage_19720927_r_0123456789ab_0",
			{.failed = true,
				.error = {.kind = BIGQUERY_INVALID, .message = "No such field: x."}}},
		{0},
	};
	assert_true(run(fates));
	assert_int_equal(loads.loaded, 1);
	assert_int_equal(loads.refused, 1);
	assert_true(warehouse.refused);
	assert_false(warehouse.unreachable);
	assert_int_equal(fetch.hauls.items[0]->status, STATUS_FAILED);
	assert_string_equal(fetch.hauls.items[0]->reason, "schema");
	assert_string_equal(
		fetch.hauls.items[0]->message, "the warehouse refuses it: No such field: x.");
	assert_int_equal(count_of("'failed' AS status, 'schema' AS reason"), 1);
	assert_int_equal(count_of("'ok' AS status"), 1);
}

static void test_rows_that_did_not_arrive(void **state) {
	(void)state;
	static const struct fate fates[] = {{"usage_19720927_r_0123456789ab_0", {.rows = 19}}, {0}};
	assert_true(run(fates));
	assert_int_equal(loads.loaded, 1);
	assert_string_equal(fetch.hauls.items[0]->reason, "short");
	assert_string_equal(fetch.hauls.items[0]->message, "20 rows were sent, 19 arrived");
	assert_int_equal(count_of("'failed' AS status, 'short' AS reason"), 1);
}

/* What became of the job is not known: the day is not covered, and nothing is said of it. */
static void test_no_answer(void **state) {
	(void)state;
	static const struct fate fates[] = {
		{"usage_19720927_r_0123456789ab_0", {.error.kind = BIGQUERY_UNREACHABLE}}, {0}};
	assert_false(run(fates));
	assert_true(warehouse.unreachable);
	assert_int_equal(count_of("cursor_usage"), 0);
	assert_int_equal(count_of("'cursor_events' AS stream"), 1);
}

static void test_a_signal(void **state) {
	(void)state;
	script.stop = true;
	for (day date = 1001; date < 1041; date++)
		add_haul("cursor_usage", date);
	run(NULL);
	assert_int_equal(script.count, 1);
	assert_int_equal(loads.loaded, 1);
	assert_int_equal(count_of("AS stream"), 1);
	assert_false(warehouse.unreachable);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_good, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_more_than_fit_side_by_side, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unchanged_is_not_loaded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_id_that_failed_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_id_that_was_done_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rows_that_did_not_arrive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_signal, set_up, tear_down),
	};
	log_set_level(LOG_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
