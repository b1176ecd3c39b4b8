/* The keys of charts with axes. Each row says what setting it becomes; a row whose value is not
 * simply written there has a small function. */
#include "charts/cartesian.h"

static const struct word x_scales[] = {{"time", "timeseries"}, {"category", "ordinal"}, {"number", "linear"},
	{"pow"}, {"log"}, {"histogram"}, {0}};
static const struct word y_scales[] = {{"number", "linear"}, {"pow"}, {"log"}, {0}};
static const struct word x_labels[] = {{"show", "true"}, {"hide", "false"}, {"compact"}, {"rotate-45"},
	{"rotate-90"}, {0}};
static const struct word y_labels[] = {{"show", "true"}, {"hide", "false"}, {0}};
static const struct word draws[] = {{"line"}, {"area"}, {"bar"}, {0}};
static const struct word line_styles[] = {{"solid"}, {"dashed"}, {"dotted"}, {0}};
static const struct word line_sizes[] = {{"S"}, {"M"}, {"L"}, {0}};
static const struct word curves[] = {{"straight", "linear"}, {"smooth", "cardinal"}, {"step", "step-after"}, {0}};
static const struct word gaps[] = {{"connect", "interpolate"}, {"zero"}, {"break", "none"}, {0}};
static const struct word stacks[] = {{"none"}, {"normal", "stacked"}, {"percent", "normalized"}, {0}};
static const struct word shows[] = {{"none"}, {"some", "fit"}, {"all"}, {0}};
static const struct word lying_shows[] = {{"none"}, {"all"}, {0}};
static const struct word stack_labels[] = {{"total"}, {"segments", "series"}, {"both", "all"}, {0}};

static bool is_plain_false(const struct value *value) {
	return value->node->style == NODE_PLAIN && (str_is(value->text, "false") ||
		str_is(value->text, "no") || str_is(value->text, "off"));
}

/* `title: false` hides the title that the server would show. */
static void lower_title(json_t *settings, const struct value *value, const char *shown) {
	if (is_plain_false(value))
		json_object_set_new(settings, shown, json_false());
	else
		json_object_set_new(settings, value->key->to, name_json(value->text));
}

static void lower_x_title(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	lower_title(settings, value, "graph.x_axis.labels_enabled");
}

static void lower_y_title(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	lower_title(settings, value, "graph.y_axis.labels_enabled");
}

static void lower_axis_labels(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	const char *raw = value->word->raw ? value->word->raw : value->word->name;
	bool boolean = strcmp(raw, "true") == 0 || strcmp(raw, "false") == 0;
	json_object_set_new(
		settings, value->key->to, boolean ? json_boolean(raw[0] == 't') : json_string(raw));
}

/* The ends of an axis count only while it does not choose them, and then the server puts 0 and 100
 * for what is missing. */
static void lower_y(struct compile *c, const struct value *value, json_t *settings) {
	values_lower(c, &value->map, settings);
	const struct value *max = values_get(&value->map, "max");
	if (!max)
		return;
	json_object_set_new(settings, "graph.y_axis.auto_range", json_false());
	if (!values_get(&value->map, "min"))
		json_object_set_new(settings, "graph.y_axis.min", json_integer(0));
}

static void lower_from_zero(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	json_object_set_new(
		settings, "graph.y_axis.unpin_from_zero", json_boolean(!value->boolean));
}

static const struct key x_keys[] = {
	{"column", KEY_COLUMN, .required = true, .doc = "the column along the axis"},
	{"scale", KEY_WORD, .to = "graph.x_axis.scale", .words = x_scales,
		.doc = "left out: time for dates, number for numbers, else category"},
	{"title", KEY_TEXT, .to = "graph.x_axis.title_text", .lower = lower_x_title,
		.doc = "title of the axis; false hides it"},
	{"labels", KEY_WORD, .to = "graph.x_axis.axis_enabled", .words = x_labels, .lower = lower_axis_labels,
		.doc = "how the marks are written"},
	{0}
};

