/* Clicks: `click:` of a chart, a table's column or a placement goes in, the server's click_behavior
 * comes out, with filters and dashboards named by key. The server matches a mapping by the
 * parameter's id, and for a SQL card by the name of its tag; it can pass the value of a column or
 * of a filter and nothing else, so there is no fixed value. */
#include "compiler/model/picture_parts.h"

#include "compiler/model/project.h"
#include "runtime/suggest.h"

static const struct key source_keys[] = {
	{"column", KEY_COLUMN, .doc = "column of the clicked row"},
	{"filter", KEY_TEXT, .doc = "filter of this dashboard whose value is passed on"},
	{0}
};

const struct key picture_click_keys[] = {
	{"dashboard", KEY_TEXT, .doc = "key of the dashboard to open"},
	{"tab", KEY_TEXT, .doc = "title of its tab"},
	{"chart", KEY_TEXT, .doc = "chart to open: `key`, `dashboard/key`, or `/key` for a shared one"},
	{"url", KEY_TEXT, .doc = "address to open, with `{{column}}` and `{{filter:Label}}` filled in",
		.example = "\"https://example.com/orders/{{order_id}}\""},
	{"filter", KEY_MAP, KEY_ENTRIES, .keys = source_keys, .shorthand = "column",
		.doc = "filters of this dashboard to set, and from which column",
		.example = "{country: country}"},
	{"set", KEY_MAP, KEY_ENTRIES, .keys = source_keys, .shorthand = "column",
		.doc = "filters to set where the click leads, from a column or from a filter here",
		.example = "{day: day, country: {filter: country}}"},
	{0}
};

static const struct filter *find_filter(const struct dashboard *dashboard, struct str name) {
	if (!dashboard)
		return NULL;
	for (size_t i = 0; i < dashboard->filters.count; i++) {
		if (str_eq(dashboard->filters.items[i]->key, name))
			return dashboard->filters.items[i];
	}
	return NULL;
}

static const struct dashboard *find_dashboard(const struct compile *c, struct str key) {
	return map_get(&c->project->dashboards_by_key, key);
}

static bool has_tab(const struct dashboard *dashboard, struct str title) {
	for (size_t i = 0; i < dashboard->tabs.count; i++) {
		if (str_eq(dashboard->tabs.items[i]->title, title))
			return true;
	}
	return false;
}

static void report_filter(
	struct compile *c, const struct dashboard *dashboard, const struct node *at) {
	struct suggest near = suggest_start(at->scalar.text);
	for (size_t i = 0; i < dashboard->filters.count; i++)
		suggest_offer(&near, dashboard->filters.items[i]->key);
	struct diagnostic *d = diag_add(c, E0430, at->at, "dashboard `%.*s` has no filter %s",
		STR_ARGS(dashboard->key), node_shown(c, at));
	diag_suggest(c, d, at->at, &near);
}

static void check_source(struct compile *c, const struct chart *chart,
	const struct dashboard *dashboard, const struct value *entry) {
	const struct value *column = values_get(&entry->map, "column");
	const struct value *filter = values_get(&entry->map, "filter");
	if (!column == !filter && !entry->bad) {
		struct diagnostic *d = diag_add(c, E0431, entry->node->at,
			"a value comes from a column or from a filter");
		diag_help(c, d, "write a column's name, or `{filter: NAME}`");
	}
	if (column)
		result_has_column(c, chart, column->node, "click");
	if (filter && dashboard && !find_filter(dashboard, filter->text))
		report_filter(c, dashboard, filter->node);
}

static void check_entries(struct compile *c, const struct chart *chart,
	const struct dashboard *from, const struct dashboard *to, const struct value *entries) {
	for (size_t i = 0; entries && i < entries->list.count; i++) {
		const struct value *entry = &entries->list.items[i];
		if (to && !find_filter(to, entry->name->scalar.text))
			report_filter(c, to, entry->name);
		check_source(c, chart, from, entry);
	}
}

