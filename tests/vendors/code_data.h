/* What people did with Claude Code on a day. */
#pragma once

#include "tests/vendors/moment.h"
#include "tests/vendors/world.h"

struct code_model {
	const char *model;
	int64_t input, output, cache_read, cache_creation;
	int64_t estimate; /* 10^-9 cents */
};

struct code_record {
	const char *email; /* or, if NULL, the name of a key */
	int person;
	const char *key_name;
	const char *terminal;
	const char *subscription; /* NULL: billed by the API */
	int64_t sessions, added, removed, commits, pull_requests;
	int64_t accepted[4], rejected[4]; /* edit, multi edit, write, notebook edit */
	struct code_model models[2];
	size_t model_count;
};

struct code_list {
	VEC(struct code_record) records;
};

/* Adds the records of a day that is over since `latency_s`; none of one that is not. */
void code_of_day(const struct world *world, struct arena *arena, int64_t day, int64_t latency_s,
	struct code_list *out);