#define Y_AXIS_ROWS                                                                                       \
	{"scale", KEY_WORD, .to = "graph.y_axis.scale", .words = y_scales, .doc = "scale of the axis"},   \
	{"title", KEY_TEXT, .to = "graph.y_axis.title_text", .lower = lower_y_title,                      \
		.doc = "title of the axis; false hides it"},                                              \
	{"labels", KEY_WORD, .to = "graph.y_axis.axis_enabled", .words = y_labels,                        \
		.lower = lower_axis_labels, .doc = "whether the marks are written"},                      \
	{"min", KEY_NUMBER, .to = "graph.y_axis.min", .doc = "lower end; only with `max`"},               \
	{"max", KEY_NUMBER, .to = "graph.y_axis.max", .doc = "upper end; the lower one is then `min`, or 0"},

#define Y_ZERO_ROW                                                                                        \
	{"from_zero", KEY_BOOLEAN, .lower = lower_from_zero, .doc = "false: the axis may begin elsewhere"},

#define Y_TICKS_ROW                                                                                       \
	{"ticks", KEY_INTEGER, .to = "graph.y_axis.split_number", .min = 1, .max = 100,                   \
		.doc = "about how many marks"},

static const struct key y_keys[] = {
	{"columns", KEY_COLUMN, KEY_LIST, .required = true, .doc = "one series for each column"},
	Y_AXIS_ROWS Y_ZERO_ROW Y_TICKS_ROW
	{0}
};

static const struct key standing_y_keys[] = {
	{"columns", KEY_COLUMN, KEY_LIST, .required = true, .doc = "one series for each column"},
	Y_AXIS_ROWS Y_TICKS_ROW
	{0}
};

static const struct key y_axis_keys[] = {Y_AXIS_ROWS Y_TICKS_ROW {0}};

static const struct key lying_y_keys[] = {
	{"columns", KEY_COLUMN, KEY_LIST, .required = true, .doc = "one series for each column"},
	Y_AXIS_ROWS
	{0}
};

static const struct key lying_x_keys[] = {
	{"column", KEY_COLUMN, .required = true, .doc = "the column along the upright axis"},
	{"title", KEY_TEXT, .to = "graph.x_axis.title_text", .lower = lower_x_title,
		.doc = "title of the axis; false hides it"},
	{"labels", KEY_WORD, .to = "graph.x_axis.axis_enabled", .words = y_labels, .lower = lower_axis_labels,
		.doc = "whether the names are written"},
	{0}
};

const struct key cartesian_x[] = {
	{"x", KEY_MAP, .keys = x_keys, .shorthand = "column", .required = true,
		.doc = "the column along the x axis, and how the axis looks", .example = "day"},
	{0}
};

const struct key cartesian_y[] = {
	{"y", KEY_MAP, .keys = y_keys, .shorthand = "columns", .required = true, .lower = lower_y,
		.doc = "the columns that are measured, and how the axis looks", .example = "revenue"},
	{0}
};

const struct key cartesian_standing_y[] = {
	{"y", KEY_MAP, .keys = standing_y_keys, .shorthand = "columns", .required = true, .lower = lower_y,
		.doc = "the column that is measured, and how the axis looks", .example = "change"},
	{0}
};

const struct key cartesian_lying_x[] = {
	{"x", KEY_MAP, .keys = lying_x_keys, .shorthand = "column", .required = true,
		.doc = "the column with a bar for each value, and how the axis looks", .example = "country"},
	{0}
};

const struct key cartesian_lying_y[] = {
	{"y", KEY_MAP, .keys = lying_y_keys, .shorthand = "columns", .required = true, .lower = lower_y,
		.doc = "the columns that are measured, and how the axis looks", .example = "revenue"},
	{0}
};

const struct key cartesian_y_axis[] = {
	{"y", KEY_MAP, .keys = y_axis_keys, .lower = lower_y, .doc = "how the y axis looks",
		.example = "{title: USD}"},
	{0}
};

static const struct key series_keys[] = {
	{"column", KEY_COLUMN, .required = true, .doc = "one series for each of its values"},
	{"order", KEY_TEXT, KEY_LIST, .doc = "values in the order of the picture; others follow"},
	{"hide", KEY_TEXT, KEY_LIST, .doc = "values that are not drawn"},
	{0}
};

