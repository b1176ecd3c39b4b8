/* Whether to try a request again, and when. A pure function over a table: no clock, no network. */
#pragma once

#include <stdbool.h>

/* How a request ended, as far as that can be told from this side. */
enum outcome {
	OUTCOME_ANSWERED,       /* there is a status and a whole body */
	OUTCOME_UNKNOWN_HOST,   /* no address for the name */
	OUTCOME_REFUSED,        /* nobody listens there: the request was never seen */
	OUTCOME_CONNECT_TIMEOUT,/* no connection in time: the request was never seen */
	OUTCOME_TIMEOUT,        /* sent, but no whole answer in time */
	OUTCOME_CUT,            /* the connection broke; the request may have been carried out */
	OUTCOME_TLS,            /* the certificate or the handshake failed */
	OUTCOME_TOO_LARGE,      /* the body was larger than allowed */
	OUTCOME_BROKEN,         /* a URL or a setting that cannot work */
	OUTCOME_STOPPED,        /* given up because the program was told to end */
};

struct retry_policy {
	long first_ms;          /* wait after the first try; doubled each time */
	long most_ms;           /* longest single wait */
	long deadline_ms;       /* over all tries and waits of a request */
	bool servers; /* also 500, 529 and the like, when safe: for services that recover */
};

/* Half a second, doubled up to 30 s, for 2 minutes. */
extern const struct retry_policy retry_usual;

struct attempt {
	bool passing; /* known to pass: again until the deadline, whatever the table says */
	enum outcome outcome;
	long status;            /* of OUTCOME_ANSWERED */
	bool safe;              /* may the request be sent twice? */
	unsigned number;        /* tries so far, this one included */
	long elapsed_ms;        /* since the first try began */
	long retry_after_ms;    /* what the server asked for, -1: nothing */
	double chance; /* 0 up to 1: the jitter; a wait is between half of it and all of it */
};

/* Milliseconds to wait before the next try, or -1 to stop: when the outcome is no passing one, the
 * request may not be repeated, the tries are used up, or the wait would pass the deadline. */
long retry_delay(const struct retry_policy *policy, const struct attempt *attempt);

/* The value of a Retry-After header in milliseconds: seconds, or an HTTP date counted from `now`
 * (seconds since 1970). -1 if there is none or it makes no sense. */
long retry_after(const char *value, long long now);

/* A date as HTTP writes it, in seconds since 1970; -1 if it is none. */
long long retry_date(const char *value);
