/* Records of usage added up, as reports and the truth need them. */
#pragma once

#include "tests/vendors/usage.h"

/* What rows are told apart by. */
struct grouping {
	bool dims[DIM_COUNT];
	bool description;      /* of costs; the region tells rows apart too */
	bool component, token; /* of costs */
};

/* A sum of costs; `first` is the record that it began with. */
struct cost_row {
	const struct usage *first;
	struct cost sum;
	const char *description; /* NULL unless grouped by it */
	size_t group;            /* number of the row without component and token */
};

struct cost_list {
	VEC(struct cost_row) rows;
};

/* Sums of what happened from `from` up to, not including, `to`, in the order in which each was met
 * first. Dimensions that are not grouped by are NULL. What has no tokens is left out. */
void usage_sum(struct arena *arena, const struct usage_list *in, int64_t from, int64_t to,
	const struct grouping *by, struct usage_list *out);
void cost_sum(struct arena *arena, const struct usage_list *in, int64_t from, int64_t to,
	const struct grouping *by, struct cost_list *out);

/* The grouping of the daily queries of each report. */
extern const struct grouping daily_usage, daily_cost, daily_analytics;
