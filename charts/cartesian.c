/* Lowering of charts with axes. The server keeps a mapping only if every name in it fits, and
 * chooses axes, shapes and scales by the data where nothing is said; so everything is said: which
 * column is which, on what side and as what each series is drawn, and the scale of the x axis. */
#include "charts/cartesian.h"

const struct value *cartesian_split(const struct chart *chart) {
	return values_path(&chart->values, "series", "column", NULL);
}

static const char *style_draw(const struct chart *chart, struct str name) {
	const struct value *styles = values_get(&chart->values, "styles");
	for (size_t i = 0; styles && i < styles->list.count; i++) {
		if (str_eq(styles->list.items[i].name->scalar.text, name))
			return values_word(&styles->list.items[i].map, "draw");
	}
	return NULL;
}

static void add_series(struct compile *c, const struct chart *chart, const struct value *columns,
	const char *draw, struct series_list *list) {
	const struct value *right = values_path(&chart->values, "right", "columns", NULL);
	for (size_t i = 0; columns && i < columns->list.count; i++) {
		const struct value *column = &columns->list.items[i];
		const char *own = style_draw(chart, column->text);
		struct series series = {column, own ? own : draw, list_has(right, column->text)};
		vec_push(c->arena, &list->of, series);
	}
}

struct series_list cartesian_list(struct compile *c, const struct chart *chart,
	const struct cartesian *how) {
	struct series_list list = {0};
	add_series(c, chart, values_path(&chart->values, "y", "columns", NULL), how->draw, &list);
	add_series(c, chart, values_get(&chart->values, "bars"), "bar", &list);
	add_series(c, chart, values_get(&chart->values, "areas"), "area", &list);
	add_series(c, chart, values_get(&chart->values, "lines"), "line", &list);
	return list;
}

static json_t *object_in(json_t *object, const char *name) {
	json_t *found = json_object_get(object, name);
	if (!found) {
		found = json_object();
		json_object_set_new(object, name, found);
	}
	return found;
}

static void set_if_absent(json_t *object, const char *name, json_t *value) {
	if (json_object_get(object, name))
		json_decref(value);
	else
		json_object_set_new(object, name, value);
}

static void lower_series(struct compile *c, const struct series_list *list,
	const struct cartesian *how, json_t *settings) {
	json_t *all = object_in(settings, "series_settings");
	for (size_t i = 0; i < list->of.count; i++) {
		const struct series *series = &list->of.items[i];
		json_t *own = object_in(all, arena_cstr(c->arena, series->column->text));
		if (series->draw)
			set_if_absent(own, "display", json_string(series->draw));
		if (how->right)
			set_if_absent(own, "axis", json_string(series->right ? "right" : "left"));
	}
}

static void lower_scale(const struct chart *chart, const struct value *x,
	const struct cartesian *how, json_t *settings) {
	enum column_type type = type_of(chart, x);
	const char *scale = is_date(type)           ? "timeseries"
			    : type == COLUMN_NUMBER ? "linear"
						    : "ordinal";
	if (how->ordinal)
		scale = "ordinal";
	if (type != COLUMN_UNKNOWN || how->ordinal)
		set_if_absent(settings, "graph.x_axis.scale", json_string(scale));
}

static json_t *order_entry(const json_t *styles, struct str name, size_t index, bool enabled) {
	const json_t *style = json_object_getn(styles, name.ptr, name.len);
	const char *colour = json_string_value(json_object_get(style, "color"));
	const char *title = json_string_value(json_object_get(style, "title"));
	json_t *entry = json_pack("{s:o,s:s,s:b}", "key", name_json(name), "color",
		colour ? colour : palette(index), "enabled", enabled);
	json_object_set_new(entry, "name", title ? json_string(title) : name_json(name));
	return entry;
}

/* The order is kept only if the column that it belongs to is stored beside it. */
static void lower_order(const struct chart *chart, const struct value *split, json_t *settings) {
	const struct value *order = values_path(&chart->values, "series", "order", NULL);
	const struct value *hide = values_path(&chart->values, "series", "hide", NULL);
	const json_t *styles = json_object_get(settings, "series_settings");
	if (!order && !hide)
		return;
	json_t *list = json_array();
	for (size_t i = 0; order && i < order->list.count; i++) {
		struct str name = order->list.items[i].text;
		json_array_append_new(list, order_entry(styles, name, i, !list_has(hide, name)));
	}
	for (size_t i = 0; hide && i < hide->list.count; i++) {
		struct str name = hide->list.items[i].text;
		if (!list_has(order, name))
			json_array_append_new(
				list, order_entry(styles, name, json_array_size(list), false));
	}
	json_object_set_new(settings, "graph.series_order", list);
	json_object_set_new(settings, "graph.series_order_dimension", name_json(split->text));
}

void cartesian_lower(struct compile *c, const struct chart *chart, const struct cartesian *how,
	json_t *settings) {
	const struct value *x = values_path(&chart->values, "x", "column", NULL);
	const struct value *split = cartesian_split(chart);
	struct series_list list = cartesian_list(c, chart, how);
	json_t *dimensions = json_array(), *metrics = json_array();
	if (x)
		json_array_append_new(dimensions, name_json(x->text));
	if (split)
		json_array_append_new(dimensions, name_json(split->text));
	for (size_t i = 0; i < list.of.count; i++)
		json_array_append_new(metrics, name_json(list.of.items[i].column->text));
	json_object_set_new(settings, "graph.dimensions", dimensions);
	json_object_set_new(settings, "graph.metrics", metrics);
	lower_scale(chart, x, how, settings);
	if (!split && (how->mixed || (list.of.count > 1 && (how->draw || how->right))))
		lower_series(c, &list, how, settings);
	if (split)
		lower_order(chart, split, settings);
}
