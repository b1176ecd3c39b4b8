/* Cursor's Admin API: members, daily counters, spend, events. */
#include <stdlib.h>

#include "tests/vendors/cursor_data.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/money.h"
#include "tests/vendors/state.h"

/* What a request asks for. */
struct ask {
	int64_t start_ms, end_ms; /* the end counts, too */
	int64_t page, size;
	bool paged;
};

static bool refuse(struct request *r, const char *message) {
	reply_cursor(r, 400, message);
	return false;
}

/* A whole number of the body; false when it is there and is none or outside. */
static bool read_number(
	struct request *r, const char *name, int64_t least, int64_t most, int64_t *value) {
	const json_t *number = json_object_get(r->json, name);
	if (!number || json_is_null(number))
		return true;
	if (!json_is_integer(number) || json_integer_value(number) < least ||
		json_integer_value(number) > most)
		return refuse(r, arena_printf(r->arena, "Invalid %s", name));
	*value = json_integer_value(number);
	return true;
}

static bool read_paging(struct request *r, struct ask *ask, int64_t usual) {
	ask->page = 1;
	ask->size = usual;
	ask->paged = json_object_get(r->json, "page") || json_object_get(r->json, "pageSize");
	return read_number(r, "page", 1, INT32_MAX, &ask->page) &&
	       read_number(r, "pageSize", 1, 1000, &ask->size);
}

static bool read_ask(struct request *r, struct ask *ask, int64_t usual) {
	ask->start_ms = ask->end_ms = -1;
	if (!json_is_object(r->json))
		return refuse(r, "Expected a JSON body");
	if (!read_number(r, "startDate", 0, INT64_MAX, &ask->start_ms) ||
		!read_number(r, "endDate", 0, INT64_MAX, &ask->end_ms) ||
		!read_paging(r, ask, usual))
		return false;
	if (ask->start_ms < 0 || ask->end_ms < 0)
		return refuse(r, "startDate and endDate are required");
	if (ask->end_ms < ask->start_ms)
		return refuse(r, "endDate must not be before startDate");
	if (ask->end_ms - ask->start_ms > INT64_C(30) * DAY_S * 1000)
		return refuse(r, "Date range cannot exceed 30 days");
	return true;
}

static json_t *period(const struct ask *ask) {
	return json_pack("{s:I, s:I}", "startDate", (json_int_t)ask->start_ms, "endDate",
		(json_int_t)ask->end_ms);
}

static int64_t pages_of(int64_t count, int64_t size) {
	return (count + size - 1) / size;
}

void cursor_members(struct request *r) {
	static const char *const roles[] = {"member", "member", "member", "owner", "free-owner"};
	const struct world *world = r->vendors->world;
	int64_t today = moment_day(world->now);
	json_t *members = json_array();
	for (int i = 0; i < world->person_count; i++) {
		const struct person *person = &world->people[i];
		if (!person->cursor_id)
			continue;
		json_t *id = person->cursor_id_is_number ? json_integer(atoll(person->cursor_id))
							 : json_string(person->cursor_id);
		json_array_append_new(
			members, json_pack("{s:o, s:s, s:s, s:s, s:b}", "id", id, "email",
					 person->cursor_email, "name", person->name, "role",
					 roles[(size_t)i % COUNT_OF(roles)], "isRemoved",
					 !is_member(person, today)));
	}
	reply_json(r, 200, json_pack("{s:o}", "teamMembers", members));
}

static json_t *person_id(const struct person *person) {
	return person->cursor_id_is_number ? json_integer(atoll(person->cursor_id))
					   : json_string(person->cursor_id);
}

