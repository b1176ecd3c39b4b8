/* The schema of the dataset, brought to this version. */
#pragma once

#include "ingest/warehouse.h"

/* For a run: makes tables that are missing, runs migrations that the dataset has not seen (under the lease),
 * replaces the views when this version's are others, makes those that are missing. What was changed by hand
 * is said and kept in warehouse->changed. Gives EXIT_DONE, or the exit code when it cannot go on. */
int migrate_ready(struct warehouse *warehouse);

/* The same, and replaces all views and descriptions in any case. A table changed by hand is EXIT_REFUSED. */
int migrate_run(struct warehouse *warehouse);
