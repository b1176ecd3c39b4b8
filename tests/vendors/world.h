/* Who and what there is: people, workspaces, keys and models, all from the seed. The odd cases that
 * a reader of these APIs must survive are made here, each with the reason beside it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/arena.h"

struct person {
	const char *email;        /* lower case: what the sheet of people lists */
	const char *spelled;      /* as vendors spell it: sometimes in mixed case */
	const char *cursor_email; /* sometimes an alias that only the sheet knows */
	const char *first, *last, *name;
	const char *department, *team;
	const char *user_id;      /* Anthropic; NULL: no account */
	const char *cursor_id;    /* NULL: no member */
	bool cursor_id_is_number; /* as in older answers */
	int64_t cursor_last_day;  /* a removed member's last day; 0: still there */
	bool active;
};

struct workspace {
	const char *id, *name;
	bool archived;
};

struct key {
	const char *id, *name;
	int workspace;                 /* 0 is the default one */
	int creator, principal, owner; /* people; -1: none */
	bool made_by_service;
	const char *status;
	int64_t created_at, expires_at; /* seconds; 0: never */
	bool in_sheet;
};

enum token {
	TOKEN_UNCACHED,
	TOKEN_CACHE_READ,
	TOKEN_CACHE_5M,
	TOKEN_CACHE_1H,
	TOKEN_OUTPUT,
	TOKEN_COUNT,
};

struct model {
	const char *name, *title;
	int64_t price[TOKEN_COUNT]; /* list price of a token, 10^-9 cents */
	bool has_geo;               /* older models know none */
};

/* A change of a day that was served before. */
struct revision {
	bool cursor; /* else Anthropic */
	int64_t day;
	int64_t number; /* how often figures were raised */
	int64_t keep;   /* records kept, of 1000 */
};

struct world {
	struct arena *arena;
	uint64_t seed;
	int64_t first_day, days; /* nothing happened before */
	int64_t now;             /* seconds */
	struct person *people;
	int person_count;
	const struct workspace *workspaces;
	int workspace_count;
	struct key *keys;
	int key_count;
	const struct model *models;
	int model_count; /* the last is new: it has been used for four days only */
	VEC(struct revision) revisions;
};

/* `days` of history end at the day of `now`. Freed with the arena. */
struct world *world_create(struct arena *arena, uint64_t seed, int64_t now, int people, int days);

/* What a day was changed by, or NULL; made on demand by the other. */
const struct revision *world_revision(const struct world *world, bool cursor, int64_t day);
struct revision *world_revise(struct world *world, bool cursor, int64_t day);
