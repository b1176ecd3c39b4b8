/* Dashboards: a file's map in, a dashboard with its filters, charts and rows of placements out.
 * What names things of other files (charts in rows, filters in texts) is bound in a second step,
 * when all files are known. */
#include "compiler/model/dashboard.h"

#include "compiler/model/load.h"
#include "compiler/model/picture.h"
#include "runtime/suggest.h"

#define MOST_GROUPS 16

/* --- the file --------------------------------------------------------------------------------- */

/* "dashboards/finance_overview.yaml" → "finance_overview" */
static struct str stem_of(const char *path) {
	const char *slash = strrchr(path, '/');
	struct str name = str_from(slash ? slash + 1 : path);
	const char *dot = strrchr(name.ptr, '.');
	return str_slice(name, 0, (size_t)(dot - name.ptr));
}

static bool bind_key(
	struct compile *c, struct dashboard *dashboard, const char *path, struct names *names) {
	const struct value *key = values_get(&dashboard->values, "key");
	struct node *title = node_get(dashboard->node, "dashboard");
	dashboard->key = key ? key->text : stem_of(path);
	dashboard->key_node = key ? key->node : title;
	size_t before = c->diagnostics.count;
	if (!name_check(c, NAME_DASHBOARD, dashboard->key, dashboard->key_node->at)) {
		if (!key)
			diag_note(c, c->diagnostics.items[before], SPAN_NONE,
				"it is the file's name: give the file another one, or write `key: …`");
		return false;
	}
	return name_take(c, names, dashboard->key, dashboard->key_node->at, "dashboard");
}

struct dashboard *dashboard_bind(
	struct compile *c, const struct definition_file *file, struct names *names) {
	struct dashboard *dashboard = arena_new(c->arena, struct dashboard);
	const struct key *const groups[] = {dashboard_keys, NULL};
	dashboard->node = file->node;
	dashboard->source = file->source;
	struct node *title = node_get(file->node, "dashboard");
	const char *what = arena_printf(c->arena, "dashboard %s", node_shown(c, title));
	keys_bind_named(c, groups, title, file->node, what, &dashboard->values);
	const struct values *values = &dashboard->values;
	if (!values_get(values, "dashboard") || !bind_key(c, dashboard, file->path, names))
		return NULL;
	const struct value *collection = values_get(values, "collection");
	dashboard->title = values_text(values, "dashboard", STR(""));
	dashboard->description = values_text(values, "description", STR(""));
	dashboard->collection = values_text(values, "collection", STR(""));
	dashboard->collection_node = collection ? collection->node : NULL;
	dashboard->charts_collection = values_text(values, "charts_collection", STR(""));
	dashboard->was = values_text(values, "was", STR(""));
	if (collection)
		collection_path_check(c, collection->node);
	vec_push(c->arena, &c->project->dashboards, dashboard);
	*map_slot(c->arena, &c->project->dashboards_by_key, dashboard->key) = dashboard;
	return dashboard;
}

/* --- items ------------------------------------------------------------------------------------ */

/* Binding the rows of one dashboard. */
struct rows {
	struct compile *c;
	struct dashboard *dashboard;
	struct map names;       /* name of a placement → struct placement * */
};

static struct chart *placed_chart(struct rows *rows, struct node *node, struct str name) {
	struct compile *c = rows->c;
	struct chart *chart = map_get(&rows->dashboard->charts_by_key, name);
	if (!chart)
		chart = map_get(&c->project->shared_charts_by_key,
			str_starts(name, "/") ? str_slice(name, 1, name.len) : name);
	if (chart)
		return chart;
	struct suggest near = suggest_start(name);
	suggest_map(c, &near, &rows->dashboard->charts_by_key);
	suggest_map(c, &near, &c->project->shared_charts_by_key);
	struct diagnostic *d =
		diag_add(c, E0301, node->at, "there is no chart `%.*s` in `%.*s`, nor a shared one",
			STR_ARGS(name), STR_ARGS(rows->dashboard->key));
	struct chart *other = project_chart(c, rows->dashboard, name);
	if (other) {
		diag_note(c, d, other->key_node->at, "it belongs to another dashboard");
		diag_help(c, d, "move it to a file without `dashboard:` to share it");
	} else {
		diag_suggest(c, d, node->at, &near);
	}
	return NULL;
}

/* Of two placements of a chart all but one carry `as:`. */
static void take_name(struct rows *rows, struct placement *placement, const struct node *at) {
	struct compile *c = rows->c;
	if (placement->name.len == 0)
		return;
	void **slot = map_slot(c->arena, &rows->names, placement->name);
	const struct placement *first = *slot;
	if (!first) {
		*slot = placement;
		return;
	}
	struct diagnostic *d =
		diag_add(c, E0705, at->at, "`%.*s` is placed twice", STR_ARGS(placement->name));
	diag_note(c, d, first->node->at, "first placed here");
	diag_help(c, d, "name one of them: `{chart: %.*s, as: %.*s_2}`", STR_ARGS(placement->chart ?
		placement->chart->key : placement->name), STR_ARGS(placement->name));
}