static json_t *daily_row(
	struct request *r, int64_t day, int i, bool active, const int64_t *counters) {
	const struct person *person = &r->vendors->world->people[i];
	json_t *row = json_pack("{s:o, s:s, s:I, s:s, s:b}", "userId", person_id(person), "day",
		day_text(r->arena, day), "date", (json_int_t)(day * DAY_S * 1000), "email",
		person->cursor_email, "isActive", active);
	for (int c = 0; c < COUNTER_COUNT && active; c++)
		json_object_set_new(row, counter_names[c], json_integer(counters[c]));
	json_object_update_new(row,
		json_pack("{s:s?, s:s?, s:s?, s:s?}", "mostUsedModel",
			active ? "claude-4.5-sonnet" : NULL, "applyMostUsedExtension",
			active ? ".c" : NULL, "tabMostUsedExtension",
			active && i % 3 ? ".py" : NULL, "clientVersion", active ? "2.9.1" : NULL));
	return row;
}

static void add_daily(struct request *r, const struct ask *ask, int i, json_t *rows) {
	int64_t first = moment_day(ask->start_ms / 1000), last = moment_day(ask->end_ms / 1000);
	int64_t today = moment_day(r->vendors->world->now);
	if (ask->end_ms % (DAY_S * 1000) == 0 && last > first)
		last--;
	for (int64_t day = first; day <= last && day <= today; day++) {
		int64_t counters[COUNTER_COUNT];
		bool active = counters_of_day(r->vendors->world, day, i, counters);
		bool member = is_member(&r->vendors->world->people[i], day);
		if (active || (ask->paged && member && day >= r->vendors->world->first_day))
			json_array_append_new(rows, daily_row(r, day, i, active, counters));
	}
}

/* Pages count people, not rows. */
void cursor_daily(struct request *r) {
	const struct world *world = r->vendors->world;
	struct ask ask;
	if (!read_ask(r, &ask, 100))
		return;
	json_t *rows = json_array();
	int64_t count = 0;
	for (int i = 0; i < world->person_count; i++) {
		if (!world->people[i].cursor_id)
			continue;
		if (!ask.paged || count / ask.size + 1 == ask.page)
			add_daily(r, &ask, i, rows);
		count++;
	}
	json_t *reply = json_pack("{s:o, s:o}", "data", rows, "period", period(&ask));
	if (ask.paged)
		json_object_set_new(reply, "pagination",
			json_pack("{s:I, s:I, s:I, s:I, s:b, s:b}", "page", (json_int_t)ask.page,
				"pageSize", (json_int_t)ask.size, "totalUsers", (json_int_t)count,
				"totalPages", (json_int_t)pages_of(count, ask.size), "hasNextPage",
				ask.page<pages_of(count, ask.size), "hasPreviousPage",
					ask.page> 1));
	reply_json(r, 200, reply);
}

static json_t *cents(struct request *r, int64_t nanocents) {
	return number_text(cents_text(r->arena, nanocents, 0));
}

static json_t *event_row(struct request *r, const struct event *event) {
	json_t *row = json_pack("{s:o, s:s, s:s, s:s, s:b, s:o, s:b, s:b, s:b}", "timestamp",
		json_sprintf("%lld", (long long)event->at_ms), "userEmail",
		r->vendors->world->people[event->person].cursor_email, "model", event->model,
		"kind", event->kind, "maxMode", event->max_mode, "requestsCosts",
		cents(r, event->request_tenths * (CENT / 10)), "isTokenBasedCall",
		event->token_based, "isChargeable", event->chargeable, "isHeadless",
		event->headless);
	if (event->token_based)
		json_object_set_new(row, "tokenUsage",
			json_pack("{s:I, s:I, s:I, s:I, s:o, s:i}", "inputTokens",
				(json_int_t)event->input, "outputTokens", (json_int_t)event->output,
				"cacheWriteTokens", (json_int_t)event->cache_write,
				"cacheReadTokens", (json_int_t)event->cache_read, "totalCents",
				cents(r, event->model_cost), "discountPercentOff", 0));
	json_object_set_new(row, "chargedCents", cents(r, event->charged));
	if (event->fee)
		json_object_set_new(row, "cursorTokenFee", cents(r, event->fee));
	json_object_set_new(row, "isFreeBugbot", json_false());
	return row;
}

