/* `mbc-ingest plan`: the requests that a run would begin with, making none. */
#include <stdio.h>

#include "ingest/command.h"
#include "ingest/fetch.h"
#include "ingest/mock.h"

static const struct option_row options[] = {
	{.name = "date", .type = OPTION_TEXT, .argument = "DAY", .doc = "last day to read, default yesterday (UTC)"},
	MOCK_OPTIONS,
	{0}
};

static void say(const struct stream *stream, const char *request) {
	printf("%-22s %s\n", stream->name, request);
}

static int run(struct invocation *invocation) {
	struct config config;
	day date;
	int code = EXIT_CONFIGURATION;
	if (!config_read(&config, invocation, NEEDS_NOTHING)) {
		config_finish(&config);
		return code;
	}
	code = EXIT_USAGE;
	if (command_date(invocation, &config, "date", &date)) {
		struct fetch fetch = {.config = &config, .arena = config.arena};
		fetch_windows(&fetch, date);
		fetch_snapshots(&fetch, moment_day(config_now(&config)));
		fetch_plan(&fetch, say);
		code = EXIT_DONE;
	}
	config_finish(&config);
	return code;
}

const struct command cmd_plan = {
	.name = "plan",
	.summary = "show the requests of a run, making none",
	.description = "Prints the first request of every question that `run` would ask the vendors: the stream, the\n"
		"method, the address, and the body if there is one. Later pages depend on the answers.",
	.example = "mbc-ingest plan --date 2026-11-20",
	.options = options,
	.more_options = config_options,
	.run = run,
};
