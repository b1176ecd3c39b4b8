/* bar: values as columns, side by side or piled up. */
#include "charts/cartesian.h"

static const struct cartesian how = {.draw = "bar", .right = true};

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

const struct chart_type chart_bar = {
	.name = "bar",
	.doc = "values as columns, side by side or piled up",
	.example = "type: bar\n"
		   "title: Orders by country and month\n"
		   "sql: |\n"
		   "  SELECT DATE_TRUNC(day, MONTH) AS month, country, SUM(orders) AS orders\n"
		   "  FROM `shop.daily_orders`\n"
		   "  GROUP BY month, country\n"
		   "x: {column: month, labels: rotate-45}\n"
		   "y: orders\n"
		   "series: {column: country, order: [NL, BE]}\n"
		   "stack: normal\n"
		   "labels: {show: some, stack: total}\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 2}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
