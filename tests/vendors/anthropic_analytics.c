/* The newer pair of reports: flat rows, sorted, with a cursor that fits one query only. */
#include <stdlib.h>

#include "tests/vendors/anthropic.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/money.h"

/* Every name is in each row's `group`; those without a dimension of ours are always null. */
static const struct {
	const char *name;
	enum dim dim; /* DIM_COUNT: none */
} dimensions[] = {
	{"actor", DIM_ACTOR},
	{"actor_type", DIM_ACTOR_TYPE},
	{"agent_id", DIM_COUNT},
	{"api_key_id", DIM_KEY},
	{"claude_tag_category", DIM_COUNT},
	{"claude_tag_user_id", DIM_COUNT},
	{"context_window", DIM_CONTEXT},
	{"deployment_id", DIM_COUNT},
	{"environment_id", DIM_COUNT},
	{"inference_geo", DIM_GEO},
	{"model", DIM_MODEL},
	{"organization_id", DIM_COUNT},
	{"product", DIM_PRODUCT},
	{"rbac_group_id", DIM_COUNT},
	{"service_tier", DIM_TIER},
	{"session_id", DIM_COUNT},
	{"slack_channel_id", DIM_COUNT},
	{"speed", DIM_SPEED},
	{"user_profile_id", DIM_COUNT},
	{"workspace_id", DIM_WORKSPACE},
};

enum order {
	ORDER_TIME,
	ORDER_TOTAL,
	ORDER_OUTPUT,
	ORDER_UNCACHED,
	ORDER_REQUESTS,
	ORDER_AMOUNT,
	ORDER_LIST,
	ORDER_COUNT
};

static const char *const order_names[] = {"time", "total_tokens", "output_tokens",
	"uncached_input_tokens", "requests", "amount", "list_amount"};

/* A row before it is written: usage, or the costs of one group. */
struct row {
	int64_t start, end;
	int64_t key;   /* what it is sorted by */
	size_t number; /* then by this */
	json_t *group;
	json_t *members; /* an array: one for usage, one a part for cost */
};

struct analytics {
	struct request *r;
	bool cost;
	int64_t start, end, step; /* seconds; step 0: one bucket for all */
	int64_t first, limit;     /* rows */
	enum order order;
	bool ascending;
	struct grouping by;
	VEC(struct row) rows;
};

static bool read_range(struct analytics *a) {
	struct request *r = a->r;
	const char *width = query_text(r, "time_bucket_width");
	int64_t now = r->vendors->world->now;
	a->end = -1;
	if (!anthropic_range(r, &a->start, &a->end))
		return false;
	if (width && strcmp(width, "1d") && strcmp(width, "1h") && strcmp(width, "1m"))
		return anthropic_refuse(
			r, "time_bucket_width", "Input should be '1d', '1h' or '1m'");
	a->step = !width ? 0 : width[1] == 'd' ? DAY_S : width[1] == 'h' ? 3600 : 60;
	if (a->end < 0 && width)
		return anthropic_refuse(r, "ending_at", "Field required with time_bucket_width");
	if (a->end < 0)
		a->end = now < a->start + 31 * DAY_S ? now : a->start + 31 * DAY_S;
	if (a->start < now - 365 * (int64_t)DAY_S)
		return anthropic_refuse(r, "starting_at", "must not be older than 365 days");
	if (a->end - a->start > (a->step == 60 ? 1 : 31) * (int64_t)DAY_S)
		return anthropic_refuse(r, "ending_at",
			a->step == 60 ? "range is at most 24 hours" : "range is at most 31 days");
	int64_t unit = a->step ? a->step : 3600;
	a->start -= a->start % unit;
	return true;
}

static bool read_group(struct analytics *a, const char *name, size_t *counted) {
	if (a->cost && !strcmp(name, "cost_type"))
		return a->by.component = true;
	if (a->cost && !strcmp(name, "token_type"))
		return a->by.token = true;
	for (size_t d = 0; d < COUNT_OF(dimensions); d++) {
		if (strcmp(dimensions[d].name, name))
			continue;
		++*counted;
		if (dimensions[d].dim < DIM_COUNT)
			a->by.dims[dimensions[d].dim] = true;
		return *counted <= 5 ||
		       anthropic_refuse(a->r, "group_by[]", "at most 5 dimensions");
	}
	return anthropic_refuse(a->r, "group_by[]", "Input should be a dimension");
}

