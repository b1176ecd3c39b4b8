/* table: rows and columns as they are, or turned by one column. Its list of columns is always
 * complete, and its clicks belong to columns. */
#include "charts/highlight.h"
#include "charts/shown.h"

static const struct word alignments[] = {{"left"}, {"right"}, {"middle"}, {0}};

static const struct key link_keys[] = {
	{"url", KEY_TEXT, .to = "link_url", .required = true, .doc = "address, with `{{column}}` filled in"},
	{"text", KEY_TEXT, .to = "link_text", .doc = "what is shown of it"},
	{0}
};

static void lower_link(struct compile *c, const struct value *value, json_t *settings) {
	json_object_set_new(settings, "view_as", json_string("link"));
	values_lower(c, &value->map, settings);
}

static const struct key column_keys[] = {
	{"column", KEY_COLUMN, .required = true, .doc = "the column"},
	{"title", KEY_TEXT, .to = "column_title", .doc = "its heading"},
	{"bar", KEY_BOOLEAN, .to = "show_mini_bar", .doc = "a small bar beside each number"},
	{"align", KEY_WORD, .to = "text_align", .words = alignments, .doc = "side of the cell"},
	{"wrap", KEY_BOOLEAN, .to = "text_wrapping", .doc = "break long texts into lines"},
	{"width", KEY_INTEGER, .min = 1, .max = 10000, .doc = "in pixels"},
	{"link", KEY_MAP, .keys = link_keys, .shorthand = "url", .lower = lower_link, .doc = "make each cell a link",
		.example = "\"https://example.com/orders/{{order_id}}\""},
	{"click", KEY_MAP, .keys = picture_click_keys, .lower = picture_lower_elsewhere,
		.doc = "what a click on a cell does", .example = "{filter: {country: country}}"},
	{0}
};

static const struct key pivot_keys[] = {
	{"by", KEY_COLUMN, .to = "table.pivot_column", .required = true, .doc = "its values become the columns"},
	{"cell", KEY_COLUMN, .to = "table.cell_column", .required = true, .doc = "what stands in the cells"},
	{0}
};

static void lower_pivot(struct compile *c, const struct value *value, json_t *settings) {
	json_object_set_new(settings, "table.pivot", json_true());
	values_lower(c, &value->map, settings);
}

static const struct key freeze_keys[] = {
	{"columns", KEY_INTEGER, .to = "table.freeze_columns_count", .min = 1, .max = 100,
		.doc = "columns that stay when scrolling"},
	{"rows", KEY_INTEGER, .to = "table.freeze_rows_count", .min = 1, .max = 100, .doc = "rows that stay"},
	{0}
};

static void lower_freeze(struct compile *c, const struct value *value, json_t *settings) {
	values_lower(c, &value->map, settings);
	if (values_get(&value->map, "columns"))
		json_object_set_new(settings, "table.freeze_columns", json_true());
	if (values_get(&value->map, "rows"))
		json_object_set_new(settings, "table.freeze_rows", json_true());
}

static const struct key keys[] = {
	{"columns", KEY_MAP, KEY_LIST, .keys = column_keys, .shorthand = "column", .lower = picture_lower_elsewhere,
		.doc = "the columns to show, in order; others are hidden", .example = "[country, {column: total, bar: true}]"},
	{"hide", KEY_COLUMN, KEY_LIST, .lower = picture_lower_elsewhere, .doc = "columns not to show",
		.example = "[order_id]"},
	{"pivot", KEY_MAP, .keys = pivot_keys, .lower = lower_pivot,
		.doc = "turn a table of three columns", .example = "{by: month, cell: total}"},
	{"paginate", KEY_BOOLEAN, .to = "table.pagination", .doc = "pages instead of scrolling"},
	{"row_numbers", KEY_BOOLEAN, .to = "table.row_index", .doc = "a column that counts the rows"},
	{"freeze", KEY_MAP, .keys = freeze_keys, .lower = lower_freeze, .doc = "what stays when scrolling",
		.example = "{columns: 1}"},
	{0}
};

static const struct key *const groups[] = {keys, highlight_keys, NULL};

