/* One request to the stand-in and its reply. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "runtime/arena.h"
#include "runtime/str.h"

#define MAX_CAPTURES 3

struct vendors;

struct request {
	struct vendors *vendors;
	struct arena *arena;
	const char *method, *path;
	json_t *query;   /* name → array of strings */
	json_t *headers; /* lower case name → string */
	struct str body;
	json_t *json; /* the body, or NULL if it is no JSON; owned by the arena */
	const char *captures[MAX_CAPTURES];

	int status;       /* 0: not answered yet */
	json_t *reply;    /* owned by the arena */
	const char *text; /* used if `reply` is NULL */
	const char *content_type;
	json_t *reply_headers; /* name → string; owned by the arena */
};

/* Replies; JSON is stolen. */
void reply_json(struct request *r, int status, json_t *value);
void reply_text(struct request *r, int status, const char *content_type, const char *text);
void reply_header(struct request *r, const char *name, const char *value);

/* Errors as each of the vendors words them. */
void reply_anthropic(struct request *r, int status, const char *type, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void reply_cursor(struct request *r, int status, const char *message);
/* `reason`: of an ErrorInfo detail, or NULL. */
void reply_google(
	struct request *r, int status, const char *name, const char *reason, const char *message);

/* A query parameter: the first value or NULL; all of them, borrowed, or NULL. */
const char *query_text(const struct request *r, const char *name);
const json_t *query_values(const struct request *r, const char *name);
/* A whole number; false, when it is there and is none or outside least..most. */
bool query_number(
	const struct request *r, const char *name, int64_t least, int64_t most, int64_t *value);
const char *header_text(const struct request *r, const char *name);

/* A JSON number with exactly these digits. */
json_t *number_text(const char *digits);
/* JSON as text, numbers of number_text() written out. */
char *json_text_of(struct arena *arena, const json_t *value);

/* The token for a page: opaque, and bound to the query without `page`. */
const char *page_make(const struct request *r, const char *prefix, int64_t position);
/* The position a token stands for, 0 without one. False when it belongs to another query. */
bool page_read(const struct request *r, const char *prefix, int64_t *position);

/* Base64 (standard, or of URLs without padding) and back; `len` may be NULL. NULL if it is none. */
char *base64_text(struct arena *arena, const void *bytes, size_t len, bool for_url);
char *base64_bytes(struct arena *arena, struct str text, size_t *len);
