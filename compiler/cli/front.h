/* The front half of every command that reads definitions: find the project, load, check, select. */
#pragma once

#include <stdio.h>

#include "compiler/cli/command.h"

/* Starts `c` (compile_init, the lists of charts and filters) and loads the project that the first
 * PATH, else the working directory, is in; checks it and marks what the PATHs select. With `server`
 * the environment's address and key are resolved and required. False if there are errors: they are
 * in `c` and not printed yet. The caller ends `c` with compile_finish in either case. */
bool front_run(struct compile *c, const struct invocation *invocation, bool server);

/* Prints what was skipped and why (with -v), then the diagnostics in `format` on `out`. Gives the
 * number of errors. */
size_t front_print(struct compile *c, const struct invocation *invocation, FILE *out,
	enum diag_format format);
