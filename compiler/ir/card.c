/* A chart becomes a card: its SQL with tags, its parameters, its picture. A chart that needs the
 * server's query builder becomes two, a card with the plain SQL and one that builds on it. */
#include "compiler/ir/lower.h"

static json_t *database(const struct compile *c) {
	const struct environment *environment = c->project->environment;
	struct str name = environment ? environment->database : STR("");
	return json_pack("{s:s%}", "$database", name.ptr ? name.ptr : "", name.len);
}

static json_t *card_body(struct lowering *l, const struct chart *chart, struct str name,
	const char *display) {
	struct str path = charts_path(l->c, chart->dashboard);
	json_t *home = collection_at(l, path, chart->key_node->at, chart->selected);
	return json_pack("{s:s%,s:s,s:s,s:o}", "name", name.ptr, name.len, "display", display,
		"type", "question", "collection_id", home);
}

/* The key that the chart had: by its own `was:`, else by that of its dashboard. */
static const char *former_key(struct compile *c, const struct chart *chart) {
	struct arena *arena = c->arena;
	struct str was = chart->was;
	if (was.len && memchr(was.ptr, '/', was.len))
		return arena_cstr(arena, was);
	if (was.len && !chart->dashboard)
		return arena_printf(arena, "/%.*s", STR_ARGS(was));
	if (!chart->dashboard || (!was.len && !chart->dashboard->was.len))
		return NULL;
	struct str home = chart->dashboard->was.len ? chart->dashboard->was : chart->dashboard->key;
	return arena_printf(
		arena, "%.*s/%.*s", STR_ARGS(home), STR_ARGS(was.len ? was : chart->key));
}

static struct object *card_add(struct lowering *l, const struct chart *chart, const char *suffix,
	json_t *body) {
	struct arena *arena = l->c->arena;
	const char *key = arena_printf(arena, "%s%s", card_key(arena, chart), suffix);
	const char *was = former_key(l->c, chart);
	struct object *card = object_add(l, OBJECT_CARD, key, body, chart->key_node->at);
	card->was = was ? arena_printf(arena, "%s%s", was, suffix) : NULL;
	card->selected = chart->selected;
	return card;
}

static void set_native(struct lowering *l, const struct chart *chart, struct object *card) {
	json_object_set_new(card->body, "dataset_query",
		json_pack("{s:s,s:o,s:o}", "type", "native", "database", database(l->c), "native",
			native_query(l, chart, card)));
	json_object_set_new(card->body, "parameters", card_parameters(l->c, chart));
}

static void lower_source(struct lowering *l, const struct chart *chart) {
	const char *name = arena_printf(l->c->arena, "%.*s (source)", STR_ARGS(chart->title));
	struct object *source =
		card_add(l, chart, "#source", card_body(l, chart, str_from(name), "table"));
	set_native(l, chart, source);
	json_object_set_new(source->body, "visualization_settings", json_object());
}

static void lower_chart(struct lowering *l, const struct chart *chart) {
	const struct chart_type *type = chart->type;
	struct object *card = card_add(l, chart, "",
		card_body(l, chart, chart->title, type->display ? type->display : type->name));
	set_text(card->body, "description", chart->description);
	json_object_set_new(card->body, "visualization_settings", picture_settings(l->c, chart));
	if (!type->query_builder) {
		set_native(l, chart, card);
		return;
	}
	lower_source(l, chart);
	json_object_set_new(card->body, "parameters", json_array());
	json_object_set_new(card->body, "dataset_query", json_pack("{s:s,s:o,s:o}", "type", "query",
		"database", database(l->c), "query", type->query(l->c, chart)));
}

void cards_lower(struct lowering *l) {
	const struct project *project = l->c->project;
	for (size_t i = 0; i < project->shared_charts.count; i++)
		lower_chart(l, project->shared_charts.items[i]);
	for (size_t i = 0; i < project->dashboards.count; i++) {
		const struct dashboard *dashboard = project->dashboards.items[i];
		for (size_t k = 0; k < dashboard->charts.count; k++)
			lower_chart(l, dashboard->charts.items[k]);
	}
}
