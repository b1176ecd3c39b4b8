/* An environment goes in; a server that was reached, recognised and signed in to comes out.
 * Whatever hinders that is reported at the line of mbc.yaml that would have to change. */
#include "compiler/metabase/server.h"

#include "compiler/model/project.h"
#include "runtime/buf.h"
#include "runtime/json.h"
#include "runtime/log.h"

static const struct profile profiles[] = {
	{50},
	{51, .trash = true},
	{52, .trash = true, .table_ids = true},
	{53, .trash = true, .table_ids = true, .dashboard_questions = true},
	{56, .trash = true, .table_ids = true, .dashboard_questions = true,
		.inline_parameters = true},
	{57, .trash = true, .table_ids = true, .dashboard_questions = true,
		.inline_parameters = true, .legacy_query = true},
};

const struct profile *profile_of(int major) {
	const struct profile *found = &profiles[0];
	for (size_t i = 0; i < COUNT_OF(profiles); i++)
		if (profiles[i].major <= major)
			found = &profiles[i];
	return found;
}

int version_major(const char *tag) {
	struct str rest = str_from(tag), part;
	if (!str_split(&rest, '.', &part) || (!str_is(part, "v0") && !str_is(part, "v1")) ||
		!str_split(&rest, '.', &part))
		return 0;
	size_t digits = 0;
	while (digits < part.len && part.ptr[digits] >= '0' && part.ptr[digits] <= '9')
		digits++;
	long long major;
	return str_integer(str_slice(part, 0, digits), &major) && major > 0 && major < 1000
		       ? (int)major
		       : 0;
}

static struct span node_at(const struct node *node) {
	return node ? node->at : SPAN_NONE;
}

static enum diag_code code_of(enum trouble trouble, struct span at) {
	switch (trouble) {
	case TROUBLE_NONE:
	case TROUBLE_NETWORK:
		return E0802;
	case TROUBLE_LOGIN:
		return E0803;
	case TROUBLE_FORBIDDEN:
	case TROUBLE_MISSING:
	case TROUBLE_REFUSED:
		return at.source == UINT32_MAX ? E0804 : E0801;
	case TROUBLE_SERVER:
		return at.source == UINT32_MAX ? E0805 : E0801;
	case TROUBLE_NOT_METABASE:
		break;
	}
	return E0806;
}

struct diagnostic *server_report(struct server *server, const struct call *call, struct span at) {
	const struct environment *e = server->environment;
	enum diag_code code = code_of(call->trouble, at);
	if (code == E0803)
		at = node_at(e->api_key_node);
	else if (code != E0801)
		at = node_at(e->url_node);
	struct diagnostic *d = diag_add(server->c, code, at, "%s", call->problem);
	if (call->help)
		diag_help(server->c, d, "%s", call->help);
	return d;
}

static void trace(const char *line) {
	log_line(LOG_DEBUG, "%s", line);
}

static bool sign_in(struct server *server) {
	json_auto_t *body =
		json_pack("{s:s, s:s}", "username", server->user, "password", server->password);
	struct call call = {.api = API_LOGIN, .body = body};
	server->headers[1] = NULL;
	api_calls(server->http, server->c->arena, server->url, server->headers, &call, 1);
	const char *id = json_text(call.json, "id");
	if (call.trouble || !id) {
		if (!call.trouble) {
			call.trouble = TROUBLE_NOT_METABASE;
			call.problem = "signing in was answered without a session";
		}
		server_report(server, &call, SPAN_NONE);
		return false;
	}
	log_secret(id);
	server->headers[1] = arena_printf(server->c->arena, "X-Metabase-Session: %s", id);
	return true;
}

static void count_calls(struct server *server, const struct call *calls, size_t count) {
	for (size_t i = 0; i < count; i++)
		if (strcmp(api_rows[calls[i].api].method, "GET") == 0)
			server->read_count++;
		else
			server->write_count++;
}

/* Calls that an ended session refused, once more. */
static void repeat_refused(struct server *server, struct call *calls, size_t count) {
	VEC(struct call) again = {0};
	for (size_t i = 0; i < count; i++)
		if (calls[i].trouble == TROUBLE_LOGIN)
			vec_push(server->c->arena, &again, calls[i]);
	if (!again.count || !server->user || !sign_in(server))
		return;
	api_calls(server->http, server->c->arena, server->url, server->headers, again.items,
		again.count);
	for (size_t i = 0, next = 0; i < count; i++)
		if (calls[i].trouble == TROUBLE_LOGIN)
			calls[i] = again.items[next++];
}

static struct str ahead_key(struct server *server, const struct call *call) {
	return str_from(arena_printf(server->c->arena, "%s?%s", call_name(server->c->arena, call),
		call->query ? call->query : ""));
}

void server_later(struct server *server, enum api api, const char *id, const char *query) {
	struct call call = {.api = api, .id = id, .query = query};
	vec_push(server->c->arena, &server->later, call);
}

/* The answer that came along with an earlier call, once. */
static bool take_ahead(struct server *server, struct call *call) {
	if (!server->ahead.count || !api_rows[call->api].safe || call->body)
		return false;
	struct str key = ahead_key(server, call);
	const struct call *known = map_get(&server->ahead, key);
	if (!known)
		return false;
	*call = *known;
	*map_slot(server->c->arena, &server->ahead, key) = NULL;
	return true;
}

