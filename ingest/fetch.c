/* Each question (a stream and a stretch of days) is a chain of pages: an answer is read as it comes, its
 * rows go to the spools of their days, and the next page is asked for until the vendor says that there is
 * none. A chain that does not reach that end fails its days, whatever it had read of them; the other
 * chains go on. */
#include "ingest/fetch.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ingest/command.h"
#include "ingest/credentials.h"
#include "ingest/reader.h"
#include "runtime/google.h"
#include "runtime/http.h"
#include "runtime/log.h"

#define MOST_PAGES 10000
#define MOST_BYTES (256u << 20)
#define OVERDUE (48 * HOUR)

const char *const status_names[] = {
	[STATUS_OK] = "ok", [STATUS_EMPTY] = "empty", [STATUS_NOT_PUBLISHED] = "not_published",
	[STATUS_DENIED] = "denied", [STATUS_FAILED] = "failed",
};

static const struct vendor *const vendors[] = {&vendor_anthropic, &vendor_cursor, &vendor_sheets};

struct chain {
	struct fetch *fetch;
	struct http *http;
	const struct stream *stream;
	struct ask ask;
	struct haul **hauls;            /* of its days */
	struct reader *reader;
	struct buf url, body;
	const char *headers[6];
	moment fetched_at;
	VEC(char *) tokens;             /* all that were sent, to notice a circle */
	size_t records, outside;
	bool again;                     /* was begun anew once */
};

static long now_ms(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- days ---------------------------------------------------------------------------------------- */

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

static int count_days(const struct chain *chain) {
	return chain->ask.to - chain->ask.from + 1;
}

static void drop_rows(struct chain *chain) {
	for (int i = 0; i < count_days(chain); i++) {
		struct haul *haul = chain->hauls[i];
		chain->fetch->bytes -= haul->spool.bytes;
		spool_remove(&haul->spool);
		haul->spool = (struct spool){0};
		haul->status = STATUS_OK;
		haul->reason = haul->message = NULL;
	}
}

static void fail_chain(struct chain *chain, enum status status, const char *reason,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

static void fail_chain(
	struct chain *chain, enum status status, const char *reason, const char *format, ...) {
	va_list args;
	va_start(args, format);
	char *message = arena_vprintf(chain->fetch->arena, format, args);
	va_end(args);
	drop_rows(chain);
	for (int i = 0; i < count_days(chain); i++) {
		chain->hauls[i]->status = status;
		chain->hauls[i]->reason = reason;
		chain->hauls[i]->message = message;
		chain->hauls[i]->fetched_at = chain->fetched_at;
	}
}

static bool is_settled(const struct chain *chain, const struct haul *haul, moment refreshed) {
	moment end = day_start(haul->day + 1);
	if (haul->stream->snapshot)
		return true;
	if (haul->stream->family == FAMILY_ANALYTICS)
		return refreshed >= end;
	return config_now(chain->fetch->config) >= end + haul->stream->settle_hours * HOUR;
}

static void judge(struct chain *chain, struct haul *haul) {
	moment end = day_start(haul->day + 1);
	if (haul->status == STATUS_FAILED)
		return;
	if (!spool_close(&haul->spool)) {
		haul->status = STATUS_FAILED;
		haul->reason = "cap";
		haul->message = "the spool could not be written";
	} else if (haul->stream->unique && haul->spool.duplicates) {
		haul->status = STATUS_FAILED;
		haul->reason = "duplicate_key";
		haul->message = arena_printf(chain->fetch->arena,
			"%zu rows have the keys of another", haul->spool.duplicates);
	} else if (haul->spool.rows) {
		haul->status = STATUS_OK;
	} else if (haul->settled) {
		haul->status = STATUS_EMPTY;
	} else if (config_now(chain->fetch->config) > end + OVERDUE) {
		haul->status = STATUS_FAILED;
		haul->reason = "overdue";
		haul->message =
			"the vendor has published nothing 48 hours after the end of the day";
	} else {
		haul->status = STATUS_NOT_PUBLISHED;
	}
}

static void finish_chain(struct chain *chain, const struct page *page) {
	if (chain->outside)
		log_line(LOG_WARNING,
			"%s: %zu records of days that were not asked for were dropped",
			chain->stream->name, chain->outside);
	for (int i = 0; i < count_days(chain); i++) {
		struct haul *haul = chain->hauls[i];
		haul->pages = chain->ask.page;
		haul->fetched_at = chain->fetched_at;
		haul->refreshed = page->refreshed;
		haul->settled = is_settled(chain, haul, page->refreshed);
		judge(chain, haul);
	}
}

/* --- requests ------------------------------------------------------------------------------------ */

static struct vendor_use *use_of(struct fetch *fetch, const struct vendor *vendor) {
	for (size_t i = 0; i < COUNT_OF(fetch->uses); i++)
		if (fetch->uses[i].vendor == vendor)
			return &fetch->uses[i];
	return NULL;
}

static void start_uses(struct fetch *fetch) {
	if (fetch->uses[0].vendor)
		return;
	for (size_t i = 0; i < COUNT_OF(vendors); i++) {
		long limit = vendors[i]->calls / (long)(fetch->tasks ? fetch->tasks : 1);
		limit = limit ? limit : 1;
		fetch->uses[i] = (struct vendor_use){.vendor = vendors[i], .limit = limit};
		if (!fetch->config->mock)
			fetch->uses[i].starts = arena_array(fetch->arena, long, (size_t)limit);
	}
}

/* Milliseconds until the vendor may be asked again: never more than `limit` calls in its period. */
static long take_turn(struct vendor_use *use) {
	if (!use->starts) {
		use->calls++;
		return 0;
	}
	long now = now_ms(), *oldest = &use->starts[use->calls++ % use->limit];
	long at = *oldest && *oldest + use->vendor->period_ms > now
			  ? *oldest + use->vendor->period_ms
			  : now;
	*oldest = at;
	use->wait_ms += at - now;
	return at - now;
}

static const char *basic_header(struct arena *arena, const char *key) {
	char *pair = arena_printf(arena, "%s:", key);
	size_t length = strlen(pair);
	char *encoded = arena_alloc(arena, length * 4 / 3 + 8);
	EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)pair, (int)length);
	log_secret(encoded);
	return arena_printf(arena, "Authorization: Basic %s", encoded);
}

