/* What the commands share: the list of commands, options for a project and a server, exit codes. */
#pragma once

#include "compiler/source/compile.h"
#include "runtime/options.h"

#define EXIT_DONE        0
#define EXIT_DEFINITIONS 1      /* errors in definitions */
#define EXIT_CHANGES     2      /* diff --exit-code: changes, drift or clashes */
#define EXIT_REFUSED     3      /* the rest was applied, something was refused */
#define EXIT_PARTIAL     4      /* a write failed, applied in part */
#define EXIT_SERVER      5      /* server or network */

extern const struct program mbc_program;

/* --env, -v, -q: every command that reads a project. */
extern const struct option_row project_options[];
/* Those and --url, --api-key-file, --jobs: every command that talks to a server. */
extern const struct option_row server_options[];

#define COMMAND(name) extern const struct command cmd_##name;
#include "compiler/cli/commands.inc"
#undef COMMAND
