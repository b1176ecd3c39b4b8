/* Rows go in, a finished load job comes out. The upload is resumable: the server says after each
 * piece how far it has come, so a lost answer or a cut connection costs one question and no doubt.
 * The job's id is ours and the same in every try, so whatever was sent twice is carried out once;
 * the second time the server says 409, and the job that is already there is waited for. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/bigquery_state.h"
#include "runtime/google.h"
#include "runtime/json.h"

#define STEP (256 * 1024) /* a piece is a multiple of this, but for the last */
#define USUAL_CHUNK (8 << 20)
#define MOST_TROUBLES 8 /* without any progress */
#define MOST_SESSIONS 4

struct upload {
	struct bigquery *bq;
	struct bigquery_load load;
	struct bigquery_job *job;
	int fd;
	long long size, sent; /* sent: as the server says */
	char *piece;
	char *session;
	unsigned sessions, troubles;
	void (*done)(void *context);
	void *context;
};

static void begin(struct upload *u);
static void send_piece(struct upload *u);
static void ask_range(struct upload *u);

static void upload_free(struct upload *u) {
	if (u->fd >= 0)
		close(u->fd);
	free(u->piece);
	free(u->session);
	free(u);
}

static void end(struct upload *u) {
	u->done(u->context);
	upload_free(u);
}

static void watched(void *context) {
	end(context);
}

static void watch(struct upload *u, bool existed) {
	u->job->existed = existed;
	bigquery_job_watch(u->bq, u->job->id, true, u->job, watched, u);
}

static void end_with(struct upload *u, const struct bigquery_error *error) {
	u->job->error = *error;
	end(u);
}

/* The job's resource ends an upload; a local warehouse has often done the job by then. */
static void take_job(struct upload *u, const json_t *body) {
	if (bigquery_job_read(body, u->job))
		end(u);
	else
		watch(u, false);
}

static bool is_lost(long status) {
	return status == 404 || status == 410;
}

/* True when it was dealt with: passing trouble, a lost session, a job that exists. */
static bool recover(struct upload *u, const struct http_response *response,
	const struct bigquery_error *error) {
	if (error->kind == BIGQUERY_DUPLICATE) {
		watch(u, true);
		return true;
	}
	if (response->outcome == OUTCOME_ANSWERED && is_lost(response->status) && u->session &&
		u->sessions < MOST_SESSIONS) {
		begin(u);
		return true;
	}
	bool passing = error->kind == BIGQUERY_BUSY || error->kind == BIGQUERY_SERVER ||
		       error->kind == BIGQUERY_UNREACHABLE;
	if (!passing || !u->session || ++u->troubles >= MOST_TROUBLES)
		return false;
	ask_range(u);
	return true;
}

/* "bytes=0-524287": the server has that much; without it, nothing. */
static long long received(const struct http_response *response) {
	struct str range = http_header(response, "Range");
	size_t dash = str_find(range, "-", 0);
	long long last;
	if (dash == STR_NONE || !str_integer(str_slice(range, dash + 1, range.len), &last))
		return 0;
	return last + 1;
}

static void go_on(struct upload *u, const struct http_response *response) {
	long long now = received(response);
	if (now < 0 || now > u->size || (now == u->sent && ++u->troubles >= MOST_TROUBLES)) {
		struct bigquery_error error;
		bigquery_fail(&error, BIGQUERY_STRANGE,
			"the upload of %s stands still at byte %lld of %lld", u->job->id, now,
			u->size);
		end_with(u, &error);
		return;
	}
	if (now > u->sent)
		u->troubles = 0;
	u->sent = now;
	send_piece(u);
}

static void piece_answered(void *context, const struct http_response *response, const json_t *body,
	const struct bigquery_error *error) {
	struct upload *u = context;
	if (response->outcome == OUTCOME_ANSWERED && response->status == 308)
		go_on(u, response);
	else if (error->kind == BIGQUERY_OK)
		take_job(u, body);
	else if (!recover(u, response, error))
		end_with(u, error);
}

