/* line: values along an axis, joined. */
#include "charts/cartesian.h"

static const struct cartesian how = {.draw = "line", .right = true};

static const struct key *const groups[] = {cartesian_x, cartesian_y, cartesian_series, cartesian_right,
	cartesian_stack, cartesian_panels, cartesian_styles, cartesian_goal, cartesian_stack_labels,
	cartesian_trend_line, cartesian_tooltip, NULL};

static const struct raw_key *const reads[] = {raw_mapping, raw_series, raw_axes, raw_vertical,
	raw_stack, raw_panels, raw_goal, raw_trend_line, raw_values, raw_frequency,
	raw_stack_values, raw_tooltip, raw_timelines, raw_old_lines, NULL};

static void check(struct compile *c, const struct chart *chart) {
	cartesian_check(c, chart, &how);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	cartesian_lower(c, chart, &how, settings);
}

const struct chart_type chart_line = {
	.name = "line",
	.doc = "values along an ordered axis, joined by lines",
	.example = "type: line\n"
		   "title: Revenue by day\n"
		   "sql: SELECT day, SUM(revenue) AS revenue FROM `shop.daily_orders` GROUP BY day\n"
		   "x: day\n"
		   "y: {columns: revenue, title: EUR, from_zero: false}\n"
		   "goal: {value: 5000, label: Target}\n"
		   "format: {revenue: {style: currency, currency: EUR, decimals: 0}}\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 2}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
