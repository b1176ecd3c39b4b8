/* A day in, its events and counters at Cursor out, each person from a generator of their own. */
#include "tests/vendors/cursor_data.h"

#include <stdlib.h>

#include "tests/vendors/chance.h"
#include "tests/vendors/money.h"

const char *const counter_names[COUNTER_COUNT] = {
	[COUNT_LINES_ADDED] = "totalLinesAdded",
	[COUNT_LINES_DELETED] = "totalLinesDeleted",
	[COUNT_ACCEPTED_ADDED] = "acceptedLinesAdded",
	[COUNT_ACCEPTED_DELETED] = "acceptedLinesDeleted",
	[COUNT_APPLIES] = "totalApplies",
	[COUNT_ACCEPTS] = "totalAccepts",
	[COUNT_REJECTS] = "totalRejects",
	[COUNT_TABS_SHOWN] = "totalTabsShown",
	[COUNT_TABS_ACCEPTED] = "totalTabsAccepted",
	[COUNT_COMPOSER] = "composerRequests",
	[COUNT_CHAT] = "chatRequests",
	[COUNT_AGENT] = "agentRequests",
	[COUNT_CMDK] = "cmdkUsages",
	[COUNT_INCLUDED_REQUESTS] = "subscriptionIncludedReqs",
	[COUNT_KEY_REQUESTS] = "apiKeyReqs",
	[COUNT_USAGE_REQUESTS] = "usageBasedReqs",
	[COUNT_BUGBOT] = "bugbotUsages",
};

static const char *const event_models[] = {
	"claude-4.5-sonnet", "gpt-5", "default", "gemini-2.5-pro", "composer-1"};

bool is_member(const struct person *person, int64_t day) {
	return person->cursor_id && (!person->cursor_last_day || day <= person->cursor_last_day);
}

/* One day in 31 nobody used anything. */
static bool is_quiet(const struct world *world, int64_t day) {
	return (day + (int64_t)(world->seed % 31)) % 31 == 5;
}

static bool works(const struct world *world, int64_t day, int person, struct chance *chance) {
	bool weekend = weekday(day) == 0 || weekday(day) == 6;
	return day >= world->first_day && !is_quiet(world, day) &&
	       is_member(&world->people[person], day) &&
	       chance_below(chance, 100) < (weekend ? 10 : 75);
}

static void count_tokens(struct event *event, struct chance *chance) {
	event->token_based = true;
	event->input = chance_between(chance, 200, 20000);
	event->output = chance_between(chance, 20, 6000);
	event->cache_write = chance_once_in(chance, 3) ? chance_between(chance, 100, 9000) : 0;
	event->cache_read = chance_between(chance, 0, 250000);
	event->model_cost = event->input * 300000 + event->output * 1500000 +
			    event->cache_write * 375000 + event->cache_read * 30000;
	event->fee = (event->input + event->output) * 25013;
	event->charged = event->model_cost + event->fee;
}

static struct event make_event(
	const struct world *world, int64_t day, int person, struct chance *chance) {
	struct event event = {.person = person};
	size_t model = (size_t)(person + chance_below(chance, 2)) % COUNT_OF(event_models);
	event.at_ms = day * DAY_S * 1000 + chance_below(chance, DAY_S * INT64_C(1000));
	event.model = event_models[model];
	if (day == world->first_day + world->days - 2 && person % 5 == 0)
		event.model = "grok-code-next"; /* never seen before */
	event.headless = chance_once_in(chance, 20);
	event.max_mode = chance_once_in(chance, 12);
	event.chargeable = chance_once_in(chance, 3);
	event.kind = event.chargeable ? "Usage-based" : "Included in Business";
	if (chance_once_in(chance, 15)) { /* counted in requests */
		event.request_tenths = chance_between(chance, 5, 40);
		event.charged = event.chargeable ? event.request_tenths * (CENT / 10) * 4 : 0;
		return event;
	}
	count_tokens(&event, chance);
	if (chance_once_in(chance, 30)) {
		event.kind = "Errored, Not Charged";
		event.chargeable = false;
		event.charged = event.fee = event.model_cost = 0;
	}
	return event;
}

static int by_time(const void *a, const void *b) {
	const struct event *one = a, *other = b;
	if (one->at_ms != other->at_ms)
		return one->at_ms < other->at_ms ? -1 : 1;
	return one->person - other->person;
}

/* Drops what has not happened yet and what a revision took away. */
static void sift(const struct world *world, int64_t day, size_t from, struct event_list *out) {
	const struct revision *revision = world_revision(world, true, day);
	size_t kept = from;
	for (size_t i = from; i < out->events.count; i++) {
		struct event *event = &out->events.items[i];
		struct chance chance = chance_at(11, PLACE_REVISION, event->at_ms, event->person);
		if (event->at_ms > world->now * 1000 ||
			(revision && chance_below(&chance, 1000) >= revision->keep))
			continue;
		if (revision && event->token_based && i % 3 == 0)
			event->output += revision->number * 10;
		out->events.items[kept++] = *event;
	}
	out->events.count = kept;
}

void events_of_day(
	const struct world *world, struct arena *arena, int64_t day, struct event_list *out) {
	size_t from = out->events.count;
	for (int i = 0; i < world->person_count; i++) {
		struct chance chance = chance_at(world->seed, PLACE_EVENT, day, i);
		if (!works(world, day, i, &chance))
			continue;
		for (int64_t count = chance_between(&chance, 1, 9); count > 0; count--) {
			struct event event = make_event(world, day, i, &chance);
			vec_push(arena, &out->events, event);
			if (chance_once_in(&chance,
				    60)) /* the same call twice: nothing tells them apart */
				vec_push(arena, &out->events, event);
		}
	}
	if (out->events.count > from)
		qsort(out->events.items + from, out->events.count - from, sizeof(struct event),
			by_time);
	sift(world, day, from, out);
}

bool counters_of_day(
	const struct world *world, int64_t day, int person, int64_t out[COUNTER_COUNT]) {
	struct chance chance = chance_at(world->seed, PLACE_EVENT, day, person);
	const struct revision *revision = world_revision(world, true, day);
	memset(out, 0, COUNTER_COUNT * sizeof(*out));
	if ((day + 1) * DAY_S > world->now || !works(world, day, person, &chance))
		return false;
	chance = chance_at(11, PLACE_REVISION, day, person);
	if (revision && chance_below(&chance, 1000) >= revision->keep)
		return false;
	chance = chance_at(world->seed, PLACE_DAILY, day, person);
	for (int i = 0; i < COUNTER_COUNT; i++)
		out[i] = chance_between(&chance, 0, 30);
	out[COUNT_ACCEPTED_ADDED] = chance_between(&chance, 0, 400);
	out[COUNT_LINES_ADDED] = out[COUNT_ACCEPTED_ADDED] + chance_between(&chance, 0, 200);
	out[COUNT_LINES_DELETED] += out[COUNT_ACCEPTED_DELETED];
	out[COUNT_TABS_SHOWN] += out[COUNT_TABS_ACCEPTED];
	if (revision)
		out[COUNT_ACCEPTS] += revision->number;
	return true;
}
