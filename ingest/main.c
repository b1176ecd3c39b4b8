/* mbc-ingest: usage and cost of AI tools into BigQuery, every day. This file only lists the commands and
 * what their exit codes mean; each command is a file cmd_NAME.c. */
#include "ingest/command.h"

#include <stdlib.h>

#include "runtime/log.h"

#define COMMAND(name) extern const struct command cmd_##name;
#include "ingest/commands.inc"
#undef COMMAND

static const struct command *const commands[] = {
#define COMMAND(name) &cmd_##name,
#include "ingest/commands.inc"
#undef COMMAND
	NULL
};

static const struct exit_code exit_codes[] = {
	{EXIT_DONE, "done"},
	{EXIT_CHECKS, "a check of severity error failed"},
	{EXIT_REFUSED, "refused: an edited migration, a table changed by hand, a day that shrank"},
	{EXIT_PARTIAL, "done in part: a stream was denied or failed"},
	{EXIT_UNREACHABLE, "the warehouse or every stream is out of reach"},
	{EXIT_INTERNAL, "internal error"},
	{EXIT_USAGE, "wrong usage"},
	{EXIT_LEASE, "another run holds the lease"},
	{EXIT_CONFIGURATION, "a setting or a secret is missing or wrong"},
	{EXIT_TERMINATED, "ended by SIGTERM"},
	{0}
};

static const struct program program = {
	.name = "mbc-ingest",
	.summary = "usage and cost of AI tools into BigQuery",
	.commands = commands,
	.exit_codes = exit_codes,
};

bool command_date(const struct invocation *invocation, const struct config *config,
	const char *option, day *date) {
	const char *text = option_text(invocation, option);
	*date = moment_day(config_now(config)) - 1;
	if (!text || day_read(str_from(text), date))
		return true;
	usage_error(invocation, "--%s wants a day such as 2026-11-20, not `%s`", option, text);
	return false;
}

const char *const *command_shrink(
	const struct invocation *invocation, const struct config *config) {
	VEC(const char *) list = {0};
	const char *item;
	for (size_t i = 0; (item = option_item(invocation, "accept-shrink", i)); i++)
		vec_push(config->arena, &list, strcmp(item, "all") == 0 ? "" : item);
	vec_push(config->arena, &list, NULL);
	return list.items;
}

static void on_signal(int number) {
	stop_signal = number;
}

/* Cloud Run sends SIGTSTP before it moves a task to another machine, where it goes on. A secret that
 * could not be read because the program was told to end is no mistake in the settings. */
int main(int argc, char **argv) {
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	log_set_program("mbc-ingest");
	if (getenv("CLOUD_RUN_JOB") || getenv("K_SERVICE"))
		log_set_json();
	if (getenv("CLOUD_RUN_JOB"))
		signal(SIGTSTP, SIG_IGN);
	int code = program_run(&program, argc, argv);
	return stop_signal && code == EXIT_CONFIGURATION ? EXIT_TERMINATED : code;
}
