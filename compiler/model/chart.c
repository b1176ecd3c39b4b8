/* Charts: nodes in, definitions out; then what the query gives is compared with what the chart's
 * keys name and its type needs. */
#include "compiler/model/chart.h"

#include "compiler/model/load.h"
#include "compiler/model/picture.h"
#include "runtime/buf.h"
#include "runtime/suggest.h"

#define MOST_GROUPS 16

/* In the order of column_type_words. */
static const enum column_type yielded[] = {
	COLUMN_TEXT, COLUMN_NUMBER, COLUMN_BOOLEAN, COLUMN_DATE, COLUMN_DATETIME,
};

/* --- bind ------------------------------------------------------------------------------------- */

static void report_type(struct compile *c, const struct node *node) {
	struct suggest near = suggest_start(node->scalar.text);
	struct buf list = BUF(1 << 12);
	for (const struct chart_type *const *type = c->chart_types; type && *type; type++) {
		if ((*type)->placement)
			continue;
		suggest_offer(&near, str_from((*type)->name));
		buf_printf(&list, "%s`%s`", list.len ? ", " : "", (*type)->name);
	}
	struct diagnostic *d =
		diag_add(c, E0203, node->at, "there is no chart type %s", node_shown(c, node));
	diag_suggest(c, d, node->at, &near);
	if (suggest_best(&near).len == 0)
		diag_help(c, d, "chart types: %.*s", STR_ARGS(buf_str(&list)));
	buf_free(&list);
}

static const struct chart_type *bind_type(struct compile *c, const struct node *name, struct node *map) {
	struct node *node = node_get(map, "type");
	if (!node) {
		struct diagnostic *d = diag_add(c, E0205, name->at, "chart `%.*s` needs `type`",
			STR_ARGS(name->scalar.text));
		diag_help(c, d, "write for example `type: line`");
		return NULL;
	}
	if (node->bad)
		return NULL;
	if (node->type != NODE_SCALAR || node_is_null(node)) {
		diag_add(c, E0202, node->at, "`type` takes the name of a chart type, found %s",
			node_is_null(node) ? "nothing" : node_shown(c, node));
		return NULL;
	}
	const struct chart_type *type = chart_type_find(c, node->scalar.text);
	if (type && type->placement) {
		struct diagnostic *d = diag_add(
			c, E0203, node->at, "`%s` is an item of a layout, not a chart", type->name);
		diag_help(c, d, "write it in a row of `layout` or `tabs`: `- %s: …`", type->name);
		return NULL;
	}
	if (!type)
		report_type(c, node);
	else if (type->since)
		need_version(
			c, type->since, node->at, arena_printf(c->arena, "`type: %s`", type->name));
	return type;
}

static void report_no_sql(struct compile *c, const struct chart *chart) {
	struct diagnostic *d = diag_add(c, E0205, chart->key_node->at,
		"chart `%.*s` needs `sql` or `sql_file`", STR_ARGS(chart->key));
	diag_help(c, d, "write the query below `sql: |`, or name its file with `sql_file`");
}

static void bind_sql(struct compile *c, struct chart *chart, const char *directory) {
	const struct value *sql = values_get(&chart->values, "sql");
	const struct value *file = values_get(&chart->values, "sql_file");
	struct node *written = node_get(chart->node, "sql"),
		    *named = node_get(chart->node, "sql_file");
	if (written && named) {
		struct diagnostic *d = diag_add(c, E0209, named->at,
			"chart `%.*s` has both `sql` and `sql_file`", STR_ARGS(chart->key));
		diag_note(c, d, written->at, "the other query");
		return;
	}
	if (!written && !named) {
		report_no_sql(c, chart);
		return;
	}
	chart->sql_node = sql ? sql->node : file ? sql_file_read(c, directory, file->node) : NULL;
	if (!chart->sql_node)
		return;
	if (str_trim(chart->sql_node->scalar.text).len == 0) {
		diag_add(c, E0206, (sql ? sql->node : file->node)->at,
			"the query of chart `%.*s` is empty", STR_ARGS(chart->key));
		chart->sql_node = NULL;
		return;
	}
	chart->sql = sql_scan(c->arena, chart->sql_node->scalar.text, c->project->bigquery);
}

/* Filters of the chart's own: maps with `type:` below its `filters:`. */
static void bind_own_filters(struct compile *c, struct chart *chart) {
	const struct value *filters = values_get(&chart->values, "filters");
	for (size_t i = 0; filters && i < filters->list.count; i++) {
		const struct value *item = &filters->list.items[i];
		if (item->node->type != NODE_MAP || !node_get(item->node, "type"))
			continue;
		struct filter *filter = filter_bind(c, item->name, item->node);
		if (!filter)
			continue;
		filter->chart = chart;
		vec_push(c->arena, &chart->filters, filter);
	}
}

