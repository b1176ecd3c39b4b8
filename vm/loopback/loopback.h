/* What each of the local servers needs of libmicrohttpd: a socket on loopback, requests as JSON, replies
 * that can be sent in pieces. */
#pragma once

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>

#include <jansson.h>

#include "runtime/arena.h"

/* 127.0.0.1 and a port; 0 takes a free one. */
struct sockaddr_in loopback_address(unsigned port);

/* The port that the server came to listen on. */
unsigned loopback_port(struct MHD_Daemon *daemon);

/* The query, name → array of texts; the headers, name in lower case → text. The caller's to decref. */
json_t *loopback_query(struct MHD_Connection *connection);
json_t *loopback_headers(struct MHD_Connection *connection);

/* Whether the path is as the pattern, "/api/card/:id", in which a name takes all up to the next slash; what
 * names stand for goes to `captures`, of which there are `most`. */
bool loopback_match(struct arena *arena, const char *pattern, const char *path, const char **captures, size_t most);

/* A body that is sent in pieces. */
struct loopback_body {
	char *text;             /* of malloc; the response frees it */
	size_t len;             /* as promised to the reader */
	size_t stop;            /* after so many bytes the connection breaks; `len`: never */
	long drip_ms;           /* wait before each tenth; 0: as fast as it goes */
	bool chunked;           /* the reader is not told the length */
};

/* NULL when libmicrohttpd cannot; the text is freed then, too. */
struct MHD_Response *loopback_response(const struct loopback_body *body);
