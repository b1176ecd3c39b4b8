/* trend: the last value of a series and how it compares. The server's name for it is smartscalar.
 * The last row is the current one, so the query goes up by date. */
#include "charts/columns.h"

static const struct word pasts[] = {
	{"previous-period", "previousPeriod"}, {"previous-value", "previousValue"}, {0}};

static const struct key compare_keys[] = {
	{"to", KEY_WORD, .words = pasts, .doc = "the period or the row before"},
	{"periods_ago", KEY_INTEGER, .min = 2, .max = 10000, .doc = "a period further back"},
	{"number", KEY_NUMBER, .doc = "a fixed number"},
	{"column", KEY_COLUMN, .doc = "another column of the last row"},
	{"label", KEY_TEXT, .doc = "what the number or the column is called"},
	{0}
};

static const struct key keys[] = {
	{"value", KEY_COLUMN, .to = "scalar.field", .doc = "the column to show; left out: the only number"},
	{"compare", KEY_MAP, KEY_LIST, .keys = compare_keys, .shorthand = "to", .lower = picture_lower_elsewhere,
		.doc = "at most three comparisons",
		.example = "[previous-period, {periods_ago: 7}, {number: 1000, label: Plan}]"},
	{"lower_is_better", KEY_BOOLEAN, .to = "scalar.switch_positive_negative", .doc = "less is green, as for costs"},
	{"compact", KEY_BOOLEAN, .to = "scalar.compact_primary_number", .doc = "12k instead of 12,345"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"scalar.field", RAW_COLUMN},
	{"scalar.comparisons", RAW_LIST},
	{"scalar.switch_positive_negative", RAW_BOOLEAN},
	{"scalar.compact_primary_number", RAW_BOOLEAN},
	{"scalar.show_comparison_value", RAW_BOOLEAN},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static const char *const forms[] = {"to", "periods_ago", "number", "column"};

static void check_comparison(
	struct compile *c, const struct chart *chart, const struct value *comparison) {
	const struct value *column = values_get(&comparison->map, "column");
	const struct value *number = values_get(&comparison->map, "number");
	const struct value *label = values_get(&comparison->map, "label");
	unsigned count = 0;
	for (size_t i = 0; i < COUNT_OF(forms); i++)
		count += values_get(&comparison->map, forms[i]) != NULL;
	if (count != 1) {
		struct diagnostic *d = diag_add(c, E0417, comparison->node->at,
			"a comparison is with one thing, found %s",
			count == 0 ? "none" : "several");
		diag_help(c, d,
			"write `previous-period`, or one of `periods_ago`, `number`, `column`");
		return;
	}
	if ((column || number) && !label)
		diag_add(c, E0417, comparison->node->at, "a comparison with a %s needs `label`",
			column ? "column" : "number");
	else if (label && !column && !number)
		diag_add(c, E0415, label->name->at,
			"`label` has no effect on a comparison with the past");
	need_number(c, chart, column, "column");
	need_different(c, column, values_get(&chart->values, "value"));
}

static void check_dates(struct compile *c, const struct chart *chart) {
	const struct columns *columns = chart->columns;
	size_t dates = 0, dimensions = 0, unknown = 0, numbers = 0;
	for (size_t i = 0; i < columns->count; i++) {
		enum column_type type = columns->items[i].type;
		dates += is_date(type);
		unknown += type == COLUMN_UNKNOWN;
		numbers += type == COLUMN_NUMBER;
		dimensions += type == COLUMN_TEXT || type == COLUMN_BOOLEAN || type == COLUMN_OTHER;
	}
	if (!columns->known)
		return;
	if (dates == 0 && unknown == 0)
		diag_add(c, E0417, chart->key_node->at, "a trend needs a date among its columns");
	else if (dates > 1 || dimensions > 0)
		diag_add(c, W0416, chart->key_node->at,
			"a trend goes by one date, and the query gives more to go by");
	if (!values_get(&chart->values, "value") && numbers != 1 && !node_get(chart->node, "value"))
		diag_add(c, E0417, chart->key_node->at,
			"the chart does not say which number it shows: write `value`");
}

static void warn_order(struct compile *c, const struct chart *chart) {
	const struct columns *columns = chart->columns;
	if (!columns->known || columns->declared || columns->ordered)
		return;
	struct diagnostic *d = diag_add(c, W0411, chart->key_node->at,
		"a trend shows the last row, and nothing says which one that is");
	diag_help(c, d, "end the query with `ORDER BY` and the date");
}

static void check(struct compile *c, const struct chart *chart) {
	const struct value *compare = values_get(&chart->values, "compare");
	need_measure(c, chart, values_get(&chart->values, "value"), "value");
	check_dates(c, chart);
	warn_order(c, chart);
	if (compare && compare->list.count > 3)
		diag_add(c, E0414, compare->list.items[3].node->at,
			"a trend has at most three comparisons, found %zu", compare->list.count);
	for (size_t i = 0; compare && i < compare->list.count; i++)
		check_comparison(c, chart, &compare->list.items[i]);
}

static json_t *comparison_json(const struct values *map) {
	const struct value *to = values_get(map, "to"), *ago = values_get(map, "periods_ago");
	const struct value *number = values_get(map, "number"), *column = values_get(map, "column");
	struct str label = values_text(map, "label", STR(""));
	if (to)
		return json_pack("{s:s}", "type", to->word->raw);
	if (ago)
		return json_pack(
			"{s:s,s:I}", "type", "periodsAgo", "value", (json_int_t)ago->integer);
	if (number)
		return json_pack("{s:s,s:o,s:o}", "type", "staticNumber", "value",
			value_json(number), "label", name_json(label));
	return json_pack("{s:s,s:o,s:o}", "type", "anotherColumn", "column",
		name_json(column ? column->text : STR("")), "label", name_json(label));
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	const struct value *compare = values_get(&chart->values, "compare");
	json_t *list = json_array();
	for (size_t i = 0; compare && i < compare->list.count; i++) {
		json_t *one = comparison_json(&compare->list.items[i].map);
		json_object_set_new(one, "id", json_string(arena_printf(c->arena, "%zu", i + 1)));
		json_array_append_new(list, one);
	}
	if (compare)
		json_object_set(settings, "scalar.comparisons", list);
	json_decref(list);
	for (size_t i = 0; chart->columns->known && i < chart->columns->count; i++) {
		if (chart->columns->items[i].type == COLUMN_NUMBER &&
			!json_object_get(settings, "scalar.field"))
			json_object_set_new(
				settings, "scalar.field", name_json(chart->columns->items[i].name));
	}
}

const struct chart_type chart_trend = {
	.name = "trend",
	.display = "smartscalar",
	.doc = "the latest value, compared with earlier ones",
	.example = "type: trend\n"
		   "title: Revenue per day\n"
		   "sql: SELECT day, SUM(revenue) AS revenue FROM `shop.daily_orders` GROUP BY day ORDER BY day\n"
		   "value: revenue\n"
		   "compare: [previous-period, {periods_ago: 7}, {number: 1000, label: Plan}]\n"
		   "compact: true\n",
	.size = {6, 3},
	.least = {2, 2},
	.columns = {.dimensions = {1, 1}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
