/* The rows of one stream and day on their way to the warehouse: a gzip file of NDJSON in $TMPDIR, with
 * what is needed to know them again. Memory does not grow with the rows. */
#pragma once

#include <stdint.h>

#include "ingest/day.h"
#include "ingest/digest.h"
#include "ingest/money.h"
#include "runtime/buf.h"

struct record;
struct pack;
struct arena;

/* Packed bytes in all spools of a run at most: on Cloud Run, $TMPDIR is memory. */
#define MOST_SPOOLED (256u << 20)

struct spool {
	char *path;                     /* NULL: no row yet */
	struct pack *pack;              /* while rows come in */
	size_t rows, bytes;             /* bytes: packed */
	int64_t tokens;
	money usd;
	size_t duplicates;              /* rows whose keys an earlier row had */
	uint32_t set;                   /* of its keys among the ordinals */
	uint64_t sum[4];                /* of the SHA-256 of the rows */
	char hash[HASH_TEXT];           /* of the content, once it is closed */
};

/* What the spools of a run share. */
struct spools {
	const char *folder, *run_id;
	size_t bytes;                   /* packed, in all of them */
	struct ordinals *ordinals;
	void *digest;                   /* EVP_MD_CTX */
	moment stamped;                 /* when the rows were fetched, as `stamp` says it */
	struct buf stamp, row;
	char problem[256];
};

/* The texts must stay. Closing is for when all spools are removed; twice is fine. */
void spools_open(struct spools *spools, const char *folder, const char *run_id);
void spools_close(struct spools *spools);

/* Adds a row that was fetched at that moment. False when there is no room for it or it cannot be
 * written: spools->problem says why, and the spool is of no use. */
bool spool_add(struct spool *spool, struct spools *spools, struct arena *arena, moment fetched_at,
	const struct record *record);

/* Writes what is left and works out the hash. False as above. */
bool spool_close(struct spool *spool, struct spools *spools);

/* Removes the file; what is known of the rows stays. */
void spool_remove(struct spool *spool, struct spools *spools);