static void put(struct upload *u, struct str bytes, const char *range, long delay_ms) {
	bigquery_send(u->bq, &(struct bigquery_request){.method = "PUT",
				     .path = u->session,
				     .bytes = bytes,
				     .headers = {"Content-Type: application/octet-stream", range},
				     .once = true,
				     .safe = true,
				     .delay_ms = delay_ms,
				     .done = piece_answered,
				     .context = u});
}

static void ask_range(struct upload *u) {
	char range[80];
	snprintf(range, sizeof(range), "Content-Range: bytes */%lld", u->size);
	put(u, (struct str){NULL, 0}, range, bigquery_poll_delay(u->bq, u->troubles));
}

static bool read_piece(struct upload *u, size_t len) {
	for (size_t got = 0; got < len;) {
		ssize_t some =
			pread(u->fd, u->piece + got, len - got, (off_t)(u->sent + (long long)got));
		if (some <= 0 && errno != EINTR)
			return false;
		got += some > 0 ? (size_t)some : 0;
	}
	return true;
}

static size_t chunk_of(const struct upload *u) {
	size_t chunk = u->load.chunk / STEP * STEP;
	return u->load.chunk ? (chunk ? chunk : STEP) : USUAL_CHUNK;
}

static void send_piece(struct upload *u) {
	size_t len = chunk_of(u);
	if ((long long)len > u->size - u->sent)
		len = (size_t)(u->size - u->sent);
	if (!len) {
		ask_range(u);
		return;
	}
	struct str bytes = {u->load.bytes.ptr + (u->fd < 0 ? u->sent : 0), len};
	if (u->fd >= 0) {
		errno = 0;
		if (!u->piece && !(u->piece = malloc(chunk_of(u))))
			out_of_memory();
		if (!read_piece(u, len)) {
			struct bigquery_error error;
			bigquery_fail(&error, BIGQUERY_INVALID, "cannot read %s: %s", u->load.path,
				errno ? strerror(errno) : "it became shorter");
			end_with(u, &error);
			return;
		}
		bytes.ptr = u->piece;
	}
	char range[120];
	snprintf(range, sizeof(range), "Content-Range: bytes %lld-%lld/%lld", u->sent,
		u->sent + (long long)len - 1, u->size);
	put(u, bytes, range, 0);
}

/* A token goes to the session's address: it must be the endpoint's own host, or Google's. */
static bool is_trusted(const struct upload *u, const char *url) {
	const char *base = bigquery_base(u->bq);
	size_t len = strlen(base);
	if (strncmp(url, base, len) == 0 && strchr("/?", url[len]))
		return true;
	if (!u->bq->google)
		return google_url_allowed(url) || strncmp(url, "http://0.0.0.0:", 15) == 0;
	const char *host = strstr(url, "://");
	size_t end_of_host = host ? strcspn(host + 3, "/?#") : 0;
	return strncmp(url, "https://", 8) == 0 && !strpbrk(url, "@\\") &&
	       str_ends((struct str){host + 3, end_of_host}, ".googleapis.com");
}

static void began(void *context, const struct http_response *response, const json_t *body,
	const struct bigquery_error *error) {
	struct upload *u = context;
	(void)body;
	if (error->kind != BIGQUERY_OK) {
		if (!recover(u, response, error))
			end_with(u, error);
		return;
	}
	struct str location = http_header(response, "Location");
	u->session = location.len ? strndup(location.ptr, location.len) : NULL;
	if (u->session && is_trusted(u, u->session)) {
		send_piece(u);
		return;
	}
	struct bigquery_error strange;
	bigquery_fail(&strange, BIGQUERY_STRANGE, "the upload of %s got %s%s", u->job->id,
		u->session ? "an address elsewhere: " : "no address to go to",
		u->session ? u->session : "");
	end_with(u, &strange);
}

