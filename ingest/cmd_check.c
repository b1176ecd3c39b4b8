/* `mbc-ingest check`: all checks over what the warehouse holds. */
#include "ingest/checks.h"
#include "ingest/command.h"
#include "ingest/run.h"
#include "runtime/log.h"

static const struct option_row options[] = {
	{.name = "date", .type = OPTION_TEXT, .argument = "DAY", .doc = "last of the 28 days looked at, default yesterday (UTC)"},
	{0}
};

static int check(const struct config *config, day date) {
	struct warehouse warehouse = {0};
	struct check_results results = {0};
	bool good = warehouse_open(&warehouse, config, run_name(config), WAREHOUSE_READ) &&
		    checks_run(&warehouse, date, &results);
	int code = good ? (results.errors ? EXIT_CHECKS : EXIT_DONE) : warehouse_exit(&warehouse);
	if (good)
		log_line(LOG_INFO, "%zu checks are good, %zu warn, %zu found errors", results.good,
			results.warnings, results.errors);
	warehouse_close(&warehouse);
	return code;
}

static int run(struct invocation *invocation) {
	struct config config;
	day date;
	int code = EXIT_CONFIGURATION;
	if (config_read(&config, invocation, NEEDS_WAREHOUSE))
		code = command_date(invocation, &config, "date", &date) ? check(&config, date)
									: EXIT_USAGE;
	config_finish(&config);
	return code;
}

const struct command cmd_check = {
	.name = "check",
	.summary = "hold the warehouse against what must be true of it",
	.description = "Runs every check: an error ends with exit code 1, a warning is only said.",
	.options = options,
	.more_options = config_options,
	.run = run,
};
