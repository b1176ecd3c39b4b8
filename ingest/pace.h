/* How often a vendor may be asked, and how often it was. */
#pragma once

#include "ingest/vendor.h"
#include "runtime/http.h"

struct vendor_use {
	const struct vendor *vendor;
	long calls, retries;            /* retries are calls as well */
	long long bytes, wait_ms;       /* waited for a turn */
	long limit;                     /* calls in vendor's period, among all tasks of a run */
	long *starts;                   /* of the last `limit` calls, a ring; NULL: no limit */
	unsigned long started;
	long not_before;                /* until then the vendor wants to be left alone */
	long quota_left;                /* as the vendor said last; -1: it did not */
	bool skewed;                    /* its clock was complained about */
};

/* `tasks` share the rate. */
void pace_start(struct vendor_use *use, const struct vendor *vendor, const struct config *config,
	unsigned tasks);

/* For http_request.turn: milliseconds until the vendor may be asked, 0 takes a turn. */
long pace_turn(struct vendor_use *use);

/* After each try: counts it, and leaves the vendor alone when it asks for that. */
void pace_note(struct vendor_use *use, const struct http_response *response);