static void check_tab(
	struct compile *c, const struct dashboard *dashboard, const struct value *tab) {
	if (tab->text.len > 0 && has_tab(dashboard, tab->text))
		return;
	struct suggest near = suggest_start(tab->text);
	for (size_t i = 0; i < dashboard->tabs.count; i++)
		suggest_offer(&near, dashboard->tabs.items[i]->title);
	struct diagnostic *d = diag_add(c, E0430, tab->node->at, "dashboard `%.*s` has no tab %s",
		STR_ARGS(dashboard->key), node_shown(c, tab->node));
	diag_suggest(c, d, tab->node->at, &near);
}

static void check_to_dashboard(struct compile *c, const struct chart *chart,
	const struct dashboard *from, const struct value *click) {
	const struct value *name = values_get(&click->map, "dashboard");
	const struct value *tab = values_get(&click->map, "tab");
	const struct dashboard *to = find_dashboard(c, name->text);
	if (!to) {
		struct suggest near = suggest_start(name->text);
		for (size_t i = 0; i < c->project->dashboards.count; i++)
			suggest_offer(&near, c->project->dashboards.items[i]->key);
		struct diagnostic *d = diag_add(c, E0430, name->node->at,
			"there is no dashboard %s", node_shown(c, name->node));
		diag_suggest(c, d, name->node->at, &near);
		return;
	}
	if (tab)
		check_tab(c, to, tab);
	check_entries(c, chart, from, to, values_get(&click->map, "set"));
}

static void report_tag(struct compile *c, const struct chart *to, const struct node *at) {
	struct suggest near = suggest_start(at->scalar.text);
	for (size_t i = 0; to->sql && i < to->sql->tags.count; i++)
		suggest_offer(&near, to->sql->tags.items[i].name);
	struct diagnostic *d = diag_add(c, E0430, at->at, "chart `%.*s` has no tag %s",
		STR_ARGS(to->key), node_shown(c, at));
	diag_suggest(c, d, at->at, &near);
}

static void check_to_chart(struct compile *c, const struct chart *chart,
	const struct dashboard *from, const struct value *click) {
	const struct value *name = values_get(&click->map, "chart");
	const struct value *set = values_get(&click->map, "set");
	const struct chart *to = project_chart(c, from, name->text);
	if (!to) {
		diag_add(c, E0430, name->node->at, "there is no chart %s",
			node_shown(c, name->node));
		return;
	}
	if (set && to->type && to->type->query_builder) {
		diag_add(c, E0431, set->name->at, "a click cannot set anything on a `%s`",
			to->type->name);
		return;
	}
	for (size_t i = 0; set && i < set->list.count; i++) {
		const struct node *tag = set->list.items[i].name;
		if (to->sql && !sql_tag(to->sql, tag->scalar.text))
			report_tag(c, to, tag);
	}
	check_entries(c, chart, from, NULL, set);
}

static bool is_filter_label(const struct dashboard *dashboard, struct str name) {
	if (find_filter(dashboard, name))
		return true;
	for (size_t i = 0; i < dashboard->filters.count; i++) {
		if (str_eq_fold(dashboard->filters.items[i]->label, name))
			return true;
	}
	return false;
}

static bool is_result_column(const struct chart *chart, struct str name) {
	if (chart->type->gives)
		return chart->type->gives(chart, name);
	return !chart->columns->known || columns_find(chart->columns, name) != NULL;
}

