/* Calls go in, JSON or a sentence about what went wrong comes out. What stands between us and a
 * Metabase (proxies, login pages, servers that are starting) answers in many ways; each gets a
 * sentence that says what to do, in one place. */
#include "compiler/metabase/api.h"

#include <stdlib.h>

#include "runtime/buf.h"
#include "runtime/json.h"

const struct api_row api_rows[API_COUNT] = {
	[API_PROPERTIES]      = {"GET",  "/api/session/properties",          true},
	[API_LOGIN]           = {"POST", "/api/session",                     false},
	[API_USER]            = {"GET",  "/api/user/current",                true},
	[API_DATABASES]       = {"GET",  "/api/database",                    true},
	[API_FIELDS]          = {"GET",  "/api/database/:id/fields",         true},
	[API_TABLES]          = {"GET",  "/api/database/:id/metadata",       true},
	[API_TABLE]           = {"GET",  "/api/table/:id/query_metadata",    true},
	[API_SYNC]            = {"POST", "/api/database/:id/sync_schema",    true},
	[API_COLLECTIONS]     = {"GET",  "/api/collection",                  true},
	[API_ITEMS]           = {"GET",  "/api/collection/:id/items",        true},
	[API_COLLECTION_POST] = {"POST", "/api/collection",                  false},
	[API_COLLECTION_GET]  = {"GET",  "/api/collection/:id",              true},
	[API_COLLECTION_PUT]  = {"PUT",  "/api/collection/:id",              true},
	[API_SNIPPETS]        = {"GET",  "/api/native-query-snippet",        true},
	[API_SNIPPET_POST]    = {"POST", "/api/native-query-snippet",        false},
	[API_SNIPPET_GET]     = {"GET",  "/api/native-query-snippet/:id",    true},
	[API_SNIPPET_PUT]     = {"PUT",  "/api/native-query-snippet/:id",    true},
	[API_CARD_POST]       = {"POST", "/api/card",                        false},
	[API_CARD_GET]        = {"GET",  "/api/card/:id",                    true},
	[API_CARD_PUT]        = {"PUT",  "/api/card/:id",                    true},
	[API_DASHBOARD_POST]  = {"POST", "/api/dashboard",                   false},
	[API_DASHBOARD_GET]   = {"GET",  "/api/dashboard/:id",               true},
	[API_DASHBOARD_PUT]   = {"PUT",  "/api/dashboard/:id",               true},
	[API_REVISIONS]       = {"GET",  "/api/revision",                    true},
};

struct flight {
	struct arena *arena;
	struct call *call;
	const char *url;
	char *body;
};

static const char *path_of(struct arena *arena, const struct call *call) {
	struct str path = str_from(api_rows[call->api].path);
	size_t at = str_find(path, ":id", 0);
	if (at == STR_NONE)
		return path.ptr;
	return arena_printf(
		arena, "%.*s%s%s", (int)at, path.ptr, call->id ? call->id : "", path.ptr + at + 3);
}

const char *call_name(struct arena *arena, const struct call *call) {
	return arena_printf(arena, "%s %s", api_rows[call->api].method, path_of(arena, call));
}

static void flatten(struct arena *arena, struct buf *out, const char *name, const json_t *value) {
	if (json_is_string(value)) {
		if (out->len)
			buf_puts(out, "; ");
		if (*name && strcmp(name, "_error") != 0)
			buf_printf(out, "%s: ", name);
		buf_puts(out, json_string_value(value));
		return;
	}
	const char *key;
	json_t *member;
	json_object_foreach((json_t *)value, key, member)
		flatten(arena, out, *name ? arena_printf(arena, "%s.%s", name, key) : key, member);
	size_t index;
	json_array_foreach(value, index, member)
		flatten(arena, out, name, member);
}

