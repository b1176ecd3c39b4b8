/* libmicrohttpd on one side, jansson on the other. The servers differ in threads, limits and faults, so
 * each starts its daemon by itself; only what all of them do alike is here. */
#include "vm/loopback/loopback.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/arena.h"

#define PIECE 65536
#define LONGEST_HEADER 128

struct sockaddr_in loopback_address(unsigned port) {
	return (struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

unsigned loopback_port(struct MHD_Daemon *daemon) {
	return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static enum MHD_Result add_parameter(
	void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
	(void)kind;
	json_t *values = json_object_get(context, name);
	if (!values) {
		values = json_array();
		if (json_object_set_new(context, name, values))
			return MHD_YES;
	}
	json_array_append_new(values, json_string(value ? value : ""));
	return MHD_YES;
}

static enum MHD_Result add_header(
	void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
	(void)kind;
	char lower[LONGEST_HEADER];
	size_t len = strlen(name);
	if (len >= sizeof(lower) || !value)
		return MHD_YES;
	for (size_t i = 0; i <= len; i++)
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
	json_object_set_new(context, lower, json_string(value));
	return MHD_YES;
}

json_t *loopback_query(struct MHD_Connection *connection) {
	json_t *query = json_object();
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_parameter, query);
	return query;
}

json_t *loopback_headers(struct MHD_Connection *connection) {
	json_t *headers = json_object();
	MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, headers);
	return headers;
}

struct stream {
	struct loopback_body body;
	size_t sent;
};

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t max) {
	struct stream *stream = context;
	const struct loopback_body *body = &stream->body;
	(void)position;
	if (stream->sent >= body->stop)
		return body->stop < body->len ? MHD_CONTENT_READER_END_WITH_ERROR
					      : MHD_CONTENT_READER_END_OF_STREAM;
	size_t part = body->stop - stream->sent;
	if (body->drip_ms && part > body->len / 10 + 1)
		part = body->len / 10 + 1;
	if (part > max)
		part = max;
	if (body->drip_ms)
		usleep((useconds_t)body->drip_ms * 1000);
	memcpy(out, body->text + stream->sent, part);
	stream->sent += part;
	return (ssize_t)part;
}

static void stream_free(void *context) {
	struct stream *stream = context;
	free(stream->body.text);
	free(stream);
}

struct MHD_Response *loopback_response(const struct loopback_body *body) {
	struct stream *stream = calloc(1, sizeof(*stream));
	if (!stream)
		out_of_memory();
	stream->body = *body;
	struct MHD_Response *response = MHD_create_response_from_callback(
		body->chunked ? MHD_SIZE_UNKNOWN : body->len, PIECE, stream_read, stream,
		stream_free);
	if (!response)
		stream_free(stream);
	return response;
}

bool loopback_match(struct arena *arena, const char *pattern, const char *path, const char **captures, size_t most) {
	size_t count = 0;
	for (char before = '\0'; *pattern; before = pattern[-1]) {
		if (*pattern != ':' || before != '/') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		size_t len = strcspn(path, "/");
		if (len == 0 || count == most)
			return false;
		captures[count++] = arena_cstr(arena, (struct str){path, len});
		path += len;
		pattern += strcspn(pattern, "/");
	}
	return *path == '\0';
}