static json_t *configuration(const struct upload *u) {
	const struct bigquery_load *load = &u->load;
	json_t *labels = bigquery_labels(u->bq, load->labels, load->label_count);
	json_t *job = json_pack("{so s{so* s{s{ssssss} ss ss ss si sb}}}", "jobReference",
		bigquery_job_reference(u->bq, u->job->id), "configuration", "labels", labels,
		"load", "destinationTable", "projectId", u->bq->project, "datasetId",
		u->bq->dataset, "tableId", load->table, "sourceFormat", "NEWLINE_DELIMITED_JSON",
		"writeDisposition", load->write ? load->write : "WRITE_TRUNCATE",
		"createDisposition", load->create ? load->create : "CREATE_NEVER", "maxBadRecords",
		0, "ignoreUnknownValues", 0);
	if (load->schema) {
		json_t *inner = json_object_get(json_object_get(job, "configuration"), "load");
		json_object_set_new(inner, "schema", json_pack("{sO}", "fields", load->schema));
	}
	return job;
}

/* A new session. Whatever an earlier one had received is gone with it. */
static void begin(struct upload *u) {
	char length[80];
	struct buf url = BUF(4096);
	free(u->session);
	u->session = NULL;
	u->sessions++;
	u->sent = 0;
	snprintf(length, sizeof(length), "X-Upload-Content-Length: %lld", u->size);
	buf_printf(&url, "%s/upload/bigquery/v2/projects/%s/jobs?uploadType=resumable",
		bigquery_base(u->bq), u->bq->project);
	json_auto_t *body = configuration(u);
	bigquery_send(u->bq,
		&(struct bigquery_request){.method = "POST",
			.path = url.ptr,
			.body = body,
			.headers = {"X-Upload-Content-Type: application/octet-stream", length},
			.safe = true,
			.done = began,
			.context = u});
	buf_free(&url);
}

/* Size and source of the rows; false with the job's error set. */
static bool open_rows(struct upload *u) {
	struct stat info;
	u->size = (long long)u->load.bytes.len;
	if (u->load.path) {
		u->fd = open(u->load.path, O_RDONLY | O_CLOEXEC);
		if (u->fd < 0 || fstat(u->fd, &info) != 0) {
			bigquery_fail(&u->job->error, BIGQUERY_INVALID, "cannot read %s: %s",
				u->load.path, strerror(errno));
			return false;
		}
		u->size = (long long)info.st_size;
	}
	if (u->size)
		return true;
	bigquery_fail(&u->job->error, BIGQUERY_INVALID, "no rows to load into %s", u->load.table);
	return false;
}

static bool is_job_id(const char *id) {
	size_t len = strlen(id);
	return len && len <= 1024 &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
		       len;
}

void bigquery_load_start(struct bigquery *bq, const struct bigquery_load *load,
	struct bigquery_job *job, void (*done)(void *context), void *context) {
	struct upload *u = calloc(1, sizeof(*u));
	if (!u)
		out_of_memory();
	*u = (struct upload){
		.bq = bq, .load = *load, .job = job, .fd = -1, .done = done, .context = context};
	*job = (struct bigquery_job){0};
	snprintf(job->id, sizeof(job->id), "%s", load->job_id);
	bool good = is_job_id(load->job_id);
	if (!good)
		bigquery_fail(
			&job->error, BIGQUERY_INVALID, "`%s` is no id of a job", load->job_id);
	if (!good || !open_rows(u)) {
		end(u);
		return;
	}
	bq->totals.load_jobs++;
	begin(u);
}

static void raise_flag(void *context) {
	*(bool *)context = true;
}

bool bigquery_load(
	struct bigquery *bq, const struct bigquery_load *load, struct bigquery_job *job) {
	bool done = false;
	bigquery_load_start(bq, load, job, raise_flag, &done);
	http_run_until(bq->http, &done);
	return job->error.kind == BIGQUERY_OK;
}
