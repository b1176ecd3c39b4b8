/* drive COMMAND …: one call of runtime/google.h or runtime/bigquery.h; what came of it as lines of
 * text.
 *
 *   send URL COUNT SCOPES     that many requests at once
 *   secret BASE NAME PROJECT
 *   project
 *   load ENDPOINT ROWS JOB    with a token if GOOGLE_APPLICATION_CREDENTIALS is set
 *   query ENDPOINT SQL
 *   stop ENDPOINT SQL         the same, with a signal after a second
 *
 * Settings come from the environment, as in the programs. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/bigquery.h"
#include "runtime/google.h"

static struct http *pool;
static volatile sig_atomic_t stop;

static struct google *credential(void) {
	struct buf error = BUF(4096);
	struct google *google =
		google_open(&(struct google_options){.http = pool,
				    .credentials_file = getenv("GOOGLE_APPLICATION_CREDENTIALS"),
				    .home = getenv("HOME"),
				    .token_url = getenv("GOOGLE_TOKEN_URL"),
				    .metadata_host = getenv("GCE_METADATA_HOST")},
			&error);
	if (!google) {
		puts(error.ptr);
		exit(1);
	}
	return google;
}

static void print_answer(void *context, const struct http_response *response) {
	(void)context;
	printf("%d %ld %s%.*s\n", (int)response->outcome, response->status, response->error,
		STR_ARGS(str_trim(response->body)));
}

static void drive_send(char **arguments) {
	struct google *google = credential();
	for (int i = atoi(arguments[1]); i > 0; i--)
		google_send(google, arguments[2],
			&(struct http_request){.method = "GET",
				.url = arguments[0],
				.safe = true,
				.done = print_answer});
	http_run(pool);
	google_close(google);
}

static void drive_secret(char **arguments) {
	struct google *google = credential();
	struct buf value = BUF(1 << 16), version = BUF(1024), error = BUF(4096);
	struct google_secret secret = {
		.base_url = arguments[0], .name = arguments[1], .project = arguments[2]};
	if (google_secret(google, &secret, &value, &version, &error))
		printf("[%s] %s\n", value.ptr, version.ptr);
	else
		puts(error.ptr);
	buf_free(&value);
	buf_free(&version);
	buf_free(&error);
	google_close(google);
}

static void drive_project(char **arguments) {
	(void)arguments;
	struct google *google = credential();
	struct buf project = BUF(1024), error = BUF(4096);
	bool good = google_metadata_project(google, &project, &error);
	puts(good ? project.ptr : error.ptr);
	buf_free(&project);
	buf_free(&error);
	google_close(google);
}

static struct bigquery warehouse(const char *endpoint) {
	bool with_token = getenv("GOOGLE_APPLICATION_CREDENTIALS") != NULL;
	return (struct bigquery){.http = pool,
		.google = with_token ? credential() : NULL,
		.endpoint = endpoint,
		.project = "p",
		.dataset = "d",
		.location = "EU",
		.poll_ms = 10};
}

static void print_error(const struct bigquery_error *error) {
	struct buf text = BUF(4096);
	bigquery_describe(error, &text);
	printf("kind=%d retryable=%d %s\n", (int)error->kind, error->retryable, text.ptr);
	buf_free(&text);
}

static void drive_load(char **arguments) {
	struct bigquery bq = warehouse(arguments[0]);
	struct bigquery_job job;
	struct buf rows = BUF(64 << 20);
	for (int i = 0; i < atoi(arguments[1]); i++)
		buf_printf(&rows, "{\"n\":%d,\"text\":\"some text to fill a piece\"}\n", i);
	json_auto_t *schema = json_pack("[{ssss}]", "name", "n", "type", "INT64");
	bigquery_load(&bq,
		&(struct bigquery_load){.job_id = arguments[2],
			.table = "t$20261120",
			.schema = schema,
			.bytes = buf_str(&rows),
			.chunk = 512 * 1024},
		&job);
	printf("rows=%lld existed=%d failed=%d ", job.rows, job.existed, job.failed);
	print_error(&job.error);
	buf_free(&rows);
	google_close(bq.google);
}

static void drive_query(char **arguments) {
	struct bigquery bq = warehouse(arguments[0]);
	struct arena *arena = arena_create();
	struct bigquery_result result;
	bigquery_query(&bq, arena,
		&(struct bigquery_query){.sql = arguments[1], .statistics = true}, &result);
	for (size_t i = 0; i < result.row_count; i++)
		printf("%s ", bigquery_cell(&result, i, 0));
	printf("affected=%lld billed=%lld ", result.affected, result.bytes_billed);
	print_error(&result.error);
	arena_destroy(arena);
	google_close(bq.google);
}

static void raise_stop(int signal) {
	(void)signal;
	stop = 1;
}

static void drive_stop(char **arguments) {
	signal(SIGALRM, raise_stop);
	alarm(1);
	drive_query(arguments);
}

static const struct {
	const char *name;
	int arguments;
	void (*run)(char **arguments);
} commands[] = {
	{"send", 3, drive_send},
	{"secret", 3, drive_secret},
	{"project", 0, drive_project},
	{"load", 3, drive_load},
	{"query", 2, drive_query},
	{"stop", 2, drive_stop},
};

int main(int argc, char **argv) {
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		if (argc < 2 || strcmp(argv[1], commands[i].name) != 0 ||
			argc != commands[i].arguments + 2)
			continue;
		pool = http_open(&(struct http_options){.user_agent = "mbc-test", .stop = &stop});
		commands[i].run(argv + 2);
		http_close(pool);
		return 0;
	}
	fputs("usage: see the head of drive.c\n", stderr);
	return 2;
}
