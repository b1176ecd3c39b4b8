/* What the parts of bigquery.h share; nobody else includes it. */
#pragma once

#include "runtime/bigquery.h"

/* One request. What it points to is copied, but for `bytes`. */
struct bigquery_request {
	const char *method;
	const char *path; /* below projects/P/, or a whole URL */
	const json_t *body;
	struct str bytes;       /* instead of `body` */
	const char *headers[4]; /* besides Content-Type for a body */
	bool once;              /* the caller sends again itself */
	bool safe;
	long delay_ms;
	const struct retry_policy *retry; /* NULL: the client's */
	/* `body` is the answer as JSON (borrowed, NULL when it is none); `error` what was wrong. */
	void (*done)(void *context, const struct http_response *response, const json_t *body,
		const struct bigquery_error *error);
	void *context;
};

void bigquery_send(struct bigquery *bq, const struct bigquery_request *request);

const char *bigquery_base(const struct bigquery *bq);

/* A new array or object of the client's labels and these; NULL when there are none. */
json_t *bigquery_labels(
	const struct bigquery *bq, const struct bigquery_label *labels, size_t count);

/* A new {"projectId", "jobId", "location"}. */
json_t *bigquery_job_reference(const struct bigquery *bq, const char *id);

/* "jobs/J?location=L" and what follows, in `out`. */
void bigquery_job_path(
	const struct bigquery *bq, const char *kind, const char *id, struct buf *out);

/* When a wait that begins now must end, by clock_ms(). */
long bigquery_deadline(const struct bigquery *bq);

/* The wait before the nth look at a job. */
long bigquery_poll_delay(const struct bigquery *bq, unsigned looks);

/* Fills `job` from a job's resource; true when it is done. */
bool bigquery_job_read(const json_t *resource, struct bigquery_job *job);

/* Looks at the job until it is done. `fresh`: it was just made, so a 404 may pass. */
void bigquery_job_watch(struct bigquery *bq, const char *id, bool fresh, struct bigquery_job *job,
	void (*done)(void *context), void *context);

void bigquery_fail(struct bigquery_error *error, enum bigquery_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A member that is a 64-bit integer as text, or the fallback. */
long long bigquery_integer(const json_t *object, const char *key, long long fallback);
