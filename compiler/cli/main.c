/* mbc: YAML definitions in, a Metabase server that holds them out. This file only lists the
 * commands and what their exit codes mean; each command is a file cmd_NAME.c. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "compiler/cli/command.h"
#include "runtime/log.h"

static const struct command *const commands[] = {
#define COMMAND(name) &cmd_##name,
#include "compiler/cli/commands.inc"
#undef COMMAND
	NULL
};

static const struct exit_code exit_codes[] = {
	{EXIT_DONE, "done"},
	{EXIT_DEFINITIONS, "errors in the definitions"},
	{EXIT_CHANGES, "diff --exit-code: there are changes, drift or clashes"},
	{EXIT_REFUSED, "the rest was applied, something was refused"},
	{EXIT_PARTIAL, "a write failed, applied in part"},
	{EXIT_SERVER, "server or network"},
	{EXIT_INTERNAL, "internal error"},
	{EXIT_USAGE, "wrong usage"},
	{0}
};

const struct program mbc_program = {
	.name = "mbc",
	.summary = "dashboards as code for Metabase",
	.commands = commands,
	.exit_codes = exit_codes,
};

int main(int argc, char **argv) {
	signal(SIGPIPE, SIG_IGN);
	log_set_program("mbc");
	int code = program_run(&mbc_program, argc, argv);
	bool written = fflush(stdout) == 0 && !ferror(stdout);
	if (written || errno == EPIPE)
		return code;
	log_line(LOG_ERROR, "cannot write the output: %s", strerror(errno));
	return code ? code : EXIT_INTERNAL;
}
