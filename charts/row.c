/* row: bars that lie, for names too long for an axis below. `x` is the category here too, as on the
 * server, so that a bar becomes a row by its type alone. It reads fewer settings than a bar does.
 */
#include "charts/cartesian.h"

static const struct cartesian how = {.ordinal = true};

static const struct key *const groups[] = {cartesian_lying_x, cartesian_lying_y, cartesian_series,
	cartesian_stack, cartesian_plain_styles, cartesian_goal, cartesian_lying_labels, NULL};

static const struct raw_key formatting[] = {
	{"graph.show_values", RAW_BOOLEAN},
	{"graph.label_value_formatting", RAW_TEXT, "compact|full"},
	{0}
};

static const struct raw_key *const reads[] = {raw_mapping, raw_series, raw_axes, raw_stack, raw_goal,
	formatting, NULL};

static void check(struct compile *c, const struct chart *chart) {
	cartesian_check(c, chart, &how);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	cartesian_lower(c, chart, &how, settings);
}

const struct chart_type chart_row = {
	.name = "row",
	.doc = "bars that lie, one for each name",
	.example = "type: row\n"
		   "title: Revenue by city\n"
		   "sql: |\n"
		   "  SELECT city, SUM(total) AS revenue\n"
		   "  FROM `shop.orders`\n"
		   "  GROUP BY city\n"
		   "  ORDER BY revenue DESC\n"
		   "x: city\n"
		   "y: revenue\n"
		   "labels: {show: all, compact: true}\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 2}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
