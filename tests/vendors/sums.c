/* Records in, rows of reports out. Whole numbers only, so that every way of adding gives the same.
 */
#include "tests/vendors/sums.h"

#include "runtime/buf.h"
#include "runtime/map.h"

const struct grouping daily_usage = {
	.dims = {[DIM_KEY] = true,
		[DIM_WORKSPACE] = true,
		[DIM_MODEL] = true,
		[DIM_TIER] = true,
		[DIM_CONTEXT] = true,
		[DIM_GEO] = true},
};
const struct grouping daily_cost = {.dims = {[DIM_WORKSPACE] = true}, .description = true};
const struct grouping daily_analytics = {
	.dims = {[DIM_KEY] = true, [DIM_WORKSPACE] = true, [DIM_MODEL] = true, [DIM_ACTOR] = true},
	.component = true,
	.token = true,
};

static void add_part(struct buf *key, const char *value) {
	buf_printf(key, "%s|", value ? value : "\x02");
}

/* The number of the group that `key` names, from 0; `count` is that of a new one. */
static size_t find_group(struct arena *arena, struct map *groups, struct buf *key, size_t count) {
	void **slot = map_slot(arena, groups, arena_str(arena, buf_str(key)));
	if (!*slot)
		*slot = (void *)(uintptr_t)(count + 1);
	return (uintptr_t)*slot - 1;
}

static void add_dims(struct buf *key, const struct grouping *by, const struct usage *usage) {
	buf_clear(key);
	buf_putc(key, '.');
	for (int dim = 0; dim < DIM_COUNT; dim++)
		if (by->dims[dim])
			add_part(key, usage->dims[dim]);
}

static void add_usage(struct usage *sum, const struct usage *usage) {
	for (int token = 0; token < TOKEN_COUNT; token++)
		sum->tokens[token] += usage->tokens[token];
	sum->searches += usage->searches;
	sum->requests += usage->requests;
}

static struct usage start_sum(const struct grouping *by, const struct usage *usage) {
	struct usage sum = {
		.actor = by->dims[DIM_ACTOR] ? usage->actor : -1, .moment = usage->moment};
	for (int dim = 0; dim < DIM_COUNT; dim++)
		if (by->dims[dim])
			sum.dims[dim] = usage->dims[dim];
	return sum;
}

void usage_sum(struct arena *arena, const struct usage_list *in, int64_t from, int64_t to,
	const struct grouping *by, struct usage_list *out) {
	struct buf key = BUF(4096);
	struct map groups = {0};
	for (size_t i = 0; i < in->records.count; i++) {
		const struct usage *usage = &in->records.items[i];
		if (usage->component || usage->moment < from || usage->moment >= to)
			continue;
		add_dims(&key, by, usage);
		size_t group = find_group(arena, &groups, &key, out->records.count);
		if (group == out->records.count)
			vec_push(arena, &out->records, start_sum(by, usage));
		add_usage(&out->records.items[group], usage);
	}
	buf_free(&key);
}

static const char *describe(
	struct arena *arena, const struct usage *usage, const struct cost *part) {
	static const char *const words[] = {
		[TOKEN_UNCACHED] = "Input Tokens",
		[TOKEN_CACHE_READ] = "Input Tokens, Cache Read",
		[TOKEN_CACHE_5M] = "Input Tokens, Cache Write 5m",
		[TOKEN_CACHE_1H] = "Input Tokens, Cache Write 1h",
		[TOKEN_OUTPUT] = "Output Tokens",
	};
	switch (part->component) {
	case COMPONENT_TOKENS: /* the region is not named: descriptions repeat */
		return arena_printf(arena, "%s Usage%s - %s%s", usage->model->title,
			strcmp(usage->dims[DIM_TIER], "batch") ? "" : ", Batch", words[part->token],
			strcmp(usage->dims[DIM_CONTEXT], "200k-1M") ? "" : ", Long Context");
	case COMPONENT_WEB_SEARCH:
		return "Web Search Usage";
	case COMPONENT_CODE:
		return "Code Execution Usage";
	case COMPONENT_SESSION:
		return "Managed Agents Session Usage";
	}
	return NULL;
}

/* Completes the key behind the dimensions; gives the description, if rows have one. */
static const char *add_cost_parts(struct arena *arena, struct buf *key, const struct grouping *by,
	const struct usage *usage, const struct cost *part) {
	const char *description = by->description ? describe(arena, usage, part) : NULL;
	if (description) {
		add_part(key, description);
		add_part(key, part->component ? NULL : usage->dims[DIM_GEO]);
	}
	if (by->component)
		add_part(key, component_name(part->component));
	if (by->token)
		add_part(key, part->component ? NULL : token_name(part->token));
	return description;
}

void cost_sum(struct arena *arena, const struct usage_list *in, int64_t from, int64_t to,
	const struct grouping *by, struct cost_list *out) {
	struct buf key = BUF(4096);
	struct map groups = {0}, rows = {0};
	for (size_t i = 0; i < in->records.count; i++) {
		const struct usage *usage = &in->records.items[i];
		struct cost parts[MAX_COSTS];
		size_t count =
			usage->moment >= from && usage->moment < to ? usage_costs(usage, parts) : 0;
		for (size_t p = 0; p < count; p++) {
			if (by->token && !by->component && parts[p].component)
				continue; /* rows of tokens only */
			add_dims(&key, by, usage);
			size_t group = find_group(arena, &groups, &key, groups.count);
			const char *description = add_cost_parts(arena, &key, by, usage, &parts[p]);
			size_t row = find_group(arena, &rows, &key, out->rows.count);
			struct cost_row fresh = {usage, parts[p], description, group};
			fresh.sum.list = fresh.sum.amount = 0;
			if (row == out->rows.count)
				vec_push(arena, &out->rows, fresh);
			out->rows.items[row].sum.list += parts[p].list;
			out->rows.items[row].sum.amount += parts[p].amount;
		}
	}
	buf_free(&key);
}
