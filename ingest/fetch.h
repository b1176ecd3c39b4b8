/* All streams of a run are fetched side by side; each vendor is asked no faster than it allows. What
 * comes out is one haul a stream and day: rows in a spool, or why there are none. */
#pragma once

#include "ingest/config.h"
#include "ingest/spool.h"

enum status { STATUS_OK, STATUS_EMPTY, STATUS_NOT_PUBLISHED, STATUS_DENIED, STATUS_FAILED };

extern const char *const status_names[];

struct haul {
	const struct stream *stream;
	day day;
	enum status status;
	const char *reason;             /* of a failure: http, schema, short, cap, duplicate_key, …; or NULL */
	const char *message;            /* or NULL */
	bool settled;
	unsigned pages;
	moment fetched_at, refreshed;   /* 0: never, not told */
	struct spool spool;
};

struct vendor_use {
	const struct vendor *vendor;
	long calls, retries;
	long long bytes, wait_ms;
	long limit;                     /* calls in vendor's period, among all tasks of a run */
	long *starts;                   /* of the last `limit` calls, a ring */
};

struct fetch {
	const struct config *config;
	struct arena *arena;
	const char *run_id, *folder;
	unsigned tasks;                 /* that share the vendors' rates, at least 1 */
	const char *sheets_token;       /* for Google Sheets, or NULL */
	VEC(struct haul *) hauls;       /* in order of stream and day */
	struct vendor_use uses[3];
	size_t bytes;                   /* in all spools, before packing */
	bool reached;                   /* some vendor answered something */
};

/* Adds the days of a stream to what will be fetched. */
void fetch_days(struct fetch *fetch, const struct stream *stream, day from, day to);

/* Fetches all of them. */
void fetch_run(struct fetch *fetch);

/* The requests that fetch_run would begin with, one a call, as "GET https://…": for plans. */
void fetch_plan(struct fetch *fetch, void (*say)(const struct stream *stream, const char *request));

/* Removes the spools. */
void fetch_finish(struct fetch *fetch);