static void set_headers(struct chain *chain) {
	struct fetch *fetch = chain->fetch;
	const struct vendor *vendor = chain->stream->vendor;
	size_t count = 0;
	if (vendor == &vendor_anthropic) {
		chain->headers[count++] =
			arena_printf(fetch->arena, "x-api-key: %s", fetch->config->anthropic_key);
		chain->headers[count++] = "anthropic-version: 2023-06-01";
	} else if (vendor == &vendor_cursor) {
		chain->headers[count++] = basic_header(fetch->arena, fetch->config->cursor_key);
		chain->headers[count++] = "Content-Type: application/json";
	}
	if (chain->stream->header)
		chain->headers[count++] = chain->stream->header;
}

static void build_request(struct chain *chain) {
	const struct stream *stream = chain->stream;
	buf_clear(&chain->url);
	buf_clear(&chain->body);
	buf_printf(&chain->url, "%s%s", config_text(chain->fetch->config, stream->vendor->url),
		stream->vendor->path);
	stream->request(&chain->ask, &chain->url, &chain->body);
	if (chain->ask.token) {
		buf_printf(&chain->url, "%c%s=", strchr(chain->url.ptr, '?') ? '&' : '?',
			stream->paging->parameter);
		http_encode(&chain->url, chain->ask.token);
	}
}

static void on_answer(void *context, const struct http_response *response);

static void ask_page(struct chain *chain) {
	build_request(chain);
	const struct http_request request = {
		.method = chain->stream->method, .url = chain->url.ptr, .headers = chain->headers,
		.body = buf_str(&chain->body), .safe = true, .done = on_answer, .context = chain,
		.delay_ms = take_turn(use_of(chain->fetch, chain->stream->vendor)),
	};
	if (chain->stream->vendor == &vendor_sheets)
		google_send(chain->fetch->google, GOOGLE_SCOPE_SHEETS, &request);
	else
		http_send(chain->http, &request);
}

static void begin_again(struct chain *chain) {
	drop_rows(chain);
	chain->ask.page = 1;
	chain->ask.token = NULL;
	chain->tokens.count = 0;
	chain->records = chain->outside = 0;
	ask_page(chain);
}

/* --- answers ------------------------------------------------------------------------------------- */