static bool is_wanted(struct request *r, const struct ask *ask, const struct event *event) {
	const struct person *person = &r->vendors->world->people[event->person];
	const char *email = json_string_value(json_object_get(r->json, "email"));
	const char *user = json_string_value(json_object_get(r->json, "userId"));
	return event->at_ms >= ask->start_ms && event->at_ms <= ask->end_ms &&
	       (!email || str_eq_fold(str_from(email), str_from(person->cursor_email))) &&
	       (!user || !strcmp(user, person->cursor_id));
}

void cursor_events(struct request *r) {
	struct event_list list = {0};
	struct ask ask;
	int64_t count = 0;
	if (!read_ask(r, &ask, 10))
		return;
	int64_t first = moment_day(ask.start_ms / 1000), last = moment_day(ask.end_ms / 1000);
	for (int64_t day = first; day <= last; day++)
		events_of_day(r->vendors->world, r->arena, day, &list);
	json_t *rows = json_array();
	for (size_t i = list.events.count; i-- > 0;) { /* the newest first */
		const struct event *event = &list.events.items[i];
		if (is_wanted(r, &ask, event) && count++ / ask.size + 1 == ask.page)
			json_array_append_new(rows, event_row(r, event));
	}
	int64_t pages = pages_of(count, ask.size);
	reply_json(r, 200,
		json_pack("{s:o, s:I, s:{s:I, s:I, s:I, s:b, s:b}, s:o}", "usageEvents", rows,
			"totalUsageEventsCount", (json_int_t)count, "pagination", "numPages",
			(json_int_t)pages, "currentPage", (json_int_t)ask.page, "pageSize",
			(json_int_t)ask.size, "hasNextPage",
			ask.page<pages, "hasPreviousPage", ask.page> 1, "period", period(&ask)));
}

/* Cents of the running cycle, per person: on demand, and with what the subscription covers. */
static void sum_cycle(struct request *r, int64_t start, int64_t *spend, int64_t *overall) {
	const struct world *world = r->vendors->world;
	for (int64_t day = start; day <= moment_day(world->now); day++) {
		struct event_list list = {0};
		events_of_day(world, r->arena, day, &list);
		for (size_t i = 0; i < list.events.count; i++) {
			const struct event *event = &list.events.items[i];
			overall[event->person] += event->charged;
			if (event->chargeable)
				spend[event->person] += event->charged;
		}
	}
}

static json_t *spend_row(struct request *r, int i, int64_t spend, int64_t overall) {
	const struct person *person = &r->vendors->world->people[i];
	return json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:i, s:i, s:n, s:i}", "userId",
		person_id(person), "name", person->name, "email", person->cursor_email, "role",
		"member", "spendCents", cents(r, spend), "overallSpendCents", cents(r, overall),
		"fastPremiumRequests", i % 40, "hardLimitOverrideDollars", 0, "monthlyLimitDollars",
		"effectivePerUserLimitDollars", 100);
}

void cursor_spend(struct request *r) {
	const struct world *world = r->vendors->world;
	int64_t today = moment_day(world->now), start = month_start(today), count = 0;
	struct ask ask = {0};
	if (!read_paging(r, &ask, 100))
		return;
	int64_t *spend = arena_array(r->arena, int64_t, (size_t)world->person_count);
	int64_t *overall = arena_array(r->arena, int64_t, (size_t)world->person_count);
	sum_cycle(r, start, spend, overall);
	json_t *rows = json_array();
	for (int i = 0; i < world->person_count; i++)
		if (is_member(&world->people[i], today) && count++ / ask.size + 1 == ask.page)
			json_array_append_new(rows, spend_row(r, i, spend[i], overall[i]));
	reply_json(r, 200,
		json_pack("{s:o, s:I, s:I, s:I}", "teamMemberSpend", rows, "subscriptionCycleStart",
			(json_int_t)(start * DAY_S * 1000), "totalMembers", (json_int_t)count,
			"totalPages", (json_int_t)pages_of(count, ask.size)));
}

void cursor_enterprise(struct request *r) {
	reply_cursor(r, 403, "Enterprise access required");
}
