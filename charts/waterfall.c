/* waterfall: steps up and down to a total. The rows are the steps, in the order of the query; the
 * total is their sum, so a running total would count everything twice. */
#include "charts/cartesian.h"

static const struct cartesian how = {.no_logarithm = true};

static const struct key total_keys[] = {
	{"show", KEY_BOOLEAN, .to = "waterfall.show_total", .doc = "a last bar with the sum"},
	{"color", KEY_COLOUR, .to = "waterfall.total_color", .doc = "its colour"},
	{0}
};

static const struct key keys[] = {
	{"up", KEY_COLOUR, .to = "waterfall.increase_color", .doc = "colour of steps up"},
	{"down", KEY_COLOUR, .to = "waterfall.decrease_color", .doc = "colour of steps down"},
	{"total", KEY_MAP, .keys = total_keys, .shorthand = "show", .doc = "a last bar with the sum",
		.example = "{show: true, color: grey}"},
	{0}
};

static const struct key *const groups[] = {cartesian_x, cartesian_standing_y, keys, cartesian_goal, cartesian_labels,
	cartesian_tooltip, NULL};

static const struct raw_key colours[] = {
	{"waterfall.increase_color", RAW_COLOUR},
	{"waterfall.decrease_color", RAW_COLOUR},
	{"waterfall.show_total", RAW_BOOLEAN},
	{"waterfall.total_color", RAW_COLOUR},
	{0}
};

static const struct raw_key *const reads[] = {raw_mapping, raw_axes, raw_vertical, raw_goal, raw_values,
	raw_frequency, raw_stack_values, raw_tooltip, raw_timelines, colours, NULL};

static void check(struct compile *c, const struct chart *chart) {
	const struct value *y = values_path(&chart->values, "y", "columns", NULL);
	const struct value *total = values_path(&chart->values, "total", "show", NULL);
	const struct value *colour = values_path(&chart->values, "total", "color", NULL);
	cartesian_check(c, chart, &how);
	if (y && y->list.count > 1)
		diag_add(c, E0411, y->list.items[1].node->at,
			"a waterfall measures one column, found %zu", y->list.count);
	if (total && !total->boolean && colour)
		diag_add(c, E0415, colour->name->at, "`color` has no effect without a total");
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	cartesian_lower(c, chart, &how, settings);
}

const struct chart_type chart_waterfall = {
	.name = "waterfall",
	.doc = "steps up and down to a total",
	.example = "type: waterfall\n"
		   "title: From gross to net\n"
		   "sql: |\n"
		   "  SELECT status AS step, SUM(total) AS change\n"
		   "  FROM `shop.orders`\n"
		   "  GROUP BY step\n"
		   "  ORDER BY step\n"
		   "x: step\n"
		   "y: change\n"
		   "up: good\n"
		   "down: bad\n"
		   "total: true\n",
	.size = {14, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 1}, .measures = {1, 1}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