/* The first mistake of a day is the one that is told. */
static void fail_day(
	struct chain *chain, struct haul *haul, const char *reason, const char *problem) {
	if (haul->status == STATUS_FAILED)
		return;
	haul->status = STATUS_FAILED;
	haul->reason = reason;
	haul->message = arena_printf(
		chain->fetch->arena, "page %u, %s", chain->ask.page, problem);
}

static bool take_record(void *context, const struct record *record) {
	struct chain *chain = context;
	struct fetch *fetch = chain->fetch;
	if (record->day < chain->ask.from || record->day > chain->ask.to) {
		chain->outside++;
		return true;
	}
	struct haul *haul = chain->hauls[record->day - chain->ask.from];
	struct spool *spool = &haul->spool;
	if (record->problem) {
		fail_day(chain, haul, record->too_large ? "cap" : "schema", record->problem);
		return true;
	}
	struct spool_origin origin = {fetch->folder, fetch->run_id, chain->fetched_at};
	size_t before = spool->bytes;
	errno = 0;
	if (!spool_add(spool, fetch->arena, &origin, record))
		return reader_fail(
			chain->reader, "the spool in %s: %s", fetch->folder, strerror(errno));
	fetch->bytes += spool->bytes - before;
	if (fetch->bytes > MOST_BYTES * 8ul)
		return reader_fail(chain->reader, "more than %lu MiB of rows in one run",
			MOST_BYTES * 8ul >> 20);
	return true;
}

static bool is_circle(struct chain *chain, const char *token) {
	for (size_t i = 0; i < chain->tokens.count; i++)
		if (strcmp(chain->tokens.items[i], token) == 0)
			return true;
	vec_push(chain->fetch->arena, &chain->tokens,
		arena_cstr(chain->fetch->arena, str_from(token)));
	return false;
}

static void finish_pages(struct chain *chain, const struct page *page) {
	if (page->total >= 0 && (size_t)page->total != chain->records) {
		if (!chain->again) {
			chain->again = true;
			begin_again(chain);
			return;
		}
		fail_chain(chain, STATUS_FAILED, "short",
			"the vendor tells of %lld records and gave %zu", page->total,
			chain->records);
		return;
	}
	finish_chain(chain, page);
}

static void next_page(struct chain *chain, const struct page *page) {
	bool more = page->pages >= 0 ? chain->ask.page < page->pages : page->has_more;
	chain->records += page->records;
	if (!more) {
		finish_pages(chain, page);
		return;
	}
	if (chain->ask.page == MOST_PAGES) {
		fail_chain(chain, STATUS_FAILED, "cap", "more than %d pages", MOST_PAGES);
		return;
	}
	if (chain->stream->paging->next) {
		if (is_circle(chain, page->next)) {
			fail_chain(chain, STATUS_FAILED, "schema",
				"page %u names a next page that was read before", chain->ask.page);
			return;
		}
		chain->ask.token = chain->tokens.items[chain->tokens.count - 1];
	}
	chain->ask.page++;
	ask_page(chain);
}

/* The sentence of an error, wherever the vendor puts it. */
static struct str error_text(struct str body) {
	size_t at = str_find(body, "\"message\":\"", 0);
	if (at == STR_NONE)
		return STR("");
	at += strlen("\"message\":\"");
	size_t end = str_find(body, "\"", at);
	return str_slice(body, at, end == STR_NONE ? body.len : end < at + 200 ? end : at + 200);
}

static void refuse(struct chain *chain, const struct http_response *response) {
	struct str id = http_header(response, "request-id"), text = error_text(response->body);
	bool denied = response->status == 401 || response->status == 403;
	if (response->outcome != OUTCOME_ANSWERED)
		fail_chain(chain, STATUS_FAILED, "http", "%s, after %u tries", response->error,
			response->tries);
	else
		fail_chain(chain, denied ? STATUS_DENIED : STATUS_FAILED, "http",
			"%ld%s%.*s, after %u %s%s%.*s", response->status, text.len ? ": " : "",
			STR_ARGS(text), response->tries, response->tries == 1 ? "try" : "tries",
			id.len ? ", request " : "", STR_ARGS(id));
}

static bool may_ask_less(const struct chain *chain, const struct http_response *response) {
	return response->status == 400 && chain->stream->narrows && !chain->ask.narrow &&
		str_find(response->body, "group_by", 0) != STR_NONE;
}

