/* Requests go in, `done` is called with the answer. One curl multi handle drives everything: at
 * most `jobs` easy handles are in it, so a request's own timeout never counts time that it spent
 * waiting for a place. What failed goes back into the queue with the time before which it must not
 * start. */
#include "runtime/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/arena.h"
#include "runtime/buf.h"
#include "runtime/clock.h"
#include "runtime/curl.h"

struct job {
	struct http_request request;
	struct job *next;
	long not_before;        /* ms of the monotonic clock */
	long started;           /* first try, 0: not yet */
	unsigned tries;
	struct buf body, headers;
	struct curl_slist *list;
	CURL *easy;
	char error[CURL_ERROR_SIZE];
};

struct http {
	struct http_options options;
	CURLM *multi;
	struct job *first;      /* waiting, in order of arrival */
	struct job **last;
	struct job *flying;
	unsigned in_flight;
	CURL *idle[64];
	unsigned idle_count;
	unsigned seed;
};

static const struct curl_functions *curl;

struct http *http_open(const struct http_options *options) {
	curl = curl_load();
	if (!curl)
		return NULL;
	struct http *http = calloc(1, sizeof(*http));
	if (!http)
		out_of_memory();
	http->options = *options;
	if (!http->options.jobs)
		http->options.jobs = 8;
	if (http->options.jobs > COUNT_OF(http->idle))
		http->options.jobs = COUNT_OF(http->idle);
	if (!http->options.max_body)
		http->options.max_body = 64u << 20;
	if (!http->options.retry)
		http->options.retry = &retry_usual;
	http->multi = curl->multi_init();
	http->last = &http->first;
	http->seed = (unsigned)clock_ms();
	if (!http->multi) {
		free(http);
		return NULL;
	}
	curl->multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)http->options.jobs);
	return http;
}

static void job_free(struct job *job) {
	if (job->request.secret && job->body.ptr)
		explicit_bzero(job->body.ptr, job->body.capacity);
	buf_free(&job->body);
	buf_free(&job->headers);
	curl->slist_free_all(job->list);
	free(job);
}

static void jobs_free(struct job *job) {
	while (job) {
		struct job *next = job->next;
		job_free(job);
		job = next;
	}
}

void http_close(struct http *http) {
	if (!http)
		return;
	for (struct job *job = http->flying; job; job = job->next) {
		curl->multi_remove_handle(http->multi, job->easy);
		curl->easy_cleanup(job->easy);
	}
	for (unsigned i = 0; i < http->idle_count; i++)
		curl->easy_cleanup(http->idle[i]);
	jobs_free(http->flying);
	jobs_free(http->first);
	curl->multi_cleanup(http->multi);
	free(http);
}

static void enqueue(struct http *http, struct job *job) {
	job->next = NULL;
	*http->last = job;
	http->last = &job->next;
}

void http_send(struct http *http, const struct http_request *request) {
	struct job *job = calloc(1, sizeof(*job));
	if (!job)
		out_of_memory();
	job->request = *request;
	job->not_before = request->delay_ms ? clock_ms() + request->delay_ms : 0;
	job->body = BUF(http->options.max_body);
	job->headers = BUF(256 * 1024);
	enqueue(http, job);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
	struct job *job = context;
	return buf_add(&job->body, bytes, size * count) ? size * count : 0;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
	struct job *job = context;
	if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		buf_clear(&job->headers);
	return buf_add(&job->headers, bytes, size * count) ? size * count : 0;
}

static void set_request(CURL *easy, struct job *job) {
	const struct http_request *request = &job->request;
	for (const char *const *h = request->headers; h && *h; h++)
		job->list = curl->slist_append(job->list, *h);
	job->list = curl->slist_append(job->list, "Expect:");
	curl->easy_setopt(easy, CURLOPT_URL, request->url);
	curl->easy_setopt(easy, CURLOPT_HTTPHEADER, job->list);
	curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	if (request->body.len) {
		curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		curl->easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.ptr);
	} else if (strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0) {
		curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
		curl->easy_setopt(easy, CURLOPT_POSTFIELDS, "");
	}
}

