/* What was used at Anthropic on a day, in its smallest records; every report is a sum over them. */
#pragma once

#include "tests/vendors/moment.h"
#include "tests/vendors/world.h"

/* What a record can be grouped and filtered by. */
enum dim {
	DIM_ACCOUNT,
	DIM_KEY,
	DIM_CONTEXT,
	DIM_GEO,
	DIM_MODEL,
	DIM_SERVICE_ACCOUNT,
	DIM_TIER,
	DIM_SPEED,
	DIM_WORKSPACE, /* NULL: the default one */
	DIM_PRODUCT,
	DIM_ACTOR, /* a text that tells actors apart */
	DIM_ACTOR_TYPE,
	DIM_COUNT,
};

enum component { COMPONENT_TOKENS, COMPONENT_WEB_SEARCH, COMPONENT_CODE, COMPONENT_SESSION };

struct usage {
	const char *dims[DIM_COUNT];
	int64_t moment;
	int64_t tokens[TOKEN_COUNT];
	int64_t searches, requests;
	int actor;                 /* a person, or -1 */
	const struct model *model; /* NULL for what is not counted in tokens */
	enum component component;  /* COMPONENT_TOKENS stands for all of a call */
	int64_t extra;             /* 10^-9 cents of a component without tokens */
};

struct usage_list {
	VEC(struct usage) records;
};

/* Adds the records of a day that are known `latency_s` after they happened. */
void usage_of_day(const struct world *world, struct arena *arena, int64_t day, int64_t latency_s,
	struct usage_list *out);

/* One part of what a record costs. */
struct cost {
	enum component component;
	enum token token;     /* of COMPONENT_TOKENS */
	int64_t list, amount; /* 10^-9 cents, before and after the discount */
};

#define MAX_COSTS 8

/* The parts of a record's cost; gives their number. The priority tier is billed elsewhere. */
size_t usage_costs(const struct usage *usage, struct cost out[MAX_COSTS]);

/* "cost_type" and "token_type" of reports; the latter NULL without tokens. */
const char *component_name(enum component component);
const char *token_name(enum token token);
