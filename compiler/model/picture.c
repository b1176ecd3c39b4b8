/* Keys of the picture that every chart has, and the two objects of settings that come of a chart:
 * one for its card, one for each of its places. Clicks and hide_if_empty go with the place, because
 * the server reads them there and because a shared chart means other filters on each dashboard. */
#include "compiler/model/picture_parts.h"

#include "compiler/model/project.h"

void picture_lower_elsewhere(struct compile *c, const struct value *value, json_t *settings) {
	(void)c, (void)value, (void)settings;
}

static json_t *schema_object(void) {
	return json_pack("{s:s}", "type", "object");
}

const struct key picture_keys[] = {
	{"format", KEY_MAP, KEY_ENTRIES, .keys = picture_format_keys, .lower = format_lower,
		.doc = "how each column is written", .example = "{total: {style: currency, currency: EUR}}"},
	{"click", KEY_MAP, .keys = picture_click_keys, .lower = picture_lower_elsewhere,
		.doc = "what a click on the chart does", .example = "{dashboard: orders, set: {country: country}}"},
	{"hide_if_empty", KEY_BOOLEAN, .lower = picture_lower_elsewhere,
		.doc = "leave the card out while its query gives no rows"},
	{"settings", KEY_ANY, .lower = picture_lower_elsewhere, .schema = schema_object,
		.doc = "settings of the server under their own names, merged last",
		.example = "{graph.y_axis.split_number: 4}"},
	{0}
};

const struct key picture_placement_keys[] = {
	{"title", KEY_TEXT, .to = "card.title", .doc = "title here, instead of the chart's own"},
	{"description", KEY_TEXT, .to = "card.description", .doc = "description here"},
	{"click", KEY_MAP, .keys = picture_click_keys, .lower = picture_lower_elsewhere,
		.doc = "what a click does here", .example = "{filter: {country: country}}"},
	{"hide_if_empty", KEY_BOOLEAN, .lower = picture_lower_elsewhere,
		.doc = "leave the card out while its query gives no rows"},
	{"settings", KEY_ANY, .lower = picture_lower_elsewhere, .schema = schema_object,
		.doc = "settings of the server under their own names, merged last",
		.example = "{text.align_vertical: middle}"},
	{0}
};

const char *picture_column_key(struct arena *arena, struct str column) {
	json_auto_t *pair = json_pack("[s,s%]", "name", column.ptr ? column.ptr : "", column.len);
	size_t size = json_dumpb(pair, NULL, 0, JSON_COMPACT);
	char *key = arena_alloc(arena, size + 1);
	json_dumpb(pair, key, size, JSON_COMPACT);
	return key;
}

json_t *picture_column_settings(struct arena *arena, json_t *settings, struct str column) {
	json_t *all = json_object_get(settings, "column_settings");
	if (!all) {
		all = json_object();
		json_object_set_new(settings, "column_settings", all);
	}
	const char *key = picture_column_key(arena, column);
	json_t *one = json_object_get(all, key);
	if (!one) {
		one = json_object();
		json_object_set_new(all, key, one);
	}
	return one;
}

static void report_result(struct compile *c, const struct chart *chart, const struct node *name,
	const char *what) {
	diag_add(c, E0416, name->at, "`%s` names `%.*s`, which chart `%.*s` does not give", what,
		STR_ARGS(name->scalar.text), STR_ARGS(chart->key));
}

bool result_has_column(
	struct compile *c, const struct chart *chart, struct node *name, const char *what) {
	if (name->bad)
		return false;
	if (chart->type->gives) {
		if (chart->type->gives(chart, name->scalar.text))
			return true;
		report_result(c, chart, name, what);
		return false;
	}
	const struct key row = {.name = what, .type = KEY_COLUMN};
	const struct value value = {.key = &row, .node = name, .text = name->scalar.text};
	return chart_need_column(c, chart, &value, COLUMN_UNKNOWN, what);
}

/* The server rewrites lists that begin with these words, as if they were parts of a query. */
static void check_reserved_names(struct compile *c, const struct chart *chart) {
	static const char *const reserved[] = {"field", "expression", "aggregation"};
	for (size_t i = 0; i < chart->columns->count; i++) {
		const struct column *column = &chart->columns->items[i];
		for (size_t j = 0; j < COUNT_OF(reserved); j++) {
			if (str_is(column->name, reserved[j]))
				diag_add(c, W0417, column_span(c, column),
					"a column called `%s` may be taken for a part of a query", reserved[j]);
		}
	}
}

static void check_own_clicks(
	struct compile *c, const struct chart *chart, const struct dashboard *dashboard) {
	const struct value *click = values_get(&chart->values, "click");
	if (click && !chart->type->clicks)
		click_check(c, chart, dashboard, click);
	const struct value *list =
		chart->type->clicks ? values_get(&chart->values, chart->type->clicks) : NULL;
	for (size_t i = 0; list && i < list->list.count; i++) {
		const struct value *one = values_get(&list->list.items[i].map, "click");
		if (one)
			click_check(c, chart, dashboard, one);
	}
}

static void report_click_on_whole(
	struct compile *c, const struct chart *chart, const struct value *click) {
	struct diagnostic *d = diag_add(c, E0431, click->name->at,
		"in a `%s` a click belongs to a column", chart->type->name);
	diag_help(
		c, d, "write it at the column: `%s: [{column: …, click: …}]`", chart->type->clicks);
}

