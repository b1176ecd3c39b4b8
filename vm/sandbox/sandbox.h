/* One running sandbox, and one request to it. Handlers read the request, use the store, and set one
 * reply; what a resource needs of another is declared in its header. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "runtime/arena.h"
#include "vm/sandbox/store.h"

#define SANDBOX_OLDEST 50
#define SANDBOX_NEWEST 63
#define MAX_BODY (64u << 20)    /* bytes of a request */
#define MAX_DEPTH 200           /* levels of its JSON */

/* From the command line. */
struct settings {
	const char *state;              /* file, "" for memory */
	int version;
	const char *tag;                /* "v0.57.1" */
	const char *api_key;
	const char *database_name;
	const char *dataset;
	const char *project;
	const char *warehouse;          /* URL of BigQuery or its stand-in, or NULL */
	const char **catalogue;         /* paths of DDL */
	size_t catalogue_count;
	const char **variables;         /* "name=value" */
	size_t variable_count;
	int initializing_seconds;
	bool throttle;
};

struct throttle;
struct compile;
struct catalogue;

struct sandbox {
	const struct settings *settings;
	struct store *store;
	int version;
	long long started_ms;
	long long sync_due_ms;          /* 0: no sync is waiting */
	long long metadata_due_ms;      /* 0: no card waits for its columns */
	bool site_url_known;
	struct compile *compile;        /* owns the catalogue */
	const struct catalogue *catalogue; /* of the last sync, or NULL */
	struct throttle *throttle;
};

struct user {
	int64_t id;
	bool admin;
};

enum auth { AUTH_NONE, AUTH_USER, AUTH_ADMIN };

struct request;

/* One row of the table of endpoints. */
struct endpoint {
	const char *method;
	const char *path;               /* "/api/card/:id" */
	void (*handle)(struct request *r);
	enum auth auth;
	int since, until;               /* server versions that have it; 0: no limit */
};

#define MAX_CAPTURES 4

struct request {
	struct sandbox *sandbox;
	struct store *store;
	int version;
	struct arena *arena;
	const char *method;
	const char *path;
	json_t *query;                  /* name → array of strings */
	json_t *headers;                /* lower case name → string */
	json_t *body;                   /* an object, or NULL */
	const char *captures[MAX_CAPTURES];
	struct user user;

	int status;                     /* 0: not answered yet */
	json_t *json;
	char *text;                     /* in the arena; used if `json` is NULL */
	const char *content_type;
	const char *cookie;             /* session id to set */
	bool streamed;                  /* chunked, and the connection closes */
	bool keep;                      /* writes stay though the status says failure */
};

/* Looks the endpoint up, checks who asks, and runs it within one transaction. */
void sandbox_answer(struct request *r);

/* Replies. JSON is stolen. */
void reply_json(struct request *r, int status, json_t *value);
void reply_text(struct request *r, int status, const char *text);
void reply_nothing(struct request *r);                  /* 204 */
void reply_not_found(struct request *r);                /* text or JSON, as the version does */
void reply_archived(struct request *r);
void reply_forbidden(struct request *r);
/* 400 with {"errors": {field: sentence}}. */
void reply_error(struct request *r, const char *field, const char *sentence);
/* 500 with the message of an exception. */
void reply_exception(struct request *r, const char *message);

/* A sentence in the language that the request asks for. */
const char *translate(const struct request *r, const char *sentence);

/* A query parameter's first value, or NULL; all values, borrowed, or NULL; "true". */
const char *query_text(const struct request *r, const char *name);
const json_t *query_values(const struct request *r, const char *name);
bool query_flag(const struct request *r, const char *name);

/* The number in the path. False, with the reply set, when it is none. */
bool path_id(struct request *r, size_t capture, int64_t *id);

/* A row by the number in the path or, on servers that have it, by its entity id. NULL with the
 * reply set when there is none; new. */
json_t *path_row(struct request *r, const struct store_table *table);
json_t *path_row_or_entity(struct request *r, const struct store_table *table);

/* Members of objects, with what is missing or null read as 0, "" or false. */
int64_t get_id(const json_t *object, const char *name);
const char *get_text(const json_t *object, const char *name);
bool get_flag(const json_t *object, const char *name);

/* Is the member there, and is it there and not null? */
bool has(const json_t *object, const char *name);
bool has_value(const json_t *object, const char *name);
