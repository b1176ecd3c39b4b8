/* The table of endpoints and the way of a request through it: find the row, check who asks, run the
 * handler in one transaction, and keep or undo what it wrote. */
#include <stdio.h>

#include "runtime/clock.h"
#include "vm/loopback/loopback.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

static const struct endpoint endpoints[] = {
#define ENDPOINT(method, path, handle, ...) {#method, path, handle, __VA_ARGS__},
#include "vm/sandbox/endpoints.inc"
#undef ENDPOINT
};

static const struct endpoint *find(struct request *r) {
	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		const struct endpoint *endpoint = &endpoints[i];
		if ((endpoint->since && r->version < endpoint->since) ||
		    (endpoint->until && r->version > endpoint->until))
			continue;
		if (!strcmp(endpoint->method, r->method) && loopback_match(r->arena, endpoint->path, r->path, r->captures, MAX_CAPTURES))
			return endpoint;
	}
	return NULL;
}

static bool allowed(struct request *r, const struct endpoint *endpoint) {
	bool known = find_user(r);
	if (endpoint->auth == AUTH_NONE)
		return true;
	if (!known) {
		reply_text(r, 401, "Unauthenticated");
		return false;
	}
	if (endpoint->auth == AUTH_ADMIN && !r->user.admin) {
		reply_forbidden(r);
		return false;
	}
	return true;
}

static bool initializing(struct request *r) {
	const struct settings *settings = r->sandbox->settings;
	long long wait_ms = settings->initializing_seconds * 1000LL;
	long long age_ms = clock_ms() - r->sandbox->started_ms;
	if (age_ms >= wait_ms || strncmp(r->path, "/api/", 5))
		return false;
	if (strcmp(r->path, "/api/health"))
		reply_text(r, 503, "Metabase is still initializing. Please sit tight...");
	else
		reply_json(r, 503, json_pack("{s:s, s:f}", "status", "initializing", "progress",
			(double)age_ms / (double)wait_ms));
	return true;
}

/* The first request to an instance that does not know its address tells it, true or not. */
static void note_site_url(struct request *r) {
	if (r->sandbox->site_url_known || strncmp(r->path, "/api/", 5) ||
		!strcmp(r->path, "/api/health"))
		return;
	r->sandbox->site_url_known = true;
	json_auto_t *known = setting_value(r->store, "site-url");
	static const char *const headers[] = {"origin", "x-forwarded-host", "host"};
	for (size_t i = 0; json_is_null(known) && i < COUNT_OF(headers); i++) {
		const char *host = json_string_value(json_object_get(r->headers, headers[i]));
		if (!host)
			continue;
		store_insert(r->store, &setting_table,
			json_pack("{s:s, s:o}", "key", "site-url", "value",
				json_sprintf("%s%s", strstr(host, "://") ? "" : "http://", host)));
		return;
	}
}

void sandbox_answer(struct request *r) {
	if (initializing(r))
		return;
	const struct endpoint *endpoint = find(r);
	if (!endpoint) {
		reply_text(r, 404, "API endpoint does not exist.");
		return;
	}
	store_begin(r->store);
	card_settle(r->sandbox);
	note_site_url(r);
	if (allowed(r, endpoint))
		endpoint->handle(r);
	if (!store_error(r->store) && r->status == 0)
		reply_nothing(r);
	store_end(r->store, r->status < 400 || r->keep);
	if (store_error(r->store))
		reply_exception(r, store_error(r->store));
}
