/* Queries in the one form that we write: a reader for whatever a server answers with. */
#pragma once

#include <jansson.h>

/* A query in legacy form (new). Takes legacy and MBQL 5, native and the query-builder form of one
 * stage over a card; template tags as object, list, or list of pairs. What it does not know is
 * copied. */
json_t *query_legacy(const json_t *query);
