/* A reply in, a spoilt reply out. A fault is an object:
 * which requests: method, path (all of it, or its beginning with a `*`), query (a part of it), body
 * (a part of it), skip (how many fitting ones pass first), times (1; -1 for ever), rate (so many a
 * minute pass); what happens: status, headers, text, html, content_type, retry_after (seconds),
 * retry_after_date (seconds from now), retry_after_ms, delay_ms, drip_ms, cut ("before", "within"),
 * truncate, unknown_fields, repeat_page, endless, limit (records a page), reverse and double
 * (records), swell (names of members; the first becomes 10 MB), omit (names of members), set
 * (members by name, at any depth), grow. */
#include "tests/vendors/fault.h"

#include <stdlib.h>
#include <time.h>

#include "runtime/clock.h"
#include "runtime/json.h"
#include "tests/vendors/moment.h"

#define MINUTE_MS 60000
#define SWOLLEN (10u << 20)

static const char *const known[] = {"method", "path", "query", "body", "skip", "times", "rate", "status",
	"headers", "text", "html", "content_type", "retry_after", "retry_after_date",
	"retry_after_ms", "delay_ms", "drip_ms", "cut", "truncate", "unknown_fields", "repeat_page",
	"endless", "limit", "reverse", "double", "swell", "omit", "set", "grow", NULL};

const char *faults_add(struct vendors *vendors, const json_t *script) {
	const json_t *faults = json_object_get(script, "faults");
	json_t *fault;
	const char *name;
	json_t *value;
	size_t i;
	if (!json_is_array(faults))
		return "expected {\"faults\": [...]}";
	json_array_foreach(faults, i, fault) {
		if (!json_is_object(fault))
			return "a fault is an object";
		json_object_foreach(fault, name, value) {
			size_t k = 0;
			while (known[k] && strcmp(known[k], name))
				k++;
			if (!known[k])
				return arena_printf(vendors->arena, "a fault has no `%s`", name);
		}
		json_t *copy = json_deep_copy(fault);
		json_object_set_new(copy, "seen", json_integer(0));
		json_object_set_new(copy, "done", json_integer(0));
		json_object_set_new(copy, "passed", json_array());
		json_array_append_new(vendors->faults, copy);
	}
	return NULL;
}

static bool fits_path(const char *pattern, const char *path) {
	size_t len = strlen(pattern);
	if (len && pattern[len - 1] == '*')
		return !strncmp(pattern, path, len - 1);
	return !strcmp(pattern, path);
}

static bool fits(const struct request *r, const json_t *fault) {
	const char *method = json_text(fault, "method"), *path = json_text(fault, "path");
	const char *query = json_text(fault, "query"), *body = json_text(fault, "body");
	if ((method && strcmp(method, r->method)) || (path && !fits_path(path, r->path)))
		return false;
	if (query && !strstr(json_text_of(r->arena, r->query), query))
		return false;
	return !body || str_find(r->body, body, 0) != STR_NONE;
}

static long long count_up(json_t *fault, const char *name) {
	long long count = json_number_of(fault, name, 0);
	json_object_set_new(fault, name, json_integer(count + 1));
	return count;
}

/* Whether one more is within `rate` requests a minute; it is counted, then. Where there is no rate, none is. */
static bool passes(json_t *fault) {
	json_t *passed = json_object_get(fault, "passed");
	int64_t now = clock_ms();
	while (json_array_size(passed) && now - json_integer_value(json_array_get(passed, 0)) >= MINUTE_MS)
		json_array_remove(passed, 0);
	if ((long long)json_array_size(passed) >= json_number_of(fault, "rate", 0))
		return false;
	json_array_append_new(passed, json_integer(now));
	return true;
}

/* The fault for this request, marked as done once more; or NULL. */
static json_t *choose(const struct request *r) {
	json_t *fault;
	size_t i;
	json_array_foreach(r->vendors->faults, i, fault) {
		long long times = json_number_of(fault, "times", 1);
		if (!fits(r, fault) || (times >= 0 && json_number_of(fault, "done", 0) >= times))
			continue;
		if (count_up(fault, "seen") < json_number_of(fault, "skip", 0) || passes(fault))
			continue;
		count_up(fault, "done");
		return fault;
	}
	return NULL;
}

void fault_prepare(struct request *r) {
	json_t *fault;
	size_t i;
	json_array_foreach(r->vendors->faults, i, fault) {
		json_t *limit = json_object_get(fault, "limit");
		if (!limit || !fits(r, fault))
			continue;
		if (json_object_get(r->query, "limit"))
			json_object_set_new(r->query, "limit",
				json_pack("[s]", json_text_of(r->arena, limit)));
		if (json_object_get(r->json, "pageSize"))
			json_object_set(r->json, "pageSize", limit);
	}
}

