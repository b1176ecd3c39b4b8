/* scatter: points, or bubbles, at two values. Its y takes any number, and a column more their size.
 */
#include "charts/cartesian.h"

static const struct cartesian how = {.right = true, .any_number = true};

static const struct key keys[] = {
	{"size", KEY_COLUMN, .to = "scatter.bubble", .doc = "a number that the size of a point shows"},
	{0}
};

static const struct key *const groups[] = {cartesian_x, cartesian_y, keys, cartesian_series,
	cartesian_right, cartesian_panels, cartesian_plain_styles, cartesian_goal,
	cartesian_trend_line, cartesian_tooltip, NULL};

static const struct raw_key bubble[] = {
	{"scatter.bubble", RAW_COLUMN},
	{0}
};

static const struct raw_key *const reads[] = {raw_mapping, raw_series, raw_axes, raw_vertical, raw_panels,
	raw_goal, raw_trend_line, raw_tooltip, bubble, NULL};

static void check(struct compile *c, const struct chart *chart) {
	const struct value *size = values_get(&chart->values, "size");
	struct series_list list = cartesian_list(c, chart, &how);
	cartesian_check(c, chart, &how);
	need_number(c, chart, size, "size");
	need_different(c, size, values_path(&chart->values, "x", "column", NULL));
	for (size_t i = 0; i < list.of.count; i++)
		need_different(c, size, list.of.items[i].column);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	cartesian_lower(c, chart, &how, settings);
}

const struct chart_type chart_scatter = {
	.name = "scatter",
	.doc = "points at two values, their size a third",
	.example = "type: scatter\n"
		   "title: Price and discount\n"
		   "sql: SELECT discount, total, quantity, country FROM `shop.orders`\n"
		   "x: discount\n"
		   "y: total\n"
		   "size: quantity\n"
		   "series: country\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {0, 2}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