static void keep_ahead(struct server *server, const struct call *calls, size_t count) {
	for (size_t i = 0; i < count; i++) {
		struct call *copy = arena_new(server->c->arena, struct call);
		*copy = calls[i];
		*map_slot(server->c->arena, &server->ahead, ahead_key(server, copy)) = copy;
	}
	server->later.count = 0;
}

bool server_calls(struct server *server, struct call *calls, size_t count) {
	VEC(struct call) batch = {0};
	size_t *sent = arena_array(server->c->arena, size_t, count + 1);
	for (size_t i = 0; i < count; i++)
		if (!take_ahead(server, &calls[i])) {
			sent[batch.count] = i;
			vec_push(server->c->arena, &batch, calls[i]);
		}
	size_t own = batch.count;
	for (size_t i = 0; own && i < server->later.count; i++)
		vec_push(server->c->arena, &batch, server->later.items[i]);
	count_calls(server, batch.items, batch.count);
	api_calls(server->http, server->c->arena, server->url, server->headers, batch.items,
		batch.count);
	repeat_refused(server, batch.items, batch.count);
	for (size_t i = 0; i < own; i++)
		calls[sent[i]] = batch.items[i];
	if (own)
		keep_ahead(server, batch.items + own, batch.count - own);
	for (size_t i = 0; i < count; i++)
		if (calls[i].trouble)
			return false;
	return true;
}

static bool find_version(struct server *server) {
	struct call call = {.api = API_PROPERTIES};
	if (!server_call(server, &call)) {
		server_report(server, &call, SPAN_NONE);
		return false;
	}
	const struct node *at = server->environment->url_node;
	if (!json_is_object(call.json) || !json_object_get(call.json, "version")) {
		struct diagnostic *d = diag_add(server->c, E0806, node_at(at),
			"what answers at `%s` is not a Metabase", server->url);
		diag_help(server->c, d,
			"`url:` is the address without `/api`, e.g. https://metabase.example.org");
		return false;
	}
	server->tag = json_text(json_object_get(call.json, "version"), "tag");
	server->major = version_major(server->tag);
	server->profile = profile_of(server->major ? server->major : METABASE_NEWEST);
	return true;
}

static bool check_version(struct server *server) {
	struct compile *c = server->c;
	int wanted = server->environment->metabase, major = server->major;
	struct span at = node_at(server->environment->url_node);
	if (major && major < METABASE_OLDEST) {
		diag_add(c, E0807, at, "the server is Metabase 0.%d; mbc needs 0.%d or newer",
			major, METABASE_OLDEST);
		return false;
	}
	if (major && major < wanted) {
		struct diagnostic *d = diag_add(c, E0807, at,
			"the server is Metabase 0.%d, the definitions need 0.%d", major, wanted);
		diag_help(c, d,
			"update the server, or write `metabase: 0.%d` to see what would have to "
			"change",
			major);
		return false;
	}
	if (major > METABASE_NEWEST)
		diag_add(c, W0801, at,
			"Metabase 0.%d is newer than what this mbc was tested with (0.%d)", major,
			METABASE_NEWEST);
	if (!major)
		diag_add(c, W0801, at, "the server does not say a version that can be read (`%s`)",
			server->tag ? server->tag : "none");
	return true;
}

static bool find_user(struct server *server) {
	struct call call = {.api = API_USER};
	server_later(server, API_DATABASES, NULL, NULL);
	if (!server_call(server, &call)) {
		server_report(server, &call, SPAN_NONE);
		return false;
	}
	const char *name = json_text(call.json, "common_name");
	server->user_id = json_number_of(call.json, "id", -1);
	server->user_name = name ? name : json_text(call.json, "email");
	server->superuser = json_is_set(call.json, "is_superuser");
	return true;
}

static const char *without_slash(struct arena *arena, struct str url) {
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	return arena_cstr(arena, url);
}

static bool credentials(struct server *server) {
	struct compile *c = server->c;
	const struct environment *e = server->environment;
	if (e->api_key.len) {
		const char *key = arena_cstr(c->arena, e->api_key);
		log_secret(key);
		server->headers[1] = arena_printf(c->arena, "X-API-Key: %s", key);
		return true;
	}
	if (!e->user.len || !e->password.len) {
		struct diagnostic *d =
			diag_add(c, E0803, node_at(e->node), "the environment has no credentials");
		diag_help(c, d, "write `api_key: \"${env.METABASE_API_KEY}\"`, or set MBC_API_KEY");
		return false;
	}
	server->user = arena_cstr(c->arena, e->user);
	server->password = arena_cstr(c->arena, e->password);
	log_secret(server->password);
	return sign_in(server);
}

struct server *server_open(
	struct compile *c, const struct environment *environment, unsigned jobs) {
	struct server *server = arena_new(c->arena, struct server);
	struct http_options options = {.jobs = jobs, .trace = trace, .compressed = true};
	server->c = c;
	server->environment = environment;
	server->url = without_slash(c->arena, environment->url);
	server->headers[0] = "Content-Type: application/json";
	server->http = http_open(&options);
	if (!server->http) {
		diag_add(c, E0802, SPAN_NONE,
			"libcurl cannot be loaded: install it (Debian: libcurl4)");
		return NULL;
	}
	if (find_version(server) && check_version(server) && credentials(server) &&
		find_user(server))
		return server;
	server_close(server);
	return NULL;
}

void server_close(struct server *server) {
	if (!server)
		return;
	http_close(server->http);
	server->http = NULL;
}
