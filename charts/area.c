/* area: as line, with the space below filled; several are piled up unless `stack: none` says no. */
#include "charts/cartesian.h"

static const struct cartesian how = {.draw = "area", .right = true};

static void check(struct compile *c, const struct chart *chart) {
	cartesian_check(c, chart, &how);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	cartesian_lower(c, chart, &how, settings);
}

const struct chart_type chart_area = {
	.name = "area",
	.doc = "values along an ordered axis as areas, piled up unless `stack: none`",
	.example = "type: area\n"
		   "title: Share of countries\n"
		   "sql: SELECT day, country, SUM(revenue) AS revenue FROM `shop.daily_orders` GROUP BY day, country\n"
		   "x: day\n"
		   "y: revenue\n"
		   "series: country\n"
		   "stack: percent\n"
		   "styles: {NL: {color: blue, curve: smooth, gaps: zero}}\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 2}, .measures = {1, MANY}},
	.groups = cartesian_vertical,
	.reads = cartesian_vertical_reads,
	.check = check,
	.lower = lower,
};