static struct placement *place_chart(struct rows *rows, struct node *item, struct node *name_node) {
	struct chart *chart = placed_chart(rows, name_node, name_node->scalar.text);
	if (!chart)
		return NULL;
	struct placement *placement = arena_new(rows->c->arena, struct placement);
	*placement = (struct placement){
		.name = chart->key, .node = item, .chart = chart, .type = chart->type};
	placement->values.node = item;
	chart->placed = true;
	return placement;
}

static const struct key size_key = {"size", KEY_SIZE, .doc = "columns and rows it takes", .example = "6x4"};

static void take_size(struct placement *placement, const struct value *size) {
	if (!size || size->bad)
		return;
	placement->width = size->size.width;
	placement->height = size->size.height;
	placement->size_node = size->node;
}

static struct placement *report_item(struct rows *rows, struct node *item, const char *found) {
	struct diagnostic *d = diag_add(rows->c, E0706, item->at,
		"an item of a row is a chart or a placement, found %s", found);
	diag_help(rows->c, d,
		"write `spend`, `spend: 6x4`, `heading: This month` or `{chart: spend, size: "
		"6x4}`");
	return NULL;
}

/* `spend: 6x4` */
static struct placement *bind_short(struct rows *rows, struct node *item) {
	if (item->map.count != 1)
		return report_item(rows, item, "a map with several keys");
	struct pair *pair = &item->map.pairs[0];
	struct placement *placement = place_chart(rows, item, pair->key);
	if (!placement)
		return NULL;
	struct value size;
	key_bind(rows->c, &size_key, pair->key, pair->value, &size);
	take_size(placement, &size);
	take_name(rows, placement, pair->key);
	return placement;
}

static void take_place(struct placement *placement) {
	const struct value *at = values_get(&placement->values, "at");
	const struct value *column = values_path(&placement->values, "at", "col", NULL);
	const struct value *row = values_path(&placement->values, "at", "row", NULL);
	placement->fixed = at && column && row;
	if (!placement->fixed)
		return;
	placement->column = (unsigned)column->integer;
	placement->row = (unsigned)row->integer;
	placement->at_node = at->node;
}

static struct placement *start_long(struct rows *rows, struct node *item, struct pair *content,
	const struct chart_type *type) {
	struct compile *c = rows->c;
	struct node *value = content->value;
	if (value->bad)
		return NULL;
	if (node_is_null(value) ||
		(value->type == NODE_SCALAR && str_trim(value->scalar.text).len == 0)) {
		diag_add(c, E0206, content->key->at, "`%.*s` is empty",
			STR_ARGS(content->key->scalar.text));
		return NULL;
	}
	if (!type && value->type != NODE_SCALAR) {
		diag_add(c, E0202, value->at, "`chart` takes the key of a chart, found %s",
			node_shown(c, value));
		return NULL;
	}
	if (!type)
		return place_chart(rows, item, value);
	struct placement *placement = arena_new(c->arena, struct placement);
	*placement = (struct placement){.node = item, .type = type, .content = value};
	return placement;
}

/* `{chart: spend, as: …, size: 6x4, …}`, `heading: …` and the like: `content` is the pair that says
 * what. */
static struct placement *bind_long(struct rows *rows, struct node *item, struct pair *content,
	const struct chart_type *type) {
	struct compile *c = rows->c;
	struct placement *placement = start_long(rows, item, content, type);
	if (!placement)
		return NULL;
	const struct key content_keys[] = {
		{type ? type->name : "chart", KEY_ANY, .doc = "what stands here"},
		{0}
	};
	struct key *kept = arena_array(c->arena, struct key, COUNT_OF(content_keys));
	memcpy(kept, content_keys, sizeof(content_keys));
	const struct key *groups[MOST_GROUPS] = {kept, placement_keys, picture_placement_keys};
	for (size_t i = 0; type && type->groups && type->groups[i] && i < MOST_GROUPS - 4; i++)
		groups[i + 3] = type->groups[i];
	const char *what = arena_printf(c->arena, "a `%s` in a layout", kept->name);
	keys_bind_named(c, groups, content->key, item, what, &placement->values);
	const struct value *as = values_get(&placement->values, "as");
	if (as) {
		placement->name = as->text;
		name_check(c, NAME_CHART, as->text, as->node->at);
	}
	take_size(placement, values_get(&placement->values, "size"));
	take_place(placement);
	take_name(rows, placement, as ? as->node : content->value);
	return placement;
}