static bool read_groups(struct analytics *a) {
	const json_t *value, *values = query_values(a->r, "group_by[]");
	size_t i, counted = 0;
	json_array_foreach(values, i, value)
		if (!read_group(a, json_string_value(value), &counted))
			return false;
	return true;
}

static bool read_order(struct analytics *a) {
	const char *by = query_text(a->r, "order_by"), *order = query_text(a->r, "order");
	a->order = a->cost ? ORDER_AMOUNT : ORDER_TOTAL;
	if (order && strcmp(order, "asc") && strcmp(order, "desc"))
		return anthropic_refuse(a->r, "order", "Input should be 'asc' or 'desc'");
	a->ascending = order && !strcmp(order, "asc");
	if (!by)
		return true;
	for (a->order = 0; a->order < ORDER_COUNT && strcmp(order_names[a->order], by);)
		a->order++;
	bool of_cost = a->order >= ORDER_AMOUNT;
	return (a->order < ORDER_COUNT && (a->order == ORDER_TIME || of_cost == a->cost)) ||
	       anthropic_refuse(a->r, "order_by", "Input should be a column of this report");
}

static bool read_paging(struct analytics *a) {
	a->limit = 20;
	if (!query_number(a->r, "limit", 1, 1000, &a->limit))
		return anthropic_refuse(a->r, "limit", "Input should be between 1 and 1000");
	return page_read(a->r, "cur_", &a->first) ||
	       anthropic_refuse(a->r, "page", "The cursor does not belong to this query");
}

static json_t *actor(const struct analytics *a, const struct usage *usage) {
	if (!usage->dims[DIM_ACTOR])
		return json_null();
	if (usage->actor < 0)
		return json_pack(
			"{s:s, s:s}", "type", "api_actor", "api_key_id", usage->dims[DIM_ACTOR]);
	const struct person *person = &a->r->vendors->world->people[usage->actor];
	return json_pack("{s:s, s:s, s:s?, s:s, s:b}", "type", "user_actor", "user_id",
		person->user_id, "email_address", person->active ? person->spelled : NULL, "name",
		person->name, "deleted", !person->active);
}

/* The default workspace has an id here. */
static json_t *dimension(const struct analytics *a, const struct usage *usage, enum dim dim) {
	if (dim == DIM_COUNT || !a->by.dims[dim])
		return json_null();
	if (dim == DIM_ACTOR)
		return actor(a, usage);
	if (dim == DIM_WORKSPACE && !usage->dims[dim])
		return json_string(a->r->vendors->world->workspaces[0].id);
	return text_or_null(usage->dims[dim]);
}

static json_t *group_of(const struct analytics *a, const struct usage *usage) {
	json_t *group = json_object();
	for (size_t d = 0; d < COUNT_OF(dimensions); d++)
		json_object_set_new(
			group, dimensions[d].name, dimension(a, usage, dimensions[d].dim));
	return arena_own_json(a->r->arena, group);
}

static int64_t total_tokens(const struct usage *sum) {
	int64_t total = 0;
	for (int token = 0; token < TOKEN_COUNT; token++)
		total += sum->tokens[token];
	return total;
}

static int64_t usage_key(const struct analytics *a, const struct usage *sum, int64_t start) {
	switch (a->order) {
	case ORDER_TIME:
		return start;
	case ORDER_OUTPUT:
		return sum->tokens[TOKEN_OUTPUT];
	case ORDER_UNCACHED:
		return sum->tokens[TOKEN_UNCACHED];
	case ORDER_REQUESTS:
		return sum->requests;
	case ORDER_TOTAL:
	case ORDER_AMOUNT:
	case ORDER_LIST:
	case ORDER_COUNT:
		break;
	}
	return total_tokens(sum);
}

static json_t *members(const struct analytics *a, json_t *first) {
	json_t *members = arena_own_json(a->r->arena, json_array());
	json_array_append_new(members, first);
	return members;
}

static void add_usage(
	struct analytics *a, const struct usage_list *usage, int64_t start, int64_t end) {
	struct usage_list sums = {0};
	usage_sum(a->r->arena, usage, start, end, &a->by, &sums);
	for (size_t i = 0; i < sums.records.count; i++) {
		const struct usage *sum = &sums.records.items[i];
		json_t *counts = anthropic_counts(sum);
		json_object_set_new(counts, "total_tokens", json_integer(total_tokens(sum)));
		json_object_set_new(counts, "requests", json_integer(sum->requests));
		struct row row = {start, end, usage_key(a, sum, start), a->rows.count,
			group_of(a, sum), members(a, counts)};
		vec_push(a->r->arena, &a->rows, row);
	}
}

