/* The days of a run go in, one line a stream comes out: what its answers held. */
#include "ingest/trial.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/fetch.h"
#include "runtime/log.h"

static void fetch_block(struct fetch *fetch, day from, day to) {
	for (size_t i = 0; fetch->config->streams[i]; i++)
		if (!fetch->config->streams[i]->snapshot)
			fetch_days(fetch, fetch->config->streams[i], from, to);
	fetch_run(fetch);
	fetch_done(fetch);
}

static void fetch_all(struct fetch *fetch, const struct run_options *options) {
	fetch_snapshots(fetch, moment_day(config_now(fetch->config)));
	if (!options->is_backfill)
		fetch_windows(fetch, options->date);
	fetch_run(fetch);
	fetch_done(fetch);
	for (day from = options->from; options->is_backfill && from <= options->date; from += FETCH_BLOCK)
		fetch_block(fetch, from, fetch_block_end(from, options->date));
}

/* False when a day of the stream was denied or failed. */
static bool print_stream(const struct fetch *fetch, const struct stream *stream) {
	size_t days = 0, records = 0, bad = 0;
	long long tokens = 0;
	money usd = 0;
	char text[MONEY_TEXT];
	for (size_t i = 0; i < fetch->hauls.count; i++) {
		const struct haul *haul = fetch->hauls.items[i];
		if (haul->stream != stream)
			continue;
		if (haul->status == STATUS_DENIED || haul->status == STATUS_FAILED) {
			log_line(LOG_ERROR, "%s: %s: %s", stream->name, status_names[haul->status],
				haul->message ? haul->message : "");
			bad++;
			continue;
		}
		days++;
		records += haul->spool.rows;
		tokens += haul->spool.tokens;
		money_add(&usd, haul->spool.usd);
	}
	printf("%-26s %5zu %9zu %15lld %16s\n", stream->name, days, records, tokens,
		money_print(usd, text));
	return bad == 0;
}

int trial_run(const struct config *config, const struct run_options *options) {
	struct fetch fetch;
	bool good = true;
	fetch_open(&fetch, config, run_name(config), 1);
	fetch_all(&fetch, options);
	if (stop_signal)
		return EXIT_TERMINATED;
	printf("%-26s %5s %9s %15s %16s\n", "stream", "days", "records", "tokens", "USD");
	for (size_t i = 0; config->streams[i]; i++)
		good = print_stream(&fetch, config->streams[i]) && good;
	puts("\nNothing was written: no warehouse is set (BIGQUERY_EMULATOR_HOST).");
	return good ? EXIT_DONE : fetch.reached ? EXIT_PARTIAL : EXIT_UNREACHABLE;
}
