/* The lease against a warehouse of one row, kept here: the calls of runtime/bigquery.h that send a
 * query are replaced (by the linker) with ones that look at the statement and change the row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ingest/lease.h"
#include "runtime/log.h"

static struct {
	bool has_row, expired, silent;
	char holder[100];
	unsigned renewals, others;      /* statements that are not of the lease */
	/* A statement of a test takes so many rounds of the loop; another run may come in one. */
	unsigned rounds, stolen_in;
	void (*slow_done)(void *context);
	void *slow_context;
	struct bigquery_result *slow_result;
} row;

static const char *const one_column[] = {"holder"};

static void set_holder(const char *holder) {
	snprintf(row.holder, sizeof(row.holder), "%s", holder);
}

static long long take(const char *holder) {
	if (!row.has_row || (*row.holder && !row.expired && strcmp(row.holder, holder) != 0))
		return 0;
	set_holder(holder);
	row.expired = false;
	return 1;
}

static long long renew(const char *holder) {
	bool mine = strcmp(row.holder, holder) == 0;
	row.renewals += mine;
	return mine;
}

static long long give(const char *holder) {
	bool mine = strcmp(row.holder, holder) == 0;
	if (mine)
		set_holder("");
	return mine;
}

static void read_row(struct arena *arena, struct bigquery_result *result) {
	struct bigquery_column *column = arena_new(arena, struct bigquery_column);
	const char **cell = arena_new(arena, const char *);
	column->name = one_column[0];
	*cell = *row.holder ? arena_cstr(arena, str_from(row.holder)) : NULL;
	result->columns = column;
	result->column_count = 1;
	result->cells = cell;
	result->row_count = row.has_row;
}

void __wrap_bigquery_query_start(struct bigquery *bq, struct arena *arena,
	const struct bigquery_query *query, struct bigquery_result *result,
	void (*done)(void *context), void *context);
void __wrap_http_run_for(struct http *http, const bool *done, long ms);

void __wrap_bigquery_query_start(struct bigquery *bq, struct arena *arena,
	const struct bigquery_query *query, struct bigquery_result *result,
	void (*done)(void *context), void *context) {
	const char *sql = query->sql;
	const char *holder = query->parameter_count ? query->parameters[0].value : "";
	(void)bq;
	*result = (struct bigquery_result){.affected = -1};
	if (strstr(sql, "slow")) {
		row.slow_done = done;
		row.slow_context = context;
		row.slow_result = result;
		return;
	}
	if (row.silent)
		result->error.kind = BIGQUERY_UNREACHABLE;
	else if (strstr(sql, "MERGE"))
		row.has_row = true;
	else if (strstr(sql, "SET holder = @holder"))
		result->affected = take(holder);
	else if (strstr(sql, "SET expires_at"))
		result->affected = renew(holder);
	else if (strstr(sql, "SET holder = NULL"))
		result->affected = give(holder);
	else if (strstr(sql, "SELECT holder"))
		read_row(arena, result);
	else
		row.others++;
	done(context);
}

void __wrap_http_run_for(struct http *http, const bool *done, long ms) {
	(void)http, (void)ms;
	if (*done)
		return;
	row.rounds--;
	if (row.rounds == row.stolen_in)
		set_holder("run 2026-11-21 other");
	if (!row.rounds)
		row.slow_done(row.slow_context);
}

static struct arena *arena;
static struct warehouse warehouse;
static struct lease lease;

static int set_up(void **state) {
	(void)state;
	memset(&row, 0, sizeof(row));
	row.stolen_in = UINT32_MAX;
	arena = arena_create();
	warehouse = (struct warehouse){.arena = arena, .run_id = "mine", .bq.dataset = "d"};
	day date;
	assert_true(day_read(STR("2026-11-21"), &date));
	lease_init(&lease, &warehouse, "run", date, 0);
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	arena_destroy(arena);
	return 0;
}

static bool ask(const char *sql) {
	return warehouse_query(&warehouse, "a statement", sql, NULL);
}

