/* libmicrohttpd in, requests out. One thread and no callbacks of the library's own: its epoll
 * handle and the signals are polled together, so a signal ends the loop between two requests and
 * the state needs no locks. */
#include "vm/sandbox/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "runtime/buf.h"
#include "runtime/clock.h"
#include "runtime/file.h"
#include "vm/loopback/loopback.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

/* One exchange: what came so far. */
struct exchange {
	struct buf body;
	struct arena *arena;
	bool too_deep;
	int depth;
	bool in_string, escaped;
};

/* Follows the nesting of JSON as it comes in, so that no parser has to. */
static void follow_depth(struct exchange *x, const char *text, size_t len) {
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (x->in_string) {
			if (x->escaped)
				x->escaped = false;
			else if (c == '\\')
				x->escaped = true;
			else if (c == '"')
				x->in_string = false;
		} else if (c == '"') {
			x->in_string = true;
		} else if (c == '{' || c == '[') {
			x->too_deep |= ++x->depth > MAX_DEPTH;
		} else if (c == '}' || c == ']') {
			x->depth--;
		}
	}
}

/* Parses the body; false with a reply set when it cannot be taken. */
static bool read_body(struct request *r, const struct exchange *x) {
	if (x->body.full) {
		reply_text(r, 413, "Request body too large.");
		return false;
	}
	if (x->body.len == 0)
		return true;
	json_t *body = x->too_deep ? NULL :
		json_loadb(x->body.ptr, x->body.len, JSON_DECODE_ANY, NULL);
	if (!body) {
		reply_text(r, 400, "Malformed JSON in request body.");
		return false;
	}
	if (json_is_object(body)) {
		r->body = body;
		return true;
	}
	reply_json(r, 400,
		json_pack("{s:{s:[s]}, s:{s:s}}", "specific-errors", "_error", "invalid type",
			"errors", "_error", "Value must be a map."));
	json_decref(body);
	return false;
}

static struct MHD_Response *make_response(const struct request *r) {
	char *text = r->json ? json_dumps(r->json, JSON_COMPACT | JSON_ENCODE_ANY) :
		strdup(r->text ? r->text : "");
	if (!text)
		out_of_memory();
	size_t len = strlen(text);
	return loopback_response(&(struct loopback_body){
		.text = text, .len = len, .stop = len, .chunked = r->streamed});
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct request *r) {
	struct MHD_Response *response = make_response(r);
	if (!response)
		return MHD_NO;
	if (r->content_type && r->status != 204)
		MHD_add_response_header(response, "Content-Type", r->content_type);
	MHD_add_response_header(response, "Cache-Control",
		"max-age=0, no-cache, must-revalidate, proxy-revalidate");
	if (r->version >= 58)
		MHD_add_response_header(response, "X-Metabase-Version", r->sandbox->settings->tag);
	if (r->streamed)
		MHD_add_response_header(response, "Connection", "close");
	if (r->cookie)
		MHD_add_response_header(response, "Set-Cookie", arena_printf(r->arena,
			"metabase.SESSION=%s;HttpOnly;Path=/;SameSite=Lax", r->cookie));
	enum MHD_Result result = MHD_queue_response(connection, (unsigned)r->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result finish(struct sandbox *sandbox, struct MHD_Connection *connection,
	const char *path, const char *method, struct exchange *x) {
	json_auto_t *query = loopback_query(connection), *headers = loopback_headers(connection);
	struct request r = {
		.sandbox = sandbox,
		.store = sandbox->store,
		.version = sandbox->version,
		.arena = x->arena,
		.method = strcmp(method, "HEAD") ? method : "GET",
		.path = path,
		.query = query,
		.headers = headers,
	};
	if (read_body(&r, x))
		sandbox_answer(&r);
	enum MHD_Result result = send_reply(connection, &r);
	json_decref(r.json);
	json_decref(r.body);
	return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
	const char *path, const char *method, const char *version, const char *upload,
	size_t *upload_size, void **state) {
	(void)version;
	struct exchange *x = *state;
	if (!x) {
		x = calloc(1, sizeof(*x));
		if (!x)
			out_of_memory();
		x->body = BUF(MAX_BODY);
		x->arena = arena_create();
		*state = x;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		buf_add(&x->body, upload, *upload_size);
		follow_depth(x, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	return finish(context, connection, path, method, x);
}

static void on_end(void *context, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode code) {
	(void)context, (void)connection, (void)code;
	struct exchange *x = *state;
	if (!x)
		return;
	buf_free(&x->body);
	arena_destroy(x->arena);
	free(x);
	*state = NULL;
}

static void close_daemon(struct MHD_Daemon **daemon) {
	if (*daemon)
		MHD_stop_daemon(*daemon);
}

static struct MHD_Daemon *listen_on(struct sandbox *sandbox, unsigned port) {
	struct sockaddr_in address = loopback_address(port);
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ITC, (uint16_t)port, NULL, NULL, on_request,
		sandbox, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
		MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_CONNECTION_TIMEOUT, 120u,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(256 << 10),
		MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
}

/* How long to sleep at most: until the library or a waiting sync wants to go on. */
static int sleep_ms(const struct sandbox *sandbox, struct MHD_Daemon *daemon) {
	MHD_UNSIGNED_LONG_LONG wait;
	long long most = 60000;
	if (MHD_get_timeout(daemon, &wait) == MHD_YES && (long long)wait < most)
		most = (long long)wait;
	long long due = sandbox->sync_due_ms ? sandbox->sync_due_ms - clock_ms() : most;
	if (due < most)
		most = due < 0 ? 0 : due;
	return (int)most;
}

static void run_due(struct sandbox *sandbox) {
	if (!sandbox->sync_due_ms || clock_ms() < sandbox->sync_due_ms)
		return;
	sandbox->sync_due_ms = 0;
	store_begin(sandbox->store);
	sync_schema(sandbox);
	store_end(sandbox->store, true);
}

bool server_run(
	struct sandbox *sandbox, unsigned port, void (*ready)(struct sandbox *, unsigned port)) {
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	AUTO(close_fd) int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	AUTO(close_daemon) struct MHD_Daemon *daemon = listen_on(sandbox, port);
	if (!daemon || signal_fd < 0) {
		fprintf(stderr, "mbc-sandbox: cannot listen on port %u: %s\n", port,
			strerror(errno));
		return false;
	}
	ready(sandbox, loopback_port(daemon));
	struct pollfd wait[] = {
		{.fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
			.events = POLLIN},
		{.fd = signal_fd, .events = POLLIN},
	};
	while (poll(wait, COUNT_OF(wait), sleep_ms(sandbox, daemon)) >= 0 || errno == EINTR) {
		if (wait[1].revents)
			return true;
		MHD_run(daemon);
		run_due(sandbox);
	}
	return false;
}