static void set_options(const struct http *http, CURL *easy, struct job *job) {
	const struct http_options *options = &http->options;
	long timeout = job->request.timeout_ms ? job->request.timeout_ms : options->timeout_ms;
	curl->easy_setopt(easy, CURLOPT_PRIVATE, job);
	curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, job->error);
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
	curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	/* On a kept connection that died curl itself sends again, whatever the method. */
	curl->easy_setopt(easy, CURLOPT_FRESH_CONNECT, job->request.safe ? 0L : 1L);
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl->easy_setopt(easy, CURLOPT_USERAGENT,
		options->user_agent ? options->user_agent : "mbc/" MBC_VERSION);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
		options->connect_timeout_ms ? options->connect_timeout_ms : 10000L);
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout ? timeout : 60000L);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, job);
	curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl->easy_setopt(easy, CURLOPT_HEADERDATA, job);
	if (job->request.direct)
		curl->easy_setopt(easy, CURLOPT_NOPROXY, "*");
	if (options->compressed)
		curl->easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
}

static void start(struct http *http, struct job *job) {
	CURL *easy = http->idle_count ? http->idle[--http->idle_count] : curl->easy_init();
	if (!easy)
		out_of_memory();
	buf_clear(&job->body);
	buf_clear(&job->headers);
	job->error[0] = '\0';
	job->easy = easy;
	job->tries++;
	if (!job->started)
		job->started = clock_ms();
	set_options(http, easy, job);
	set_request(easy, job);
	job->next = http->flying;
	http->flying = job;
	http->in_flight++;
	curl->multi_add_handle(http->multi, easy);
}

static bool has_turn(struct job *job, long now) {
	long wait = job->request.turn ? job->request.turn(job->request.context) : 0;
	job->not_before = wait > 0 ? now + wait : 0;
	return wait <= 0;
}

/* Starts what may start. Gives the milliseconds until the next one may, at most a second. */
static long start_waiting(struct http *http) {
	long now = clock_ms(), wait = 1000;
	struct job **at = &http->first;
	while (*at) {
		struct job *job = *at;
		if (job->not_before <= now && http->in_flight < http->options.jobs &&
			has_turn(job, now)) {
			*at = job->next;
			start(http, job);
			continue;
		}
		if (job->not_before > now && job->not_before - now < wait)
			wait = job->not_before - now;
		at = &job->next;
	}
	http->last = at;
	return wait;
}

static enum outcome outcome_of(const struct job *job, CURLcode code, long sent) {
	switch ((int)code) {
	case CURLE_OK:
		return OUTCOME_ANSWERED;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return OUTCOME_UNKNOWN_HOST;
	case CURLE_COULDNT_CONNECT:
		return OUTCOME_REFUSED;
	case CURLE_OPERATION_TIMEDOUT:
		return sent > 0 ? OUTCOME_TIMEOUT : OUTCOME_CONNECT_TIMEOUT;
	case CURLE_WRITE_ERROR:
		return job->body.full || job->headers.full ? OUTCOME_TOO_LARGE : OUTCOME_CUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return OUTCOME_TLS;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_FAILED_INIT:
		return OUTCOME_BROKEN;
	default:
		return OUTCOME_CUT;
	}
}

static void unlink_flying(struct http *http, struct job *job) {
	struct job **at = &http->flying;
	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	http->in_flight--;
}

static void trace(const struct http *http, const struct job *job,
	const struct http_response *response, long wait) {
	if (!http->options.trace)
		return;
	char line[600];
	int used = snprintf(line, sizeof(line), "%s %s: ", job->request.method, job->request.url);
	size_t at = (size_t)used < sizeof(line) ? (size_t)used : sizeof(line) - 1;
	if (response->outcome == OUTCOME_ANSWERED)
		used = snprintf(line + at, sizeof(line) - at, "%ld, %zu bytes", response->status,
			response->body.len);
	else
		used = snprintf(line + at, sizeof(line) - at, "%s", response->error);
	at += (size_t)used < sizeof(line) - at ? (size_t)used : sizeof(line) - at - 1;
	if (wait >= 0)
		snprintf(line + at, sizeof(line) - at, "; again in %ld ms", wait);
	http->options.trace(line);
}

static long delay_of(
	struct http *http, const struct job *job, const struct http_response *response) {
	const struct http_request *request = &job->request;
	enum http_verdict verdict =
		request->judge ? request->judge(request->context, response) : HTTP_USUAL;
	if (verdict == HTTP_TAKE)
		return -1;
	struct attempt attempt = {
		.passing = verdict == HTTP_AGAIN, .outcome = response->outcome, .status = response->status, .safe = request->safe,
		.number = job->tries, .elapsed_ms = clock_ms() - job->started,
		.retry_after_ms = http_retry_after(response),
		.chance = (double)rand_r(&http->seed) / ((double)RAND_MAX + 1),
	};
	return retry_delay(request->retry ? request->retry : http->options.retry, &attempt);
}

