/* A dashboard: its filters as parameters, its tabs, and a dashcard for every placement with the
 * mappings that carry each filter into the card. A mapping without the right target is stored and
 * silently ignored, so every one is made from the same binding as the card's tag. */
#include "compiler/ir/lower.h"

#include <stdlib.h>

const char *parameter_key(struct arena *arena, const struct dashboard *dashboard,
	const struct filter *filter) {
	return arena_printf(arena, "%.*s/%.*s", STR_ARGS(dashboard->key), STR_ARGS(filter->key));
}

static json_t *parameter_ref(struct arena *arena, const struct dashboard *dashboard,
	const struct filter *filter) {
	return json_pack("{s:s}", "$parameter", parameter_key(arena, dashboard, filter));
}

static json_t *parameter(
	struct compile *c, const struct dashboard *dashboard, const struct filter *filter) {
	struct filter_wire wire = filter->type->wire(filter);
	json_t *parents = json_array();
	json_t *result =
		json_pack("{s:s,s:o}", "sectionId", wire.section, "filteringParameters", parents);
	for (size_t i = 0; i < filter->linked_to.count; i++)
		json_array_append_new(
			parents, parameter_ref(c->arena, dashboard, filter->linked_to.items[i]));
	set_parameter(c, filter, &wire, result);
	return result;
}

/* A filter of the project that the dashboard only uses: its place does not follow from the file. */
static bool is_unwritten(const struct filter *filter) {
	return filter->overrides && filter->node == filter->overrides->node;
}

static int by_place_or_key(const void *a, const void *b) {
	const struct filter *left = *(struct filter *const *)a, *right = *(struct filter *const *)b;
	bool last = is_unwritten(left);
	if (last != is_unwritten(right))
		return last ? 1 : -1;
	if (last)
		return str_cmp(left->key, right->key);
	return left->node->at.start < right->node->at.start ? -1 : 1;
}

/* Those of its file in the author's order, then the project's by key. */
static json_t *parameters(struct compile *c, const struct dashboard *dashboard) {
	struct filter **filters = arena_array(c->arena, struct filter *, dashboard->filters.count);
	json_t *list = json_array();
	for (size_t i = 0; i < dashboard->filters.count; i++)
		filters[i] = dashboard->filters.items[i];
	if (dashboard->filters.count)
		qsort(filters, dashboard->filters.count, sizeof(struct filter *), by_place_or_key);
	for (size_t i = 0; i < dashboard->filters.count; i++)
		json_array_append_new(list, parameter(c, dashboard, filters[i]));
	return list;
}

/* --- mappings --------------------------------------------------------------------------------- */

static int by_parameter(const void *a, const void *b) {
	json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
	const char *l = json_string_value(
		json_object_get(json_object_get(left, "parameter_id"), "$parameter"));
	const char *r = json_string_value(
		json_object_get(json_object_get(right, "parameter_id"), "$parameter"));
	return strcmp(l, r);
}

typedef VEC(json_t *) mapping_list;

static json_t *sorted(mapping_list *mappings) {
	json_t *list = json_array();
	if (mappings->count)
		qsort(mappings->items, mappings->count, sizeof(json_t *), by_parameter);
	for (size_t i = 0; i < mappings->count; i++)
		json_array_append_new(list, mappings->items[i]);
	return list;
}

static void map_card(struct compile *c, const struct dashboard *dashboard,
	const struct chart *chart, mapping_list *mappings) {
	const char *card = card_key(c->arena, chart);
	for (size_t i = 0; i < chart->bindings.count; i++) {
		const struct binding *b = &chart->bindings.items[i];
		const struct filter *filter = b->filter && !b->filter->chart ?
			map_get(&dashboard->filters_by_key, b->filter->key) : NULL;
		if (!filter)
			continue;
		json_t *mapping = json_pack("{s:o,s:o,s:o}", "parameter_id",
			parameter_ref(c->arena, dashboard, filter), "card_id",
			object_ref(OBJECT_CARD, card), "target", mapping_target(c, chart, b));
		vec_push(c->arena, mappings, mapping);
	}
}

static void map_text(struct compile *c, const struct dashboard *dashboard,
	const struct placement *placement, mapping_list *mappings) {
	for (size_t i = 0; i < placement->text_tags.count; i++) {
		const struct filter *filter = placement->text_tags.items[i];
		json_t *mapping = json_pack("{s:o,s:[s,s%]}", "parameter_id",
			parameter_ref(c->arena, dashboard, filter), "target", "text-tag",
			filter->key.ptr, filter->key.len);
		vec_push(c->arena, mappings, mapping);
	}
}