static struct placement *bind_item(struct rows *rows, struct node *item) {
	if (item->bad)
		return NULL;
	if (item->type == NODE_SCALAR && !node_is_null(item)) {
		struct placement *placement = place_chart(rows, item, item);
		if (placement)
			take_name(rows, placement, item);
		return placement;
	}
	if (item->type != NODE_MAP)
		return report_item(
			rows, item, node_is_null(item) ? "nothing" : node_shown(rows->c, item));
	for (size_t i = 0; i < item->map.count; i++) {
		struct str key = item->map.pairs[i].key->scalar.text;
		const struct chart_type *type = chart_type_find(rows->c, key);
		if (str_is(key, "chart") || (type && type->placement))
			return bind_long(rows, item, &item->map.pairs[i],
				str_is(key, "chart") ? NULL : type);
	}
	return bind_short(rows, item);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void bind_row_item(struct rows *rows, struct layout_row *row, struct node *node) {
	struct arena *arena = rows->c->arena;
	struct layout_item item = {0};
	if (node->type != NODE_SEQ) {
		item.placement = bind_item(rows, node);
		if (item.placement)
			vec_push(arena, &row->items, item);
		return;
	}
	for (size_t i = 0; i < node->seq.count; i++) {
		struct node *inner = node->seq.items[i];
		struct placement *placement =
			inner->type == NODE_SEQ
				? report_item(rows, inner, "a list in a column of a row")
				: bind_item(rows, inner);
		if (placement)
			vec_push(arena, &item.stack, placement);
	}
	if (item.stack.count > 0)
		vec_push(arena, &row->items, item);
}

static void bind_rows(struct rows *rows, struct tab *tab, struct node *list) {
	struct compile *c = rows->c;
	if (list->bad)
		return;
	if (list->type != NODE_SEQ) {
		struct diagnostic *d =
			diag_add(c, E0202, list->at, "a layout is a list of rows, found %s",
				node_is_null(list) ? "nothing" : node_shown(c, list));
		diag_help(c, d, "write `- [spend: 6x4, trend: 18x8]` for each row");
		return;
	}
	for (size_t i = 0; i < list->seq.count; i++) {
		struct node *node = list->seq.items[i];
		struct layout_row row = {.node = node};
		if (node->type == NODE_SEQ) {
			for (size_t j = 0; j < node->seq.count; j++)
				bind_row_item(rows, &row, node->seq.items[j]);
		} else {
			bind_row_item(rows, &row, node);
		}
		if (row.items.count > 0)
			vec_push(c->arena, &tab->rows, row);
	}
}

static void bind_tab(struct rows *rows, struct node *title, struct node *node) {
	struct compile *c = rows->c;
	struct tab *tab = arena_new(c->arena, struct tab);
	struct node *list = node;
	*tab = (struct tab){.title = title->scalar.text, .title_node = title};
	if (str_trim(tab->title).len == 0)
		diag_add(c, E0302, title->at, "a tab needs a title");
	if (node->type == NODE_MAP) {
		struct values values;
		const struct key *const groups[] = {tab_keys, NULL};
		const char *what = arena_printf(c->arena, "tab `%.*s`", STR_ARGS(tab->title));
		keys_bind_named(c, groups, title, node, what, &values);
		const struct value *found = values_get(&values, "rows");
		list = found ? found->node : NULL;
		tab->was = values_text(&values, "was", STR(""));
	}
	if (list)
		bind_rows(rows, tab, list);
	vec_push(c->arena, &rows->dashboard->tabs, tab);
}

/* Neither `layout` nor `tabs`: every chart in file order. */
static void place_all(struct rows *rows) {
	struct compile *c = rows->c;
	struct tab *tab = arena_new(c->arena, struct tab);
	for (size_t i = 0; i < rows->dashboard->charts.count; i++) {
		struct chart *chart = rows->dashboard->charts.items[i];
		struct placement *placement = place_chart(rows, chart->key_node, chart->key_node);
		struct layout_item item = {.placement = placement};
		struct layout_row row = {.node = chart->key_node};
		if (!placement)
			continue;
		vec_push(c->arena, &row.items, item);
		vec_push(c->arena, &tab->rows, row);
	}
	tab->packed = true;
	vec_push(c->arena, &rows->dashboard->tabs, tab);
}

static void bind_tabs(struct rows *rows, struct node *tabs) {
	struct compile *c = rows->c;
	rows->dashboard->has_tabs = true;
	if (tabs->bad)
		return;
	if (tabs->type != NODE_MAP || tabs->map.count == 0) {
		struct diagnostic *d = diag_add(c, E0202, tabs->at,
			"`tabs` takes a map from titles to rows, found %s",
			tabs->type == NODE_MAP ? "an empty one" : node_shown(c, tabs));
		diag_help(c, d, "a dashboard without tabs has its rows below `layout:`");
		return;
	}
	for (size_t i = 0; i < tabs->map.count; i++)
		bind_tab(rows, tabs->map.pairs[i].key, tabs->map.pairs[i].value);
}

void dashboard_bind_layout(struct compile *c, struct dashboard *dashboard) {
	struct rows rows = {.c = c, .dashboard = dashboard};
	const struct value *layout = values_get(&dashboard->values, "layout");
	const struct value *tabs = values_get(&dashboard->values, "tabs");
	if (layout && tabs) {
		struct diagnostic *d = diag_add(
			c, E0704, tabs->name->at, "a dashboard has `layout` or `tabs`, not both");
		diag_note(c, d, layout->name->at, "the other one");
		return;
	}
	if (tabs) {
		bind_tabs(&rows, tabs->node);
	} else if (layout) {
		struct tab *tab = arena_new(c->arena, struct tab);
		bind_rows(&rows, tab, layout->node);
		vec_push(c->arena, &dashboard->tabs, tab);
	} else {
		place_all(&rows);
	}
}
