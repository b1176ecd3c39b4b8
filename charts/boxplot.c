/* boxplot: how values spread. Its rows are single values, not sums; the server works out the boxes.
 */
#include "charts/cartesian.h"

static const struct cartesian how = {.ordinal = true};

static const struct word whiskers[] = {{"tukey"}, {"min-max"}, {0}};
static const struct word points[] = {{"none"}, {"outliers"}, {"all"}, {0}};
static const struct word shows[] = {{"none"}, {"median"}, {"all"}, {0}};

/* Two settings for one thing: whether values are written, and which. */
static void lower_labels(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	bool show = strcmp(value->word->name, "none") != 0;
	json_object_set_new(settings, "graph.show_values", json_boolean(show));
	if (show)
		json_object_set_new(settings, value->key->to, json_string(value->word->name));
}

static const struct key keys[] = {
	{"whiskers", KEY_WORD, .to = "boxplot.whisker_type", .words = whiskers,
		.doc = "how far the lines go: 1.5 times the box, or to the ends"},
	{"points", KEY_WORD, .to = "boxplot.points_mode", .words = points, .doc = "which single values are drawn"},
	{"mean", KEY_BOOLEAN, .to = "boxplot.show_mean", .doc = "mark the mean"},
	{"labels", KEY_WORD, .to = "boxplot.show_values_mode", .words = shows, .lower = lower_labels,
		.doc = "which values are written"},
	{0}
};

static const struct key *const groups[] = {cartesian_lying_x, cartesian_y, cartesian_series, keys,
	cartesian_plain_styles, cartesian_goal, NULL};

static const struct raw_key settings_rows[] = {
	{"boxplot.whisker_type", RAW_TEXT, "tukey|min-max"},
	{"boxplot.points_mode", RAW_TEXT, "none|outliers|all"},
	{"boxplot.show_mean", RAW_BOOLEAN},
	{"boxplot.show_values_mode", RAW_TEXT, "median|all"},
	{"graph.show_values", RAW_BOOLEAN},
	{"graph.label_value_formatting", RAW_TEXT, "compact|full"},
	{0}
};

static const struct raw_key *const reads[] = {raw_mapping, raw_series, raw_axes, raw_vertical, raw_goal,
	raw_frequency, settings_rows, NULL};

static void check(struct compile *c, const struct chart *chart) {
	const char *whisker = values_word(&chart->values, "whiskers"),
		   *point = values_word(&chart->values, "points");
	cartesian_check(c, chart, &how);
	if (whisker && point && strcmp(whisker, "min-max") == 0 && strcmp(point, "outliers") == 0)
		diag_add(c, E0415, values_get(&chart->values, "points")->name->at,
			"`points: outliers` has no effect where the lines go to the ends");
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	cartesian_lower(c, chart, &how, settings);
}

const struct chart_type chart_boxplot = {
	.name = "boxplot",
	.doc = "how values spread, as boxes",
	.example = "type: boxplot\n"
		   "title: Orders by country\n"
		   "sql: SELECT country, channel, total FROM `shop.orders` ORDER BY country\n"
		   "x: country\n"
		   "y: total\n"
		   "points: none\n",
	.since = 59,
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 2}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
