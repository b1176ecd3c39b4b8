/* Help texts and completion scripts, made from the tables of runtime/options.h. */
#pragma once

#include <stdio.h>

#include "runtime/options.h"

/* `PROGRAM --help`: the commands and the exit codes. */
void help_program(const struct program *program, FILE *out);

/* `PROGRAM COMMAND --help`, on stdout. */
void help_command(const struct program *program, const struct command *command);

/* Option `index` of a command, its own ones first, or NULL behind the last. */
const struct option_row *command_option(const struct command *command, size_t index);
