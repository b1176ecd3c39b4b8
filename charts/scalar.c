/* scalar: one number, coloured by where it lies. The server shows the first column unless told, so
 * the column is always written. */
#include "charts/columns.h"

static const struct key colour_keys[] = {
	{"from", KEY_NUMBER, .to = "min", .doc = "from this value on"},
	{"below", KEY_NUMBER, .to = "max", .doc = "below this value"},
	{"color", KEY_COLOUR, .to = "color", .required = true, .doc = "colour of the number"},
	{"label", KEY_TEXT, .to = "label", .doc = "what the colour means"},
	{0}
};

static void lower_colours(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	json_t *segments = json_array();
	for (size_t i = 0; i < value->list.count; i++) {
		json_t *segment = json_pack("{s:n,s:n}", "min", "max"),
		       *given = value_json(&value->list.items[i]);
		json_object_update(segment, given);
		json_decref(given);
		json_array_append_new(segments, segment);
	}
	json_object_set_new(settings, value->key->to, segments);
}

static const struct key keys[] = {
	{"value", KEY_COLUMN, .to = "scalar.field", .doc = "the column to show; left out: the only one"},
	{"colors", KEY_MAP, KEY_LIST, .to = "scalar.segments", .keys = colour_keys, .lower = lower_colours,
		.doc = "colours of the number by its value",
		.example = "[{below: 1000, color: good}, {from: 1000, color: bad}]"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"scalar.field", RAW_COLUMN},
	{"scalar.segments", RAW_LIST},
	{"scalar.label", RAW_ANY, .ignored = "only the metrics viewer reads it"},
	{"scalar.sublabel", RAW_ANY, .ignored = "only the metrics viewer reads it"},
	{"scalar.decimals", RAW_ANY, .ignored = "write `format:`"},
	{"scalar.prefix", RAW_ANY, .ignored = "write `format:`"},
	{"scalar.suffix", RAW_ANY, .ignored = "write `format:`"},
	{"scalar.scale", RAW_ANY, .ignored = "write `format:`"},
	{"scalar.locale", RAW_ANY, .ignored = "write `format:`"},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static void check_band(struct compile *c, const struct value *band) {
	const struct value *from = values_get(&band->map, "from"),
			   *below = values_get(&band->map, "below");
	if (!from && !below)
		diag_add(c, E0417, band->node->at, "a colour needs `from`, `below` or both");
	else if (from && below && from->number >= below->number)
		diag_add(c, E0414, below->node->at, "the colour ends at %g and begins at %g",
			below->number, from->number);
}

/* Two neighbours as they are written: the first one that fits a value colours it. */
static void check_neighbours(
	struct compile *c, const struct value *before, const struct value *after) {
	const struct value *end = values_get(&before->map, "below"),
			   *start = values_get(&after->map, "from");
	if (!end || !start) {
		struct diagnostic *d = diag_add(c, E0414, after->node->at, "the colours overlap");
		diag_note(c, d, before->node->at, "this one has no end there");
	} else if (start->number < end->number) {
		diag_note(c,
			diag_add(c, E0414, start->node->at, "the colours overlap from %g to %g",
				start->number, end->number),
			end->node->at, "this one ends here");
	} else if (start->number > end->number) {
		diag_note(c,
			diag_add(c, W0415, start->node->at, "no colour from %g to %g", end->number,
				start->number),
			end->node->at, "this one ends here");
	}
}

static void check(struct compile *c, const struct chart *chart) {
	const struct value *colours = values_get(&chart->values, "colors");
	const struct columns *columns = chart->columns;
	if (columns->known && columns->count > 1 && !values_get(&chart->values, "value")) {
		struct diagnostic *d = diag_add(c, E0417, chart->key_node->at,
			"the query gives %zu columns, and the chart does not say which one it shows", columns->count);
		diag_help(c, d, "write `value: %.*s`", STR_ARGS(columns->items[0].name));
	}
	warn_many_rows(c, chart);
	for (size_t i = 0; colours && i < colours->list.count; i++) {
		check_band(c, &colours->list.items[i]);
		if (i > 0)
			check_neighbours(c, &colours->list.items[i - 1], &colours->list.items[i]);
	}
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	(void)c;
	if (!json_object_get(settings, "scalar.field") && chart->columns->known &&
		chart->columns->count > 0)
		json_object_set_new(
			settings, "scalar.field", name_json(chart->columns->items[0].name));
}

const struct chart_type chart_scalar = {
	.name = "scalar",
	.doc = "one number",
	.example = "type: scalar\n"
		   "title: Revenue\n"
		   "sql: SELECT SUM(total) AS revenue FROM `shop.orders`\n"
		   "value: revenue\n"
		   "colors: [{below: 1000, color: bad}, {from: 1000, color: good}]\n"
		   "format: {revenue: {style: currency, currency: EUR, decimals: 0}}\n",
	.size = {6, 3},
	.least = {2, 2},
	.columns = {.dimensions = {0, MANY}, .measures = {0, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
