/* What a reader of everything must come to: sums a stream and day, from the records and not from
 * the pages, over the rows that the daily queries give. Money is rounded row by row, as it is when
 * rows are loaded. */
#include "tests/vendors/anthropic.h"
#include "tests/vendors/code_data.h"
#include "tests/vendors/cursor_data.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/money.h"
#include "tests/vendors/owners.h"

static void add_counts(json_t *to, const struct usage_list *sums) {
	struct usage total = {0};
	for (size_t i = 0; i < sums->records.count; i++) {
		for (int token = 0; token < TOKEN_COUNT; token++)
			total.tokens[token] += sums->records.items[i].tokens[token];
		total.searches += sums->records.items[i].searches;
		total.requests += sums->records.items[i].requests;
	}
	const int64_t *tokens = total.tokens;
	json_object_update_new(
		to, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "rows",
			    (json_int_t)sums->records.count, "uncached_input_tokens",
			    (json_int_t)tokens[TOKEN_UNCACHED], "cache_read_tokens",
			    (json_int_t)tokens[TOKEN_CACHE_READ], "cache_5m_tokens",
			    (json_int_t)tokens[TOKEN_CACHE_5M], "cache_1h_tokens",
			    (json_int_t)tokens[TOKEN_CACHE_1H], "output_tokens",
			    (json_int_t)tokens[TOKEN_OUTPUT], "web_search_requests",
			    (json_int_t)total.searches, "requests", (json_int_t)total.requests));
}

static json_t *usage_truth(struct arena *arena, const struct usage_list *day, int64_t start,
	const struct grouping *by) {
	struct usage_list sums = {0};
	json_t *truth = json_object();
	usage_sum(arena, day, start, start + DAY_S, by, &sums);
	add_counts(truth, &sums);
	return truth;
}

static json_t *cost_truth(struct arena *arena, const struct usage_list *day, int64_t start,
	const struct grouping *by) {
	struct cost_list sums = {0};
	int64_t usd = 0, list = 0;
	cost_sum(arena, day, start, start + DAY_S, by, &sums);
	for (size_t i = 0; i < sums.rows.count; i++) {
		usd += nanodollars(sums.rows.items[i].sum.amount);
		list += nanodollars(sums.rows.items[i].sum.list);
	}
	return json_pack("{s:I, s:s, s:s}", "rows", (json_int_t)sums.rows.count, "usd",
		dollars_text(arena, usd), "list_usd", dollars_text(arena, list));
}

/* Tokens count for people with a subscription only: those of others are in the usage report. */
static json_t *code_truth(struct arena *arena, const struct world *world, int64_t day) {
	struct code_list list = {0};
	int64_t tokens = 0, sessions = 0, added = 0, removed = 0, commits = 0, pulls = 0;
	int64_t accepts = 0, rejects = 0, estimated = 0;
	code_of_day(world, arena, day, CODE_LATENCY_S, &list);
	for (size_t i = 0; i < list.records.count; i++) {
		const struct code_record *record = &list.records.items[i];
		sessions += record->sessions;
		added += record->added;
		removed += record->removed;
		commits += record->commits;
		pulls += record->pull_requests;
		for (int tool = 0; tool < 4; tool++) {
			accepts += record->accepted[tool];
			rejects += record->rejected[tool];
		}
		for (size_t m = 0; m < record->model_count; m++) {
			const struct code_model *used = &record->models[m];
			estimated += nanodollars(used->estimate);
			if (record->subscription)
				tokens += used->input + used->output + used->cache_read +
					  used->cache_creation;
		}
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "rows",
		(json_int_t)list.records.count, "sessions", (json_int_t)sessions, "loc_added",
		(json_int_t)added, "loc_removed", (json_int_t)removed, "commits",
		(json_int_t)commits, "pull_requests", (json_int_t)pulls, "accepts",
		(json_int_t)accepts, "rejects", (json_int_t)rejects, "subscription_tokens",
		(json_int_t)tokens, "estimated_usd", dollars_text(arena, estimated));
}

static json_t *events_truth(struct arena *arena, const struct world *world, int64_t day) {
	struct event_list list = {0};
	int64_t input = 0, output = 0, written = 0, read = 0, overage = 0, included = 0, model = 0;
	events_of_day(world, arena, day, &list);
	for (size_t i = 0; i < list.events.count; i++) {
		const struct event *event = &list.events.items[i];
		input += event->input;
		output += event->output;
		written += event->cache_write;
		read += event->cache_read;
		model += nanodollars(event->model_cost);
		*(event->chargeable ? &overage : &included) += nanodollars(event->charged);
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s}", "rows",
		(json_int_t)list.events.count, "input_tokens", (json_int_t)input, "output_tokens",
		(json_int_t)output, "cache_write_tokens", (json_int_t)written, "cache_read_tokens",
		(json_int_t)read, "model_usd", dollars_text(arena, model), "overage_usd",
		dollars_text(arena, overage), "included_usd", dollars_text(arena, included));
}

/* Members with activity only: whether the others have a row depends on how one asks. */
static json_t *counters_truth(const struct world *world, int64_t day) {
	int64_t rows = 0, sums[COUNTER_COUNT] = {0};
	for (int i = 0; i < world->person_count; i++) {
		int64_t counters[COUNTER_COUNT];
		if (!counters_of_day(world, day, i, counters))
			continue;
		rows++;
		for (int c = 0; c < COUNTER_COUNT; c++)
			sums[c] += counters[c];
	}
	json_t *truth = json_pack("{s:I}", "active_rows", (json_int_t)rows);
	for (int c = 0; c < COUNTER_COUNT; c++)
		json_object_set_new(truth, counter_names[c], json_integer(sums[c]));
	return truth;
}

