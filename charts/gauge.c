/* gauge: one number on an arc of coloured bands. Bands are given by their ends, so that holes and
 * overlaps cannot be written. The needle always shows the first column of the first row. */
#include "charts/columns.h"

static const struct key band_keys[] = {
	{"to", KEY_NUMBER, .required = true, .doc = "where the band ends"},
	{"color", KEY_COLOUR, .required = true, .doc = "its colour"},
	{"label", KEY_TEXT, .doc = "its name"},
	{0}
};

static const struct key keys[] = {
	{"value", KEY_COLUMN, .lower = picture_lower_elsewhere,
		.doc = "the column to show, which must be the first one of the query"},
	{"from", KEY_NUMBER, .lower = picture_lower_elsewhere, .doc = "where the first band begins; 0 if left out"},
	{"bands", KEY_MAP, KEY_LIST, .keys = band_keys, .required = true, .lower = picture_lower_elsewhere,
		.doc = "coloured parts of the arc, from low to high",
		.example = "[{to: 70, color: good}, {to: 100, color: bad}]"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"gauge.segments", RAW_LIST},
	{"gauge.range", RAW_ANY, .ignored = "the server works it out from the bands"},
	{"scalar.field", RAW_ANY, .ignored = "a gauge always shows the first column"},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static double start_of(const struct chart *chart) {
	const struct value *from = values_get(&chart->values, "from");
	return from ? from->number : 0;
}

static void check_bands(struct compile *c, const struct chart *chart) {
	const struct value *bands = values_get(&chart->values, "bands");
	double end = start_of(chart);
	for (size_t i = 0; bands && i < bands->list.count; i++) {
		const struct value *to = values_get(&bands->list.items[i].map, "to");
		if (!to)
			return;
		if (to->number <= end)
			diag_add(c, E0414, to->node->at, "the band ends at %g and begins at %g",
				to->number, end);
		end = to->number;
	}
}

static void check_first(struct compile *c, const struct chart *chart) {
	const struct value *value = values_get(&chart->values, "value");
	if (!chart->columns->known || chart->columns->count == 0)
		return;
	const struct column *first = &chart->columns->items[0];
	if (value && chart_column(chart, value) && !str_eq(first->name, value->text)) {
		struct diagnostic *d = diag_add(c, E0418, value->node->at,
			"a gauge shows the first column, which is `%.*s`", STR_ARGS(first->name));
		diag_help(c, d, "select `%.*s` first", STR_ARGS(value->text));
	} else if (first->type != COLUMN_UNKNOWN && first->type != COLUMN_NUMBER) {
		diag_add(c, E0418, value ? value->node->at : chart->key_node->at,
			"a gauge shows the first column, and `%.*s` is a %s", STR_ARGS(first->name),
			column_type_name(first->type));
	}
}

static void check(struct compile *c, const struct chart *chart) {
	check_bands(c, chart);
	check_first(c, chart);
	warn_many_rows(c, chart);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	(void)c;
	const struct value *bands = values_get(&chart->values, "bands");
	json_t *segments = json_array(), *end = json_integer(0);
	const struct value *from = values_get(&chart->values, "from");
	if (from) {
		json_decref(end);
		end = value_json(from);
	}
	for (size_t i = 0; bands && i < bands->list.count; i++) {
		const struct values *band = &bands->list.items[i].map;
		json_t *segment = json_object();
		json_object_set_new(segment, "min", end);
		end = value_json(values_get(band, "to"));
		json_object_set(segment, "max", end);
		json_object_set_new(
			segment, "color", name_json(values_text(band, "color", STR(""))));
		json_object_set_new(
			segment, "label", name_json(values_text(band, "label", STR(""))));
		json_array_append_new(segments, segment);
	}
	json_decref(end);
	json_object_set_new(settings, "gauge.segments", segments);
}

const struct chart_type chart_gauge = {
	.name = "gauge",
	.doc = "one number on an arc of coloured bands",
	.example = "type: gauge\n"
		   "title: Paid orders in percent\n"
		   "sql: SELECT 100.0 * COUNTIF(is_paid) / COUNT(*) AS paid FROM `shop.orders`\n"
		   "value: paid\n"
		   "bands: [{to: 70, color: bad}, {to: 90, color: warn, label: watch}, {to: 100, color: good}]\n"
		   "format: {paid: {suffix: \" %\", decimals: 0}}\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {0, MANY}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
