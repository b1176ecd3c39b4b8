/* line: values along an axis, joined. */
#include "charts/cartesian.h"

static const struct cartesian how = {.draw = "line", .right = true};

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
	.groups = cartesian_vertical,
	.reads = cartesian_vertical_reads,
	.check = check,
	.lower = lower,
};