/* Calls `visit` for all objects below a value, then for the value, so that what is added is not
 * met. */
static void each_object(
	json_t *value, void (*visit)(json_t *object, const json_t *what), const json_t *what) {
	json_t *child;
	const char *name;
	size_t i;
	if (json_is_array(value))
		json_array_foreach(value, i, child)
			each_object(child, visit, what);
	if (!json_is_object(value))
		return;
	json_object_foreach(value, name, child)
		each_object(child, visit, what);
	visit(value, what);
}

static void omit(json_t *object, const json_t *names) {
	json_t *name;
	size_t i;
	json_array_foreach(names, i, name)
		json_object_del(object, json_string_value(name));
}

static void set(json_t *object, const json_t *members) {
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)members, name, value)
		if (json_object_get(object, name))
			json_object_set(object, name, value);
}

static void add_unknown(json_t *object, const json_t *what) {
	(void)what;
	json_object_set_new(object, "field_of_tomorrow", json_pack("{s:[i, n]}", "nested", 1));
}

/* The members of answers that are lists of records, or of what holds them. */
static const char *const lists[] = {
	"data", "results", "usageEvents", "teamMembers", "teamMemberSpend", NULL};

static void reverse(json_t *object, const json_t *what) {
	(void)what;
	for (size_t i = 0; lists[i]; i++) {
		json_t *list = json_object_get(object, lists[i]);
		size_t count = json_is_array(list) ? json_array_size(list) : 0;
		for (size_t k = 1; k < count; k++) {
			json_t *item = json_incref(json_array_get(list, k));
			json_array_remove(list, k);
			json_array_insert_new(list, 0, item);
		}
	}
}

/* The first record is there twice. */
static void double_record(json_t *object, const json_t *what) {
	(void)what;
	for (size_t i = 0; lists[i]; i++) {
		json_t *list = json_object_get(object, lists[i]), *first = json_array_get(list, 0);
		if (first && !json_object_get(first, "results"))
			json_array_append(list, first);
	}
}

/* Each name's first text becomes one of 10 MB. */
static bool swell(json_t *value, const char *name) {
	json_t *child;
	const char *key;
	size_t i;
	json_array_foreach(value, i, child)
		if (swell(child, name))
			return true;
	if (json_is_string(json_object_get(value, name))) {
		char *text = malloc(SWOLLEN + 1);
		if (!text)
			out_of_memory();
		memset(text, 'x', SWOLLEN);
		json_object_set_new(value, name, json_stringn(text, SWOLLEN));
		free(text);
		return true;
	}
	json_object_foreach(value, key, child)
		if (swell(child, name))
			return true;
	return false;
}

/* The answer to the first request for these days, kept for those that come later. */
static void keep_first(struct request *r, json_t *fault) {
	const json_t *start = json_object_get(r->json, "startDate");
	const char *days = start ? json_text_of(r->arena, start) : query_text(r, "starting_at");
	const char *name = arena_printf(r->arena, "first of %s", days ? days : "all");
	json_t *first = json_object_get(fault, name);
	if (first)
		reply_json(r, 200, json_deep_copy(first));
	else
		json_object_set_new(fault, name, json_deep_copy(r->reply));
}

static bool has_records(const struct request *r) {
	for (size_t i = 0; lists[i]; i++)
		if (json_array_size(json_object_get(r->reply, lists[i])))
			return true;
	return false;
}

static void set_text(json_t *object, const char *name, const char *text) {
	if (json_object_get(object, name))
		json_object_set_new(object, name, json_string(text));
}

/* Whatever says that there is another page says so. */
static void promise_more(struct request *r, const char *token) {
	json_t *pages = json_object_get(r->reply, "pagination");
	if (!has_records(r))
		return;
	if (json_object_get(pages, "hasNextPage"))
		json_object_set_new(pages, "hasNextPage", json_true());
	if (json_object_get(r->reply, "totalPages"))
		json_object_set_new(r->reply, "totalPages", json_integer(1000000));
	if (!json_object_get(r->reply, "has_more"))
		return;
	json_object_set_new(r->reply, "has_more", json_true());
	set_text(r->reply, "next_page", token);
	set_text(r->reply, "last_id", token);
}

/* The next page is this one again. */
static void repeat_page(struct request *r, json_t *fault) {
	const char *page = query_text(r, "page");
	keep_first(r, fault);
	promise_more(r, page ? page : page_make(r, "page_", 0));
}

