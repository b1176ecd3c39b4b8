/* What went wrong goes in, a wait or "stop" comes out. What may be tried again is a table, so that
 * the policy can be read at a glance and tested without a network or a clock. */
#include "runtime/retry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct retry_policy retry_usual = {.first_ms = 500, .most_ms = 30000, .deadline_ms = 120000};

enum repeat { NEVER, IF_SAFE, ALWAYS };

struct row {
	enum outcome outcome;
	long status;            /* 0: whatever it is */
	enum repeat repeat;
	unsigned tries;         /* at most, 0: until the deadline */
};

/* ALWAYS is for requests that were surely not carried out. A connection that nobody accepts is
 * given up soon: a person with a wrong address should not wait for two minutes. */
static const struct row rows[] = {
	{OUTCOME_UNKNOWN_HOST, 0, ALWAYS, 2},
	{OUTCOME_REFUSED, 0, ALWAYS, 3},
	{OUTCOME_CONNECT_TIMEOUT, 0, ALWAYS, 2},
	{OUTCOME_TIMEOUT, 0, IF_SAFE, 3},
	{OUTCOME_CUT, 0, IF_SAFE, 4},
	{OUTCOME_ANSWERED, 408, IF_SAFE, 4},
	{OUTCOME_ANSWERED, 425, ALWAYS, 4},
	{OUTCOME_ANSWERED, 429, ALWAYS, 0},
	{OUTCOME_ANSWERED, 502, IF_SAFE, 5},
	{OUTCOME_ANSWERED, 503, IF_SAFE, 0},
	{OUTCOME_ANSWERED, 504, IF_SAFE, 4},
};

/* Under a policy that says so; and what the caller knows to pass. */
static const struct row server_row = {OUTCOME_ANSWERED, 0, IF_SAFE, 5};
static const struct row passing_row = {OUTCOME_ANSWERED, 0, ALWAYS, 0};

static const struct row *find_row(const struct retry_policy *policy, const struct attempt *attempt) {
	if (attempt->passing)
		return &passing_row;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].outcome == attempt->outcome &&
			(!rows[i].status || rows[i].status == attempt->status))
			return &rows[i];
	if (policy->servers && attempt->outcome == OUTCOME_ANSWERED && attempt->status >= 500)
		return &server_row;
	return NULL;
}

static long backoff(const struct retry_policy *policy, const struct attempt *attempt) {
	long wait = policy->first_ms;
	for (unsigned i = 1; i < attempt->number && wait < policy->most_ms; i++)
		wait *= 2;
	if (wait > policy->most_ms)
		wait = policy->most_ms;
	return wait / 2 + (long)((double)(wait - wait / 2) * attempt->chance);
}

long retry_delay(const struct retry_policy *policy, const struct attempt *attempt) {
	const struct row *row = find_row(policy, attempt);
	if (!row || row->repeat == NEVER || (row->repeat == IF_SAFE && !attempt->safe))
		return -1;
	if (row->tries && attempt->number >= row->tries)
		return -1;
	long wait =
		attempt->retry_after_ms >= 0 ? attempt->retry_after_ms : backoff(policy, attempt);
	return wait > policy->deadline_ms - attempt->elapsed_ms ? -1 : wait;
}

long long retry_date(const char *value) {
	struct tm parts = {0};
	const char *rest = strptime(value, "%a, %d %b %Y %H:%M:%S", &parts);
	return rest ? (long long)timegm(&parts) : -1;
}

long retry_after(const char *value, long long now) {
	if (!value)
		return -1;
	while (*value == ' ')
		value++;
	char *end;
	long long seconds = strtoll(value, &end, 10);
	if (end == value) {
		long long at = retry_date(value);
		if (at < 0)
			return -1;
		seconds = at > now ? at - now : 0;
	} else if (*end && *end != ' ' && *end != '\r' && *end != '.') {
		return -1;
	}
	if (seconds < 0 || seconds > 24LL * 3600)
		return seconds < 0 ? -1 : 24L * 3600 * 1000;
	return (long)(seconds * 1000);
}
