/* Brings fetched days into their partitions, one load job a stream and day, and records each. */
#pragma once

#include "ingest/coverage.h"

struct loads {
	size_t loaded, unchanged, emptied, shrunk, refused;
	size_t rows;
};

struct load_options {
	/* STREAM, STREAM:DAY or "" for all; ends with NULL; NULL: none. */
	const char *const *accept_shrink;
};

/* Loads what changed of the hauls from fetch->first on, and writes coverage for all of these. False
 * when the warehouse did not do it; what it refused is told in coverage, and counted. */
bool load_run(struct warehouse *warehouse, struct fetch *fetch, const struct coverage *coverage,
	const struct load_options *options, struct loads *loads);
