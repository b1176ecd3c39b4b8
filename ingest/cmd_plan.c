/* `mbc-ingest plan`: the requests that a run would begin with and the loads that may follow, making none. */
#include <stdio.h>

#include "ingest/command.h"
#include "ingest/coverage.h"
#include "ingest/fetch.h"
#include "ingest/mock.h"
#include "ingest/run.h"

static const struct option_row options[] = {
	{.name = "date", .type = OPTION_TEXT, .argument = "DAY", .doc = "last day to read, default yesterday (UTC)"},
	MOCK_OPTIONS,
	{0}
};

static void say_request(void *context, const struct stream *stream, const char *request) {
	size_t *count = context;
	const char *blank = strchr(request, ' ');
	printf("%-26s %-4.*s %s\n", stream->name, (int)(blank - request), request, blank + 1);
	++*count;
}

static void print_requests(struct fetch *fetch) {
	size_t count = 0;
	fetch_plan(fetch, say_request, &count);
	printf("%zu requests; an answer of several pages takes more.\n", count);
}

/* What the warehouse holds, or false with a sentence. Tables that are not there yet hold nothing. */
static bool read_known(struct warehouse *warehouse, struct coverage *coverage,
	const struct config *config, day date, const char **why) {
	*why = "no warehouse is set (GOOGLE_CLOUD_PROJECT, BIGQUERY_DATASET)";
	if (!config_text(config, SETTING_PROJECT) || !config_text(config, SETTING_DATASET))
		return false;
	bool good = warehouse_open(warehouse, config, run_name(config), WAREHOUSE_ASIDE) &&
		    coverage_read(coverage, warehouse, date - 31, moment_day(config_now(config)));
	*why = warehouse->problem ? warehouse->problem : "the warehouse does not tell";
	return good;
}

static bool is_planned(const struct fetch *fetch, const struct known *known) {
	for (size_t i = 0; i < fetch->hauls.count; i++)
		if (fetch->hauls.items[i]->stream == known->stream &&
			fetch->hauls.items[i]->day == known->day)
			return true;
	return false;
}

/* Days outside the window whose raw rows are not those that were recorded are read again. */
static void add_broken(struct fetch *fetch, const struct coverage *coverage) {
	for (size_t i = 0; i < coverage->loads.count; i++) {
		const struct known *known = &coverage->loads.items[i];
		if (known->broken && !known->stream->snapshot && !is_planned(fetch, known) &&
			config_has_stream(fetch->config, known->stream))
			fetch_days(fetch, known->stream, known->day, known->day);
	}
}

static void print_load(const struct haul *haul, const struct known *known, bool is_known) {
	char date[DAY_TEXT], partition[128];
	snprintf(partition, sizeof(partition), "%s$%s", haul->stream->table,
		day_print_compact(haul->day, date));
	printf("%-26s %-*s", haul->stream->name, is_known ? 40 : 0, partition);
	if (known)
		printf(" %8lld  %s%s", known->rows, known->run_id ? known->run_id : "",
			known->broken ? ", not as recorded" : "");
	else if (is_known)
		printf(" %8s", "none");
	putchar('\n');
}

static void print_loads(const struct fetch *fetch, const struct coverage *coverage, const char *unknown) {
	if (!unknown)
		printf("%-26s %-40s %8s  %s\n", "stream", "partition", "rows now", "loaded by");
	for (size_t i = 0; i < fetch->hauls.count; i++) {
		const struct haul *haul = fetch->hauls.items[i];
		print_load(haul, coverage_find(coverage, haul->stream, haul->day), !unknown);
	}
	printf("%zu loads at most; a day whose rows are as they were takes none.\n", fetch->hauls.count);
	if (unknown)
		printf("What the partitions hold now is not known: %s\n", unknown);
}

static void plan(const struct config *config, day date) {
	struct fetch fetch = {.config = config, .arena = config->arena};
	struct warehouse warehouse = {0};
	struct coverage coverage = {0};
	const char *why;
	bool known = read_known(&warehouse, &coverage, config, date, &why);
	fetch_windows(&fetch, date);
	fetch_snapshots(&fetch, moment_day(config_now(config)));
	if (known)
		add_broken(&fetch, &coverage);
	print_requests(&fetch);
	putchar('\n');
	print_loads(&fetch, &coverage, known ? NULL : why);
	warehouse_close(&warehouse);
}

static int run(struct invocation *invocation) {
	struct config config;
	day date;
	int code = EXIT_CONFIGURATION;
	if (config_read(&config, invocation, NEEDS_NOTHING)) {
		code = command_date(invocation, &config, "date", &date) ? EXIT_DONE : EXIT_USAGE;
		if (code == EXIT_DONE)
			plan(&config, date);
	}
	config_finish(&config);
	return code;
}

const struct command cmd_plan = {
	.name = "plan",
	.summary = "show the requests and loads of a run, making none",
	.description = "Prints the first request of every question that `run` would ask the vendors: the stream, the\n"
		"method, the address, and the body if there is one. Later pages depend on the answers. Then the partition\n"
		"of every day that it may load, and what the warehouse, if one is set and answers, holds of it.",
	.example = "mbc-ingest plan --date 2026-11-20",
	.options = options,
	.more_options = config_options,
	.run = run,
};
