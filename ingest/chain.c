/* An answer is read as it comes, its rows go to the spools of their days, and the next page is asked for
 * until the vendor says that there is none. A chain that does not reach that end fails its days, whatever
 * it had read of them; a record that is wrong fails its own day. Other chains go on. */
#include "ingest/chain.h"

#include <stdlib.h>

#include "ingest/credentials.h"
#include "ingest/reader.h"
#include "ingest/refusal.h"
#include "runtime/google.h"
#include "runtime/log.h"

#define OVERDUE (48 * HOUR)

struct chain {
	struct fetch *fetch;
	struct http *http;
	const struct stream *stream;
	struct vendor_use *use;
	struct ask ask;
	struct haul **hauls;            /* of its days */
	struct reader *reader;
	struct buf url, body;
	const char *headers[VENDOR_HEADERS + 2];
	moment fetched_at;
	VEC(char *) tokens;             /* all that were sent, to notice a circle */
	size_t records, outside;
	bool again;                     /* was begun anew once */
};

/* --- days ---------------------------------------------------------------------------------------- */

static int count_days(const struct chain *chain) {
	return chain->ask.to - chain->ask.from + 1;
}

static void drop_spool(struct chain *chain, struct haul *haul) {
	spool_remove(&haul->spool, &chain->fetch->spools);
	haul->spool = (struct spool){0};
}

/* "GET https://api.example/v1/report, page 2: …", for the warehouse as well as the screen: vendors may
 * repeat the key that they were sent, which neither may show. */
static const char *with_place(const struct chain *chain, const char *text) {
	struct buf message = BUF(64 * 1024);
	buf_printf(&message, "%s %.*s, page %u: %s", chain->stream->method,
		(int)strcspn(chain->url.ptr, "?"), chain->url.ptr, chain->ask.page, text);
	log_mask(&message);
	const char *copy = arena_cstr(chain->fetch->arena, buf_str(&message));
	buf_free(&message);
	return copy;
}

static void fail_day(struct chain *chain, struct haul *haul, enum status status,
	const char *reason, const char *message) {
	drop_spool(chain, haul);
	haul->status = status;
	haul->reason = reason;
	haul->message = message;
	haul->fetched_at = chain->fetched_at;
	haul->pages = chain->ask.page;
}

static void fail_chain(
	struct chain *chain, enum status status, const char *reason, const char *text) {
	const char *message = with_place(chain, text);
	for (int i = 0; i < count_days(chain); i++)
		fail_day(chain, chain->hauls[i], status, reason, message);
}

static bool is_settled(const struct chain *chain, const struct haul *haul) {
	moment end = day_start(haul->day + 1);
	if (haul->stream->snapshot)
		return true;
	if (haul->stream->family == FAMILY_ANALYTICS)
		return haul->refreshed >= end;
	return config_now(chain->fetch->config) >= end + haul->stream->settle_hours * HOUR;
}

static void judge_empty(struct chain *chain, struct haul *haul) {
	if (haul->settled)
		haul->status = STATUS_EMPTY;
	else if (config_now(chain->fetch->config) > day_start(haul->day + 1) + OVERDUE)
		fail_day(chain, haul, STATUS_FAILED, "overdue",
			with_place(chain, "nothing was published 48 hours after the end of the day"));
	else
		haul->status = STATUS_NOT_PUBLISHED;
}

static void judge(struct chain *chain, struct haul *haul) {
	struct arena *arena = chain->fetch->arena;
	if (!spool_close(&haul->spool, &chain->fetch->spools))
		fail_day(chain, haul, STATUS_FAILED, "cap",
			with_place(chain, chain->fetch->spools.problem));
	else if (haul->stream->unique && haul->spool.duplicates)
		fail_day(chain, haul, STATUS_FAILED, "duplicate_key",
			with_place(chain, arena_printf(arena,
				"%zu of %zu records have the keys of another, which should be one of a "
				"kind; the next run asks again",
				haul->spool.duplicates, haul->spool.rows)));
	else if (haul->spool.rows)
		haul->status = STATUS_OK;
	else
		judge_empty(chain, haul);
}

