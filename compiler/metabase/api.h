/* Every endpoint that we use, as one table, and calls to them with their troubles put in words. */
#pragma once

#include "compiler/source/compile.h"
#include "runtime/http.h"

enum api {
	API_PROPERTIES, API_LOGIN, API_USER,
	API_DATABASES, API_FIELDS, API_TABLES, API_TABLE, API_SYNC,
	API_COLLECTIONS, API_ITEMS, API_COLLECTION_POST, API_COLLECTION_GET, API_COLLECTION_PUT,
	API_SNIPPETS, API_SNIPPET_POST, API_SNIPPET_GET, API_SNIPPET_PUT,
	API_CARD_POST, API_CARD_GET, API_CARD_PUT,
	API_DASHBOARD_POST, API_DASHBOARD_GET, API_DASHBOARD_PUT,
	API_REVISIONS,
	API_COUNT,
};

struct api_row {
	const char *method;
	const char *path;       /* `:id` stands for the call's id */
	bool safe;              /* sending it twice does no harm */
};
extern const struct api_row api_rows[API_COUNT];

enum trouble {
	TROUBLE_NONE,
	TROUBLE_NETWORK,        /* no answer */
	TROUBLE_LOGIN,          /* 401 */
	TROUBLE_FORBIDDEN,      /* 403 */
	TROUBLE_MISSING,        /* 404 */
	TROUBLE_REFUSED,        /* other 4xx: the request is not to its liking */
	TROUBLE_SERVER,         /* 5xx */
	TROUBLE_NOT_METABASE,   /* a web page, a redirect, broken JSON */
};

struct call {
	enum api api;
	const char *id;         /* or NULL */
	const char *query;      /* without the ?, or NULL */
	const json_t *body;     /* or NULL; borrowed until the call is over */

	enum trouble trouble;
	long status;            /* 0: no answer */
	json_t *json;           /* the answer, owned by the arena; NULL when it is empty */
	const char *problem;    /* what went wrong, in words */
	const char *help;       /* what to do about it, or NULL */
};

/* One JSON request over `http` to `url` + path, any number at a time. Results are in the calls. */
void api_calls(struct http *http, struct arena *arena, const char *url, const char *const *headers,
	struct call *calls, size_t count);

/* `GET /api/card/27`, for messages. */
const char *call_name(struct arena *arena, const struct call *call);

/* What an error body says, on one line: {"errors": …}, {"message": …} or plain text. NULL: nothing.
 */
const char *api_error_text(struct arena *arena, struct str body);
