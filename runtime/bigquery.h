/* BigQuery's REST API, as much of it as our programs need: queries, load jobs, datasets, tables.
 *
 * Every call exists twice where running several side by side is of use: `bigquery_x_start()` queues
 * it in the pool and calls `done` from http_run(), `bigquery_x()` runs the pool until this one is
 * done (what else is in the pool goes on meanwhile). Calls answer with data, never with a log line:
 * a `struct bigquery_error` of kind BIGQUERY_OK or what was wrong. Passing failures (429, 5xx, rate
 * limits, cut connections) have been tried again for up to ten minutes by then; what is sent twice
 * carries a job id or a request id, so it is carried out once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "runtime/arena.h"
#include "runtime/buf.h"
#include "runtime/http.h"

struct google;

enum bigquery_kind {
	BIGQUERY_OK,
	BIGQUERY_INVALID,     /* 400: our SQL, rows or request; or a limit of a query */
	BIGQUERY_CREDENTIALS, /* no token, or 401 with a fresh one */
	BIGQUERY_DENIED,      /* 403: a role, billing */
	BIGQUERY_NOT_FOUND,   /* 404; also a location that is not the job's or dataset's */
	BIGQUERY_DUPLICATE,   /* 409: it exists */
	BIGQUERY_CONFLICT,    /* 412, or a concurrent update: read again, then write again */
	BIGQUERY_QUOTA,       /* a quota of the day or the table, bytes billed: not now */
	BIGQUERY_BUSY,        /* 429 or a rate limit, even after the tries */
	BIGQUERY_SERVER,      /* 5xx, or a job that failed inside BigQuery, even after the tries */
	BIGQUERY_UNREACHABLE, /* no answer at all */
	BIGQUERY_UNFINISHED,  /* the job still ran when the time was up */
	BIGQUERY_STRANGE,     /* an answer that the API does not give: a proxy, a wrong address */
	BIGQUERY_STOPPED,     /* the program was told to end */
};

struct bigquery_error {
	enum bigquery_kind kind;
	long status;     /* HTTP; 200 when a job failed, 0 without an answer */
	bool retryable;  /* may succeed later; a failed job only as a new one, under another id */
	char reason[64]; /* BigQuery's word: "invalidQuery" … or "" */
	char location[160]; /* what it points at: "query", a field, or "" */
	char message[1000]; /* a sentence */
};

struct bigquery_label {
	const char *key;
	const char *value; /* characters that BigQuery refuses become `_`, cut at 63 */
};

/* Fill in and use; nothing in it is owned but `totals`, which count over all calls. */
struct bigquery {
	struct http *http;
	struct google *google; /* NULL: no token is sent (a local warehouse) */
	const char *endpoint;  /* scheme and host; NULL: https://bigquery.googleapis.com */
	const char *project, *dataset;
	char location[64];   /* "" until known; bigquery_dataset_open() sets it */
	long long max_bytes; /* of each query, unless it says otherwise; 0: no limit */
	const struct bigquery_label *labels; /* on each job */
	size_t label_count;
	long poll_ms;              /* first wait for a job, doubled up to 10 times it; 0: 1 s */
	long timeout_ms;           /* of one try of a request; 0: 5 minutes */
	long job_timeout_ms;       /* how long to wait for a job; 0: 30 minutes */
	struct retry_policy retry; /* all 0: a second, doubled to 32, for ten minutes */
	struct {
		unsigned long long calls, retries, query_jobs, load_jobs, bytes_billed;
	} totals;
};

/* What BIGQUERY_EMULATOR_HOST holds ("127.0.0.1:9050" or "http://localhost:9050/") as an endpoint.
 * False with a sentence in `error` when it is no address or plain http beyond loopback. */
bool bigquery_endpoint(const char *setting, struct buf *endpoint, struct buf *error);

/* "warehouse: 403 accessDenied: message (at location)" in one line, for a log. */
void bigquery_describe(const struct bigquery_error *error, struct buf *out);

/* ---- queries ---- */

/* A named parameter: @name in the SQL. `type` is BigQuery's: "DATE", "STRING", "INT64", "NUMERIC",
 * "TIMESTAMP", "BOOL". With `values` it is ARRAY<type> of `count` values; a NULL value is NULL. */
struct bigquery_parameter {
	const char *name, *type, *value;
	const char *const *values;
	size_t count;
};

struct bigquery_query {
	const char *sql; /* standard SQL; `bq->dataset` is the default dataset */
	const struct bigquery_parameter *parameters;
	size_t parameter_count;
	const struct bigquery_label *labels; /* beside the client's */
	size_t label_count;
	long long max_bytes; /* bytes billed at most, -1: no limit, 0: the client's */
	bool dry_run;        /* only `columns` and `bytes_processed` are filled */
	bool statistics;     /* also bytes_billed and DML counts: one more request if need be */
	const char *job_id;  /* run under this id: an id that was used gives that job's result */
	const struct retry_policy *retry; /* NULL: the client's */
};

struct bigquery_column {
	const char *name;
	const char *type; /* "INTEGER", "NUMERIC" … */
	const char *mode; /* "NULLABLE", "REQUIRED", "REPEATED" */
};

struct bigquery_result {
	struct bigquery_error error;
	const struct bigquery_column *columns;
	size_t column_count;
	const char *const *cells; /* row after row; use bigquery_cell() */
	size_t row_count;
	char job_id[256]; /* "" if the service named none */
	bool cache_hit;
	long long bytes_processed, bytes_billed;
	long long affected; /* rows that a DML statement changed in all, -1: none said */
	long long inserted, updated, deleted; /* -1: none said */
};