static void test_first_run_makes_the_row(void **state) {
	(void)state;
	assert_int_equal(lease_take(&lease), LEASE_HELD);
	assert_string_equal(row.holder, "run 2026-11-21 mine");
	lease_give(&lease);
	assert_string_equal(row.holder, "");
}

static void test_only_one_has_it(void **state) {
	(void)state;
	struct lease second;
	lease_init(&second, &warehouse, "backfill", 0, 3);
	assert_int_equal(lease_take(&lease), LEASE_HELD);
	assert_int_equal(lease_take(&second), LEASE_OTHERS);
	assert_string_equal(second.other, "run 2026-11-21 mine");
	lease_give(&second);
	assert_string_equal(row.holder, "run 2026-11-21 mine");
	row.expired = true;
	assert_int_equal(lease_take(&second), LEASE_HELD);
	assert_string_equal(row.holder, "backfill 1970-01-01 mine task 3");
}

static void test_waiting_ends(void **state) {
	(void)state;
	row.has_row = true;
	set_holder("backfill 2026-11-21 other");
	lease.wait_ms = 0;
	assert_int_equal(lease_wait(&lease), LEASE_OTHERS);
	row.silent = true;
	assert_int_equal(lease_wait(&lease), LEASE_FAILED);
}

static void test_twins(void **state) {
	(void)state;
	static const struct {
		const char *mine, *other;
		bool twin;
	} rows[] = {
		{"run 2026-11-21 a", "run 2026-11-21 b", true},
		{"run 2026-11-21 a", "run 2026-11-20 b", false},
		{"run 2026-11-21 a", "backfill 2026-11-21 b", false},
		{"backfill 2026-11-21 a", "backfill 2026-11-21 b", false},
		{"backfill 2026-11-21 a", "backfill 2026-11-21 a task 3", true},
		{"backfill 2026-11-21 a task 2", "backfill 2026-11-21 a task 1", true},
		{"run 2026-11-21 a", "", false},
		{"run 2026-11-21 a", "somebody", false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct lease pair = {.holder = rows[i].mine, .other = rows[i].other};
		if (lease_is_twin(&pair) != rows[i].twin)
			fail_msg("%s and %s", rows[i].mine, rows[i].other);
	}
}

static void test_renewed_while_a_statement_runs(void **state) {
	(void)state;
	lease.renew_ms = 0;
	assert_int_equal(lease_take(&lease), LEASE_HELD);
	row.rounds = 5;
	assert_true(ask("slow"));
	assert_in_range(row.renewals, 4, 6);
	assert_true(ask("another"));
	assert_int_equal(row.others, 1);
}

static void test_not_renewed_too_often(void **state) {
	(void)state;
	assert_int_equal(lease_take(&lease), LEASE_HELD);
	row.rounds = 5;
	assert_true(ask("slow"));
	assert_int_equal(row.renewals, 0);
}

static void test_nothing_begins_once_it_is_lost(void **state) {
	(void)state;
	lease.renew_ms = 0;
	assert_int_equal(lease_take(&lease), LEASE_HELD);
	row.rounds = 5;
	row.stolen_in = 3;
	assert_true(ask("slow"));
	assert_true(lease.lost);
	assert_false(ask("another"));
	assert_int_equal(row.others, 0);
	lease_give(&lease);
	assert_string_equal(row.holder, "run 2026-11-21 other");
	assert_true(ask("a statement that needs no lease"));
}

static void test_silence_is_borne_for_a_while(void **state) {
	(void)state;
	lease.renew_ms = 0;
	assert_int_equal(lease_take(&lease), LEASE_HELD);
	row.silent = true;
	assert_true(lease_keep(&lease));
	assert_false(lease.lost);
	assert_false(warehouse.unreachable);
	lease.next_ms = 0;
	lease.renewed_ms -= 90000;
	assert_false(lease_keep(&lease));
	assert_true(lease.lost);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_run_makes_the_row, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_one_has_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_waiting_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_twins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_renewed_while_a_statement_runs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_renewed_too_often, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_begins_once_it_is_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silence_is_borne_for_a_while, set_up, tear_down),
	};
	log_set_level(LOG_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
