/* The schema of the dataset. */
#pragma once

#include "ingest/warehouse.h"

/* Makes what is missing, runs migrations, replaces views, compares tables. Gives the exit code. */
int migrate_run(struct warehouse *warehouse);

/* Compares the columns of all tables with those of sql/; says what differs. False when one does. */
bool migrate_compare(struct warehouse *warehouse);
