/* Raw rows become dims and facts, under the lease. */
#pragma once

#include "ingest/warehouse.h"

enum transform_result { TRANSFORM_DONE, TRANSFORM_LEASE_LOST, TRANSFORM_FAILED };

struct transforms {
	size_t days;            /* built anew, over all facts */
	size_t ranges;
};

/* Rebuilds the dims whole, then each fact for the days whose input is not that of their last build. */
enum transform_result transform_run(struct warehouse *warehouse, struct transforms *transforms);
