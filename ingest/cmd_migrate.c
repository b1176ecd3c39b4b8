/* `mbc-ingest migrate`: the dataset, its tables and views as this version wants them. */
#include "ingest/command.h"
#include "ingest/migrate.h"
#include "ingest/run.h"

static int run(struct invocation *invocation) {
	struct config config;
	struct warehouse warehouse = {0};
	int code = EXIT_CONFIGURATION;
	if (config_read(&config, invocation, NEEDS_WAREHOUSE)) {
		bool opened = warehouse_open(&warehouse, &config, run_name(&config), WAREHOUSE_WRITE);
		code = opened ? migrate_run(&warehouse) : warehouse_exit(&warehouse);
		warehouse_close(&warehouse);
	}
	config_finish(&config);
	return code;
}

const struct command cmd_migrate = {
	.name = "migrate",
	.summary = "bring the dataset's tables and views to this version",
	.description = "Makes the dataset (in BIGQUERY_LOCATION) and the tables that are missing, runs the migrations that\n"
		"it has not seen, and replaces all views. A table that somebody changed by hand, or a migration whose text\n"
		"is not the one that ran, is reported and left alone.",
	.more_options = config_options,
	.run = run,
};
