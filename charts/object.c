/* object: one record at a time, its columns below each other. */
#include "charts/shown.h"

static const struct key column_keys[] = {
	{"column", KEY_COLUMN, .required = true, .doc = "the column"},
	{"title", KEY_TEXT, .to = "column_title", .doc = "its heading"},
	{0}
};

static const struct key keys[] = {
	{"columns", KEY_MAP, KEY_LIST, .keys = column_keys, .shorthand = "column", .lower = picture_lower_elsewhere,
		.doc = "the columns to show, in order; others are hidden", .example = "[name, {column: email, title: Mail}]"},
	{"hide", KEY_COLUMN, KEY_LIST, .lower = picture_lower_elsewhere, .doc = "columns not to show",
		.example = "[customer_id]"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"table.columns", RAW_LIST},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static void check(struct compile *c, const struct chart *chart) {
	const struct value *click = values_get(&chart->values, "click");
	shown_check(c, chart);
	if (click)
		diag_add(c, E0415, click->name->at, "`click` has no effect on an object");
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	shown_lower(c, chart, settings);
	shown_lower_looks(c, chart, settings);
}

const struct chart_type chart_object = {
	.name = "object",
	.doc = "one record at a time",
	.example = "type: object\n"
		   "title: Newest customer\n"
		   "sql: SELECT customer_id, name, email, joined_on FROM `shop.customers` ORDER BY joined_on DESC LIMIT 1\n"
		   "columns: [name, {column: email, title: Mail}, joined_on]\n",
	.size = {12, 9},
	.least = {4, 3},
	.columns = {.dimensions = {0, MANY}, .measures = {0, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
