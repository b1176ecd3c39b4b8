/* drive URL: makes a dataset and a table in the warehouse at URL through runtime/bigquery.h, loads
 * days into it, reads them back, and says as TAP what was as expected. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/bigquery.h"

static unsigned count, failed;

static void check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void check(bool good, const char *format, ...) {
	va_list args;
	va_start(args, format);
	printf("%s %u - ", good ? "ok" : "not ok", ++count);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	failed += !good;
}

static bool fine(const struct bigquery_error *error) {
	struct buf text = BUF(4096);
	if (error->kind != BIGQUERY_OK) {
		bigquery_describe(error, &text);
		printf("# %s\n", text.ptr);
	}
	buf_free(&text);
	return error->kind == BIGQUERY_OK;
}

static json_t *table(void) {
	return json_pack("{s{s[{ssssss}{ssss}{ssss}{ssss}{ssssss}]} s{ssss} ss}", "schema",
		"fields", "name", "day", "type", "DATE", "mode", "REQUIRED", "name", "who", "type",
		"STRING", "name", "usd", "type", "NUMERIC", "name", "at", "type", "TIMESTAMP",
		"name", "tags", "type", "STRING", "mode", "REPEATED", "timePartitioning", "type",
		"DAY", "field", "day", "description", "for a test");
}

static void make_tables(struct bigquery *bq) {
	struct bigquery_error error;
	json_t *dataset = bigquery_dataset_open(bq, &error);
	check(!dataset && error.kind == BIGQUERY_NOT_FOUND,
		"a dataset that is not there is not found");
	json_decref(dataset);
	dataset = bigquery_dataset_create(bq, "US", NULL, &error);
	check(fine(&error) && dataset, "a dataset is made");
	json_decref(dataset);
	dataset = bigquery_dataset_create(bq, "US", NULL, &error);
	check(!dataset && error.kind == BIGQUERY_DUPLICATE, "a second time it exists");
	json_decref(dataset);
	dataset = bigquery_dataset_open(bq, &error);
	check(fine(&error) && strcmp(bq->location, "US") == 0, "it says where it is");
	json_decref(dataset);
	json_t *wanted = table(), *made = bigquery_table_create(bq, "days", wanted, &error);
	check(fine(&error) && made, "a table is made");
	json_decref(made);
	made = bigquery_table_create(bq, "days", wanted, &error);
	check(!made && error.kind == BIGQUERY_DUPLICATE, "a second time it exists");
	json_decref(wanted);
	json_t *got = bigquery_table_get(bq, "days", &error);
	check(fine(&error) && json_array_size(json_object_get(
				      json_object_get(got, "schema"), "fields")) == 5,
		"its schema is read back");
	json_decref(got);
	json_t *list = bigquery_table_list(bq, &error);
	check(fine(&error) && json_array_size(list) == 1, "it is in the list of tables");
	json_decref(list);
}

/* Rows of one day, more than one piece of an upload when `rows` is large. */
static void fill(struct buf *out, const char *day, int rows) {
	for (int i = 0; i < rows; i++)
		buf_printf(out,
			"{\"day\":\"%s\",\"who\":\"w%d\",\"usd\":\"%d.000000001\",\"at\":\"%sT01:"
			"02:03.123456Z\","
			"\"tags\":[\"a\",\"b\"]}\n",
			day, i, i, day);
}

static bool load(struct bigquery *bq, const char *id, const char *target, struct str bytes,
	struct bigquery_job *job) {
	json_t *resource = table();
	const json_t *fields = json_object_get(json_object_get(resource, "schema"), "fields");
	struct bigquery_label labels[] = {{"stream", "A Test/é"}};
	bool good = bigquery_load(bq,
		&(struct bigquery_load){.job_id = id,
			.table = target,
			.schema = fields,
			.bytes = bytes,
			.labels = labels,
			.label_count = 1,
			.chunk = 300 * 1024},
		job);
	json_decref(resource);
	return good;
}

static void load_days(struct bigquery *bq) {
	struct bigquery_job job;
	struct buf rows = BUF(16 << 20);
	fill(&rows, "2026-11-20", 12000);
	bool good = load(bq, "mbc_t_days_1", "days$20261120", buf_str(&rows), &job);
	check(good && job.rows == 12000 && !job.existed,
		"a load in several pieces arrives whole: %lld rows", job.rows);
	fine(&job.error);
	check(load(bq, "mbc_t_days_1", "days$20261120", buf_str(&rows), &job) && job.existed &&
			job.rows == 12000,
		"the same id again is the job that was");
	fine(&job.error);
	buf_clear(&rows);
	fill(&rows, "2026-11-21", 2);
	check(load(bq, "mbc_t_days_2", "days$20261121", buf_str(&rows), &job) && job.rows == 2,
		"another day is loaded beside it");
	good = load(bq, "mbc_t_days_3", "days$20261119", buf_str(&rows), &job);
	check(!good && job.failed && job.error.kind == BIGQUERY_INVALID,
		"rows of another day make the job fail: %s", job.error.message);
	check(!load(bq, "mbc_t_days_3", "days$20261121", buf_str(&rows), &job) && job.existed &&
			job.failed,
		"its id stays that of a failed job");
	check(!load(bq, "mbc t", "days", buf_str(&rows), &job) &&
			job.error.kind == BIGQUERY_INVALID,
		"an id with a blank is refused before it is sent");
	check(bigquery_job_wait(bq, "mbc_t_days_2", &job) && job.rows == 2,
		"a job is found by its id");
	check(!bigquery_job_wait(bq, "mbc_t_none", &job) && job.error.kind == BIGQUERY_NOT_FOUND,
		"a job that never was is not found");
	struct bigquery_error error;
	size_t unfinished = 9;
	check(bigquery_jobs_wait(bq, "mbc_t_", &unfinished, &error) && unfinished == 0,
		"no job is left unfinished");
	fine(&error);
	buf_free(&rows);
}

