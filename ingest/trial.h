/* A run without a warehouse, to try the program out: all is fetched and parsed, nothing is written. */
#pragma once

#include "ingest/run.h"

/* Fetches what the run would, prints what came of each stream, and gives the exit code. */
int trial_run(const struct config *config, const struct run_options *options);
