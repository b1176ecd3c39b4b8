/* What google.c, google_credential.c and google_token.c share; nobody else includes it. */
#pragma once

#include <jansson.h>

#include "runtime/arena.h"
#include "runtime/google.h"
#include "runtime/jwt.h"

struct google_call;
struct google_fetch;

/* One a set of scopes. */
struct google_token {
	struct google_token *next;
	struct google *google;
	char *scopes;               /* sorted, a blank between two */
	char *value;                /* NULL: none yet, or dropped */
	long expires_ms;            /* of the monotonic clock */
	struct google_fetch *fetch; /* under way */
};

struct google {
	struct http *http;
	enum google_kind kind;
	struct arena *arena; /* no secrets in it */
	const char *path, *describe, *project, *quota_project;
	const char *metadata_host;
	const char *token_url;
	struct jwt_key *key; /* service account */
	const char *email, *key_id, *audience;
	const char *client_id; /* authorised user */
	char *client_secret, *refresh_token;
	const char *subject_type, *impersonation_url; /* external account */
	const char *source_file, *source_url, *source_field;
	json_t *source_headers;
	struct google_token *tokens;
	struct google_call *calls; /* not yet done */
};

/* Reads the credential's file into `google`; false with a sentence in `error`. */
bool google_credential_read(struct google *google, const struct google_options *options,
	const char *path, struct buf *error);

/* Begins to get a token; ends in google_token_ready() from http_run(). */
void google_token_fetch(struct google_token *token);

/* `outcome` is OUTCOME_ANSWERED when token->value is there, else `error` says why not. */
void google_token_ready(struct google_token *token, enum outcome outcome, const char *error);

/* Frees what a fetch holds that will not end any more; NULL is fine. */
void google_fetch_free(struct google_fetch *fetch);

/* Wipes and frees a text; NULL is fine. */
void google_wipe(char *secret);

/* "http://host/path" of the metadata server, in the arena. */
const char *google_metadata_url(const struct google *google, const char *path);

extern const char *const google_metadata_headers[];

/* Why the metadata server gave nothing, as a sentence; NULL when it answered with what was asked.
 */
const char *google_metadata_problem(
	struct arena *arena, const struct google *google, const struct http_response *response);