const struct key cartesian_series[] = {
	{"series", KEY_MAP, .keys = series_keys, .shorthand = "column",
		.doc = "split into one series for each value of a column", .example = "country"},
	{0}
};

static const struct key right_keys[] = {
	{"columns", KEY_COLUMN, KEY_LIST, .required = true, .doc = "measured on the right axis"},
	{"title", KEY_TEXT, .to = "graph.y_axis.right.title_text", .since = 63, .doc = "title of the right axis"},
	{0}
};

const struct key cartesian_right[] = {
	{"right", KEY_MAP, .keys = right_keys, .shorthand = "columns",
		.doc = "columns that are measured on the right axis", .example = "[orders]"},
	{0}
};

static void lower_stack(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	json_object_set_new(settings, value->key->to,
		value->word->raw ? json_string(value->word->raw) : json_null());
}

const struct key cartesian_stack[] = {
	{"stack", KEY_WORD, .to = "stackable.stack_type", .words = stacks, .lower = lower_stack,
		.doc = "pile bars and areas up, as they are or as parts of 100 %"},
	{0}
};

const struct key cartesian_panels[] = {
	{"panels", KEY_BOOLEAN, .to = "graph.split_panels", .doc = "a panel of its own for each series"},
	{0}
};

/* Made for the names of the entries: columns, or values of `series`. */
static void lower_styles(struct compile *c, const struct value *value, json_t *settings) {
	json_t *all = json_object();
	json_object_set_new(settings, "series_settings", all);
	for (size_t i = 0; i < value->list.count; i++) {
		struct str name = value->list.items[i].name->scalar.text;
		json_t *style = json_object();
		json_object_setn_new(all, name.ptr ? name.ptr : "", name.len, style);
		values_lower(c, &value->list.items[i].map, style);
	}
}

#define PLAIN_STYLE_ROWS                                                                \
	{"color", KEY_COLOUR, .to = "color", .doc = "colour of the series"},            \
	{"label", KEY_TEXT, .to = "title", .doc = "its name in legend and tooltip"},

#define STYLE_ROWS                                                                      \
	PLAIN_STYLE_ROWS                                                                \
	{"line", KEY_WORD, .to = "line.style", .words = line_styles, .doc = "its stroke"}, \
	{"width", KEY_WORD, .to = "line.size", .words = line_sizes, .doc = "width of the line"}, \
	{"curve", KEY_WORD, .to = "line.interpolate", .words = curves, .doc = "between two points"}, \
	{"dots", KEY_BOOLEAN, .to = "line.marker_enabled", .doc = "mark the points; left out: by their number"}, \
	{"gaps", KEY_WORD, .to = "line.missing", .words = gaps, .doc = "where there is no value"}, \
	{"values", KEY_BOOLEAN, .to = "show_series_values", .doc = "write its values, with `labels`"}, \
	{"trend_line", KEY_BOOLEAN, .to = "show_series_trendline", .doc = "its trend, with `trend_line`"},

static const struct key drawn_style_keys[] = {
	{"draw", KEY_WORD, .to = "display", .words = draws, .doc = "as what the series is drawn"},
	STYLE_ROWS
	{0}
};

static const struct key line_style_keys[] = {STYLE_ROWS {0}};
static const struct key plain_style_keys[] = {PLAIN_STYLE_ROWS {0}};

#define STYLES_ROW(table)                                                               \
	{"styles", KEY_MAP, KEY_ENTRIES, .keys = (table), .lower = lower_styles,        \
		.doc = "look of single series, by column or by value of `series`",      \
		.example = "{revenue: {color: blue, label: Revenue}}"}

const struct key cartesian_styles[] = {STYLES_ROW(drawn_style_keys), {0}};
const struct key cartesian_line_styles[] = {STYLES_ROW(line_style_keys), {0}};
const struct key cartesian_plain_styles[] = {STYLES_ROW(plain_style_keys), {0}};

