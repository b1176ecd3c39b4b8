/* The older pair of reports: message usage and cost, in buckets of time with rows within. */
#include "tests/vendors/anthropic.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/money.h"

static const struct width {
	const char *name;
	int64_t seconds, usual, most; /* buckets of a page */
} widths[] = {
	{"1d", DAY_S, 7, 31},
	{"1h", 3600, 24, 168},
	{"1m", 60, 60, 1440},
};

static const struct dimension {
	const char *name;
	enum dim dim;
} dimensions[] = {
	{"account_id", DIM_ACCOUNT},
	{"api_key_id", DIM_KEY},
	{"context_window", DIM_CONTEXT},
	{"inference_geo", DIM_GEO},
	{"model", DIM_MODEL},
	{"service_account_id", DIM_SERVICE_ACCOUNT},
	{"service_tier", DIM_TIER},
	{"speed", DIM_SPEED},
	{"workspace_id", DIM_WORKSPACE},
};

static const struct {
	const char *name;
	enum dim dim;
} filters[] = {
	{"account_ids[]", DIM_ACCOUNT},
	{"actor_types[]", DIM_ACTOR_TYPE},
	{"api_key_ids[]", DIM_KEY},
	{"context_window[]", DIM_CONTEXT},
	{"context_windows[]", DIM_CONTEXT},
	{"inference_geos[]", DIM_GEO},
	{"models[]", DIM_MODEL},
	{"products[]", DIM_PRODUCT},
	{"service_account_ids[]", DIM_SERVICE_ACCOUNT},
	{"service_tiers[]", DIM_TIER},
	{"speeds[]", DIM_SPEED},
	{"workspace_ids[]", DIM_WORKSPACE},
};

/* A report that was asked for. */
struct report {
	struct request *r;
	const struct width *width;
	int64_t start, end;   /* seconds, whole buckets */
	int64_t first, limit; /* buckets */
	struct grouping by;
};

bool anthropic_refuse(struct request *r, const char *parameter, const char *what) {
	reply_anthropic(r, 400, "invalid_request_error", "%s: %s", parameter, what);
	return false;
}

json_t *text_or_null(const char *text) {
	return text ? json_string(text) : json_null();
}

json_t *anthropic_counts(const struct usage *sum) {
	const int64_t *tokens = sum->tokens;
	return json_pack("{s:I, s:{s:I, s:I}, s:I, s:I, s:{s:I}}", "uncached_input_tokens",
		(json_int_t)tokens[TOKEN_UNCACHED], "cache_creation", "ephemeral_5m_input_tokens",
		(json_int_t)tokens[TOKEN_CACHE_5M], "ephemeral_1h_input_tokens",
		(json_int_t)tokens[TOKEN_CACHE_1H], "cache_read_input_tokens",
		(json_int_t)tokens[TOKEN_CACHE_READ], "output_tokens",
		(json_int_t)tokens[TOKEN_OUTPUT], "server_tool_use", "web_search_requests",
		(json_int_t)sum->searches);
}

static int64_t round_down(int64_t value, int64_t step) {
	return value - value % step;
}

bool anthropic_range(struct request *r, int64_t *start, int64_t *end) {
	const char *starting_at = query_text(r, "starting_at"),
		   *ending_at = query_text(r, "ending_at");
	if (!starting_at)
		return anthropic_refuse(r, "starting_at", "Field required");
	if (!moment_parse(starting_at, start))
		return anthropic_refuse(r, "starting_at", "Input should be a valid datetime");
	if (!ending_at)
		return true;
	if (!moment_parse(ending_at, end))
		return anthropic_refuse(r, "ending_at", "Input should be a valid datetime");
	return *end > *start ||
	       anthropic_refuse(r, "ending_at", "ending_at must be after starting_at");
}

/* The end is never later than that of the bucket that is under way. */
static bool read_range(struct report *report) {
	int64_t step = report->width->seconds;
	int64_t latest = round_down(report->r->vendors->world->now, step) + step;
	report->end = latest;
	if (!anthropic_range(report->r, &report->start, &report->end))
		return false;
	report->start = round_down(report->start, step);
	report->end = round_down(report->end + step - 1, step);
	if (report->end > latest)
		report->end = latest;
	return true;
}

static bool read_width(struct report *report, bool days_only) {
	const char *name = query_text(report->r, "bucket_width");
	report->width = &widths[0];
	if (!name)
		return true;
	for (size_t i = 0; i < (days_only ? 1 : COUNT_OF(widths)); i++) {
		report->width = &widths[i];
		if (!strcmp(name, widths[i].name))
			return true;
	}
	return anthropic_refuse(report->r, "bucket_width",
		days_only ? "Input should be '1d'" : "Input should be '1d', '1h' or '1m'");
}

static bool read_paging(struct report *report) {
	report->limit = report->width->usual;
	if (!query_number(report->r, "limit", 1, report->width->most, &report->limit))
		return anthropic_refuse(report->r, "limit",
			arena_printf(report->r->arena,
				"Input should be between 1 and %lld for bucket_width %s",
				(long long)report->width->most, report->width->name));
	if (!page_read(report->r, "page_", &report->first))
		return anthropic_refuse(report->r, "page", "Invalid page token");
	return true;
}

static bool read_usage_groups(struct report *report) {
	size_t i;
	const json_t *value, *values = query_values(report->r, "group_by[]");
	json_array_foreach(values, i, value) {
		size_t d = 0;
		while (d < COUNT_OF(dimensions) &&
			strcmp(dimensions[d].name, json_string_value(value)))
			d++;
		if (d == COUNT_OF(dimensions))
			return anthropic_refuse(
				report->r, "group_by[]", "Input should be a dimension");
		report->by.dims[dimensions[d].dim] = true;
	}
	return true;
}

