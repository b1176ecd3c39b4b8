/* What is known of each stream and day, read before a fetch and written behind the loads. */
#pragma once

#include "ingest/fetch.h"
#include "ingest/warehouse.h"

/* The last load that was recorded. */
struct known {
	const struct stream *stream;
	day day;
	const char *run_id, *content_hash;
	long long rows, tokens;
	money usd;
	bool broken;                    /* the raw table holds something else: ask again and load anew */
};

struct coverage {
	VEC(struct known) loads;
};

/* Reads what was loaded last for the days from `from` to `to`, and of all other days those that are
 * broken: a run ended between load and record, two runs crossed, or somebody removed rows. */
bool coverage_read(struct coverage *coverage, struct warehouse *warehouse, day from, day to);

/* The last load of a stream and day, or NULL. */
const struct known *coverage_find(const struct coverage *coverage, const struct stream *stream, day date);

/* What became of a haul. */
struct outcome_row {
	const struct haul *haul;
	bool loaded;
	const char *job_id;             /* or NULL */
};

/* Adds rows, at most 100 a statement; one that says what the last one of the same run says is left out. */
bool coverage_write(struct warehouse *warehouse, const struct outcome_row *rows, size_t count);
