/* combo: bars, areas and lines over one x axis, on two y axes where their units differ. What each
 * column is drawn as is always written: left alone, the server makes the first one a line and the
 * rest bars. */
#include "charts/cartesian.h"

static const struct cartesian how = {.draw = "bar", .mixed = true, .right = true};

static const struct key keys[] = {
	{"bars", KEY_COLUMN, KEY_LIST, .doc = "columns drawn as bars", .example = "[revenue]"},
	{"areas", KEY_COLUMN, KEY_LIST, .doc = "columns drawn as areas", .example = "[revenue]"},
	{"lines", KEY_COLUMN, KEY_LIST, .doc = "columns drawn as lines", .example = "[orders]"},
	{0}
};

static const struct key *const groups[] = {cartesian_x, keys, cartesian_y_axis, cartesian_right,
	cartesian_stack, cartesian_panels, cartesian_line_styles, cartesian_goal,
	cartesian_stack_labels, cartesian_trend_line, cartesian_tooltip, NULL};

static void check_shapes(struct compile *c, const struct chart *chart) {
	static const char *const types[] = {"bar", "area", "line"};
	const struct value *shapes[] = {values_get(&chart->values, "bars"),
		values_get(&chart->values, "areas"), values_get(&chart->values, "lines")};
	size_t count = 0, last = 0;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		count += shapes[i] != NULL;
		last = shapes[i] ? i : last;
	}
	if (count == 1) {
		struct diagnostic *d = diag_add(c, W0412, shapes[last]->name->at,
			"everything is drawn as %s", shapes[last]->key->name);
		diag_help(c, d, "write `type: %s` with `y:`", types[last]);
	}
	for (size_t i = 0; i < chart->values.count; i++) {
		if (chart->values.items[i].bad)
			return;
	}
	if (count == 0)
		diag_add(c, E0417, chart->key_node->at,
			"a combo needs columns: `bars`, `lines` or `areas`");
}

static void check(struct compile *c, const struct chart *chart) {
	check_shapes(c, chart);
	cartesian_check(c, chart, &how);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	cartesian_lower(c, chart, &how, settings);
}

const struct chart_type chart_combo = {
	.name = "combo",
	.doc = "bars, areas and lines over one x axis, on one or two y axes",
	.example = "type: combo\n"
		   "title: Revenue and orders\n"
		   "sql: |\n"
		   "  SELECT day, SUM(revenue) AS revenue, SUM(orders) AS orders\n"
		   "  FROM `shop.daily_orders`\n"
		   "  GROUP BY day\n"
		   "x: day\n"
		   "bars: [revenue]\n"
		   "lines: [orders]\n"
		   "right: [orders]\n"
		   "goal: {value: 500, label: Target}\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 1}, .measures = {1, MANY}},
	.groups = groups,
	.reads = cartesian_vertical_reads,
	.check = check,
	.lower = lower,
};
