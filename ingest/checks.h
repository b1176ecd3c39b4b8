/* The checks of sql/checks: each is a query whose rows are what is wrong. */
#pragma once

#include "ingest/warehouse.h"

struct check_results {
	size_t good, warnings, errors;
};

/* Runs all checks for the days up to `date`, and says what each found. False when one could not run. */
bool checks_run(struct warehouse *warehouse, day date, struct check_results *results);
