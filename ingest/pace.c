/* Tries come in, the milliseconds that they must wait go out. A ring of the last starts says when the next
 * one fits into the vendor's rate; retries take turns like everybody else, or a bad day would break it. */
#include "ingest/pace.h"

#include <stdlib.h>
#include <time.h>

#include "ingest/config.h"
#include "ingest/day.h"
#include "runtime/arena.h"
#include "runtime/clock.h"
#include "runtime/log.h"

#define MOST_SKEW (5 * 60)

void pace_start(struct vendor_use *use, const struct vendor *vendor, const struct config *config,
	unsigned tasks) {
	long limit = vendor->calls * config_number(config, SETTING_RATE) / 100 /
		(long)(tasks ? tasks : 1);
	*use = (struct vendor_use){.vendor = vendor, .limit = limit > 0 ? limit : 1,
		.quota_left = -1};
	if (!config->mock)
		use->starts = arena_array(config->arena, long, (size_t)use->limit);
}

long pace_turn(struct vendor_use *use) {
	long now = clock_ms(), wait = use->not_before - now;
	if (!use->starts)
		return 0;
	long *oldest = &use->starts[use->started % (unsigned long)use->limit];
	if (*oldest && *oldest + use->vendor->period_ms - now > wait)
		wait = *oldest + use->vendor->period_ms - now;
	if (wait > 0) {
		use->wait_ms += wait;
		return wait;
	}
	*oldest = now;
	use->started++;
	return 0;
}

/* The days end by our clock: one that is wrong takes a day that is still growing for a whole one. */
static void compare_clocks(struct vendor_use *use, const struct http_response *response) {
	struct str date = http_header(response, "Date");
	char text[64] = "";
	long long now = (long long)time(NULL);
	if (use->skewed || !date.len || date.len >= sizeof(text))
		return;
	memcpy(text, date.ptr, date.len);
	long long theirs = retry_date(text);
	if (theirs < 0 || llabs(theirs - now) <= MOST_SKEW)
		return;
	use->skewed = true;
	log_line(LOG_WARNING,
		"%s: its clock says %s, %lld minutes %s this machine's; one of them is wrong, and days "
		"may be taken for whole too early or too late",
		use->vendor->name, text, llabs(theirs - now) / 60,
		theirs < now ? "behind" : "ahead of");
}

/* Vendors that tell how many requests are left do so in a header of one of these names. */
static void take_quota(struct vendor_use *use, const struct http_response *response) {
	static const char *const names[] = {"anthropic-ratelimit-requests-remaining",
		"x-ratelimit-remaining", "ratelimit-remaining"};
	long long left;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_integer(http_header(response, names[i]), &left) && left >= 0)
			use->quota_left = (long)left;
}

void pace_note(struct vendor_use *use, const struct http_response *response) {
	use->calls++;
	use->retries += response->tries > 1;
	use->bytes += (long long)response->body.len;
	if (response->outcome != OUTCOME_ANSWERED)
		return;
	compare_clocks(use, response);
	take_quota(use, response);
	long wait = response->status == 429 ? http_retry_after(response) : -1;
	if (wait > 0 && clock_ms() + wait > use->not_before)
		use->not_before = clock_ms() + wait;
}
