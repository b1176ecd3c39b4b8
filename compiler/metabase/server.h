/* The Metabase that a run talks to: its address, who we are there, what version it is. */
#pragma once

#include "compiler/metabase/api.h"
#include "runtime/map.h"

struct environment;

/* What differs between versions, as far as we care; everything else is read tolerantly. */
struct profile {
	int major;              /* from this one on */
	bool trash;             /* archiving moves to a Trash collection */
	bool table_ids;         /* the list of fields says the table's id */
	bool dashboard_questions; /* cards may live inside a dashboard */
	bool inline_parameters; /* dashcards have them */
	bool legacy_query;      /* `legacy-mbql=true` brings queries in the form that we write */
};

#define METABASE_OLDEST 50
#define METABASE_NEWEST 63

/* The last row that is not newer than `major`. */
const struct profile *profile_of(int major);

/* The major of a version tag such as v0.62.4.3; 0 when it cannot be told. */
int version_major(const char *tag);

struct server {
	struct compile *c;
	struct http *http;
	const char *url;                /* without a / at its end */
	const char *headers[4];
	const char *user, *password;    /* set when we sign in with them */
	const struct environment *environment;
	const char *tag;                /* version as the server says it, or NULL */
	int major;                      /* 0: unknown */
	const struct profile *profile;
	long long user_id;
	const char *user_name;
	bool superuser;
	size_t read_count, write_count;
	VEC(struct call) later;         /* reads that go along with the next calls */
	struct map ahead;               /* what they brought, by URL → struct call */
};

/* Finds out who answers at the environment's address, in which version, and signs in. NULL, with an
 * E08xx reported at the place in mbc.yaml, when that fails. */
struct server *server_open(struct compile *c, const struct environment *environment, unsigned jobs);
void server_close(struct server *server);

/* Makes all the calls, several at a time. A session that has ended is begun again once. True if
 * none is in trouble. */
bool server_calls(struct server *server, struct call *calls, size_t count);
static inline bool server_call(struct server *server, struct call *call) {
	return server_calls(server, call, 1);
}

/* A read that will be wanted: it goes along with the next calls, and the call that asks for it then
 * has its answer at once. Saves waiting for one thing after the other. */
void server_later(struct server *server, enum api api, const char *id, const char *query);

/* Reports a call's trouble: at `at` when the definition was refused there, else at the address or
 * credentials in mbc.yaml. */
struct diagnostic *server_report(struct server *server, const struct call *call, struct span at);
