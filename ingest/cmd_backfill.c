/* `mbc-ingest backfill`: many days, in one task or shared by the tasks of a Cloud Run job. */
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/credentials.h"
#include "ingest/mock.h"
#include "ingest/run.h"

static const struct option_row options[] = {
	{.name = "from", .type = OPTION_TEXT, .argument = "DAY", .doc = "first day (UTC)"},
	{.name = "to", .type = OPTION_TEXT, .argument = "DAY", .doc = "last day, default yesterday (UTC)"},
	{.name = "again", .type = OPTION_FLAG, .doc = "also read days that are covered and settled"},
	{.name = "accept-shrink", .type = OPTION_LIST, .argument = "STREAM[:DAY]",
		.doc = "take a day although it lost more than half of what it had; `all` takes any"},
	MOCK_OPTIONS,
	{0}
};

static unsigned number_of(const char *variable, unsigned fallback) {
	const char *text = getenv(variable);
	long long value;
	return text && str_integer(str_from(text), &value) && value >= 0 && value < 10000
		       ? (unsigned)value
		       : fallback;
}

static int backfill(struct invocation *invocation, struct config *config) {
	struct run_options wanted = {.command = "backfill", .is_backfill = true};
	wanted.task = number_of("CLOUD_RUN_TASK_INDEX", 0);
	wanted.tasks = number_of("CLOUD_RUN_TASK_COUNT", 1);
	wanted.again = option_flag(invocation, "again");
	wanted.accept_shrink = command_shrink(invocation, config);
	if (!option_text(invocation, "from"))
		return usage_error(invocation, "--from is needed");
	if (!command_date(invocation, config, "to", &wanted.date) ||
		!command_date(invocation, config, "from", &wanted.from))
		return EXIT_USAGE;
	if (wanted.from > wanted.date)
		return usage_error(invocation, "--from is later than --to");
	if (!wanted.tasks || wanted.task >= wanted.tasks)
		return usage_error(
			invocation, "CLOUD_RUN_TASK_INDEX is not below CLOUD_RUN_TASK_COUNT");
	return credentials_keys(config) ? run_whole(config, &wanted) : EXIT_CONFIGURATION;
}

static int run(struct invocation *invocation) {
	struct config config;
	bool good = config_read(&config, invocation, NEEDS_WAREHOUSE | NEEDS_VENDORS);
	int code = good ? backfill(invocation, &config) : EXIT_CONFIGURATION;
	config_finish(&config);
	return code;
}

const struct command cmd_backfill = {
	.name = "backfill",
	.summary = "read many days at once",
	.description = "Reads all days of a stretch, in blocks of a month, and goes on where an earlier one stopped. With\n"
		"CLOUD_RUN_TASK_INDEX and CLOUD_RUN_TASK_COUNT each task takes a block of days and its part of the\n"
		"vendors' rates; the last to finish builds the facts. Snapshots are of today: they have no past.",
	.example = "mbc-ingest backfill --from 2026-08-01 --to 2026-10-31",
	.options = options,
	.more_options = config_options,
	.run = run,
};