static bool cell_is(const struct bigquery_result *r, size_t row, size_t column, const char *text) {
	const char *found = row < r->row_count ? bigquery_cell(r, row, column) : "(no such row)";
	bool good = text ? found && strcmp(found, text) == 0 : !found;
	if (!good)
		printf("# row %zu, column %zu: expected %s, found %s\n", row, column, text, found);
	return good;
}

static void query_back(struct bigquery *bq, struct arena *arena) {
	struct bigquery_result r;
	const char *who[] = {"w0", "w1"};
	struct bigquery_parameter parameters[] = {{"day", "DATE", "2026-11-21"},
		{.name = "who", .type = "STRING", .values = who, .count = 2},
		{"none", "INT64", NULL}};
	bool good = bigquery_query(bq, arena,
		&(struct bigquery_query){
			.sql = "SELECT who, usd, at, tags, @none AS none, STRUCT(1 AS a, 'x' AS b) "
			       "AS record FROM days "
			       "WHERE day = @day AND who IN UNNEST(@who) ORDER BY who",
			.parameters = parameters,
			.parameter_count = COUNT_OF(parameters)},
		&r);
	check(fine(&r.error) && good && r.row_count == 2 && r.column_count == 6,
		"a query with parameters answers");
	if (good && r.row_count == 2) {
		long long micros = 0;
		check(cell_is(&r, 1, 0, "w1") && cell_is(&r, 1, 1, "1.000000001"),
			"text and exact numbers");
		check(bigquery_timestamp(bigquery_cell(&r, 0, 2), &micros) &&
				micros == 1795222923123456,
			"a timestamp, to the microsecond: %s", bigquery_cell(&r, 0, 2));
		check(cell_is(&r, 0, 3, "[\"a\",\"b\"]") && cell_is(&r, 0, 4, NULL),
			"an array, and NULL");
		check(cell_is(&r, 0, 5, "{\"a\":\"1\",\"b\":\"x\"}"), "a record");
	}
	good = bigquery_query(bq, arena,
		&(struct bigquery_query){.sql = "SELECT who FROM days ORDER BY day, who"}, &r);
	check(good && r.row_count == 12002, "all rows of a large result: %zu", r.row_count);
	good = bigquery_query(
		bq, arena, &(struct bigquery_query){.sql = "SELECT nothing FROM days"}, &r);
	check(!good && r.error.kind == BIGQUERY_INVALID, "wrong SQL is our mistake: %s",
		r.error.message);
	good = bigquery_query(bq, arena,
		&(struct bigquery_query){.sql = "UPDATE days SET who = 'x' WHERE day = "
						"'2026-11-21' AND who = 'w0'",
			.statistics = true},
		&r);
	check(fine(&r.error) && good && r.affected == 1,
		"an update says how many rows it changed: %lld", r.affected);
	good = bigquery_query(
		bq, arena, &(struct bigquery_query){.sql = "SELECT 1 AS one", .dry_run = true}, &r);
	check(fine(&r.error) && good && r.row_count == 0, "a dry run gives no rows");
	for (int i = 0; i < 2; i++) {
		good = bigquery_query(bq, arena,
			&(struct bigquery_query){.sql = "INSERT INTO days (day, who) VALUES "
							"('2026-11-22', 'once')",
				.job_id = "mbc_t_insert_1"},
			&r);
		check(fine(&r.error) && good, "a query under an id of ours, time %d", i + 1);
	}
	bigquery_query(bq, arena,
		&(struct bigquery_query){.sql = "SELECT COUNT(*) FROM days WHERE who = 'once'"},
		&r);
	check(cell_is(&r, 0, 0, "1"), "sent twice, it was carried out once");
}

int main(int argc, char **argv) {
	struct buf endpoint = BUF(1024), error = BUF(1024);
	if (argc != 2 || !bigquery_endpoint(argv[1], &endpoint, &error)) {
		fprintf(stderr, "usage: drive URL; %s\n", error.ptr ? error.ptr : "");
		return 2;
	}
	struct http *http = http_open(&(struct http_options){.user_agent = "mbc-test"});
	struct bigquery bq = {.http = http,
		.endpoint = endpoint.ptr,
		.project = "local",
		.dataset = "drive",
		.poll_ms = 20};
	struct arena *arena = arena_create();
	make_tables(&bq);
	load_days(&bq);
	query_back(&bq, arena);
	printf("# %llu calls, %llu of them repeated\n", bq.totals.calls, bq.totals.retries);
	printf("1..%u\n", count);
	arena_destroy(arena);
	http_close(http);
	buf_free(&endpoint);
	buf_free(&error);
	return failed ? 1 : 0;
}