static void bind_yields(struct compile *c, struct chart *chart) {
	const struct value *yields = values_get(&chart->values, "yields");
	if (!yields)
		return;
	struct columns *columns = arena_new(c->arena, struct columns);
	*columns = (struct columns){.known = true, .declared = true, .count = yields->list.count};
	columns->items = arena_array(c->arena, struct column, columns->count);
	for (size_t i = 0; i < columns->count; i++) {
		const struct value *item = &yields->list.items[i];
		columns->items[i] = (struct column){
			.name = item->name->scalar.text,
			.type = yielded[item->word - column_type_words],
			.at = item->name->at,
		};
	}
	chart->columns = columns;
}

static struct chart *chart_bind(struct compile *c, struct dashboard *dashboard,
	const char *directory, struct node *name, struct node *map) {
	struct str key = name->scalar.text;
	if (map->bad || !name_check(c, NAME_CHART, key, name->at))
		return NULL;
	if (map->type != NODE_MAP) {
		struct diagnostic *d =
			diag_add(c, E0202, map->at, "chart `%.*s` takes a map, found %s",
				STR_ARGS(key), node_is_null(map) ? "nothing" : node_shown(c, map));
		diag_help(c, d, "it needs `type` and one of `sql`, `sql_file`");
		return NULL;
	}
	const struct chart_type *type = bind_type(c, name, map);
	if (!type)
		return NULL;
	struct chart *chart = arena_new(c->arena, struct chart);
	*chart = (struct chart){
		.key = key, .key_node = name, .node = map, .dashboard = dashboard, .type = type};
	const struct key *groups[MOST_GROUPS] = {chart_keys, picture_keys};
	for (size_t i = 0; type->groups && type->groups[i] && i < MOST_GROUPS - 3; i++)
		groups[i + 2] = type->groups[i];
	keys_bind_thing(c, groups, "chart", name, map, &chart->values);
	const struct value *was = values_get(&chart->values, "was");
	chart->was = was ? was->text : STR("");
	chart->was_node = was ? was->node : NULL;
	chart->title = values_text(&chart->values, "title", title_of_key(c->arena, key));
	chart->description = values_text(&chart->values, "description", STR(""));
	bind_sql(c, chart, directory);
	bind_own_filters(c, chart);
	bind_yields(c, chart);
	return chart;
}

void charts_bind(struct compile *c, struct dashboard *dashboard, const char *directory,
	struct node *map, struct names *names) {
	if (map->bad)
		return;
	if (map->type != NODE_MAP) {
		diag_add(c, E0202, map->at, "`charts` takes a map from keys to charts, found %s",
			node_is_null(map) ? "nothing" : node_shown(c, map));
		return;
	}
	for (size_t i = 0; i < map->map.count; i++) {
		struct pair *pair = &map->map.pairs[i];
		if (!name_take(c, names, pair->key->scalar.text, pair->key->at, "chart"))
			continue;
		struct chart *chart = chart_bind(c, dashboard, directory, pair->key, pair->value);
		if (!chart)
			continue;
		if (dashboard) {
			vec_push(c->arena, &dashboard->charts, chart);
			*map_slot(c->arena, &dashboard->charts_by_key, chart->key) = chart;
		} else {
			vec_push(c->arena, &c->project->shared_charts, chart);
			*map_slot(c->arena, &c->project->shared_charts_by_key, chart->key) = chart;
		}
	}
}

/* --- check ------------------------------------------------------------------------------------ */

const struct column *chart_column(const struct chart *chart, const struct value *value) {
	if (!value || value->bad || !chart->columns || !chart->columns->known)
		return NULL;
	return columns_find(chart->columns, value->text);
}

/* "day (date), cost_usd (number)" */
static const char *columns_list(struct compile *c, const struct columns *columns) {
	struct buf list = BUF(1 << 12);
	for (size_t i = 0; i < columns->count && i < 20; i++) {
		const struct column *column = &columns->items[i];
		buf_printf(&list, "%s%.*s", i ? ", " : "", STR_ARGS(column->name));
		if (column->type != COLUMN_UNKNOWN)
			buf_printf(&list, " (%s)", column_type_name(column->type));
	}
	if (columns->count > 20)
		buf_puts(&list, ", …");
	const char *text = arena_cstr(c->arena, buf_str(&list));
	buf_free(&list);
	return text;
}

static void note_columns(struct compile *c, struct diagnostic *d, const struct chart *chart) {
	diag_note(c, d, SPAN_NONE, "the query of `%.*s` gives %s", STR_ARGS(chart->key),
		chart->columns->count ? columns_list(c, chart->columns) : "nothing");
}

/* The key as the author wrote it, of which the row's own may be a shorthand: `y`, not `columns`. */
static const char *written_name(struct compile *c, const struct value *value) {
	bool entry = value->item && value->key->shape == KEY_ENTRIES;
	return value->name && !entry ? arena_cstr(c->arena, value->name->scalar.text)
				     : value->key->name;
}

static void report_column(struct compile *c, const struct chart *chart, const struct value *value) {
	struct suggest near = suggest_start(value->text);
	for (size_t i = 0; i < chart->columns->count; i++)
		suggest_offer(&near, chart->columns->items[i].name);
	struct diagnostic *d = diag_add(c, E0401, value->node->at,
		"`%s` names a column %s that the query does not give", written_name(c, value),
		node_shown(c, value->node));
	diag_suggest(c, d, value->node->at, &near);
	note_columns(c, d, chart);
	value->node->bad = true;
}

