/* The days of a run are cut into questions, and all of them are asked side by side. What may be asked in one
 * question, and how often, the streams and the vendors say. */
#include "ingest/fetch.h"

#include <stdlib.h>

#include "ingest/chain.h"
#include "ingest/command.h"
#include "ingest/credentials.h"
#include "ingest/refusal.h"
#include "runtime/google.h"
#include "runtime/log.h"

#define SIDE_BY_SIDE 8
#define MOST_BODY (256u << 20)
#define TRY_MS 120000L

const char *const status_names[] = {
	[STATUS_OK] = "ok", [STATUS_EMPTY] = "empty", [STATUS_NOT_PUBLISHED] = "not_published",
	[STATUS_DENIED] = "denied", [STATUS_FAILED] = "failed",
};

void fetch_open(struct fetch *fetch, const struct config *config, const char *run_id, unsigned tasks) {
	const char *folder = getenv("TMPDIR");
	*fetch = (struct fetch){.config = config, .arena = config->arena, .run_id = run_id,
		.folder = folder && *folder ? folder : "/tmp", .tasks = tasks};
}

day fetch_block_end(day from, day last) {
	return last - from < FETCH_BLOCK ? last : from + FETCH_BLOCK - 1;
}

void fetch_days(struct fetch *fetch, const struct stream *stream, day from, day to) {
	for (day date = from; date <= to; date++) {
		struct haul *haul = arena_new(fetch->arena, struct haul);
		haul->stream = stream;
		haul->day = date;
		vec_push(fetch->arena, &fetch->hauls, haul);
	}
}

void fetch_windows(struct fetch *fetch, day date) {
	for (size_t i = 0; fetch->config->streams[i]; i++) {
		const struct stream *stream = fetch->config->streams[i];
		if (!stream->snapshot)
			fetch_days(fetch, stream, stream_first_day(stream, date), date);
	}
}

void fetch_snapshots(struct fetch *fetch, day today) {
	for (size_t i = 0; fetch->config->streams[i]; i++)
		if (fetch->config->streams[i]->snapshot)
			fetch_days(fetch, fetch->config->streams[i], today, today);
}

/* How many hauls from `first` on one question can ask for. */
static size_t stretch(const struct fetch *fetch, size_t first) {
	struct haul *const *hauls = fetch->hauls.items;
	size_t most = hauls[first]->stream->span ? (size_t)hauls[first]->stream->span : 1,
	       count = 1;
	while (count < most && first + count < fetch->hauls.count &&
		hauls[first + count]->stream == hauls[first]->stream &&
		hauls[first + count]->day == hauls[first]->day + (day)count)
		count++;
	return count;
}

static void start_uses(struct fetch *fetch) {
	for (size_t i = 0; vendors_asked[i] && !fetch->uses[i].vendor; i++)
		pace_start(&fetch->uses[i], vendors_asked[i], fetch->config, fetch->tasks);
}

static bool needs_google(const struct fetch *fetch) {
	for (size_t i = fetch->first; i < fetch->hauls.count; i++)
		if (fetch->hauls.items[i]->stream->vendor->google)
			return true;
	return false;
}

static void trace(const char *line) {
	log_line(LOG_DEBUG, "%s", line);
}

/* A nightly job has patience, also with servers that recover. */
static struct http *open_pool(const struct config *config, struct retry_policy *patient) {
	long most = config_number(config, SETTING_PATIENCE) * 1000;
	*patient = (struct retry_policy){
		.first_ms = 500, .most_ms = 30000, .deadline_ms = most, .servers = true};
	return http_open(&(struct http_options){
		.jobs = SIDE_BY_SIDE, .user_agent = "mbc-ingest/" MBC_VERSION, .max_body = MOST_BODY,
		.timeout_ms = most < TRY_MS ? most : TRY_MS, .retry = patient, .compressed = true,
		.trace = trace, .stop = &stop_signal});
}

/* A key that is refused everywhere is worth a line of its own. */
static void say_denied(const struct fetch *fetch, const struct vendor *vendor) {
	size_t all = 0, denied = 0;
	for (size_t i = fetch->first; i < fetch->hauls.count; i++)
		if (fetch->hauls.items[i]->stream->vendor == vendor) {
			all++;
			denied += fetch->hauls.items[i]->status == STATUS_DENIED;
		}
	if (all && denied == all)
		log_line(LOG_ERROR, "%s: everything was denied; was the key of %s revoked?",
			vendor->name, refusal_key(fetch->config, vendor));
}

void fetch_progress(const struct fetch *fetch) {
	size_t done = 0, rows = 0, count = fetch->hauls.count - fetch->first;
	for (size_t i = fetch->first; i < fetch->hauls.count; i++) {
		done += fetch->hauls.items[i]->fetched_at != 0;
		rows += fetch->hauls.items[i]->spool.rows;
	}
	log_progress("fetching: %zu of %zu days of streams, %zu rows", done, count, rows);
}

void fetch_run(struct fetch *fetch) {
	struct retry_policy patient;
	struct http *http = open_pool(fetch->config, &patient);
	VEC(struct chain *) chains = {0};
	if (!http)
		return;
	start_uses(fetch);
	if (!fetch->spools.ordinals)
		spools_open(&fetch->spools, fetch->folder, fetch->run_id);
	fetch->google = needs_google(fetch) ? credentials_open(fetch->config, http) : NULL;
	for (size_t first = fetch->first, count; first < fetch->hauls.count; first += count) {
		count = stretch(fetch, first);
		vec_push(fetch->arena, &chains, chain_open(fetch, http, first, count));
		chain_start(chains.items[chains.count - 1]);
	}
	http_run(http);
	log_progress_end();
	http_close(http);
	google_close(fetch->google);
	for (size_t i = 0; i < chains.count; i++)
		chain_close(chains.items[i]);
	for (size_t i = 0; vendors_asked[i] && !stop_signal; i++)
		say_denied(fetch, vendors_asked[i]);
}

void fetch_plan(struct fetch *fetch,
	void (*say)(void *context, const struct stream *stream, const char *request), void *context) {
	for (size_t first = 0, count; first < fetch->hauls.count; first += count) {
		count = stretch(fetch, first);
		struct chain *chain = chain_open(fetch, NULL, first, count);
		say(context, fetch->hauls.items[first]->stream, chain_request(chain));
		chain_close(chain);
	}
}

void fetch_done(struct fetch *fetch) {
	for (; fetch->first < fetch->hauls.count; fetch->first++)
		spool_remove(&fetch->hauls.items[fetch->first]->spool, &fetch->spools);
	spools_close(&fetch->spools);
}
