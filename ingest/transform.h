/* Raw rows become dims and facts, under the lease. */
#pragma once

#include "ingest/lease.h"

struct transforms {
	size_t days;            /* built anew, over all facts */
	size_t ranges;
};

/* Rebuilds the dims whole, then each fact for the days whose input is not that of their last build.
 * False when the warehouse did not do it, or the lease was lost. */
bool transform_run(struct lease *lease, struct transforms *transforms);