struct visit {
	struct compile *c;
	const struct chart *chart;
};

static void check_column(void *context, const struct value *value) {
	const struct visit *visit = context;
	if (!value->node->bad && !columns_find(visit->chart->columns, value->text))
		report_column(visit->c, visit->chart, value);
}

bool chart_need_column(struct compile *c, const struct chart *chart, const struct value *value,
	enum column_type type, const char *what) {
	if (!value || value->bad || value->node->bad || !chart->columns || !chart->columns->known)
		return true;
	const struct column *column = columns_find(chart->columns, value->text);
	if (!column) {
		report_column(c, chart, value);
		return false;
	}
	bool both_days = (type == COLUMN_DATE && column->type == COLUMN_DATETIME) ||
		(type == COLUMN_DATETIME && column->type == COLUMN_DATE);
	if (type == COLUMN_UNKNOWN || column->type == COLUMN_UNKNOWN || column->type == type ||
		both_days)
		return true;
	if (what == value->key->name)
		what = written_name(c, value);
	const char *tick = strchr(what, ' ') ? "" : "`";
	struct diagnostic *d = diag_add(c, E0403, value->node->at,
		"`%.*s` is a %s, and %s%s%s takes a %s", STR_ARGS(value->text),
		column_type_name(column->type), tick, what, tick, column_type_name(type));
	note_columns(c, d, chart);
	value->node->bad = true;
	return false;
}

/* Two columns of one name: the server renames the second, and settings by name hit the wrong one.
 */
static void check_doubles(struct compile *c, const struct chart *chart) {
	struct map seen = {0};
	for (size_t i = 0; i < chart->columns->count; i++) {
		const struct column *column = &chart->columns->items[i];
		void **slot = map_slot(c->arena, &seen, column->name);
		if (*slot) {
			struct diagnostic *d = diag_add(c, E0404, column_span(c, column),
				"the query gives two columns `%.*s`", STR_ARGS(column->name));
			diag_note(c, d, column_span(c, *slot), "the first one");
			diag_help(c, d, "give one of them another name with `AS`");
		}
		*slot = (void *)column;
	}
}

/* Metabase takes no column for a figure whose name says that it is a key. */
static bool may_measure(const struct column *column) {
	if (column->type != COLUMN_NUMBER && column->type != COLUMN_UNKNOWN)
		return false;
	struct str name = column->name;
	struct str end = str_slice(name, name.len > 3 ? name.len - 3 : 0, name.len);
	return !str_eq_fold(name, STR("id")) && !str_eq_fold(end, STR("_id")) &&
	       !str_eq_fold(end, STR("-id"));
}

static const char *amount(struct compile *c, unsigned count, const char *thing) {
	return count == 1 ? arena_printf(c->arena, "one %s", thing)
			  : arena_printf(c->arena, "%u %ss", count, thing);
}

/* A number may serve as a dimension too, so of the columns that are not needed as measures all
 * count. */
static bool check_rule(struct compile *c, const struct chart *chart) {
	const struct column_rule *rule = &chart->type->columns;
	unsigned measures = 0;
	for (size_t i = 0; i < chart->columns->count; i++)
		measures += may_measure(&chart->columns->items[i]);
	const char *thing = measures < rule->measures.least ? "measure" : "dimension";
	unsigned least = *thing == 'm' ? rule->measures.least : rule->dimensions.least;
	size_t found = *thing == 'm' ? measures : chart->columns->count - rule->measures.least;
	if (found >= least)
		return true;
	const struct node *type = node_get(chart->node, "type");
	struct diagnostic *d = diag_add(c, E0402, type ? type->at : chart->key_node->at,
		"a `%s` chart needs at least %s, found %s", chart->type->name, amount(c, least, thing),
		found ? arena_printf(c->arena, "%zu", found) : "none");
	note_columns(c, d, chart);
	if (*thing == 'm')
		diag_help(c, d,
			"select a number whose name does not end in `_id`: `SUM(…) AS total`");
	else
		diag_help(c, d, "select what the figure is counted by, as a column before it");
	return false;
}

/* False when the picture cannot be judged: the columns it would be made of are missing. */
static bool check_columns(struct compile *c, struct chart *chart) {
	if (!chart->columns->known) {
		vec_push(c->arena, &c->remarks,
			arena_printf(c->arena, "columns of chart `%.*s` are not checked: %s",
				STR_ARGS(chart->key),
				chart->columns->reason ? chart->columns->reason
						       : "the query does not say them"));
		return true;
	}
	size_t errors = diag_errors(c);
	struct visit visit = {c, chart};
	check_doubles(c, chart);
	bool single = diag_errors(c) == errors;
	if (!chart->type->query_builder)
		values_each_column(&chart->values, check_column, &visit);
	bool named = diag_errors(c) == errors;
	return single && (!named || check_rule(c, chart));
}

void chart_check(struct compile *c, struct chart *chart) {
	if (check_columns(c, chart))
		picture_check(c, chart);
}