/* Only the rows of the picture: the chart's other keys are no settings. */
static void lower_rows(struct compile *c, const struct values *values,
	const struct key *const *groups, json_t *settings) {
	for (size_t i = 0; i < values->count; i++) {
		struct value *value = &values->items[i];
		const struct values one = {value, 1, values->node};
		if (keys_find(groups, str_from(value->key->name)) == value->key)
			values_lower(c, &one, settings);
	}
}

/* All but `settings:`. */
static json_t *lower_chart(struct compile *c, const struct chart *chart) {
	static const struct key *const common[] = {picture_keys, NULL};
	json_t *settings = json_object();
	lower_rows(c, &chart->values, common, settings);
	if (chart->type->groups)
		lower_rows(c, &chart->values, chart->type->groups, settings);
	if (chart->type->lower)
		chart->type->lower(c, chart, settings);
	return settings;
}

/* Without its columns a chart says only what its author wrote: what mbc fills in may be overridden.
 */
static void check_twice(
	struct compile *c, const struct chart *chart, const struct value *settings) {
	struct columns unknown = {.known = false};
	struct chart written = *chart;
	written.columns = &unknown;
	json_auto_t *lowered = lower_chart(c, &written);
	raw_check_twice(c, settings, lowered);
}

void picture_check(struct compile *c, const struct chart *chart) {
	const struct value *format = values_get(&chart->values, "format");
	const struct value *click = values_get(&chart->values, "click");
	const struct value *settings = values_get(&chart->values, "settings");
	if (chart->type->check)
		chart->type->check(c, chart);
	if (format)
		format_check(c, chart, format);
	if (click && chart->type->clicks)
		report_click_on_whole(c, chart, click);
	check_own_clicks(c, chart, chart->dashboard);
	check_reserved_names(c, chart);
	if (!settings)
		return;
	raw_check(c, chart->type, chart, false, settings);
	check_twice(c, chart, settings);
}

static void check_virtual(struct compile *c, const struct placement *placement) {
	static const char *const useless[] = {"title", "description", "click", "hide_if_empty"};
	for (size_t i = 0; i < COUNT_OF(useless); i++) {
		const struct value *value = values_get(&placement->values, useless[i]);
		if (value)
			diag_add(c, E0415, value->name->at, "`%s` has no effect on a %s",
				useless[i], placement->type->name);
	}
	if (placement->type->check_placement)
		placement->type->check_placement(c, placement);
}

void picture_check_placement(struct compile *c, const struct dashboard *dashboard,
	const struct placement *placement) {
	const struct chart *chart = placement->chart;
	const struct value *settings = values_get(&placement->values, "settings");
	const struct value *click = values_get(&placement->values, "click");
	if (!placement->type)
		return;
	if (settings)
		raw_check(c, placement->type, chart, true, settings);
	if (!chart) {
		check_virtual(c, placement);
		return;
	}
	if (click && chart->type->clicks)
		report_click_on_whole(c, chart, click);
	else if (click)
		click_check(c, chart, dashboard, click);
	if (!chart->dashboard)
		check_own_clicks(c, chart, dashboard);
}

json_t *picture_settings(struct compile *c, const struct chart *chart) {
	const struct value *raw = values_get(&chart->values, "settings");
	json_t *settings = lower_chart(c, chart);
	if (raw)
		raw_merge(chart->type, raw, settings);
	return settings;
}

static void lower_column_clicks(struct compile *c, const struct dashboard *dashboard,
	const struct chart *chart, json_t *settings) {
	const struct value *list = values_get(&chart->values, chart->type->clicks);
	for (size_t i = 0; list && i < list->list.count; i++) {
		const struct values *entry = &list->list.items[i].map;
		const struct value *click = values_get(entry, "click");
		if (!click)
			continue;
		struct str column = values_text(entry, "column", STR(""));
		json_object_set_new(picture_column_settings(c->arena, settings, column),
			"click_behavior", click_lower(c, dashboard, click));
	}
}

static void lower_placed_chart(struct compile *c, const struct dashboard *dashboard,
	const struct placement *placement, json_t *settings) {
	const struct chart *chart = placement->chart;
	const struct value *click = values_get(&placement->values, "click");
	bool hide = values_boolean(&chart->values, "hide_if_empty", false);
	if (values_boolean(&placement->values, "hide_if_empty", hide))
		json_object_set_new(settings, "card.hide_empty", json_true());
	if (chart->type->clicks) {
		lower_column_clicks(c, dashboard, chart, settings);
		return;
	}
	if (!click)
		click = values_get(&chart->values, "click");
	if (click)
		json_object_set_new(settings, "click_behavior", click_lower(c, dashboard, click));
}

json_t *picture_placement_settings(struct compile *c, const struct dashboard *dashboard,
	const struct placement *placement) {
	static const struct key *const common[] = {picture_placement_keys, NULL};
	const struct value *raw = values_get(&placement->values, "settings");
	json_t *settings = json_object();
	lower_rows(c, &placement->values, common, settings);
	if (placement->chart)
		lower_placed_chart(c, dashboard, placement, settings);
	else if (placement->type->lower_placement)
		placement->type->lower_placement(c, placement, settings);
	if (raw)
		raw_merge(placement->type, raw, settings);
	return settings;
}