/* What a day's facts say of one person, or of nobody. */
struct share {
	int64_t api_tokens, code_tokens, code_sessions, cursor_tokens, cursor_events, loc_accepted;
	int64_t overage, included; /* 10^-9 dollars */
};

static void share_usage(
	const struct world *world, struct arena *arena, int64_t day, struct share *shares) {
	struct usage_list list = {0};
	usage_of_day(world, arena, day, REPORT_LATENCY_S, &list);
	for (size_t i = 0; i < list.records.count; i++) {
		const struct usage *usage = &list.records.items[i];
		struct share *share = &shares[owner_of_id(world, usage->dims[DIM_KEY])];
		for (int token = 0; token < TOKEN_COUNT; token++)
			share->api_tokens += usage->tokens[token];
	}
}

static void share_code(
	const struct world *world, struct arena *arena, int64_t day, struct share *shares) {
	struct code_list list = {0};
	code_of_day(world, arena, day, CODE_LATENCY_S, &list);
	for (size_t i = 0; i < list.records.count; i++) {
		const struct code_record *record = &list.records.items[i];
		int person =
			record->email ? record->person : owner_of_name(world, record->key_name);
		shares[person].code_sessions += record->sessions;
		for (size_t m = 0; m < record->model_count && record->subscription; m++) {
			const struct code_model *used = &record->models[m];
			shares[person].code_tokens += used->input + used->output +
						      used->cache_read + used->cache_creation;
		}
	}
}

static void share_cursor(
	const struct world *world, struct arena *arena, int64_t day, struct share *shares) {
	struct event_list list = {0};
	events_of_day(world, arena, day, &list);
	for (size_t i = 0; i < list.events.count; i++) {
		const struct event *event = &list.events.items[i];
		struct share *share = &shares[event->person];
		share->cursor_events++;
		share->cursor_tokens +=
			event->input + event->output + event->cache_write + event->cache_read;
		*(event->chargeable ? &share->overage : &share->included) +=
			nanodollars(event->charged);
	}
	for (int i = 0; i < world->person_count; i++) {
		int64_t counters[COUNTER_COUNT];
		if (counters_of_day(world, day, i, counters))
			shares[i].loc_accepted += counters[COUNT_ACCEPTED_ADDED];
	}
}

static json_t *people_truth(struct arena *arena, const struct world *world, int64_t day) {
	static const struct share nothing;
	/* The first one is nobody's. */
	struct share *shares = arena_array(arena, struct share, (size_t)world->person_count + 1);
	json_t *people = json_object();
	shares++;
	share_usage(world, arena, day, shares);
	share_code(world, arena, day, shares);
	share_cursor(world, arena, day, shares);
	for (int i = -1; i < world->person_count; i++) {
		const struct share *share = &shares[i];
		if (!memcmp(share, &nothing, sizeof(nothing)))
			continue;
		json_object_set_new(people, i < 0 ? "(unattributed)" : world->people[i].email,
			json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s}", "api_tokens",
				(json_int_t)share->api_tokens, "claude_code_tokens",
				(json_int_t)share->code_tokens, "claude_code_sessions",
				(json_int_t)share->code_sessions, "cursor_tokens",
				(json_int_t)share->cursor_tokens, "cursor_requests",
				(json_int_t)share->cursor_events, "cursor_loc_accepted",
				(json_int_t)share->loc_accepted, "overage_usd",
				dollars_text(arena, share->overage), "included_usd",
				dollars_text(arena, share->included)));
	}
	return people;
}

static json_t *day_truth(struct request *r, int64_t day) {
	const struct world *world = r->vendors->world;
	struct usage_list soon = {0}, later = {0};
	int64_t start = day * DAY_S;
	usage_of_day(world, r->arena, day, REPORT_LATENCY_S, &soon);
	usage_of_day(world, r->arena, day, ANALYTICS_LATENCY_S, &later);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "anthropic_usage",
		usage_truth(r->arena, &soon, start, &daily_usage), "anthropic_cost",
		cost_truth(r->arena, &soon, start, &daily_cost), "anthropic_usage_analytics",
		usage_truth(r->arena, &later, start, &daily_analytics), "anthropic_cost_analytics",
		cost_truth(r->arena, &later, start, &daily_analytics), "claude_code",
		code_truth(r->arena, world, day), "cursor_usage", counters_truth(world, day),
		"cursor_events", events_truth(r->arena, world, day), "people",
		people_truth(r->arena, world, day));
}

/* Both days count; yesterday if none is given. */
void control_truth(struct request *r) {
	int64_t from = moment_day(r->vendors->world->now) - 1, to;
	const char *first = query_text(r, "from"), *last = query_text(r, "to");
	if (first && !day_parse(first, &from)) {
		reply_json(r, 400,
			json_pack("{s:s}", "error", "from: expected a day such as 2026-11-20"));
		return;
	}
	to = from;
	if (last && (!day_parse(last, &to) || to < from || to - from > 1000)) {
		reply_json(r, 400,
			json_pack("{s:s}", "error", "to: expected a day not before `from`"));
		return;
	}
	json_t *days = json_object();
	for (int64_t day = from; day <= to; day++)
		json_object_set_new(days, day_text(r->arena, day), day_truth(r, day));
	reply_json(r, 200, json_pack("{s:o}", "days", days));
}
