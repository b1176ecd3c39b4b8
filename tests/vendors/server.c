/* libmicrohttpd in, requests out. One thread a connection, so that a reply that is delayed holds up
 * nobody else; all of the state is behind one lock. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/buf.h"
#include "runtime/clock.h"
#include "runtime/file.h"
#include "tests/vendors/fault.h"
#include "tests/vendors/google.h"
#include "tests/vendors/moment.h"
#include "tests/vendors/sheets.h"
#include "tests/vendors/state.h"
#include "vm/loopback/loopback.h"

#define MAX_BODY (16u << 20)

const char *const vendors_anthropic_key = ADMIN_KEY, *const vendors_cursor_key = CURSOR_KEY,
	   *const vendors_sheet = SHEET_ID;

static void sleep_ms(long ms) {
	if (ms > 0)
		usleep((useconds_t)ms * 1000);
}

static struct MHD_Response *make_response(const char *body, const struct spoil *spoil) {
	struct loopback_body out = {.text = strdup(body), .len = strlen(body), .drip_ms = spoil->drip_ms};
	if (!out.text)
		out_of_memory();
	if (spoil->truncate)
		out.len /= 2;
	out.stop = spoil->cut == CUT_WITHIN ? out.len / 2 : out.len;
	return loopback_response(&out);
}

static enum MHD_Result send_reply(
	struct MHD_Connection *connection, const struct request *r, const struct spoil *spoil) {
	const char *name;
	json_t *value;
	const char *body = r->reply ? json_text_of(r->arena, r->reply) : r->text ? r->text : "";
	sleep_ms(spoil->delay_ms);
	if (spoil->cut == CUT_BEFORE)
		return MHD_NO;
	struct MHD_Response *response = make_response(body, spoil);
	if (!response)
		return MHD_NO;
	if (r->content_type)
		MHD_add_response_header(response, "Content-Type", r->content_type);
	json_object_foreach(r->reply_headers, name, value)
		MHD_add_response_header(response, name, json_string_value(value));
	enum MHD_Result result = MHD_queue_response(connection, (unsigned)r->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result finish(struct vendors *vendors, struct MHD_Connection *connection,
	const char *path, const char *method, const struct buf *body) {
	struct arena *arena = arena_create();
	struct spoil spoil = {0};
	struct request r = {
		.vendors = vendors,
		.arena = arena,
		.method = method,
		.path = path,
		.body = buf_str(body),
		.query = arena_own_json(arena, loopback_query(connection)),
		.headers = arena_own_json(arena, loopback_headers(connection)),
		.reply_headers = arena_own_json(arena, json_object()),
	};
	if (body->len)
		r.json = json_loadb(body->ptr, body->len, JSON_REJECT_DUPLICATES, NULL);
	if (r.json)
		arena_own_json(arena, r.json);
	pthread_mutex_lock(&vendors->lock);
	vendors_answer(&r, &spoil);
	const char *text = r.reply ? json_text_of(arena, r.reply) : NULL;
	pthread_mutex_unlock(&vendors->lock);
	if (text) {
		r.text = text;
		r.reply = NULL;
	}
	enum MHD_Result result = send_reply(connection, &r, &spoil);
	pthread_mutex_lock(&vendors->lock); /* the journal shares parts of it */
	arena_destroy(arena);
	pthread_mutex_unlock(&vendors->lock);
	return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
	const char *path, const char *method, const char *version, const char *upload,
	size_t *upload_size, void **state) {
	(void)version;
	struct buf *body = *state;
	if (!body) {
		body = calloc(1, sizeof(*body));
		if (!body)
			out_of_memory();
		*body = BUF(MAX_BODY);
		*state = body;
		return MHD_YES;
	}
	if (*upload_size > 0) {
		buf_add(body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	return finish(context, connection, path, method, body);
}

static void on_end(void *context, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode code) {
	(void)context, (void)connection, (void)code;
	if (!*state)
		return;
	buf_free(*state);
	free(*state);
	*state = NULL;
}

static bool listen_on(struct vendors *vendors, unsigned port) {
	struct sockaddr_in address = loopback_address(port);
	vendors->daemon = MHD_start_daemon(
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL,
		(uint16_t)port, NULL, NULL, on_request, vendors, MHD_OPTION_SOCK_ADDR,
		(struct sockaddr *)&address, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
		MHD_OPTION_CONNECTION_TIMEOUT, 120u, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
		MHD_OPTION_END);
	if (!vendors->daemon) {
		fprintf(stderr, "mbc-vendors: cannot listen on port %u: %s\n", port,
			strerror(errno));
		return false;
	}
	vendors->address = arena_printf(
		vendors->arena, "http://127.0.0.1:%u", loopback_port(vendors->daemon));
	return true;
}

static void free_buf(struct buf *buf) {
	buf_free(buf);
}

static bool read_script(struct vendors *vendors, const char *path) {
	AUTO(free_buf) struct buf text = BUF(1u << 20);
	if (!path)
		return true;
	if (!file_read(path, &text)) {
		fprintf(stderr, "mbc-vendors: %s: %s\n", path, strerror(errno));
		return false;
	}
	json_auto_t *script = json_loadb(text.ptr ? text.ptr : "", text.len, 0, NULL);
	const char *wrong = script ? faults_add(vendors, script) : "no JSON";
	if (wrong)
		fprintf(stderr, "mbc-vendors: %s: %s\n", path, wrong);
	return !wrong;
}

struct vendors *vendors_open(const struct vendors_options *options) {
	struct arena *arena = arena_create();
	struct vendors *vendors = arena_new(arena, struct vendors);
	vendors->arena = arena;
	vendors->started_ms = clock_ms();
	pthread_mutex_init(&vendors->lock, NULL);
	vendors->world = world_create(arena, options->seed,
		options->history_end ? options->history_end : options->now,
		options->people ? options->people : 40, options->days ? options->days : 120);
	vendors->world->now = options->now;
	vendors->sheets = arena_own_json(arena, sheets_create(vendors->world));
	vendors->secrets = arena_own_json(arena, json_object());
	vendors->faults = arena_own_json(arena, json_array());
	vendors->journal = arena_own_json(arena, json_array());
	vendors->google = google_create(arena);
	pthread_mutex_lock(&vendors->lock); /* requests wait until all is known */
	bool good = read_script(vendors, options->script) && listen_on(vendors, options->port);
	pthread_mutex_unlock(&vendors->lock);
	if (good)
		return vendors;
	vendors_close(vendors);
	return NULL;
}

bool vendors_time(const char *text, int64_t *seconds) {
	return moment_parse(text, seconds);
}

const char *vendors_address(const struct vendors *vendors) {
	return vendors->address;
}

void vendors_close(struct vendors *vendors) {
	if (!vendors)
		return;
	if (vendors->daemon)
		MHD_stop_daemon(vendors->daemon);
	google_destroy(vendors->google);
	pthread_mutex_destroy(&vendors->lock);
	arena_destroy(vendors->arena);
}