/* --- dashcards -------------------------------------------------------------------------------- */

static json_t *dashcard(struct compile *c, const struct dashboard *dashboard, const struct tab *tab,
	const struct placement *placement) {
	const struct chart *chart = placement->chart;
	mapping_list mappings = {0};
	if (chart)
		map_card(c, dashboard, chart, &mappings);
	map_text(c, dashboard, placement, &mappings);
	json_t *result = json_pack("{s:o,s:i,s:i,s:i,s:i,s:o,s:o}", "card_id",
		chart ? object_ref(OBJECT_CARD, card_key(c->arena, chart)) : json_null(),
		"row", (int)placement->row, "col", (int)placement->column,
		"size_x", (int)placement->width, "size_y", (int)placement->height,
		"parameter_mappings", sorted(&mappings),
		"visualization_settings", picture_placement_settings(c, dashboard, placement));
	if (dashboard->has_tabs)
		json_object_set_new(result, "dashboard_tab_id",
			json_pack("{s:s}", "$tab",
				arena_printf(c->arena, "%.*s/%.*s", STR_ARGS(dashboard->key),
					STR_ARGS(tab->title))));
	return result;
}

static int by_place(const void *a, const void *b) {
	const struct placement *left = *(struct placement *const *)a,
			       *right = *(struct placement *const *)b;
	if (left->row != right->row)
		return left->row < right->row ? -1 : 1;
	return left->column < right->column ? -1 : left->column > right->column;
}

static json_t *dashcards(struct compile *c, const struct dashboard *dashboard) {
	json_t *list = json_array();
	for (size_t i = 0; i < dashboard->tabs.count; i++) {
		struct tab *tab = dashboard->tabs.items[i];
		struct placement **placements = tab->placements.items;
		if (tab->placements.count)
			qsort(placements, tab->placements.count, sizeof(*placements), by_place);
		for (size_t k = 0; k < tab->placements.count; k++)
			json_array_append_new(list, dashcard(c, dashboard, tab, placements[k]));
	}
	return list;
}

static json_t *tabs(const struct dashboard *dashboard) {
	json_t *list = json_array();
	for (size_t i = 0; dashboard->has_tabs && i < dashboard->tabs.count; i++) {
		struct str title = dashboard->tabs.items[i]->title;
		json_array_append_new(list, json_pack("{s:s%}", "name", title.ptr, title.len));
	}
	return list;
}

static void add_rename(
	struct compile *c, struct object *object, bool tab, struct str name, struct str was) {
	if (!was.len)
		return;
	struct object_rename rename = {tab, arena_cstr(c->arena, name), arena_cstr(c->arena, was)};
	vec_push(c->arena, &object->renames, rename);
}

static void add_renames(
	struct compile *c, const struct dashboard *dashboard, struct object *object) {
	for (size_t i = 0; i < dashboard->filters.count; i++)
		add_rename(c, object, false, dashboard->filters.items[i]->key,
			dashboard->filters.items[i]->was);
	for (size_t i = 0; i < dashboard->tabs.count; i++)
		add_rename(c, object, true, dashboard->tabs.items[i]->title,
			dashboard->tabs.items[i]->was);
}

static void lower_dashboard(struct lowering *l, const struct dashboard *dashboard) {
	struct compile *c = l->c;
	struct span at = dashboard->collection_node ? dashboard->collection_node->at
						    : dashboard->key_node->at;
	json_t *body = json_pack("{s:s%,s:o,s:o,s:o,s:o}", "name", dashboard->title.ptr,
		dashboard->title.len, "collection_id",
		collection_at(l, dashboard->collection, at, dashboard->selected), "parameters",
		parameters(c, dashboard), "tabs", tabs(dashboard), "dashcards",
		dashcards(c, dashboard));
	set_text(body, "description", dashboard->description);
	set_managed(c, &dashboard->values, body);
	struct object *object = object_add(l, OBJECT_DASHBOARD,
		arena_cstr(c->arena, dashboard->key), body, dashboard->key_node->at);
	object->selected = dashboard->selected;
	object->was = dashboard->was.len ? arena_cstr(c->arena, dashboard->was) : NULL;
	add_renames(c, dashboard, object);
}

void dashboards_lower(struct lowering *l) {
	const struct project *project = l->c->project;
	for (size_t i = 0; i < project->dashboards.count; i++)
		lower_dashboard(l, project->dashboards.items[i]);
}
