/* What was used at Cursor on a day: one event a call, and one row of counters a member. */
#pragma once

#include "tests/vendors/moment.h"
#include "tests/vendors/world.h"

struct event {
	int person;
	int64_t at_ms;
	const char *model, *kind;
	bool chargeable, token_based, headless, max_mode;
	int64_t input, output, cache_write, cache_read;
	int64_t model_cost, charged, fee; /* 10^-9 cents */
	int64_t request_tenths;           /* tenths of request units */
};

struct event_list {
	VEC(struct event) events;
};

/* Adds a day's events in the order of time. */
void events_of_day(
	const struct world *world, struct arena *arena, int64_t day, struct event_list *out);

/* Is the person a member on that day? */
bool is_member(const struct person *person, int64_t day);

enum counter {
	COUNT_LINES_ADDED,
	COUNT_LINES_DELETED,
	COUNT_ACCEPTED_ADDED,
	COUNT_ACCEPTED_DELETED,
	COUNT_APPLIES,
	COUNT_ACCEPTS,
	COUNT_REJECTS,
	COUNT_TABS_SHOWN,
	COUNT_TABS_ACCEPTED,
	COUNT_COMPOSER,
	COUNT_CHAT,
	COUNT_AGENT,
	COUNT_CMDK,
	COUNT_INCLUDED_REQUESTS,
	COUNT_KEY_REQUESTS,
	COUNT_USAGE_REQUESTS,
	COUNT_BUGBOT,
	COUNTER_COUNT,
};

extern const char *const counter_names[COUNTER_COUNT];

/* Counters of a person's day; false when there was no activity. */
bool counters_of_day(
	const struct world *world, int64_t day, int person, int64_t out[COUNTER_COUNT]);