static void finish(struct http *http, CURL *easy, CURLcode code) {
	struct job *job;
	long sent = 0;
	struct http_response response = {0};
	curl->easy_getinfo(easy, CURLINFO_PRIVATE, &job);
	curl->easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
	response.outcome = outcome_of(job, code, sent);
	if (response.outcome == OUTCOME_ANSWERED)
		curl->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
	response.body = job->body.len ? buf_str(&job->body) : STR("");
	response.headers = job->headers.len ? buf_str(&job->headers) : STR("");
	response.error = job->error[0]      ? job->error
			 : code == CURLE_OK ? ""
					    : curl->easy_strerror(code);
	response.tries = job->tries;

	unlink_flying(http, job);
	curl->multi_remove_handle(http->multi, easy);
	curl->easy_reset(easy);
	http->idle[http->idle_count++] = easy;
	job->easy = NULL;
	curl->slist_free_all(job->list);
	job->list = NULL;

	long wait = delay_of(http, job, &response);
	trace(http, job, &response, wait);
	if (wait >= 0) {
		job->not_before = clock_ms() + wait;
		enqueue(http, job);
		return;
	}
	job->request.done(job->request.context, &response);
	job_free(job);
}

/* Takes one job out, whether it was waiting or in flight; NULL when there is none. */
static struct job *take_any(struct http *http) {
	struct job *job = http->flying;
	if (job) {
		unlink_flying(http, job);
		curl->multi_remove_handle(http->multi, job->easy);
		curl->easy_cleanup(job->easy);
		return job;
	}
	job = http->first;
	if (job)
		http->first = job->next;
	if (!http->first)
		http->last = &http->first;
	return job;
}

static void stop_all(struct http *http) {
	struct http_response response = {.outcome = OUTCOME_STOPPED,
		.body = STR(""),
		.headers = STR(""),
		.error = "the program was told to end"};
	struct job *job;
	while ((job = take_any(http)) != NULL) {
		response.tries = job->tries;
		job->request.done(job->request.context, &response);
		job_free(job);
	}
}

static void finish_all(struct http *http, long wait) {
	CURLMsg *message;
	int left, finished = 0;
	while ((message = curl->multi_info_read(http->multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE) {
			finish(http, message->easy_handle, message->data.result);
			finished++;
		}
	if (!finished)
		curl->multi_poll(http->multi, NULL, 0, (int)wait, NULL);
}

/* One round of the loop; false when there is nothing to do. */
static bool turn(struct http *http, long most_ms) {
	if (http->options.stop && *http->options.stop)
		stop_all(http);
	long wait = start_waiting(http);
	if (!http->in_flight && !http->first)
		return false;
	int running;
	curl->multi_perform(http->multi, &running);
	finish_all(http, wait < most_ms ? wait : most_ms);
	return true;
}

void http_run_until(struct http *http, const bool *done) {
	while (!*done && turn(http, 1000))
		;
}

void http_run_for(struct http *http, const bool *done, long ms) {
	long end = clock_ms() + ms, left;
	while (!*done && (left = end - clock_ms()) > 0 && turn(http, left))
		;
}

void http_stop_by(struct http *http, const volatile sig_atomic_t *stop) {
	http->options.stop = stop;
}

void http_run(struct http *http) {
	static const bool never = false;
	http_run_until(http, &never);
}

struct str http_header(const struct http_response *response, const char *name) {
	struct str rest = response->headers, line;
	size_t len = strlen(name);
	while (str_split(&rest, '\n', &line))
		if (line.len > len && line.ptr[len] == ':' &&
			str_eq_fold(str_slice(line, 0, len), str_from(name)))
			return str_trim(str_slice(line, len + 1, line.len));
	return (struct str){NULL, 0};
}

long http_retry_after(const struct http_response *response) {
	struct str ms = http_header(response, "retry-after-ms"),
		   asked = http_header(response, "Retry-After");
	char text[64] = "";
	double wait;
	if (str_number(ms, &wait) && wait >= 0 && wait <= 24 * 3600e3)
		return (long)wait;
	if (!asked.len || asked.len >= sizeof(text))
		return -1;
	memcpy(text, asked.ptr, asked.len);
	return retry_after(text, (long long)time(NULL));
}

void http_encode(struct buf *out, const char *text) {
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || strchr("-._~", c);
		if (plain)
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

void http_form(struct buf *out, const char *name, const char *value) {
	if (out->len)
		buf_putc(out, '&');
	http_encode(out, name);
	buf_putc(out, '=');
	http_encode(out, value);
}
