/* pivot: a table with headings on two sides and totals. The server makes one only of its own query
 * builder's results, so the chart's SQL becomes a card of its own and this one groups and adds it
 * up. Every result is named here, because the names that servers choose differ. */
#include "charts/columns.h"

#include "compiler/model/project.h"
#include "runtime/suggest.h"

static const struct word counted[] = {{"count"}, {"rows"}, {0}};
static const struct word orders[] = {{"asc", "ascending"}, {"desc", "descending"}, {0}};

static const struct key value_keys[] = {
	{"count", KEY_WORD, .words = counted, .doc = "how many rows: `count` alone, or `{count: rows, as: orders}`"},
	{"sum", KEY_COLUMN, .doc = "sum of a column"},
	{"avg", KEY_COLUMN, .doc = "average of a column"},
	{"min", KEY_COLUMN, .doc = "least value of a column"},
	{"max", KEY_COLUMN, .doc = "greatest value of a column"},
	{"median", KEY_COLUMN, .doc = "median of a column"},
	{"distinct", KEY_COLUMN, .doc = "how many different values a column has"},
	{"as", KEY_TEXT, .doc = "name of the result; `sum_total` if left out"},
	{0}
};

static const struct key total_keys[] = {
	{"rows", KEY_BOOLEAN, .to = "pivot.show_row_totals", .doc = "totals of the rows"},
	{"columns", KEY_BOOLEAN, .to = "pivot.show_column_totals", .doc = "totals of the columns"},
	{0}
};

