/* progress: a number on its way to a goal. The goal is always written: without one the server takes
 * 0. */
#include "charts/columns.h"

static const struct key goal_keys[] = {
	{"value", KEY_NUMBER, .to = "progress.goal", .doc = "a number above zero"},
	{"column", KEY_COLUMN, .to = "progress.goal", .doc = "the column that holds it"},
	{0}
};

static const struct key keys[] = {
	{"value", KEY_COLUMN, .to = "progress.value", .doc = "the column to show; left out: the first one"},
	{"goal", KEY_MAP, .keys = goal_keys, .shorthand = "value", .required = true,
		.doc = "where it is to come to", .example = "{column: target}"},
	{"color", KEY_COLOUR, .to = "progress.color", .doc = "colour of the bar"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"progress.value", RAW_COLUMN},
	{"progress.goal", RAW_ANY},
	{"progress.color", RAW_COLOUR},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static void check(struct compile *c, const struct chart *chart) {
	const struct value *goal = values_get(&chart->values, "goal");
	const struct value *number = values_path(&chart->values, "goal", "value", NULL);
	const struct value *column = values_path(&chart->values, "goal", "column", NULL);
	if (goal && !number == !column)
		diag_add(c, E0417, goal->node->at, "a goal is a number or a column, found %s",
			number ? "both" : "neither");
	if (number && number->number <= 0)
		diag_add(c, E0414, number->node->at, "a goal lies above zero, found %g",
			number->number);
	need_number(c, chart, values_get(&chart->values, "value"), "value");
	need_number(c, chart, column, "goal");
	need_different(c, values_get(&chart->values, "value"), column);
	warn_many_rows(c, chart);
}

/* Always said, since servers differ in what they take for it. */
static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	(void)c;
	const struct value *column = values_path(&chart->values, "goal", "column", NULL);
	struct str goal = column ? column->text : STR("");
	for (size_t i = 0; chart->columns->known && i < chart->columns->count; i++) {
		const struct column *one = &chart->columns->items[i];
		bool fits = one->type == COLUMN_NUMBER && !str_eq(one->name, goal);
		if (fits && !json_object_get(settings, "progress.value"))
			json_object_set_new(settings, "progress.value", name_json(one->name));
	}
}

const struct chart_type chart_progress = {
	.name = "progress",
	.doc = "a number on its way to a goal",
	.example = "type: progress\n"
		   "title: Revenue of the year\n"
		   "sql: SELECT SUM(total) AS revenue FROM `shop.orders`\n"
		   "value: revenue\n"
		   "goal: 100000\n"
		   "color: green\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {0, MANY}, .measures = {1, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