static const struct raw_key settings_rows[] = {
	{"table.columns", RAW_LIST},
	{"table.column_widths", RAW_LIST},
	{"table.column_formatting", RAW_LIST},
	{"table.pagination", RAW_BOOLEAN},
	{"table.row_index", RAW_BOOLEAN},
	{"table.freeze_columns", RAW_BOOLEAN},
	{"table.freeze_columns_count", RAW_INTEGER},
	{"table.freeze_rows", RAW_BOOLEAN},
	{"table.freeze_rows_count", RAW_INTEGER},
	{"table.pivot", RAW_BOOLEAN},
	{"table.pivot_column", RAW_COLUMN},
	{"table.cell_column", RAW_COLUMN},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static void check_pivot(struct compile *c, const struct chart *chart, const struct value *pivot) {
	static const char *const useless[] = {"columns", "hide", "freeze"};
	const struct columns *columns = chart->columns;
	need_different(c, values_get(&pivot->map, "by"), values_get(&pivot->map, "cell"));
	for (size_t i = 0; i < COUNT_OF(useless); i++) {
		const struct value *value = values_get(&chart->values, useless[i]);
		if (value)
			diag_add(c, E0415, value->name->at,
				"`%s` has no effect on a table that is turned", useless[i]);
	}
	if (columns->known && columns->count < 3)
		diag_add(c, E0417, pivot->node->at,
			"turning a table takes three columns, and the query gives %zu",
			columns->count);
	else if (columns->known && columns->count > 3)
		diag_add(c, W0416, pivot->node->at,
			"turning a table takes three columns, and the query gives %zu",
			columns->count);
}

static void check_looks(struct compile *c, const struct chart *chart) {
	const struct value *columns = values_get(&chart->values, "columns");
	for (size_t i = 0; columns && i < columns->list.count; i++) {
		const struct values *entry = &columns->list.items[i].map;
		const struct value *bar = values_get(entry, "bar"),
				   *wrap = values_get(entry, "wrap");
		enum column_type type = type_of(chart, values_get(entry, "column"));
		if (bar && type != COLUMN_UNKNOWN && type != COLUMN_NUMBER)
			diag_add(c, E0419, bar->name->at, "`bar` is for numbers, this is a %s",
				column_type_name(type));
		if (wrap && type != COLUMN_UNKNOWN && type != COLUMN_TEXT)
			diag_add(c, E0419, wrap->name->at, "`wrap` is for texts, this is a %s",
				column_type_name(type));
	}
}

static void check(struct compile *c, const struct chart *chart) {
	const struct value *pivot = values_get(&chart->values, "pivot");
	shown_check(c, chart);
	check_looks(c, chart);
	highlight_check(c, chart);
	if (pivot)
		check_pivot(c, chart, pivot);
}

/* By position, null where nothing is said. */
static void lower_widths(const struct value *columns, json_t *settings) {
	json_t *widths = json_array();
	bool any = false;
	for (size_t i = 0; columns && i < columns->list.count; i++) {
		const struct value *width = values_get(&columns->list.items[i].map, "width");
		any = any || width;
		json_array_append_new(widths, width ? json_integer(width->integer) : json_null());
	}
	if (any)
		json_object_set(settings, "table.column_widths", widths);
	json_decref(widths);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	highlight_lower(c, chart, settings);
	if (values_get(&chart->values, "pivot"))
		return;
	shown_lower(c, chart, settings);
	shown_lower_looks(c, chart, settings);
	lower_widths(values_get(&chart->values, "columns"), settings);
}

const struct chart_type chart_table = {
	.name = "table",
	.doc = "rows and columns",
	.example = "type: table\n"
		   "title: Latest orders\n"
		   "sql: SELECT order_id, ordered_on, country, total, status FROM `shop.orders` ORDER BY ordered_on DESC\n"
		   "columns: [ordered_on, country, {column: total, title: Total, bar: true}, status]\n"
		   "highlight: [{columns: [total], when: \"> 500\", color: green}]\n"
		   "paginate: true\n",
	.size = {12, 9},
	.least = {4, 3},
	.columns = {.dimensions = {0, MANY}, .measures = {0, MANY}},
	.groups = groups,
	.reads = reads,
	.clicks = "columns",
	.check = check,
	.lower = lower,
};