static void finish(struct chain *chain, const struct page *page) {
	if (chain->outside)
		log_line(LOG_WARNING,
			"%s: %zu records of days that were not asked for were dropped",
			chain->stream->name, chain->outside);
	for (int i = 0; i < count_days(chain); i++) {
		struct haul *haul = chain->hauls[i];
		haul->pages = chain->ask.page;
		haul->fetched_at = chain->fetched_at;
		haul->refreshed = page->refreshed;
		haul->settled = is_settled(chain, haul);
		if (haul->status != STATUS_FAILED)
			judge(chain, haul);
	}
}

/* --- requests ------------------------------------------------------------------------------------ */

static void set_headers(struct chain *chain) {
	const struct vendor *vendor = chain->stream->vendor;
	size_t count = 0;
	if (vendor->headers)
		count = vendor->headers(chain->fetch->config, chain->fetch->arena, chain->headers);
	chain->headers[count] = chain->stream->header;
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

static long take_turn(void *context) {
	struct chain *chain = context;
	return pace_turn(chain->use);
}

/* A vendor that knows better whether trying again makes sense may say so. */
static enum http_verdict judge_try(void *context, const struct http_response *response) {
	struct chain *chain = context;
	pace_note(chain->use, response);
	return str_is(http_header(response, "x-should-retry"), "false") ? HTTP_TAKE : HTTP_USUAL;
}

static void on_answer(void *context, const struct http_response *response);

static void ask_page(struct chain *chain) {
	build_request(chain);
	const struct http_request request = {
		.method = chain->stream->method, .url = chain->url.ptr, .headers = chain->headers,
		.body = buf_str(&chain->body), .safe = true, .turn = take_turn, .judge = judge_try,
		.done = on_answer, .context = chain,
	};
	if (chain->stream->vendor->google)
		google_send(chain->fetch->google, GOOGLE_SCOPE_SHEETS, &request);
	else
		http_send(chain->http, &request);
}

static void begin_again(struct chain *chain) {
	for (int i = 0; i < count_days(chain); i++) {
		drop_spool(chain, chain->hauls[i]);
		chain->hauls[i]->status = STATUS_OK;
		chain->hauls[i]->reason = chain->hauls[i]->message = NULL;
	}
	chain->ask.page = 1;
	chain->ask.token = NULL;
	chain->tokens.count = 0;
	chain->records = chain->outside = 0;
	ask_page(chain);
}

/* --- answers ------------------------------------------------------------------------------------- */

/* Of a day with several mistakes the first is told. */
static bool take_record(void *context, const struct record *record) {
	struct chain *chain = context;
	struct fetch *fetch = chain->fetch;
	if (record->day < chain->ask.from || record->day > chain->ask.to) {
		chain->outside++;
		return true;
	}
	struct haul *haul = chain->hauls[record->day - chain->ask.from];
	if (haul->status == STATUS_FAILED)
		return true;
	if (record->problem)
		fail_day(chain, haul, STATUS_FAILED, record->too_large ? "cap" : "schema",
			with_place(chain, record->problem));
	else if (!spool_add(&haul->spool, &fetch->spools, fetch->arena, chain->fetched_at, record))
		fail_day(chain, haul, STATUS_FAILED, "cap",
			with_place(chain, fetch->spools.problem));
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

/* Pages that are numbered shift while something is added, so a wrong count is given a second chance. */
static void finish_pages(struct chain *chain, const struct page *page) {
	if (page->total < 0 || (size_t)page->total == chain->records) {
		finish(chain, page);
	} else if (!chain->again) {
		chain->again = true;
		begin_again(chain);
	} else {
		fail_chain(chain, STATUS_FAILED, "short",
			arena_printf(chain->fetch->arena,
				"the vendor tells of %lld records and gives %zu, twice; the next run "
				"asks again",
				page->total, chain->records));
	}
}

/* Going on would not make them one of a kind again. */
static bool has_duplicates(const struct chain *chain) {
	for (int i = 0; i < count_days(chain); i++)
		if (chain->stream->unique && chain->hauls[i]->spool.duplicates)
			return true;
	return false;
}

static void next_page(struct chain *chain, const struct page *page) {
	bool numbered = !chain->stream->paging->next;
	if (chain->ask.page >= config_number(chain->fetch->config, SETTING_PAGES)) {
		fail_chain(chain, STATUS_FAILED, "cap",
			"more pages than MBC_MOST_PAGES allows, and the vendor tells of another");
		return;
	}
	if (numbered && !page->records) {
		fail_chain(chain, STATUS_FAILED, "schema",
			"the page is empty, yet the vendor tells of another");
		return;
	}
	if (has_duplicates(chain)) {
		fail_chain(chain, STATUS_FAILED, "duplicate_key",
			"the vendor repeats records that should be there once; the next run asks again");
		return;
	}
	if (!numbered && is_circle(chain, page->next)) {
		fail_chain(chain, STATUS_FAILED, "schema",
			"the vendor names a next page that was read before");
		return;
	}
	if (!numbered)
		chain->ask.token = chain->tokens.items[chain->tokens.count - 1];
	chain->ask.page++;
	ask_page(chain);
}

static void take_page(struct chain *chain, const struct page *page) {
	bool more = page->pages >= 0 ? chain->ask.page < page->pages : page->has_more;
	bool too_many = page->total >= 0 && chain->records + page->records > (size_t)page->total;
	chain->records += page->records;
	if (more && !too_many)
		next_page(chain, page);
	else
		finish_pages(chain, page);
}

/* What is no JSON at all comes from something between here and the vendor more often than from it. */
static void refuse_body(struct chain *chain, const struct http_response *response) {
	struct str type = http_header(response, "Content-Type"), body = str_trim(response->body);
	const char *problem = reader_problem(chain->reader);
	if (body.len && *body.ptr != '{')
		problem = arena_printf(chain->fetch->arena,
			"%s, but %.*s that begins `%.*s`; is there a proxy in between?", problem,
			type.len ? (int)type.len : 7, type.len ? type.ptr : "no type",
			(int)(body.len < 40 ? body.len : 40), body.ptr);
	fail_chain(chain, STATUS_FAILED,
		reader_overflowed(chain->reader) ? "cap" : "schema", problem);
}

static bool may_ask_less(const struct chain *chain, const struct http_response *response) {
	return response->status == 400 && chain->stream->narrows && !chain->ask.narrow &&
		str_find(response->body, "group_by", 0) != STR_NONE;
}

static void on_answer(void *context, const struct http_response *response) {
	struct chain *chain = context;
	const struct config *config = chain->fetch->config;
	bool answered = response->outcome == OUTCOME_ANSWERED;
	struct page page;
	chain->fetch->reached = chain->fetch->reached || (answered && response->status < 500);
	chain->fetched_at = config_now(config);
	if (may_ask_less(chain, response)) {
		log_line(LOG_WARNING, "%s: the vendor refuses a grouping; asking with fewer",
			chain->stream->name);
		chain->ask.narrow = true;
		begin_again(chain);
	} else if (!answered || response->status != 200) {
		struct refusal refusal = refusal_of(config, chain->stream, response);
		fail_chain(chain, refusal.status, refusal.reason, refusal.message);
	} else if (!reader_read(chain->reader, response->body, &page)) {
		refuse_body(chain, response);
	} else {
		take_page(chain, &page);
	}
	fetch_progress(chain->fetch);
}

/* --- all of it ----------------------------------------------------------------------------------- */

static struct vendor_use *use_of(struct fetch *fetch, const struct vendor *vendor) {
	for (size_t i = 0; i < COUNT_OF(fetch->uses); i++)
		if (fetch->uses[i].vendor == vendor)
			return &fetch->uses[i];
	return NULL;
}

struct chain *chain_open(struct fetch *fetch, struct http *http, size_t first, size_t count) {
	struct chain *chain = arena_new(fetch->arena, struct chain);
	struct haul **hauls = &fetch->hauls.items[first];
	chain->fetch = fetch;
	chain->http = http;
	chain->stream = hauls[0]->stream;
	chain->use = use_of(fetch, chain->stream->vendor);
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

void chain_start(struct chain *chain) {
	if (!chain->stream->vendor->google || chain->fetch->google) {
		ask_page(chain);
		return;
	}
	build_request(chain);
	fail_chain(chain, STATUS_DENIED, "http", "there are no credentials of Google");
}

const char *chain_request(struct chain *chain) {
	build_request(chain);
	return arena_printf(chain->fetch->arena, "%s %s%s%.*s", chain->stream->method,
		chain->url.ptr, chain->body.len ? " " : "", STR_ARGS(buf_str(&chain->body)));
}

void chain_close(struct chain *chain) {
	reader_close(chain->reader);
	buf_free(&chain->url);
	buf_free(&chain->body);
}