static const char *one_line(struct arena *arena, struct str text) {
	text = str_trim(text);
	if (!text.len)
		return NULL;
	size_t end = text.len > 300 ? 300 : text.len;
	while (end < text.len && end > 0 && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
		end--;
	char *line = arena_cstr(arena, str_slice(text, 0, end));
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	return end < text.len ? arena_printf(arena, "%s…", line) : line;
}

const char *api_error_text(struct arena *arena, struct str body) {
	json_auto_t *json = json_loadb(body.ptr, body.len, JSON_DECODE_ANY, NULL);
	if (!json)
		return str_trim(body).len && *str_trim(body).ptr == '<' ? NULL
									: one_line(arena, body);
	if (json_is_string(json))
		return one_line(arena, str_from(json_string_value(json)));
	struct buf out = BUF(4096);
	flatten(arena, &out, "", json_object_get(json, "errors"));
	if (!out.len && json_text(json, "message"))
		buf_puts(&out, json_text(json, "message"));
	if (!out.len && json_text(json, "cause"))
		buf_puts(&out, json_text(json, "cause"));
	const char *line = one_line(arena, buf_str(&out));
	buf_free(&out);
	return line;
}

static void trouble(struct flight *f, enum trouble trouble, const char *problem, const char *help) {
	f->call->trouble = trouble;
	f->call->problem = problem;
	f->call->help = help;
}

static void no_answer(struct flight *f, const struct http_response *r) {
	struct arena *a = f->arena;
	const char *problem = NULL, *help = NULL;
	switch (r->outcome) {
	case OUTCOME_ANSWERED:
		return;
	case OUTCOME_UNKNOWN_HOST:
		problem = arena_printf(a, "no address is known for the host of `%s`", f->url);
		help = "check `url:` of the environment, and the network";
		break;
	case OUTCOME_REFUSED:
		problem = arena_printf(a, "nobody listens at `%s`", f->url);
		help = "start Metabase, or check host and port in `url:` of the environment";
		break;
	case OUTCOME_CONNECT_TIMEOUT:
		problem = arena_printf(a, "no connection to `%s` in time", f->url);
		help = "is the server behind a VPN or a firewall?";
		break;
	case OUTCOME_TIMEOUT:
		problem = arena_printf(a, "no answer from `%s` in time (%s, tried %u times)",
			f->url, call_name(a, f->call), r->tries);
		help = "the server is slow or stuck: try again later";
		break;
	case OUTCOME_CUT:
		problem = arena_printf(a,
			"the connection broke before the answer to %s was complete (%s)",
			call_name(a, f->call), r->error);
		help = "run it again; what was done before is found and kept";
		break;
	case OUTCOME_TLS:
		problem = arena_printf(a, "no safe connection to `%s`: %s", f->url, r->error);
		help = "the certificate must be valid for the host; a private authority belongs "
		       "into the "
		       "system's certificates";
		break;
	case OUTCOME_TOO_LARGE:
		problem = arena_printf(a, "the answer to %s is too large", call_name(a, f->call));
		break;
	case OUTCOME_BROKEN:
		problem =
			arena_printf(a, "`%s` cannot be used as an address: %s", f->url, r->error);
		help = "`url:` looks like https://metabase.example.org";
		break;
	case OUTCOME_STOPPED:
		problem = arena_printf(a, "%s was given up: %s", call_name(a, f->call), r->error);
		break;
	}
	trouble(f, TROUBLE_NETWORK, problem, help);
}

static bool is_page(const struct http_response *r) {
	struct str type = http_header(r, "Content-Type"), body = str_trim(r->body);
	return str_find(type, "text/html", 0) != STR_NONE || (body.len && body.ptr[0] == '<');
}

static void bad_status(struct flight *f, const struct http_response *r) {
	struct arena *a = f->arena;
	const char *name = call_name(a, f->call);
	const char *said = api_error_text(a, r->body);
	const char *text = said ? arena_printf(a, ": %s", said) : "";
	if (r->status == 401)
		trouble(f, TROUBLE_LOGIN,
			arena_printf(a, "`%s` does not accept the credentials%s", f->url, text),
			"a key is made under Admin settings > Authentication > API keys; its group "
			"needs "
			"write access to the collection and the right to write SQL");
	else if (r->status == 403)
		trouble(f, TROUBLE_FORBIDDEN, arena_printf(a, "%s is not allowed%s", name, text),
			"the account's group lacks the permission: `mbc doctor` says which ones "
			"are needed");
	else if (r->status == 404 && is_page(r))
		trouble(f, TROUBLE_NOT_METABASE,
			arena_printf(
				a, "`%s` knows no %s and answers with a web page", f->url, name),
			"`url:` is not the address of a Metabase, or lacks a part of its path");
	else if (r->status == 404)
		trouble(f, TROUBLE_MISSING, arena_printf(a, "%s: not found%s", name, text), NULL);
	else if (r->status == 503)
		trouble(f, TROUBLE_SERVER, arena_printf(a, "the server is not ready%s", text),
			"it may be starting or under maintenance: try again in a minute");
	else if (r->status >= 500)
		trouble(f, TROUBLE_SERVER,
			arena_printf(a, "the server failed at %s with status %ld%s", name,
				r->status, text),
			"Metabase's own log (Admin settings > Troubleshooting) says why");
	else if (is_page(r))
		trouble(f, TROUBLE_NOT_METABASE,
			arena_printf(a,
				"%s was answered with status %ld and a web page: something between "
				"here and Metabase "
				"refuses it",
				name, r->status),
			"ask for `url:` to be let through the proxy");
	else
		trouble(f, TROUBLE_REFUSED,
			said ? said : arena_printf(a, "%s: status %ld", name, r->status), NULL);
}

static void redirected(struct flight *f, const struct http_response *r) {
	struct str to = http_header(r, "Location");
	trouble(f, TROUBLE_NOT_METABASE,
		arena_printf(f->arena, "`%s` redirects to `%.*s`", f->url, STR_ARGS(to)),
		"write the address that Metabase itself answers at as `url:`; behind a sign-in "
		"page, ask for the API to be let through");
}

static void good_status(struct flight *f, const struct http_response *r) {
	struct arena *a = f->arena;
	if (!str_trim(r->body).len)
		return;
	json_error_t error;
	json_t *json = json_loadb(
		r->body.ptr, r->body.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (json) {
		f->call->json = arena_own_json(a, json);
		return;
	}
	if (is_page(r))
		trouble(f, TROUBLE_NOT_METABASE,
			arena_printf(a,
				"%s was answered with a web page, not JSON: a proxy or a sign-in "
				"page stands in between",
				call_name(a, f->call)),
			"let the API through there, or use the address inside of it as `url:`");
	else
		trouble(f, TROUBLE_NOT_METABASE,
			arena_printf(a,
				"the answer to %s is no whole JSON document (%zu bytes, %s)",
				call_name(a, f->call), r->body.len, error.text),
			"the answer was cut off or changed on the way: try again, and "
			"look at proxies in between");
}

static void arrived(void *context, const struct http_response *r) {
	struct flight *f = context;
	free(f->body);
	f->body = NULL;
	f->call->status = r->status;
	if (r->outcome != OUTCOME_ANSWERED)
		no_answer(f, r);
	else if (r->status >= 200 && r->status < 300)
		good_status(f, r);
	else if (r->status >= 300 && r->status < 400)
		redirected(f, r);
	else
		bad_status(f, r);
}

static const char *url_of(struct arena *arena, const char *url, const struct call *call) {
	const char *path = path_of(arena, call);
	return call->query ? arena_printf(arena, "%s%s?%s", url, path, call->query)
		: arena_printf(arena, "%s%s", url, path);
}

void api_calls(struct http *http, struct arena *arena, const char *url, const char *const *headers,
	struct call *calls, size_t count) {
	struct flight *flights = arena_array(arena, struct flight, count);
	for (size_t i = 0; i < count; i++) {
		struct call *call = &calls[i];
		call->trouble = TROUBLE_NONE;
		call->json = NULL;
		call->problem = call->help = NULL;
		flights[i] = (struct flight){arena, call, url, NULL};
		if (call->body)
			flights[i].body = json_dumps(call->body, JSON_COMPACT | JSON_ENCODE_ANY);
		struct http_request request = {
			.method = api_rows[call->api].method, .url = url_of(arena, url, call),
			.headers = headers, .body = str_from(flights[i].body),
			.safe = api_rows[call->api].safe, .done = arrived, .context = &flights[i],
		};
		http_send(http, &request);
	}
	http_run(http);
}
