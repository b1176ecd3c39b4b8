/* Queries in the two forms that servers write: the legacy one up to 0.56, MBQL 5 from 0.57. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* A query as a client sent it, in the form that a server of this version stores; new. NULL with the
 * reason in `*problem` when it is refused. */
json_t *query_store(const json_t *query, int version, const char **problem);

/* A stored query in the form that a server of this version shows; new. */
json_t *query_show(const json_t *stored, int version, bool legacy);

/* What a card repeats of its query. */
struct query_facts {
	int64_t database;       /* 0: none */
	int64_t table;          /* 0: none, and for native queries */
	int64_t card;           /* the saved question it reads, or 0 */
	bool native;
	const char *sql;        /* of a native query, or NULL; borrowed */
	const json_t *tags;     /* template tags by name, or NULL; borrowed */
};
struct query_facts query_facts(const json_t *stored);

/* The field id of a tag's `dimension`, in either form, or 0. */
int64_t tag_field(const json_t *tag);
