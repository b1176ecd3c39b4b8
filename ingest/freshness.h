/* How old the data of each enabled stream is. */
#pragma once

#include "ingest/warehouse.h"

#define FRESH_FOR (25 * HOUR)

struct freshness {
	const struct stream *stream;
	moment fetched_at;              /* of the latest ok or empty day; 0: never */
	bool good;                      /* younger than FRESH_FOR */
};

/* One row an enabled stream, in the order of the manual, in the arena. False with the problem said. */
bool freshness_read(struct warehouse *warehouse, struct freshness **rows, size_t *count);
