/* Which columns a table shows. The server appends every column that its list leaves out, so the
 * list is always completed, with what is hidden switched off. Where the query's columns are
 * unknown, it holds what the author wrote. */
#include "charts/shown.h"

static const struct value *entry_column(const struct value *columns, size_t index) {
	return values_get(&columns->list.items[index].map, "column");
}

static bool is_listed(const struct value *columns, struct str name) {
	for (size_t i = 0; columns && i < columns->list.count; i++) {
		const struct value *column = entry_column(columns, i);
		if (column && str_eq(column->text, name))
			return true;
	}
	return false;
}

void shown_check(struct compile *c, const struct chart *chart) {
	const struct value *columns = values_get(&chart->values, "columns");
	const struct value *hide = values_get(&chart->values, "hide");
	for (size_t i = 0; columns && i < columns->list.count; i++) {
		const struct value *column = entry_column(columns, i);
		for (size_t j = 0; column && j < i; j++)
			need_different(c, column, entry_column(columns, j));
		for (size_t j = 0; column && hide && j < hide->list.count; j++)
			need_different(c, column, &hide->list.items[j]);
	}
	need_distinct(c, hide);
}

static void add(json_t *list, struct str name, bool enabled) {
	json_array_append_new(
		list, json_pack("{s:o,s:b}", "name", name_json(name), "enabled", enabled));
}

void shown_lower(struct compile *c, const struct chart *chart, json_t *settings) {
	(void)c;
	const struct value *columns = values_get(&chart->values, "columns");
	const struct value *hide = values_get(&chart->values, "hide");
	const struct columns *all = chart->columns;
	json_t *list = json_array();
	for (size_t i = 0; columns && i < columns->list.count; i++) {
		const struct value *column = entry_column(columns, i);
		if (column)
			add(list, column->text, true);
	}
	for (size_t i = 0; all->known && i < all->count; i++) {
		struct str name = all->items[i].name;
		if (!is_listed(columns, name))
			add(list, name, !columns && !list_has(hide, name));
	}
	for (size_t i = 0; !all->known && hide && i < hide->list.count; i++)
		add(list, hide->list.items[i].text, false);
	if (json_array_size(list) > 0)
		json_object_set(settings, "table.columns", list);
	json_decref(list);
}

void shown_lower_looks(struct compile *c, const struct chart *chart, json_t *settings) {
	const struct value *columns = values_get(&chart->values, "columns");
	for (size_t i = 0; columns && i < columns->list.count; i++) {
		const struct value *column = entry_column(columns, i);
		json_auto_t *look = json_object();
		values_lower(c, &columns->list.items[i].map, look);
		if (column && json_object_size(look) > 0)
			json_object_update(
				picture_column_settings(c->arena, settings, column->text), look);
	}
}
