/* The way of a request: find the row, check who asks, answer; then the faults that tests asked for
 * and the journal. */
#include "tests/vendors/endpoint.h"

#include <strings.h>

#include "runtime/clock.h"
#include "tests/vendors/fault.h"
#include "tests/vendors/moment.h"
#include "tests/vendors/state.h"
#include "vm/loopback/loopback.h"

static const struct endpoint endpoints[] = {
#define ENDPOINT(method, path, handle, ...) {#method, path, handle, __VA_ARGS__},
#include "tests/vendors/endpoints.inc"
#undef ENDPOINT
};

static const struct endpoint *find(struct request *r, bool *other_method) {
	*other_method = false;
	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		if (!loopback_match(r->arena, endpoints[i].path, r->path, r->captures, MAX_CAPTURES))
			continue;
		if (!strcmp(endpoints[i].method, r->method))
			return &endpoints[i];
		*other_method = true;
	}
	return NULL;
}

static void refuse(struct request *r, bool other_method) {
	int status = other_method ? 405 : 404;
	struct str path = str_from(r->path);
	if (str_starts(path, "/teams/") || str_starts(path, "/analytics/"))
		reply_cursor(r, status, other_method ? "Method not allowed" : "Not found");
	else if (str_starts(path, "/v1/organizations/"))
		reply_anthropic(r, status,
			other_method ? "invalid_request_error" : "not_found_error",
			other_method ? "Method Not Allowed" : "Not found");
	else
		reply_google(r, status, other_method ? "UNIMPLEMENTED" : "NOT_FOUND", NULL,
			"Requested entity was not found.");
}

/* How the request says who it is: the scheme, never the secret. */
static const char *scheme_of(const struct request *r) {
	const char *authorization = header_text(r, "authorization");
	if (header_text(r, "x-api-key"))
		return "x-api-key";
	if (!authorization)
		return "none";
	return strncasecmp(authorization, "Basic ", 6) ? "bearer" : "basic";
}

/* Forms carry assertions and refresh tokens: they are not kept. */
static json_t *body_for_journal(const struct request *r) {
	if (!r->body.len)
		return json_null();
	return r->json ? json_incref(r->json) : json_string("(not kept)");
}

static void keep(struct request *r, const struct spoil *spoil) {
	static const char *const kept[] = {"user-agent", "accept", "accept-encoding",
		"content-type", "anthropic-version", "anthropic-beta", "metadata-flavor",
		"x-goog-user-project"};
	json_t *headers = json_object(), *journal = r->vendors->journal;
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		if (header_text(r, kept[i]))
			json_object_set_new(headers, kept[i], json_string(header_text(r, kept[i])));
	if (json_array_size(journal) >= 50000)
		json_array_remove(journal, 0);
	json_array_append_new(
		journal, json_pack("{s:I, s:s, s:s, s:O, s:o, s:s, s:o, s:i, s:b}", "at_ms",
				 (json_int_t)(clock_ms() - r->vendors->started_ms), "method",
				 r->method, "path", r->path, "query", r->query, "headers", headers,
				 "auth", scheme_of(r), "body", body_for_journal(r), "status",
				 r->status, "spoilt", spoil->cut || spoil->truncate));
}

void vendors_answer(struct request *r, struct spoil *spoil) {
	bool other_method;
	const struct endpoint *endpoint = find(r, &other_method);
	reply_header(r, "request-id", arena_printf(r->arena, "req_%06u", ++r->vendors->requests));
	if (endpoint && !endpoint->quiet)
		fault_prepare(r);
	if (!endpoint)
		refuse(r, other_method);
	else if (!endpoint->auth || endpoint->auth(r))
		endpoint->handle(r);
	if (endpoint && endpoint->quiet)
		return;
	fault_apply(r, spoil);
	keep(r, spoil);
}
