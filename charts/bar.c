/* bar: values as columns, side by side or piled up. */
#include "charts/cartesian.h"

static const struct cartesian how = {.draw = "bar", .right = true};

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
	.groups = cartesian_vertical,
	.reads = cartesian_vertical_reads,
	.check = check,
	.lower = lower,
};
