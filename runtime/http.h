/* HTTP for all programs: requests are queued, a bounded number of them is in flight, failed ones
 * are tried again as retry.h says, and each ends in one call of its `done`. No threads.
 * Certificates are always verified, redirects never followed (a redirect would carry credentials to
 * another host). */
#pragma once

#include <signal.h>
#include <stddef.h>

#include "runtime/retry.h"
#include "runtime/str.h"

struct http;

struct http_options {
	unsigned jobs;                  /* requests in flight at most, 0: 8 */
	const char *user_agent;         /* NULL: mbc/VERSION */
	size_t max_body;                /* bytes of an answer, 0: 64 MiB */
	long connect_timeout_ms;        /* 0: 10 s */
	long timeout_ms;                /* of one try, 0: 60 s */
	const struct retry_policy *retry; /* NULL: retry_usual */
	bool compressed;                /* ask for gzip and unpack it */
	/* Called with a line for the log (never a header or a body) after each try; may be NULL. */
	void (*trace)(const char *line);
	/* May be NULL. Once it is not 0 (set by a signal handler), everything queued or in flight
	 * ends with OUTCOME_STOPPED within a second; set it back to 0 to go on. */
	const volatile sig_atomic_t *stop;
};

struct http_response {
	enum outcome outcome;
	long status;                    /* 0 unless OUTCOME_ANSWERED */
	struct str body;                /* NUL behind it; gone after `done` */
	struct str headers;             /* "Name: value\r\n" each, of the last answer */
	const char *error;              /* curl's sentence unless OUTCOME_ANSWERED, else "" */
	unsigned tries;
};

/* What to do with an answer: as the table of retry.c says, try again while the policy allows it, or
 * take it as it is. */
enum http_verdict { HTTP_USUAL, HTTP_AGAIN, HTTP_TAKE };

struct http_request {
	const char *method;             /* "GET" … */
	const char *url;
	const char *const *headers;     /* "Name: value" each, ends with NULL; NULL: none */
	struct str body;                /* sent if not empty */
	bool safe;                      /* may be sent twice */
	bool direct;                    /* never through a proxy */
	bool secret;                    /* wipe the answer after `done` */
	long timeout_ms;                /* of one try, 0: the pool's */
	const struct retry_policy *retry; /* NULL: the pool's */
	/* For services that say in the body what may be tried again; NULL: HTTP_USUAL. */
	enum http_verdict (*judge)(void *context, const struct http_response *response);
	long delay_ms;                  /* before the first try */
	/* For services with a rate: asked when a try could start; gives the milliseconds that it has
	 * to wait still, or 0 when it starts now. May be NULL. */
	long (*turn)(void *context);
	void (*done)(void *context, const struct http_response *response);
	void *context;
};

/* NULL when curl cannot be set up. */
struct http *http_open(const struct http_options *options);
/* Ends what is in flight without calling `done`; NULL is fine. */
void http_close(struct http *http);

/* Queues a request. What it points to must stay until `done` was called; the struct itself is
 * copied. */
void http_send(struct http *http, const struct http_request *request);

/* From now on ended by this flag; NULL: by none. */
void http_stop_by(struct http *http, const volatile sig_atomic_t *stop);

/* Works until nothing is queued or in flight; `done` may send more. */
void http_run(struct http *http);

/* The same, but only until `*done` is true; the rest stays and goes on with the next call. */
void http_run_until(struct http *http, const bool *done);

/* The same, and for so many milliseconds at most. */
void http_run_for(struct http *http, const bool *done, long ms);

/* The value of an answer's header, any case, without white space; empty if there is none. */
struct str http_header(const struct http_response *response, const char *name);

/* Milliseconds that an answer wants to be waited (retry-after-ms, Retry-After), -1: it says nothing. */
long http_retry_after(const struct http_response *response);

/* Appends `text` percent-encoded as a part of a path or a query. */
struct buf;
void http_encode(struct buf *out, const char *text);

/* Appends `name=value` to a form's body (application/x-www-form-urlencoded). */
void http_form(struct buf *out, const char *name, const char *value);