/* There is always another page, with a token of its own. */
static void never_end(struct request *r, json_t *fault) {
	keep_first(r, fault);
	promise_more(r, arena_printf(r->arena, "page_%lld", json_number_of(fault, "done", 0)));
	if (has_records(r) && json_object_get(r->reply, "totalUsageEventsCount"))
		json_object_set_new(
			r->reply, "totalUsageEventsCount", json_integer(1000000000));
}

/* As if rows had come in between two pages. */
static void grow(struct request *r, long long by) {
	long long total = json_number_of(r->reply, "totalUsageEventsCount", -1);
	if (total >= 0)
		json_object_set_new(r->reply, "totalUsageEventsCount", json_integer(total + by));
}

static void change_json(struct request *r, json_t *fault) {
	if (!r->reply)
		return;
	if (json_object_get(fault, "omit"))
		each_object(r->reply, omit, json_object_get(fault, "omit"));
	if (json_object_get(fault, "set"))
		each_object(r->reply, set, json_object_get(fault, "set"));
	for (size_t i = 0; i < json_array_size(json_object_get(fault, "swell")); i++)
		swell(r->reply, json_string_value(json_array_get(json_object_get(fault, "swell"), i)));
	if (json_is_set(fault, "unknown_fields"))
		each_object(r->reply, add_unknown, NULL);
	if (json_is_set(fault, "reverse"))
		each_object(r->reply, reverse, NULL);
	if (json_is_set(fault, "double"))
		each_object(r->reply, double_record, NULL);
	if (json_is_set(fault, "repeat_page"))
		repeat_page(r, fault);
	if (json_is_set(fault, "endless"))
		never_end(r, fault);
	grow(r, json_number_of(fault, "grow", 0));
}

static void add_headers(struct request *r, const json_t *fault) {
	const char *name;
	json_t *value;
	json_object_foreach(json_object_get(fault, "headers"), name, value)
		reply_header(r, name, json_string_value(value));
	if ((value = json_object_get(fault, "retry_after")))
		reply_header(r, "retry-after",
			json_is_string(value) ? json_string_value(value)
					      : json_text_of(r->arena, value));
	if ((value = json_object_get(fault, "retry_after_date")))
		reply_header(r, "retry-after",
			moment_http(r->arena, time(NULL) + json_integer_value(value)));
	if ((value = json_object_get(fault, "retry_after_ms")))
		reply_header(r, "retry-after-ms", json_text_of(r->arena, value));
}

/* What an API says of itself with such a status. */
static void reply_status(struct request *r, int status) {
	struct str path = str_from(r->path);
	if (str_starts(path, "/teams/"))
		reply_json(r, status,
			json_pack("{s:s, s:s}", "error",
				status == 429 ? "Too Many Requests" : "Error", "message",
				status == 429 ? "Rate limit exceeded. Please try again later."
					      : "Scripted fault"));
	else if (str_starts(path, "/v1/organizations/"))
		reply_anthropic(r, status,
			status == 429   ? "rate_limit_error"
			: status == 529 ? "overloaded_error"
			: status == 504 ? "timeout_error"
			: status >= 500 ? "api_error"
			: status == 401 ? "authentication_error"
			: status == 403 ? "permission_error"
					: "invalid_request_error",
			"Scripted fault");
	else
		reply_google(r, status,
			status == 429   ? "RESOURCE_EXHAUSTED"
			: status == 403 ? "PERMISSION_DENIED"
			: status == 401 ? "UNAUTHENTICATED"
			: status == 503 ? "UNAVAILABLE"
					: "INTERNAL",
			NULL, "Scripted fault");
}

void fault_apply(struct request *r, struct spoil *spoil) {
	json_t *fault = choose(r);
	if (!fault)
		return;
	int status = (int)json_number_of(fault, "status", 0);
	const char *cut = json_text(fault, "cut"), *text = json_text(fault, "text");
	if (status)
		reply_status(r, status);
	change_json(r, fault);
	if (json_is_set(fault, "html"))
		text = "<html><head><title>502 Bad Gateway</title></head><body>502</body></html>";
	if (text)
		reply_text(r, status ? status : r->status, "text/html",
			arena_cstr(r->arena, str_from(text)));
	if (json_text(fault, "content_type"))
		r->content_type = arena_cstr(r->arena, str_from(json_text(fault, "content_type")));
	add_headers(r, fault);
	spoil->delay_ms = (long)json_number_of(fault, "delay_ms", 0);
	spoil->drip_ms = (long)json_number_of(fault, "drip_ms", 0);
	spoil->truncate = json_is_set(fault, "truncate");
	spoil->cut = !cut ? CUT_NONE : strcmp(cut, "before") ? CUT_WITHIN : CUT_BEFORE;
}
