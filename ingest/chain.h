/* A question to a vendor, a stream and a stretch of its days, asked page by page to the end. */
#pragma once

#include "ingest/fetch.h"
#include "runtime/http.h"

struct chain;

/* Of `count` hauls from `first` on, which are days of one stream one after another. */
struct chain *chain_open(struct fetch *fetch, struct http *http, size_t first, size_t count);

/* Queues the first request; the rest follows while the pool runs. */
void chain_start(struct chain *chain);

/* The first request, as "GET https://… body"; in the arena. */
const char *chain_request(struct chain *chain);

/* Frees what the reading took; the hauls stay. */
void chain_close(struct chain *chain);