/* The text of a cell as BigQuery gives it, NULL for NULL: numbers in decimal, "true", DATE as
 * "2026-11-20", TIMESTAMP for bigquery_timestamp(), arrays and records as JSON text. */
static inline const char *bigquery_cell(
	const struct bigquery_result *result, size_t row, size_t column) {
	return result->cells[row * result->column_count + column];
}

/* The number of the column of that name, or -1. */
int bigquery_column(const struct bigquery_result *result, const char *name);

/* Runs a query to its end and reads all pages. Everything in the result lives in `arena`. True when
 * result->error.kind is BIGQUERY_OK. */
bool bigquery_query(struct bigquery *bq, struct arena *arena, const struct bigquery_query *query,
	struct bigquery_result *result);

/* The same in the pool; `query` is copied, what it points to and `result` stay until `done`. */
void bigquery_query_start(struct bigquery *bq, struct arena *arena,
	const struct bigquery_query *query, struct bigquery_result *result,
	void (*done)(void *context), void *context);

/* Microseconds since 1970 from a TIMESTAMP cell: microseconds ("1767323045123456"), seconds
 * ("1767323045.123456", "1.7E9"), or "2026-01-02T03:04:05.123456Z" with T or blank, Z, UTC or
 * +00:00. A whole number below 100,000,000,000 is seconds. Exact, rounded towards the past. False
 * if it is none of these. */
bool bigquery_timestamp(const char *text, long long *micros);

/* ---- jobs ---- */

struct bigquery_job {
	struct bigquery_error error; /* what went wrong with the call or the job itself */
	char id[1025];
	bool existed;   /* 409: an earlier request had made it, this is what became of it */
	bool failed;    /* the job ran and failed: the next attempt needs another id */
	long long rows; /* loaded: statistics.load.outputRows */
	long long input_bytes;
	long long ended_ms; /* since 1970, 0: unknown */
};

/* One file of rows into one table or partition. The whole job succeeds or nothing changes. */
struct bigquery_load {
	const char
		*job_id; /* letters, digits, _ and -, at most 1024; used up even by a failed job */
	const char *table;    /* in the client's dataset: "raw_x" or "raw_x$20261120" */
	const json_t *schema; /* array of fields with name, type, mode, description; borrowed */
	const char *write;    /* NULL: "WRITE_TRUNCATE" */
	const char *create;   /* NULL: "CREATE_NEVER" */
	const char *path;     /* NDJSON, gzip or plain; read in pieces. NULL: from `bytes` */
	struct str bytes;
	const struct bigquery_label *labels;
	size_t label_count;
	size_t chunk; /* bytes of one PUT, rounded down to 256 KiB; 0: 8 MiB */
};

/* Uploads the rows resumably and waits for the job. A piece that was lost is sent again from where
 * the server stands; a lost session is begun again under the same id; an id that exists (409) is
 * looked up and waited for. True when the job succeeded; job->rows is then for the caller to
 * compare. */
bool bigquery_load(struct bigquery *bq, const struct bigquery_load *load, struct bigquery_job *job);

/* The same in the pool; `load` is copied, what it points to and `job` stay until `done`. */
void bigquery_load_start(struct bigquery *bq, const struct bigquery_load *load,
	struct bigquery_job *job, void (*done)(void *context), void *context);

/* Waits for a job to end. BIGQUERY_NOT_FOUND when there is none of that id. */
bool bigquery_job_wait(struct bigquery *bq, const char *id, struct bigquery_job *job);

/* Waits for all jobs of this project whose id begins with `prefix` and that are not done. `count`
 * (may be NULL) gets how many there were. Failed jobs are no error here. */
bool bigquery_jobs_wait(
	struct bigquery *bq, const char *prefix, size_t *count, struct bigquery_error *error);

/* ---- datasets and tables: answers are new references, NULL on error ---- */

/* The dataset's resource; sets bq->location to where it is. */
json_t *bigquery_dataset_open(struct bigquery *bq, struct bigquery_error *error);

/* Makes the dataset in `location` with these members besides ("description", "labels" …; may be
 * NULL, borrowed). One that exists is BIGQUERY_DUPLICATE. Sets bq->location. */
json_t *bigquery_dataset_create(struct bigquery *bq, const char *location, const json_t *members,
	struct bigquery_error *error);

json_t *bigquery_table_get(struct bigquery *bq, const char *table, struct bigquery_error *error);

/* `resource`: the table without its tableReference ("schema", "timePartitioning", "view" …). */
json_t *bigquery_table_create(struct bigquery *bq, const char *table, const json_t *resource,
	struct bigquery_error *error);

/* Changes the members given; `etag` (may be NULL) is the state it must still be in, else
 * BIGQUERY_CONFLICT. */
json_t *bigquery_table_patch(struct bigquery *bq, const char *table, const json_t *members,
	const char *etag, struct bigquery_error *error);

/* All tables and views of the dataset: an array of {"id", "type", "tableReference", …}, all pages.
 */
json_t *bigquery_table_list(struct bigquery *bq, struct bigquery_error *error);

/* Any other method: `path` is below "/bigquery/v2/projects/P/" and may have a query. `safe`: may be
 * sent twice. `body` is borrowed, may be NULL. */
json_t *bigquery_call(struct bigquery *bq, const char *method, const char *path, const json_t *body,
	bool safe, struct bigquery_error *error);

/* Reads an answer's error body: what kind it is, and whether trying again may help. */
void bigquery_error_of(const struct http_response *response, struct bigquery_error *error);

/* The same for a job's resource: BIGQUERY_OK when it did not fail. */
void bigquery_job_error(const json_t *job, struct bigquery_error *error);
