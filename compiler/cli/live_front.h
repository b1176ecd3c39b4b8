/* The front half of every command that compares definitions with a server. */
#pragma once

#include "compiler/cli/front.h"
#include "compiler/metabase/plan.h"

struct comparison {
	struct compile c;
	struct server *server;
	struct plan *plan;
};

/* Loads, checks, lowers, signs in and compares. EXIT_DONE, or the code to end with; diagnostics are
 * in .c and not printed yet. The caller calls comparison_finish in either case. */
int comparison_start(struct comparison *comparison, const struct invocation *invocation,
	const struct plan_options *options);
void comparison_finish(struct comparison *comparison);

/* The values of an OPTION_LIST, ends with NULL. */
const char *const *option_list(
	struct arena *arena, const struct invocation *invocation, const char *name);