static void check_placeholder(struct compile *c, const struct chart *chart,
	const struct dashboard *dashboard, const struct node *url, size_t start, size_t end) {
	struct str name = str_trim(str_slice(url->scalar.text, start + 2, end - 2));
	bool filter = str_starts(name, "filter:");
	if (filter)
		name = str_trim(str_slice(name, strlen("filter:"), name.len));
	if (!filter && is_result_column(chart, name))
		return;
	if (!dashboard || is_filter_label(dashboard, name))
		return;
	struct suggest near = suggest_start(name);
	for (size_t i = 0; !filter && i < chart->columns->count; i++)
		suggest_offer(&near, chart->columns->items[i].name);
	for (size_t i = 0; i < dashboard->filters.count; i++)
		suggest_offer(&near, dashboard->filters.items[i]->key);
	struct str best = suggest_best(&near);
	struct diagnostic *d = diag_add(c, E0432, node_span(c, url, start, end),
		filter ? "there is no filter `%.*s`" : "there is no column or filter `%.*s`",
		STR_ARGS(name));
	if (best.len > 0)
		diag_help(c, d, "did you mean `%.*s`?", STR_ARGS(best));
}

static void check_url(struct compile *c, const struct chart *chart,
	const struct dashboard *dashboard, const struct value *url) {
	struct str text = url->text;
	if (str_trim(text).len == 0)
		diag_add(c, E0437, url->node->at, "the address is empty");
	for (size_t start = str_find(text, "{{", 0); start != STR_NONE;) {
		size_t end = str_find(text, "}}", start);
		if (end == STR_NONE) {
			diag_add(c, E0432, node_span(c, url->node, start, text.len),
				"`{{` is never closed");
			return;
		}
		check_placeholder(c, chart, dashboard, url->node, start, end + 2);
		start = str_find(text, "{{", end);
	}
}

static void check_form(struct compile *c, const struct chart *chart,
	const struct dashboard *dashboard, const struct value *click, const struct value *form) {
	const char *name = form->key->name;
	const struct value *set = values_get(&click->map, "set");
	const struct value *tab = values_get(&click->map, "tab");
	bool to_dashboard = strcmp(name, "dashboard") == 0, to_chart = strcmp(name, "chart") == 0;
	if (set && !to_dashboard && !to_chart)
		diag_add(c, E0431, set->name->at,
			"`set` goes with `dashboard` or `chart`, not with `%s`", name);
	if (tab && !to_dashboard)
		diag_add(c, E0431, tab->name->at, "`tab` goes with `dashboard`, not with `%s`",
			name);
	if (to_dashboard)
		check_to_dashboard(c, chart, dashboard, click);
	else if (to_chart)
		check_to_chart(c, chart, dashboard, click);
	else if (strcmp(name, "url") == 0)
		check_url(c, chart, dashboard, form);
	else
		check_entries(c, chart, dashboard, dashboard, form);
}

void click_check(struct compile *c, const struct chart *chart, const struct dashboard *dashboard,
	const struct value *click) {
	static const char *const forms[] = {"dashboard", "chart", "url", "filter"};
	const struct value *form = NULL;
	unsigned count = 0;
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		const struct value *one = values_get(&click->map, forms[i]);
		form = one ? one : form;
		count += one != NULL;
	}
	if (count == 1) {
		check_form(c, chart, dashboard, click, form);
		return;
	}
	struct diagnostic *d = diag_add(c, E0431, click->node->at,
		"a click leads to one thing, found %s", count == 0 ? "none" : "several");
	diag_help(c, d, "write one of `dashboard`, `chart`, `url`, `filter`");
}

static json_t *parameter(struct compile *c, const struct dashboard *dashboard, struct str filter) {
	return json_pack("{s:s}", "$parameter", arena_printf(c->arena, "%.*s/%.*s",
		STR_ARGS(dashboard->key), STR_ARGS(filter)));
}

static json_t *source_json(
	struct compile *c, const struct dashboard *dashboard, const struct value *entry) {
	const struct value *column = values_get(&entry->map, "column");
	if (column)
		return json_pack("{s:s,s:s%,s:s%}", "type", "column", "id", column->text.ptr,
			column->text.len, "name", column->text.ptr, column->text.len);
	struct str name = values_text(&entry->map, "filter", STR(""));
	const struct filter *filter = find_filter(dashboard, name);
	struct str label = filter ? filter->label : name;
	return json_pack("{s:s,s:o,s:s%}", "type", "parameter", "id", parameter(c, dashboard, name),
		"name", label.ptr, label.len);
}

