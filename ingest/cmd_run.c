/* `mbc-ingest run`: one day, as the schedule starts it. */
#include "ingest/command.h"
#include "ingest/credentials.h"
#include "ingest/mock.h"
#include "ingest/run.h"

static const struct option_row options[] = {
	{.name = "date", .type = OPTION_TEXT, .argument = "DAY", .doc = "last day to read, default yesterday (UTC)"},
	{.name = "accept-shrink", .type = OPTION_LIST, .argument = "STREAM[:DAY]",
		.doc = "take a day although it lost more than half of what it had; `all` takes any"},
	MOCK_OPTIONS,
	{0}
};

static int run(struct invocation *invocation) {
	struct config config;
	struct run_options wanted = {.command = "run", .tasks = 1};
	int code = EXIT_CONFIGURATION;
	if (config_read(&config, invocation, NEEDS_WAREHOUSE | NEEDS_VENDORS)) {
		wanted.accept_shrink = command_shrink(invocation, &config);
		if (!command_date(invocation, &config, "date", &wanted.date))
			code = EXIT_USAGE;
		else if (credentials_keys(&config))
			code = run_whole(&config, &wanted);
	}
	config_finish(&config);
	return code;
}

const struct command cmd_run = {
	.name = "run",
	.summary = "read the vendors, load, build and check, up to a day",
	.description = "Reads each stream's days up to the date, replaces those that changed, builds dims and facts anew\n"
		"where their input changed, and runs the checks. Doing it twice does no harm. Snapshots (keys, people,\n"
		"members) are of the day of the run, whatever the date.",
	.example = "mbc-ingest run --date 2026-11-20",
	.options = options,
	.more_options = config_options,
	.run = run,
};