static void on_answer(void *context, const struct http_response *response) {
	struct chain *chain = context;
	struct vendor_use *use = use_of(chain->fetch, chain->stream->vendor);
	struct page page;
	use->retries += response->tries - 1;
	use->bytes += (long long)response->body.len;
	chain->fetch->reached = chain->fetch->reached || response->outcome == OUTCOME_ANSWERED;
	chain->fetched_at = config_now(chain->fetch->config);
	if (may_ask_less(chain, response)) {
		log_line(LOG_WARNING, "%s: the vendor refuses a grouping; asking with fewer",
			chain->stream->name);
		chain->ask.narrow = true;
		begin_again(chain);
	} else if (response->outcome != OUTCOME_ANSWERED || response->status != 200) {
		refuse(chain, response);
	} else if (!reader_read(chain->reader, response->body, &page)) {
		fail_chain(chain, STATUS_FAILED, reader_overflowed(chain->reader) ? "cap" : "schema",
			"page %u: %s", chain->ask.page, reader_problem(chain->reader));
	} else {
		next_page(chain, &page);
	}
}

/* --- all of it ----------------------------------------------------------------------------------- */

static struct chain *start_chain(struct fetch *fetch, size_t first, size_t count) {
	struct chain *chain = arena_new(fetch->arena, struct chain);
	struct haul **hauls = &fetch->hauls.items[first];
	chain->fetch = fetch;
	chain->stream = hauls[0]->stream;
	chain->hauls = hauls;
	chain->ask = (struct ask){.config = fetch->config,
		.from = hauls[0]->day,
		.to = hauls[count - 1]->day,
		.page = 1};
	chain->url = BUF(16384);
	chain->body = BUF(16384);
	chain->reader = reader_open(chain->stream, hauls[0]->day, take_record, chain);
	set_headers(chain);
	return chain;
}

static void finish_reading(struct chain *chain) {
	reader_close(chain->reader);
	buf_free(&chain->url);
	buf_free(&chain->body);
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

static bool has_vendor(const struct fetch *fetch, const struct vendor *vendor) {
	for (size_t i = fetch->first; i < fetch->hauls.count; i++)
		if (fetch->hauls.items[i]->stream->vendor == vendor)
			return true;
	return false;
}

static void trace(const char *line) {
	log_line(LOG_DEBUG, "%s", line);
}

/* A nightly job has patience: ten minutes for a request, its waits included. */
static const struct retry_policy patient = {
	.first_ms = 500, .most_ms = 30000, .deadline_ms = 600000, .servers = true};

void fetch_run(struct fetch *fetch) {
	struct http *http = http_open(&(struct http_options){
		.jobs = 8, .user_agent = "mbc-ingest/" MBC_VERSION, .max_body = 256u << 20, .timeout_ms = 120000,
		.retry = &patient, .compressed = true, .trace = trace, .stop = &stop_signal});
	VEC(struct chain *) chains = {0};
	start_uses(fetch);
	fetch->google = http && has_vendor(fetch, &vendor_sheets) ? credentials_open(fetch->config, http) : NULL;
	for (size_t first = fetch->first, count; http && first < fetch->hauls.count;
		first += count) {
		count = stretch(fetch, first);
		struct chain *chain = start_chain(fetch, first, count);
		chain->http = http;
		vec_push(fetch->arena, &chains, chain);
		if (chain->stream->vendor == &vendor_sheets && !fetch->google)
			fail_chain(
				chain, STATUS_DENIED, "http", "there are no credentials of Google");
		else
			ask_page(chain);
	}
	if (http)
		http_run(http);
	http_close(http);
	google_close(fetch->google);
	for (size_t i = 0; i < chains.count; i++)
		finish_reading(chains.items[i]);
}

void fetch_plan(
	struct fetch *fetch, void (*say)(const struct stream *stream, const char *request)) {
	for (size_t first = 0, count; first < fetch->hauls.count; first += count) {
		count = stretch(fetch, first);
		struct chain *chain = start_chain(fetch, first, count);
		build_request(chain);
		say(chain->stream, arena_printf(fetch->arena, "%s %s%s%.*s", chain->stream->method,
					   chain->url.ptr, chain->body.len ? " " : "",
					   STR_ARGS(buf_str(&chain->body))));
		finish_reading(chain);
	}
}

void fetch_done(struct fetch *fetch) {
	for (; fetch->first < fetch->hauls.count; fetch->first++)
		spool_remove(&fetch->hauls.items[fetch->first]->spool);
	fetch->bytes = 0;
}