static json_t *dashboard_mapping(struct compile *c, const struct dashboard *from,
	const struct dashboard *to, const struct value *entries) {
	json_t *mapping = json_object();
	for (size_t i = 0; entries && i < entries->list.count; i++) {
		const struct value *entry = &entries->list.items[i];
		struct str name = entry->name->scalar.text;
		const char *key = arena_printf(
			c->arena, "$parameter:%.*s/%.*s", STR_ARGS(to->key), STR_ARGS(name));
		json_object_set_new(mapping, key,
			json_pack("{s:o,s:o,s:{s:s,s:o}}", "id", parameter(c, to, name), "source",
				source_json(c, from, entry), "target", "type", "parameter", "id",
				parameter(c, to, name)));
	}
	return mapping;
}

static json_t *chart_mapping(
	struct compile *c, const struct dashboard *from, const struct value *entries) {
	json_t *mapping = json_object();
	for (size_t i = 0; entries && i < entries->list.count; i++) {
		const struct value *entry = &entries->list.items[i];
		const char *tag = arena_cstr(c->arena, entry->name->scalar.text);
		json_object_set_new(mapping, tag,
			json_pack("{s:s,s:o,s:{s:s,s:s}}", "id", tag, "source",
				source_json(c, from, entry), "target", "type", "variable", "id",
				tag));
	}
	return mapping;
}

static const char *card_reference(struct compile *c, const struct chart *chart) {
	if (!chart->dashboard)
		return arena_printf(c->arena, "card:/%.*s", STR_ARGS(chart->key));
	return arena_printf(
		c->arena, "card:%.*s/%.*s", STR_ARGS(chart->dashboard->key), STR_ARGS(chart->key));
}

static json_t *to_dashboard(
	struct compile *c, const struct dashboard *from, const struct value *click) {
	const struct dashboard *to =
		find_dashboard(c, values_text(&click->map, "dashboard", STR("")));
	const struct value *tab = values_get(&click->map, "tab");
	const char *name = arena_printf(c->arena, "dashboard:%.*s", STR_ARGS(to->key));
	json_t *behaviour = json_pack("{s:s,s:s,s:{s:s},s:o}", "type", "link", "linkType",
		"dashboard", "targetId", "$ref", name, "parameterMapping",
		dashboard_mapping(c, from, to, values_get(&click->map, "set")));
	if (tab) {
		name = arena_printf(c->arena, "%.*s/%.*s", STR_ARGS(to->key), STR_ARGS(tab->text));
		json_object_set_new(behaviour, "tabId", json_pack("{s:s}", "$tab", name));
	}
	return behaviour;
}

json_t *click_lower(
	struct compile *c, const struct dashboard *dashboard, const struct value *click) {
	const struct value *url = values_get(&click->map, "url");
	const struct value *chart = values_get(&click->map, "chart");
	if (values_get(&click->map, "dashboard"))
		return to_dashboard(c, dashboard, click);
	if (url)
		return json_pack("{s:s,s:s,s:s%}", "type", "link", "linkType", "url",
			"linkTemplate", url->text.ptr, url->text.len);
	if (chart)
		return json_pack("{s:s,s:s,s:{s:s},s:o}", "type", "link", "linkType", "question",
			"targetId", "$ref",
			card_reference(c, project_chart(c, dashboard, chart->text)),
			"parameterMapping",
			chart_mapping(c, dashboard, values_get(&click->map, "set")));
	return json_pack("{s:s,s:o}", "type", "crossfilter", "parameterMapping",
		dashboard_mapping(c, dashboard, dashboard, values_get(&click->map, "filter")));
}