static const struct key keys[] = {
	{"rows", KEY_COLUMN, KEY_LIST, .required = true, .lower = picture_lower_elsewhere,
		.doc = "columns whose values head the rows, outermost first"},
	{"columns", KEY_COLUMN, KEY_LIST, .lower = picture_lower_elsewhere,
		.doc = "columns whose values head the columns"},
	{"values", KEY_MAP, KEY_LIST, .keys = value_keys, .shorthand = "count", .required = true,
		.lower = picture_lower_elsewhere, .doc = "what stands in the cells", .example = "[{sum: total}, count]"},
	{"totals", KEY_MAP, .keys = total_keys, .doc = "which totals are shown; both if left out",
		.example = "{rows: true, columns: false}"},
	{"collapse", KEY_COLUMN, KEY_LIST, .lower = picture_lower_elsewhere,
		.doc = "row columns that are folded at first", .example = "[country]"},
	{"sort", KEY_WORD, KEY_ENTRIES, .words = orders, .lower = picture_lower_elsewhere,
		.doc = "order of row and column headings", .example = "{month: desc}"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"pivot_table.column_split", RAW_MAP},
	{"pivot_table.collapsed_rows", RAW_MAP},
	{"pivot_table.column_widths", RAW_MAP},
	{"pivot.show_row_totals", RAW_BOOLEAN},
	{"pivot.show_column_totals", RAW_BOOLEAN},
	{"pivot.condense_duplicate_totals", RAW_BOOLEAN},
	{"table.column_formatting", RAW_LIST},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

struct aggregation {
	const char *function;
	const struct value *column;     /* NULL: count */
};

static struct aggregation aggregation_of(const struct value *value) {
	static const char *const functions[] = {"sum", "avg", "min", "max", "median", "distinct"};
	struct aggregation found = {"count", NULL};
	for (size_t i = 0; i < COUNT_OF(functions); i++) {
		const struct value *column = values_get(&value->map, functions[i]);
		if (column)
			found = (struct aggregation){functions[i], column};
	}
	return found;
}

/* Is the text the name of the result: what `as` says, else sum_total? */
static bool is_name(const struct value *value, struct str name) {
	const struct value *as = values_get(&value->map, "as");
	struct aggregation aggregation = aggregation_of(value);
	if (as)
		return str_eq(as->text, name);
	if (!aggregation.column)
		return str_is(name, "count");
	size_t len = strlen(aggregation.function);
	return str_starts(name, aggregation.function) && name.len > len && name.ptr[len] == '_' &&
		str_eq(str_slice(name, len + 1, name.len), aggregation.column->text);
}

static const char *result_name(struct compile *c, const struct value *value) {
	const struct value *as = values_get(&value->map, "as");
	struct aggregation aggregation = aggregation_of(value);
	if (as)
		return arena_cstr(c->arena, as->text);
	if (!aggregation.column)
		return "count";
	return arena_printf(
		c->arena, "%s_%.*s", aggregation.function, STR_ARGS(aggregation.column->text));
}

static bool gives(const struct chart *chart, struct str column) {
	const struct value *values = values_get(&chart->values, "values");
	for (size_t i = 0; values && i < values->list.count; i++) {
		if (is_name(&values->list.items[i], column))
			return true;
	}
	return list_has(values_get(&chart->values, "rows"), column) ||
		list_has(values_get(&chart->values, "columns"), column);
}

/* The server wants a type with each column of a card that it groups. */
static void need_type(struct compile *c, const struct chart *chart, const struct value *value) {
	if (!value || value->node->bad ||
		!chart_need_column(c, chart, value, COLUMN_UNKNOWN, value->key->name))
		return;
	const struct column *column = chart_column(chart, value);
	if (column && column->type != COLUMN_UNKNOWN && column->type != COLUMN_OTHER)
		return;
	struct diagnostic *d = diag_add(c, E0436, value->node->at,
		"a pivot needs to know what type `%.*s` has", STR_ARGS(value->text));
	diag_help(c, d, "say so: `yields: {%.*s: text, …}`, with every column of the query",
		STR_ARGS(value->text));
}

static void check_value(struct compile *c, const struct chart *chart, const struct value *value) {
	static const char *const of_numbers[] = {"sum", "avg", "median"};
	unsigned count = 0;
	for (size_t i = 0; i < value->map.count; i++)
		count += strcmp(value->map.items[i].key->name, "as") != 0;
	if (count != 1) {
		struct diagnostic *d = diag_add(c, E0417, value->node->at,
			"a cell holds one thing, found %s", count == 0 ? "none" : "several");
		diag_help(c, d,
			"write `count`, or one of `sum`, `avg`, `min`, `max`, `median`, "
			"`distinct`");
		return;
	}
	struct aggregation aggregation = aggregation_of(value);
	need_type(c, chart, aggregation.column);
	for (size_t i = 0; aggregation.column && i < COUNT_OF(of_numbers); i++) {
		if (strcmp(aggregation.function, of_numbers[i]) == 0)
			need_number(c, chart, aggregation.column, aggregation.function);
	}
}

static void check_names(struct compile *c, const struct chart *chart, const struct value *values) {
	const struct value *rows = values_get(&chart->values, "rows");
	const struct value *columns = values_get(&chart->values, "columns");
	for (size_t i = 0; values && i < values->list.count; i++) {
		const struct value *value = &values->list.items[i];
		const char *name = result_name(c, value);
		bool taken = list_has(rows, str_from(name)) || list_has(columns, str_from(name));
		for (size_t j = 0; j < i; j++)
			taken = taken || is_name(&values->list.items[j], str_from(name));
		if (!taken)
			continue;
		struct diagnostic *d =
			diag_add(c, E0410, value->node->at, "the name `%s` is taken", name);
		diag_help(c, d, "give the result another one with `as`");
	}
}

static void check_collapse(struct compile *c, const struct chart *chart) {
	const struct value *rows = values_get(&chart->values, "rows");
	const struct value *collapse = values_get(&chart->values, "collapse");
	for (size_t i = 0; rows && collapse && i < collapse->list.count; i++) {
		const struct value *item = &collapse->list.items[i];
		if (!list_has(rows, item->text))
			diag_add(c, E0416, item->node->at,
				"`collapse` names `%.*s`, which is none of `rows`",
				STR_ARGS(item->text));
		else if (str_eq(rows->list.items[rows->list.count - 1].text, item->text))
			diag_add(c, E0415, item->node->at,
				"`collapse` has no effect on `%.*s`: nothing is below the last row "
				"column",
				STR_ARGS(item->text));
	}
}

static void check_sort(struct compile *c, const struct chart *chart) {
	const struct value *sort = values_get(&chart->values, "sort");
	const struct value *rows = values_get(&chart->values, "rows");
	const struct value *columns = values_get(&chart->values, "columns");
	for (size_t i = 0; sort && i < sort->list.count; i++) {
		const struct node *name = sort->list.items[i].name;
		if (!list_has(rows, name->scalar.text) && !list_has(columns, name->scalar.text))
			diag_add(c, E0416, name->at,
				"`sort` names %s, which is none of `rows` and `columns`",
				node_shown(c, name));
	}
}

static void check(struct compile *c, const struct chart *chart) {
	const struct value *rows = values_get(&chart->values, "rows");
	const struct value *columns = values_get(&chart->values, "columns");
	const struct value *values = values_get(&chart->values, "values");
	need_distinct(c, rows);
	need_distinct(c, columns);
	for (size_t i = 0; rows && i < rows->list.count; i++) {
		need_type(c, chart, &rows->list.items[i]);
		for (size_t j = 0; columns && j < columns->list.count; j++)
			need_different(c, &rows->list.items[i], &columns->list.items[j]);
	}
	for (size_t i = 0; columns && i < columns->list.count; i++)
		need_type(c, chart, &columns->list.items[i]);
	for (size_t i = 0; values && i < values->list.count; i++)
		check_value(c, chart, &values->list.items[i]);
	if (columns && columns->list.count > 2)
		diag_add(c, W0416, columns->node->at,
			"more than two columns of headings are hard to read");
	check_names(c, chart, values);
	check_collapse(c, chart);
	check_sort(c, chart);
}

static json_t *names_of(const struct value *list) {
	return list ? value_json(list) : json_array();
}

static void lower_collapse(struct compile *c, const struct chart *chart, json_t *settings) {
	const struct value *rows = values_get(&chart->values, "rows");
	const struct value *collapse = values_get(&chart->values, "collapse");
	json_t *levels = json_array();
	for (size_t i = 0; rows && i < rows->list.count; i++) {
		if (list_has(collapse, rows->list.items[i].text))
			json_array_append_new(
				levels, json_string(arena_printf(c->arena, "%zu", i + 1)));
	}
	json_object_set_new(settings, "pivot_table.collapsed_rows",
		json_pack("{s:o,s:o}", "rows", names_of(rows), "value", levels));
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	const struct value *values = values_get(&chart->values, "values");
	const struct value *sort = values_get(&chart->values, "sort");
	json_t *results = json_array();
	for (size_t i = 0; values && i < values->list.count; i++)
		json_array_append_new(results, json_string(result_name(c, &values->list.items[i])));
	json_object_set_new(settings, "pivot_table.column_split", json_pack("{s:o,s:o,s:o}", "rows",
		names_of(values_get(&chart->values, "rows")), "columns",
		names_of(values_get(&chart->values, "columns")), "values", results));
	lower_collapse(c, chart, settings);
	for (size_t i = 0; sort && i < sort->list.count; i++) {
		const struct value *item = &sort->list.items[i];
		json_object_set_new(
			picture_column_settings(c->arena, settings, item->name->scalar.text),
			"pivot_table.column_sort_order", json_string(item->word->raw));
	}
}

static const char *base_type(enum column_type type) {
	switch (type) {
	case COLUMN_NUMBER:
		return "type/Decimal";
	case COLUMN_BOOLEAN:
		return "type/Boolean";
	case COLUMN_DATE:
		return "type/Date";
	case COLUMN_DATETIME:
		return "type/DateTime";
	case COLUMN_TEXT:
	case COLUMN_OTHER:
	case COLUMN_UNKNOWN:
		return "type/Text";
	}
	return "type/Text";
}

static json_t *field(const struct chart *chart, const struct value *column) {
	return json_pack("[s,o,{s:s}]", "field", name_json(column->text), "base-type",
		base_type(type_of(chart, column)));
}

static void add_breakouts(const struct chart *chart, const char *name, json_t *breakouts) {
	const struct value *list = values_get(&chart->values, name);
	for (size_t i = 0; list && i < list->list.count; i++)
		json_array_append_new(breakouts, field(chart, &list->list.items[i]));
}

static json_t *aggregation_json(
	struct compile *c, const struct chart *chart, const struct value *value) {
	struct aggregation aggregation = aggregation_of(value);
	const char *name = result_name(c, value);
	struct str title = title_of_key(c->arena, str_from(name));
	json_t *call = json_pack("[s]", aggregation.function);
	if (aggregation.column)
		json_array_append_new(call, field(chart, aggregation.column));
	return json_pack("[s,o,{s:s,s:o}]", "aggregation-options", call, "name", name,
		"display-name", name_json(title));
}

static json_t *query(struct compile *c, const struct chart *chart) {
	const struct value *values = values_get(&chart->values, "values");
	json_t *breakouts = json_array(), *aggregations = json_array();
	struct str dashboard = chart->dashboard ? chart->dashboard->key : STR("");
	add_breakouts(chart, "rows", breakouts);
	add_breakouts(chart, "columns", breakouts);
	for (size_t i = 0; values && i < values->list.count; i++)
		json_array_append_new(
			aggregations, aggregation_json(c, chart, &values->list.items[i]));
	return json_pack("{s:{s:s},s:o,s:o}", "source-table", "$ref",
		arena_printf(c->arena, "card:%.*s/%.*s#source", STR_ARGS(dashboard),
			STR_ARGS(chart->key)),
		"breakout", breakouts, "aggregation", aggregations);
}

const struct chart_type chart_pivot = {
	.name = "pivot",
	.doc = "a table with headings on two sides and totals",
	.example = "type: pivot\n"
		   "title: Revenue by country and status\n"
		   "sql: SELECT country, status, total FROM `shop.orders`\n"
		   "rows: [country]\n"
		   "columns: [status]\n"
		   "values: [{sum: total}, count]\n"
		   "totals: {rows: true, columns: false}\n"
		   "sort: {status: desc}\n"
		   "format: {sum_total: {style: currency, currency: EUR, decimals: 0}}\n",
	.query_builder = true,
	.size = {12, 9},
	.least = {4, 3},
	.columns = {.dimensions = {1, MANY}, .measures = {0, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
	.query = query,
	.gives = gives,
};