static void lower_goal(struct compile *c, const struct value *value, json_t *settings) {
	json_object_set_new(settings, "graph.show_goal", json_true());
	values_lower(c, &value->map, settings);
}

static const struct key goal_keys[] = {
	{"value", KEY_NUMBER, .to = "graph.goal_value", .required = true,
		.doc = "where the line is; with `stack: percent` in percent"},
	{"label", KEY_TEXT, .to = "graph.goal_label", .doc = "what it is called"},
	{0}
};

const struct key cartesian_goal[] = {
	{"goal", KEY_MAP, .keys = goal_keys, .shorthand = "value", .lower = lower_goal, .doc = "a line to compare with",
		.example = "{value: 500, label: Budget}"},
	{0}
};

static void lower_show(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	bool show = strcmp(value->word->name, "none") != 0;
	json_object_set_new(settings, "graph.show_values", json_boolean(show));
	if (show)
		json_object_set_new(settings, "graph.label_value_frequency",
			json_string(value->word->raw ? value->word->raw : value->word->name));
}

static void lower_lying_show(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	json_object_set_new(
		settings, value->key->to, json_boolean(strcmp(value->word->name, "all") == 0));
}

static void lower_compact(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	json_object_set_new(
		settings, value->key->to, json_string(value->boolean ? "compact" : "full"));
}

#define LABEL_ROWS                                                                      \
	{"show", KEY_WORD, .to = "graph.show_values", .words = shows, .required = true, \
		.lower = lower_show, .doc = "values beside the points: where they fit, or all"}, \
	{"compact", KEY_BOOLEAN, .to = "graph.label_value_formatting", .lower = lower_compact, \
		.doc = "12k instead of 12,345"},

static const struct key label_keys[] = {LABEL_ROWS {0}};
static const struct key stack_label_keys[] = {
	LABEL_ROWS
	{"stack", KEY_WORD, .to = "graph.show_stack_values", .words = stack_labels,
		.doc = "of stacked bars: the total, each segment, or both"},
	{0}
};

#define LABELS_ROW(table)                                                               \
	{"labels", KEY_MAP, .keys = (table), .shorthand = "show",                       \
		.doc = "write the values into the picture", .example = "some"}

static const struct key lying_label_keys[] = {
	{"show", KEY_WORD, .to = "graph.show_values", .words = lying_shows, .required = true,
		.lower = lower_lying_show, .doc = "values at the end of the bars"},
	{"compact", KEY_BOOLEAN, .to = "graph.label_value_formatting", .lower = lower_compact,
		.doc = "12k instead of 12,345"},
	{0}
};

const struct key cartesian_lying_labels[] = {
	{"labels", KEY_MAP, .keys = lying_label_keys, .shorthand = "show", .doc = "write the values beside the bars",
		.example = "all"},
	{0}
};

const struct key cartesian_labels[] = {LABELS_ROW(label_keys), {0}};
const struct key cartesian_stack_labels[] = {LABELS_ROW(stack_label_keys), {0}};

const struct key cartesian_trend_line[] = {
	{"trend_line", KEY_BOOLEAN, .to = "graph.show_trendline", .doc = "a line through the values over time"},
	{0}
};

static void lower_tooltip(struct compile *c, const struct value *value, json_t *settings) {
	json_t *list = json_array();
	for (size_t i = 0; i < value->list.count; i++)
		json_array_append_new(
			list, json_string(picture_column_key(c->arena, value->list.items[i].text)));
	json_object_set_new(settings, value->key->to, list);
}

const struct key cartesian_tooltip[] = {
	{"tooltip", KEY_COLUMN, KEY_LIST, .to = "graph.tooltip_columns", .lower = lower_tooltip,
		.doc = "more columns to show under the pointer", .example = "[orders]"},
	{0}
};

const struct key *const cartesian_vertical[] = {cartesian_x, cartesian_y, cartesian_series,
	cartesian_right, cartesian_stack, cartesian_panels, cartesian_styles, cartesian_goal,
	cartesian_stack_labels, cartesian_trend_line, cartesian_tooltip, NULL};
