/* What an answer that brings no page means: for coverage, and for the person who has to do something. */
#pragma once

#include "ingest/fetch.h"
#include "runtime/http.h"

struct refusal {
	enum status status;
	const char *reason;
	char *message;                  /* in the arena */
};

struct refusal refusal_of(const struct config *config, const struct stream *stream,
	const struct http_response *response);

/* The setting that the vendor's key comes from. */
const char *refusal_key(const struct config *config, const struct vendor *vendor);
