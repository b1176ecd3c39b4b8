/* The rows of one stream and day on their way to the warehouse: a gzip file of NDJSON in $TMPDIR, with
 * what is needed to know them again. Only a hash a row stays in memory. */
#pragma once

#include <stdint.h>

#include "ingest/day.h"
#include "ingest/money.h"
#include "runtime/map.h"

struct record;

#define HASH_TEXT 65

struct spool {
	char *path;                     /* NULL: no row yet */
	void *file;                     /* gzFile while rows come in */
	size_t rows, bytes;             /* bytes before packing */
	int64_t tokens;
	money usd;
	size_t duplicates;              /* rows whose keys an earlier row had */
	char hash[HASH_TEXT];           /* of the sorted rows, once it is closed */
	VEC(unsigned char *) digests;
	struct map keys;                /* -> how many rows had them */
};

/* What every row says of its load. */
struct spool_origin {
	const char *folder, *run_id;
	moment fetched_at;
};

/* Adds a row. False with errno set when it cannot be written. */
bool spool_add(struct spool *spool, struct arena *arena, const struct spool_origin *origin,
	const struct record *record);

/* Writes what is left and works out the hash. False with errno set. */
bool spool_close(struct spool *spool);

/* Removes the file. */
void spool_remove(struct spool *spool);
