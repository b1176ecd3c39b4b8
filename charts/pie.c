/* pie: parts of a whole, in one ring or up to three. One ring is written as a plain name and
 * several as a list, since a list is compared with nothing that the server keeps about the order of
 * slices. The legend is only ever written when it is off: its default, written out, is taken for an
 * old setting. */
#include "charts/columns.h"

static const struct word percents[] = {{"off"}, {"legend"}, {"chart", "inside"}, {"both"}, {0}};

static void lower_legend(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	if (!value->boolean)
		json_object_set_new(settings, value->key->to, json_false());
}

static bool percent_of(const struct value *value, double *percent) {
	struct str text = value->text;
	if (str_ends(text, "%"))
		text = str_trim(str_slice(text, 0, text.len - 1));
	return str_number(text, percent) && *percent >= 0 && *percent <= 100;
}

static void check_percent(struct compile *c, const struct value *value) {
	double percent;
	if (!percent_of(value, &percent))
		diag_add(c, E0414, value->node->at,
			"`%s` takes a part from `0%%` to `100%%`, found %s", value->key->name,
			node_shown(c, value->node));
}

static void lower_percent(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	double percent = 0;
	percent_of(value, &percent);
	bool whole = percent == (double)(long long)percent;
	json_object_set_new(settings, value->key->to,
		whole ? json_integer((json_int_t)percent) : json_real(percent));
}

static const struct key keys[] = {
	{"slice", KEY_COLUMN, .to = "pie.dimension", .doc = "one slice for each of its values"},
	{"rings", KEY_COLUMN, KEY_LIST, .to = "pie.dimension", .doc = "two or three columns, the innermost first",
		.example = "[country, city]"},
	{"value", KEY_COLUMN, .to = "pie.metric", .required = true, .doc = "how large a slice is"},
	{"group_below", KEY_TEXT, .to = "pie.slice_threshold", .check = check_percent, .lower = lower_percent,
		.doc = "slices below this part of the whole become one, Other", .example = "3%"},
	{"percent", KEY_WORD, .to = "pie.percent_visibility", .words = percents, .doc = "where percentages stand"},
	{"decimals", KEY_INTEGER, .to = "pie.decimal_places", .min = 0, .max = 10, .doc = "digits of a percentage"},
	{"total", KEY_BOOLEAN, .to = "pie.show_total", .doc = "the total in the middle"},
	{"legend", KEY_BOOLEAN, .to = "pie.show_legend", .lower = lower_legend, .doc = "the legend beside it"},
	{"labels", KEY_BOOLEAN, .to = "pie.show_labels", .doc = "names on the slices"},
	{"order", KEY_TEXT, KEY_LIST, .doc = "values in the order of the slices, instead of by size",
		.example = "[NL, BE, DE]"},
	{"colors", KEY_COLOUR, KEY_ENTRIES, .to = "pie.colors", .doc = "colours of single slices",
		.example = "{NL: orange}"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"pie.dimension", RAW_ANY},
	{"pie.metric", RAW_COLUMN},
	{"pie.rows", RAW_LIST},
	{"pie.sort_rows", RAW_BOOLEAN},
	{"pie.sort_rows_dimension", RAW_COLUMN},
	{"pie.colors", RAW_MAP},
	{"pie.show_legend", RAW_BOOLEAN, "false"},
	{"pie.show_total", RAW_BOOLEAN},
	{"pie.show_labels", RAW_BOOLEAN},
	{"pie.percent_visibility", RAW_TEXT, "off|legend|inside|both"},
	{"pie.decimal_places", RAW_INTEGER},
	{"pie.slice_threshold", RAW_NUMBER},
	{"pie.middle_dimension", RAW_COLUMN},
	{"pie.outer_dimension", RAW_COLUMN},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static void check_slices(struct compile *c, const struct chart *chart) {
	const struct value *slice = values_get(&chart->values, "slice");
	const struct value *rings = values_get(&chart->values, "rings");
	if (slice && rings) {
		diag_note(c,
			diag_add(c, E0417, rings->name->at,
				"`rings` stands beside `slice`: write one of them"),
			slice->name->at, "the other one");
	} else if (!slice && !rings && !node_get(chart->node, "slice") && !node_get(chart->node, "rings")) {
		struct diagnostic *d =
			diag_add(c, E0417, chart->key_node->at, "a pie needs `slice`");
		diag_help(c, d, "`slice` is the column with a slice for each value");
	} else if (rings && (rings->list.count < 2 || rings->list.count > 3)) {
		struct diagnostic *d = diag_add(c, E0414, rings->node->at,
			"a pie has two or three rings, found %zu", rings->list.count);
		diag_help(c, d, "for one ring write `slice`");
	}
}

static void check_order(struct compile *c, const struct value *order) {
	for (size_t i = 1; order && i < order->list.count; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct value *one = &order->list.items[i],
					   *other = &order->list.items[j];
			if (str_eq(one->text, other->text))
				diag_note(c,
					diag_add(c, E0410, one->node->at, "`%.*s` is listed twice",
						STR_ARGS(one->text)),
					other->node->at, "first listed here");
		}
	}
}

static void check(struct compile *c, const struct chart *chart) {
	const struct value *rings = values_get(&chart->values, "rings");
	const struct value *value = values_get(&chart->values, "value");
	check_slices(c, chart);
	need_measure(c, chart, value, "value");
	need_different(c, value, values_get(&chart->values, "slice"));
	need_distinct(c, rings);
	for (size_t i = 0; rings && i < rings->list.count; i++)
		need_different(c, value, &rings->list.items[i]);
	check_order(c, values_get(&chart->values, "order"));
}

static json_t *slice_row(const json_t *colours, struct str name, size_t index) {
	const char *colour = json_string_value(json_object_getn(colours, name.ptr, name.len));
	return json_pack("{s:o,s:o,s:o,s:s,s:b,s:b,s:b,s:b}", "key", name_json(name), "name",
		name_json(name), "originalName", name_json(name), "color",
		colour ? colour : palette(index), "defaultColor", colour == NULL, "enabled", true,
		"hidden", false, "isOther", false);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	(void)c;
	const struct value *order = values_get(&chart->values, "order");
	const json_t *colours = json_object_get(settings, "pie.colors");
	if (!order)
		return;
	json_t *rows = json_array();
	for (size_t i = 0; i < order->list.count; i++)
		json_array_append_new(rows, slice_row(colours, order->list.items[i].text, i));
	json_object_set_new(settings, "pie.rows", rows);
	json_object_set_new(settings, "pie.sort_rows", json_false());
}

const struct chart_type chart_pie = {
	.name = "pie",
	.doc = "parts of a whole",
	.example = "type: pie\n"
		   "title: Orders by channel\n"
		   "sql: SELECT channel, COUNT(*) AS orders FROM `shop.orders` GROUP BY channel\n"
		   "slice: channel\n"
		   "value: orders\n"
		   "percent: both\n"
		   "group_below: 3%\n"
		   "colors: {web: blue, shop: green}\n",
	.size = {12, 8},
	.least = {4, 3},
	.columns = {.dimensions = {1, 3}, .measures = {1, 1}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