static json_t *cost_part(const struct analytics *a, const struct cost_row *part) {
	bool parts = a->by.component || a->by.token;
	return json_pack("{s:o, s:o, s:s, s:s, s:s, s:o}", "cost_type",
		text_or_null(a->by.component ? component_name(part->sum.component) : NULL),
		"token_type",
		text_or_null(
			a->by.token && !part->sum.component ? token_name(part->sum.token) : NULL),
		"amount", cents_text(a->r->arena, part->sum.amount, 6), "list_amount",
		cents_text(a->r->arena, part->sum.list, 6), "currency", "USD", "requests",
		parts ? json_null() : json_integer(1));
}

static void add_cost(
	struct analytics *a, const struct usage_list *usage, int64_t start, int64_t end) {
	struct cost_list sums = {0};
	size_t from = a->rows.count;
	cost_sum(a->r->arena, usage, start, end, &a->by, &sums);
	for (size_t i = 0; i < sums.rows.count; i++) {
		const struct cost_row *part = &sums.rows.items[i];
		if (from + part->group == a->rows.count) {
			struct row fresh = {start, end, 0, a->rows.count, group_of(a, part->first),
				arena_own_json(a->r->arena, json_array())};
			vec_push(a->r->arena, &a->rows, fresh);
		}
		struct row *row = &a->rows.items[from + part->group];
		row->key += a->order == ORDER_LIST ? part->sum.list : part->sum.amount;
		if (a->order == ORDER_TIME)
			row->key = start;
		json_array_append_new(row->members, cost_part(a, part));
	}
}

static int by_key(const void *a, const void *b) {
	const struct row *one = a, *other = b;
	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	return one->number < other->number ? -1 : 1;
}

static void collect(struct analytics *a) {
	struct usage_list usage = {0};
	for (int64_t day = moment_day(a->start); day * DAY_S < a->end; day++)
		anthropic_load(a->r, day, ANALYTICS_LATENCY_S, &usage);
	int64_t step = a->step ? a->step : a->end - a->start;
	for (int64_t start = a->start; start < a->end; start += step) {
		int64_t end = start + step < a->end ? start + step : a->end;
		if (a->cost)
			add_cost(a, &usage, start, end);
		else
			add_usage(a, &usage, start, end);
	}
	if (a->rows.count)
		qsort(a->rows.items, a->rows.count, sizeof(struct row), by_key);
}

/* One element for usage; for cost one for each part of the row, all with the row's group. */
static void write_row(const struct analytics *a, const struct row *row, json_t *data) {
	json_t *member;
	size_t i;
	json_array_foreach(row->members, i, member) {
		json_t *group = json_copy(row->group);
		if (a->cost) {
			json_object_set(group, "cost_type", json_object_get(member, "cost_type"));
			json_object_set(group, "token_type", json_object_get(member, "token_type"));
			json_object_del(member, "cost_type");
			json_object_del(member, "token_type");
		}
		json_array_append_new(
			data, json_pack("{s:s, s:s, s:o, s:O}", "starting_at",
				      moment_text(a->r->arena, row->start), "ending_at",
				      moment_text(a->r->arena, row->end), "group", group,
				      a->cost ? "cost" : "usage", member));
	}
}

static void answer(struct analytics *a) {
	struct request *r = a->r;
	if (!read_range(a) || !read_groups(a) || !read_order(a) || !read_paging(a))
		return;
	collect(a);
	int64_t count = (int64_t)a->rows.count;
	int64_t stop = a->first + a->limit < count ? a->first + a->limit : count;
	json_t *data = json_array();
	for (int64_t i = a->first; i < stop; i++)
		write_row(a, &a->rows.items[a->ascending ? i : count - 1 - i], data);
	json_t *next = stop < count ? json_string(page_make(r, "cur_", stop)) : json_null();
	int64_t refreshed = r->vendors->world->now - ANALYTICS_LATENCY_S;
	reply_json(r, 200,
		json_pack("{s:o, s:b, s:o, s:s}", "data", data, "has_more", stop < count,
			"next_page", next, "data_refreshed_at",
			moment_text(r->arena, refreshed - refreshed % 3600)));
}

void analytics_usage(struct request *r) {
	struct analytics a = {.r = r};
	answer(&a);
}

void analytics_cost(struct request *r) {
	struct analytics a = {.r = r, .cost = true};
	answer(&a);
}
