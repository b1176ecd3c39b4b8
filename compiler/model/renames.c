/* `was:` — a thing under its new name, and the old name by which the server's copy is found. The
 * old name must be free: with both alive nobody could say which of the two the server's copy
 * becomes. */
#include "compiler/model/load.h"

struct rename {
	struct compile *c;
	const char *what;
	struct map claimed;     /* old name → span of who claimed it */
};

static void report_alive(struct rename *rename, struct span at, struct str was, struct span alive) {
	struct compile *c = rename->c;
	struct diagnostic *d = diag_add(c, E0312, at, "`was: %.*s` names a %s that is still there",
		STR_ARGS(was), rename->what);
	diag_note(c, d, alive, "it is alive here");
	diag_help(c, d, "remove `was`, or what it names");
}

/* Two things cannot both have been the same one. */
static void claim(struct rename *rename, struct str was, struct span at) {
	struct compile *c = rename->c;
	void **slot = map_slot(c->arena, &rename->claimed, was);
	if (*slot) {
		struct diagnostic *d =
			diag_add(c, E0312, at, "two %ss were `%.*s`", rename->what, STR_ARGS(was));
		diag_note(c, d, *(const struct span *)*slot, "the other one");
		return;
	}
	struct span *kept = arena_new(c->arena, struct span);
	*kept = at;
	*slot = kept;
}

static struct span was_span(const struct values *values, struct span other) {
	const struct value *was = values_get(values, "was");
	return was ? was->node->at : other;
}

/* `old`, `dashboard/old` and `/old` as one spelling: DASHBOARD/KEY, /KEY. */
static struct str full_name(struct compile *c, const struct chart *chart) {
	if (memchr(chart->was.ptr, '/', chart->was.len))
		return chart->was;
	struct str from = chart->dashboard ? chart->dashboard->key : STR("");
	return str_from(arena_printf(c->arena, "%.*s/%.*s", STR_ARGS(from), STR_ARGS(chart->was)));
}

static void check_chart(struct rename *rename, const struct chart *chart) {
	if (chart->was.len == 0)
		return;
	const struct chart *alive = project_chart(rename->c, chart->dashboard, chart->was);
	bool other = alive && !memchr(chart->was.ptr, '/', chart->was.len) &&
		     alive->dashboard != chart->dashboard;
	if (alive && !other)
		report_alive(rename, chart->was_node->at, chart->was, alive->key_node->at);
	else
		claim(rename, full_name(rename->c, chart), chart->was_node->at);
}

static void check_charts(struct compile *c) {
	struct rename rename = {c, "chart", {0}};
	for (size_t i = 0; i < c->project->shared_charts.count; i++)
		check_chart(&rename, c->project->shared_charts.items[i]);
	for (size_t i = 0; i < c->project->dashboards.count; i++) {
		const struct dashboard *dashboard = c->project->dashboards.items[i];
		for (size_t j = 0; j < dashboard->charts.count; j++)
			check_chart(&rename, dashboard->charts.items[j]);
	}
}

static void check_dashboards(struct compile *c) {
	struct rename rename = {c, "dashboard", {0}};
	for (size_t i = 0; i < c->project->dashboards.count; i++) {
		const struct dashboard *dashboard = c->project->dashboards.items[i];
		if (dashboard->was.len == 0)
			continue;
		struct span at = was_span(&dashboard->values, dashboard->key_node->at);
		const struct dashboard *alive =
			map_get(&c->project->dashboards_by_key, dashboard->was);
		if (alive)
			report_alive(&rename, at, dashboard->was, alive->key_node->at);
		else
			claim(&rename, dashboard->was, at);
	}
}

static void check_filters(struct compile *c, const struct dashboard *dashboard) {
	struct rename rename = {c, "filter", {0}};
	for (size_t i = 0; i < dashboard->filters.count; i++) {
		const struct filter *filter = dashboard->filters.items[i];
		if (filter->was.len == 0)
			continue;
		struct span at = was_span(&filter->values, filter->key_node->at);
		const struct filter *alive = map_get(&dashboard->filters_by_key, filter->was);
		if (alive)
			report_alive(&rename, at, filter->was, alive->key_node->at);
		else
			claim(&rename, filter->was, at);
	}
}

static void check_tabs(struct compile *c, const struct dashboard *dashboard) {
	struct rename rename = {c, "tab", {0}};
	for (size_t i = 0; i < dashboard->tabs.count; i++) {
		const struct tab *tab = dashboard->tabs.items[i];
		const struct tab *alive = NULL;
		if (tab->was.len == 0)
			continue;
		for (size_t j = 0; j < dashboard->tabs.count; j++) {
			if (str_eq(dashboard->tabs.items[j]->title, tab->was))
				alive = dashboard->tabs.items[j];
		}
		if (alive)
			report_alive(&rename, tab->title_node->at, tab->was, alive->title_node->at);
		else
			claim(&rename, tab->was, tab->title_node->at);
	}
}

static void check_collections(struct compile *c) {
	struct rename rename = {c, "collection", {0}};
	struct map alive = {0};
	for (size_t i = 0; i < c->project->dashboards.count; i++) {
		struct dashboard *dashboard = c->project->dashboards.items[i];
		if (dashboard->collection.len > 0)
			*map_slot(c->arena, &alive, dashboard->collection) =
				dashboard->collection_node;
	}
	for (size_t i = 0; i < c->project->collections.count; i++) {
		const struct collection *collection = c->project->collections.items[i];
		const struct node *other = map_get(&alive, collection->was);
		if (collection->was.len == 0)
			continue;
		if (other)
			report_alive(&rename, collection->node->at, collection->was, other->at);
		else
			claim(&rename, collection->was, collection->node->at);
	}
}

void renames_check(struct compile *c) {
	check_charts(c);
	check_dashboards(c);
	check_collections(c);
	for (size_t i = 0; i < c->project->dashboards.count; i++) {
		check_filters(c, c->project->dashboards.items[i]);
		check_tabs(c, c->project->dashboards.items[i]);
	}
}