static bool read_cost_groups(struct report *report) {
	size_t i;
	const json_t *value, *values = query_values(report->r, "group_by[]");
	json_array_foreach(values, i, value) {
		if (!strcmp(json_string_value(value), "workspace_id"))
			report->by.dims[DIM_WORKSPACE] = true;
		else if (!strcmp(json_string_value(value), "description"))
			report->by.description = true;
		else
			return anthropic_refuse(report->r, "group_by[]",
				"Input should be 'workspace_id' or 'description'");
	}
	return true;
}

/* An empty entry stands for what has no such dimension. */
static bool is_wanted(const struct request *r, const struct usage *usage) {
	for (size_t f = 0; f < COUNT_OF(filters); f++) {
		const json_t *value, *values = query_values(r, filters[f].name);
		const char *own = usage->dims[filters[f].dim];
		size_t i;
		bool found = !values;
		json_array_foreach(values, i, value)
			found |= !strcmp(own ? own : "", json_string_value(value));
		if (!found)
			return false;
	}
	return true;
}

void anthropic_load(struct request *r, int64_t day, int64_t latency_s, struct usage_list *out) {
	size_t kept = out->records.count;
	usage_of_day(r->vendors->world, r->arena, day, latency_s, out);
	for (size_t i = kept; i < out->records.count; i++)
		if (is_wanted(r, &out->records.items[i]))
			out->records.items[kept++] = out->records.items[i];
	out->records.count = kept;
}

static json_t *usage_row(const struct usage *sum) {
	json_t *row = json_object();
	for (size_t d = 0; d < COUNT_OF(dimensions); d++)
		json_object_set_new(
			row, dimensions[d].name, text_or_null(sum->dims[dimensions[d].dim]));
	json_object_update_new(row, anthropic_counts(sum));
	return row;
}

static json_t *usage_rows(struct report *report, const struct usage_list *usage, int64_t bucket) {
	struct usage_list sums = {0};
	json_t *rows = json_array();
	usage_sum(report->r->arena, usage, bucket, bucket + report->width->seconds, &report->by,
		&sums);
	for (size_t i = 0; i < sums.records.count; i++)
		json_array_append_new(rows, usage_row(&sums.records.items[i]));
	return rows;
}

static json_t *cost_row(const struct report *report, const struct cost_row *row) {
	const char *const *dims = row->first->dims;
	bool described = row->description, tokens = described && !row->sum.component;
	int64_t amount = row->sum.amount;
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "currency", "USD",
		"amount", cents_text(report->r->arena, amount, amount % 3 ? 0 : 6), "workspace_id",
		text_or_null(report->by.dims[DIM_WORKSPACE] ? dims[DIM_WORKSPACE] : NULL),
		"description", text_or_null(row->description), "cost_type",
		text_or_null(described ? component_name(row->sum.component) : NULL), "model",
		text_or_null(tokens ? dims[DIM_MODEL] : NULL), "service_tier",
		text_or_null(tokens ? dims[DIM_TIER] : NULL), "context_window",
		text_or_null(tokens ? dims[DIM_CONTEXT] : NULL), "token_type",
		text_or_null(tokens ? token_name(row->sum.token) : NULL), "inference_geo",
		text_or_null(tokens ? dims[DIM_GEO] : NULL));
}

static json_t *cost_rows(struct report *report, const struct usage_list *usage, int64_t bucket) {
	struct cost_list sums = {0};
	json_t *rows = json_array();
	cost_sum(report->r->arena, usage, bucket, bucket + DAY_S, &report->by, &sums);
	for (size_t i = 0; i < sums.rows.count; i++)
		json_array_append_new(rows, cost_row(report, &sums.rows.items[i]));
	return rows;
}

static void reply_report(struct report *report,
	json_t *(*rows)(struct report *report, const struct usage_list *usage, int64_t bucket)) {
	struct request *r = report->r;
	struct usage_list usage = {0};
	json_t *data = json_array();
	int64_t step = report->width->seconds, loaded = -1;
	int64_t count = report->end > report->start ? (report->end - report->start) / step : 0;
	int64_t stop =
		report->first + report->limit < count ? report->first + report->limit : count;
	for (int64_t i = report->first; i < stop; i++) {
		int64_t bucket = report->start + i * step;
		if (moment_day(bucket) != loaded) {
			usage.records.count = 0;
			loaded = moment_day(bucket);
			anthropic_load(r, loaded, REPORT_LATENCY_S, &usage);
		}
		json_array_append_new(data,
			json_pack("{s:s, s:s, s:o}", "starting_at", moment_text(r->arena, bucket),
				"ending_at", moment_text(r->arena, bucket + step), "results",
				rows(report, &usage, bucket)));
	}
	json_t *next = stop < count ? json_string(page_make(r, "page_", stop)) : json_null();
	reply_json(r, 200,
		json_pack("{s:o, s:b, s:o}", "data", data, "has_more", stop < count, "next_page",
			next));
}

void anthropic_usage(struct request *r) {
	struct report report = {.r = r};
	if (read_width(&report, false) && read_range(&report) && read_paging(&report) &&
		read_usage_groups(&report))
		reply_report(&report, usage_rows);
}

void anthropic_cost(struct request *r) {
	struct report report = {.r = r};
	if (read_width(&report, true) && read_range(&report) && read_paging(&report) &&
		read_cost_groups(&report))
		reply_report(&report, cost_rows);
}
