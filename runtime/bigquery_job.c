/* A job's id goes in, what became of the job comes out. Jobs have no way to tell that they are
 * done, so they are looked at: soon at first, then every ten seconds. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/bigquery_state.h"
#include "runtime/clock.h"
#include "runtime/json.h"

#define MOST_MISSES 6 /* a job that was just made may not be found for some seconds */

struct watch {
	struct bigquery *bq;
	struct bigquery_job *job;
	struct buf path;
	unsigned looks, misses;
	bool fresh;
	long deadline_ms;
	void (*done)(void *context);
	void *context;
};

json_t *bigquery_job_reference(const struct bigquery *bq, const char *id) {
	json_t *reference = json_pack("{ssss}", "projectId", bq->project, "jobId", id);
	if (*bq->location)
		json_object_set_new(reference, "location", json_string(bq->location));
	return reference;
}

void bigquery_job_path(
	const struct bigquery *bq, const char *kind, const char *id, struct buf *out) {
	buf_printf(out, "%s/", kind);
	http_encode(out, id);
	buf_puts(out, "?location=");
	http_encode(out, bq->location);
	if (!*bq->location)
		out->ptr[out->len -= strlen("location=")] = '\0';
}

bool bigquery_job_read(const json_t *resource, struct bigquery_job *job) {
	const json_t *statistics = json_object_get(resource, "statistics");
	const json_t *load = json_object_get(statistics, "load");
	const char *state = json_text(json_object_get(resource, "status"), "state");
	bigquery_job_error(resource, &job->error);
	job->failed = job->error.kind != BIGQUERY_OK;
	job->rows = bigquery_integer(load, "outputRows", 0);
	job->input_bytes = bigquery_integer(load, "inputFileBytes", 0);
	job->ended_ms = bigquery_integer(statistics, "endTime", 0);
	return state && strcmp(state, "DONE") == 0;
}

static void look(struct watch *watch);

static void end(struct watch *watch) {
	watch->done(watch->context);
	buf_free(&watch->path);
	free(watch);
}

static bool may_appear(struct watch *watch, const struct bigquery_error *error) {
	return watch->fresh && error->kind == BIGQUERY_NOT_FOUND && ++watch->misses < MOST_MISSES;
}

static void looked(void *context, const struct http_response *response, const json_t *body,
	const struct bigquery_error *error) {
	(void)response;
	struct watch *watch = context;
	if (may_appear(watch, error)) {
		look(watch);
		return;
	}
	watch->job->error = *error;
	if (error->kind != BIGQUERY_OK || bigquery_job_read(body, watch->job)) {
		end(watch);
		return;
	}
	if (clock_ms() < watch->deadline_ms) {
		look(watch);
		return;
	}
	bigquery_fail(&watch->job->error, BIGQUERY_UNFINISHED,
		"job %s still runs; the next run waits for it", watch->job->id);
	end(watch);
}

static void look(struct watch *watch) {
	long delay =
		watch->looks || watch->fresh ? bigquery_poll_delay(watch->bq, watch->looks) : 0;
	watch->looks++;
	bigquery_send(watch->bq, &(struct bigquery_request){.method = "GET",
					 .path = watch->path.ptr,
					 .safe = true,
					 .delay_ms = delay,
					 .done = looked,
					 .context = watch});
}

void bigquery_job_watch(struct bigquery *bq, const char *id, bool fresh, struct bigquery_job *job,
	void (*done)(void *context), void *context) {
	struct watch *watch = calloc(1, sizeof(*watch));
	if (!watch)
		out_of_memory();
	*watch = (struct watch){.bq = bq,
		.job = job,
		.path = BUF(8192),
		.fresh = fresh,
		.deadline_ms = bigquery_deadline(bq),
		.done = done,
		.context = context};
	if (job->id != id)
		snprintf(job->id, sizeof(job->id), "%s", id);
	bigquery_job_path(bq, "jobs", id, &watch->path);
	look(watch);
}

static void raise_flag(void *context) {
	*(bool *)context = true;
}

bool bigquery_job_wait(struct bigquery *bq, const char *id, struct bigquery_job *job) {
	bool done = false;
	*job = (struct bigquery_job){0};
	bigquery_job_watch(bq, id, false, job, raise_flag, &done);
	http_run_until(bq->http, &done);
	return job->error.kind == BIGQUERY_OK;
}

/* ---- all jobs of a prefix ---- */

static json_t *job_page(
	struct bigquery *bq, const char *state, const char *token, struct bigquery_error *error) {
	struct buf path = BUF(16 * 1024);
	buf_printf(&path, "jobs?stateFilter=%s&maxResults=500&projection=minimal", state);
	if (token) {
		buf_puts(&path, "&pageToken=");
		http_encode(&path, token);
	}
	json_t *page = bigquery_call(bq, "GET", path.ptr, NULL, true, error);
	buf_free(&path);
	return page;
}

/* A server may not know stateFilter, so the state is read again here. */
static void collect(const json_t *page, const char *prefix, json_t *ids) {
	size_t i;
	json_t *job;
	json_array_foreach(json_object_get(page, "jobs"), i, job) {
		const char *id = json_text(json_object_get(job, "jobReference"), "jobId");
		const char *state = json_text(json_object_get(job, "status"), "state");
		if (!state)
			state = json_text(job, "state");
		if (id && str_starts(str_from(id), prefix) &&
			(!state || strcmp(state, "DONE") != 0))
			json_object_set_new(ids, id, json_true());
	}
}

static bool list_unfinished(
	struct bigquery *bq, const char *prefix, json_t *ids, struct bigquery_error *error) {
	static const char *const states[] = {"pending", "running"};
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		json_t *page = job_page(bq, states[i], NULL, error);
		while (page) {
			collect(page, prefix, ids);
			const char *token = json_text(page, "nextPageToken");
			json_t *next =
				token && *token ? job_page(bq, states[i], token, error) : NULL;
			json_decref(page);
			page = next;
		}
		if (error->kind != BIGQUERY_OK)
			return false;
	}
	return true;
}

bool bigquery_jobs_wait(
	struct bigquery *bq, const char *prefix, size_t *count, struct bigquery_error *error) {
	json_auto_t *ids = json_object();
	if (!list_unfinished(bq, prefix, ids, error))
		return false;
	if (count)
		*count = json_object_size(ids);
	const char *id;
	json_t *value;
	json_object_foreach(ids, id, value) {
		struct bigquery_job job;
		if (!bigquery_job_wait(bq, id, &job) && !job.failed &&
			job.error.kind != BIGQUERY_NOT_FOUND) {
			*error = job.error;
			return false;
		}
	}
	return true;
}
