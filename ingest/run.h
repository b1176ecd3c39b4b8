/* A whole run: fetch, load, cover, build, check, tell. */
#pragma once

#include "ingest/checks.h"
#include "ingest/load.h"
#include "ingest/transform.h"

struct run_options {
	const char *command;            /* as `runs` shows it */
	day date;                       /* the logical date: the last day */
	bool is_backfill;               /* reads from..date; a run looks at each stream's window */
	day from;
	bool again;                     /* also days that are covered and settled */
	unsigned task, tasks;           /* this one and how many share the days; 0 of 1 */
	const char *const *accept_shrink;
};

/* Gives the exit code. */
int run_whole(const struct config *config, const struct run_options *options);

/* CLOUD_RUN_EXECUTION, or a name of this moment and chance. Lives in the arena. */
const char *run_name(const struct config *config);
