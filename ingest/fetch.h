/* All streams of a run are fetched side by side; each vendor is asked no faster than it allows. What
 * comes out is one haul a stream and day: rows in a spool, or why there are none. */
#pragma once

#include "ingest/config.h"
#include "ingest/pace.h"
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

struct google;

struct fetch {
	const struct config *config;
	struct arena *arena;
	const char *run_id, *folder;
	unsigned tasks;                 /* that share the vendors' rates, at least 1 */
	struct google *google;          /* who asks for the sheet */
	VEC(struct haul *) hauls;       /* in order of stream and day */
	struct vendor_use uses[3];
	size_t first;                   /* of the hauls that the next fetch_run() is to bring */
	struct spools spools;
	bool reached;                   /* some vendor answered, if only to refuse */
};

/* Days of a backfill that are fetched, and then loaded, at once: more would fill $TMPDIR. */
#define FETCH_BLOCK 31

/* The last day of the block that begins at `from`. */
day fetch_block_end(day from, day last);

/* Nothing is fetched yet. Spools will lie in $TMPDIR; `tasks` share the rates. The texts must stay. */
void fetch_open(struct fetch *fetch, const struct config *config, const char *run_id, unsigned tasks);

/* Adds the days of a stream to what will be fetched. */
void fetch_days(struct fetch *fetch, const struct stream *stream, day from, day to);

/* Adds what a run for `date` reads: each stream's window; or the snapshots of `today`. */
void fetch_windows(struct fetch *fetch, day date);
void fetch_snapshots(struct fetch *fetch, day today);

/* Fetches those from `first` on. */
void fetch_run(struct fetch *fetch);

/* Shows on a terminal how far it has come. */
void fetch_progress(const struct fetch *fetch);

/* Removes their spools, and counts them as done: the next days begin behind them. */
void fetch_done(struct fetch *fetch);

/* The requests that fetch_run would begin with, one a call, as "GET https://…": for plans. */
void fetch_plan(struct fetch *fetch, void (*say)(void *context, const struct stream *stream, const char *request),
	void *context);

