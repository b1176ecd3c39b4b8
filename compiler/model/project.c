/* The whole project in order: mbc.yaml, every definition file, what they define for all, then each
 * dashboard; and after that, when everything is known by name, the checks. Names are looked up in
 * maps, so the time grows with the size of the definitions and with nothing else. */
#include "compiler/model/project.h"

#include "compiler/model/load.h"
#include "compiler/model/picture.h"
#include "compiler/query/lint.h"
#include "compiler/query/names.h"

/* --- load ------------------------------------------------------------------------------------- */

static void bind_shared(
	struct compile *c, const struct definition_file *file, struct scopes *scopes) {
	const char *directory = directory_of(c->arena, file->path);
	const struct key *const groups[] = {shared_keys, NULL};
	struct values values;
	const char *what = "a file without `dashboard:`";
	keys_bind_named(c, groups, NULL, file->node, what, &values);
	for (size_t i = 0; i < values.count; i++) {
		const struct value *value = &values.items[i];
		if (value->bad)
			continue;
		if (strcmp(value->key->name, "filters") == 0)
			filters_bind(c, NULL, value->node, &scopes->filters);
		else if (strcmp(value->key->name, "snippets") == 0)
			snippets_bind(c, directory, value->node, &scopes->snippets);
		else
			charts_bind(c, NULL, directory, value->node, &scopes->charts);
	}
}

static void bind_dashboard(
	struct compile *c, const struct definition_file *file, struct scopes *scopes) {
	struct dashboard *dashboard = dashboard_bind(c, file, &scopes->dashboards);
	struct names charts = {0}, filters = {0};
	if (!dashboard)
		return;
	const struct value *value = values_get(&dashboard->values, "filters");
	if (value)
		filters_bind(c, dashboard, value->node, &filters);
	value = values_get(&dashboard->values, "charts");
	if (value)
		charts_bind(c, dashboard, directory_of(c->arena, file->path), value->node, &charts);
}

static bool is_dashboard(const struct definition_file *file) {
	return node_get(file->node, "dashboard") != NULL;
}

static void bind_files(struct compile *c, const struct definition_files *files) {
	struct scopes scopes = {0};
	for (size_t i = 0; i < files->count; i++) {
		if (!is_dashboard(&files->items[i]))
			bind_shared(c, &files->items[i], &scopes);
	}
	for (size_t i = 0; i < files->count; i++) {
		if (is_dashboard(&files->items[i]))
			bind_dashboard(c, &files->items[i], &scopes);
	}
	if (diag_errors(c) > 0)
		return;
	for (size_t i = 0; i < c->project->dashboards.count; i++)
		dashboard_bind_layout(c, c->project->dashboards.items[i]);
}

bool project_load(struct compile *c, const struct project_options *options) {
	struct definition_files files = {0};
	if (!manifest_load(c, options))
		return false;
	if (diag_errors(c) > 0)
		return false;
	files_load(c, &files);
	c->catalogue = catalogue_load(c, c->project->catalogue_paths.items,
		c->project->catalogue_paths.count, &c->project->variables);
	bind_files(c, &files);
	return diag_errors(c) == 0;
}

/* --- check ------------------------------------------------------------------------------------ */

static void find_columns(struct compile *c, struct chart *chart) {
	if (!chart->columns)
		chart->columns = columns_of_query(c, chart->sql, chart->sql_node, c->catalogue);
}

static enum lint_use use_of(const struct filter_wire *wire) {
	if (strcmp(wire->tag_type, "dimension") == 0)
		return LINT_FIELD;
	return strcmp(wire->tag_type, "temporal-unit") == 0 ? LINT_GROUPING : LINT_RAW;
}

/* What the lint is told of one chart: made anew for each in the same place. */
struct lint_tags {
	VEC(struct lint_tag) of;
};

static void lint_chart(struct compile *c, const struct chart *chart, struct lint_tags *tags) {
	tags->of.count = 0;
	for (size_t i = 0; i < chart->bindings.count; i++) {
		const struct binding *binding = &chart->bindings.items[i];
		if (!binding->tag)
			continue;
		struct filter_wire wire = binding->filter->type->wire(binding->filter);
		struct lint_tag tag = {
			.tag = binding->tag,
			.use = use_of(&wire),
			.date = strcmp(wire.tag_type, "date") == 0,
			.boolean = strcmp(wire.tag_type, "boolean") == 0,
			.required = binding->filter->required,
			.has_default = binding->filter->default_node != NULL,
			.schema = binding->schema,
			.table = binding->table,
			.column = binding->column,
			.alias = binding->alias,
			.server_has_alias = c->project->metabase >= 56,
		};
		vec_push(c->arena, &tags->of, tag);
	}
	sql_lint(c, chart->sql, chart->sql_node, tags->of.items, tags->of.count,
		c->project->bigquery);
	names_check(c, chart->sql, chart->sql_node, c->catalogue);
}

static void check_chart(struct compile *c, struct chart *chart, struct lint_tags *tags) {
	find_columns(c, chart);
	chart_bind_tags(c, chart);
	lint_chart(c, chart, tags);
}

/* `{{period}}` in a heading or a text. */
static void bind_text_tags(
	struct compile *c, struct dashboard *dashboard, struct placement *placement) {
	const struct node *content = placement->content;
	if (!content || content->type != NODE_SCALAR)
		return;
	struct str text = content->scalar.text;
	for (size_t at = 0; (at = str_find(text, "{{", at)) != STR_NONE;) {
		size_t end = str_find(text, "}}", at);
		if (end == STR_NONE)
			return;
		struct str name = str_trim(str_slice(text, at + 2, end));
		struct filter *filter = dashboard_filter(c, dashboard, name);
		size_t start = (size_t)(name.ptr - text.ptr);
		if (!filter)
			report_filter(c, dashboard, NULL, name, node_span(c, content, at, end + 2),
				node_span(c, content, start, start + name.len));
		for (size_t i = 0; filter && i < placement->text_tags.count; i++)
			filter = placement->text_tags.items[i] == filter ? NULL : filter;
		if (filter) {
			filter->used = true;
			vec_push(c->arena, &placement->text_tags, filter);
		}
		at = end + 2;
	}
}

static void check_placements(struct compile *c, struct dashboard *dashboard, struct tab *tab) {
	layout_tab(c, dashboard, tab);
	for (size_t i = 0; i < tab->placements.count; i++) {
		struct placement *placement = tab->placements.items[i];
		if (placement->chart && !placement->chart->dashboard)
			dashboard_take_chart(c, dashboard, placement->chart);
		bind_text_tags(c, dashboard, placement);
	}
}

enum { UNSEEN, ON_THE_WAY, DONE };

/* A ring of links is reported once, at the link that closes it. */
static void follow_links(struct compile *c, struct filter *filter) {
	filter->state = ON_THE_WAY;
	for (size_t i = 0; i < filter->linked_to.count; i++) {
		struct filter *parent = filter->linked_to.items[i];
		if (parent->state == ON_THE_WAY)
			diag_add(c, E0532, filter->links->name->at,
				"the links of filter `%.*s` lead back to it",
				STR_ARGS(filter->key));
		else if (parent->state == UNSEEN)
			follow_links(c, parent);
	}
	filter->state = DONE;
}

static void check_filters(struct compile *c, struct dashboard *dashboard) {
	for (size_t i = 0; i < dashboard->filters.count; i++)
		filter_check(c, dashboard->filters.items[i]);
	for (size_t i = 0; i < dashboard->filters.count; i++) {
		struct filter *filter = dashboard->filters.items[i];
		struct filter *original = filter->overrides ?
			map_get(&c->project->shared_filters_by_key, filter->key) : NULL;
		if (original)
			original->used = original->used || filter->used;
		if (filter->state == UNSEEN)
			follow_links(c, filter);
		bool own = !filter->overrides || filter->key_node != filter->overrides->key_node;
		if (!filter->used && own)
			diag_add(c, W0501, filter->key_node->at, "no card listens to filter `%.*s`",
				STR_ARGS(filter->key));
	}
}

static void check_dashboard(
	struct compile *c, struct dashboard *dashboard, struct lint_tags *tags) {
	size_t placed = 0;
	for (size_t i = 0; i < dashboard->charts.count; i++)
		check_chart(c, dashboard->charts.items[i], tags);
	for (size_t i = 0; i < dashboard->tabs.count; i++) {
		check_placements(c, dashboard, dashboard->tabs.items[i]);
		placed += dashboard->tabs.items[i]->placements.count;
	}
	if (placed == 0)
		diag_add(c, W0701, dashboard->key_node->at, "dashboard `%.*s` shows nothing",
			STR_ARGS(dashboard->key));
	check_filters(c, dashboard);
}

static void check_pictures(struct compile *c, struct dashboard *dashboard) {
	for (size_t i = 0; i < dashboard->charts.count; i++)
		chart_check(c, dashboard->charts.items[i]);
	for (size_t i = 0; i < dashboard->tabs.count; i++) {
		struct tab *tab = dashboard->tabs.items[i];
		for (size_t j = 0; j < tab->placements.count; j++)
			picture_check_placement(c, dashboard, tab->placements.items[j]);
	}
}

static void check_own_filters(struct compile *c, struct chart *chart) {
	for (size_t i = 0; i < chart->filters.count; i++)
		filter_check(c, chart->filters.items[i]);
}

/* What only the sum of all dashboards can tell. */
static void check_use(struct compile *c) {
	struct project *project = c->project;
	for (size_t i = 0; i < project->shared_filters.count; i++) {
		struct filter *filter = project->shared_filters.items[i];
		filter_check(c, filter);
		if (!filter->used)
			diag_add(c, W0501, filter->key_node->at, "no card listens to filter `%.*s`",
				STR_ARGS(filter->key));
	}
	for (size_t i = 0; i < project->shared_charts.count; i++)
		check_own_filters(c, project->shared_charts.items[i]);
	for (size_t i = 0; i < project->dashboards.count; i++) {
		struct dashboard *dashboard = project->dashboards.items[i];
		for (size_t j = 0; j < dashboard->charts.count; j++) {
			struct chart *chart = dashboard->charts.items[j];
			check_own_filters(c, chart);
			if (chart->placed || chart->referenced)
				continue;
			struct diagnostic *d = diag_add(c, W0301, chart->key_node->at,
				"chart `%.*s` is in no row of its dashboard", STR_ARGS(chart->key));
			diag_help(c, d, "place it in `%s`, or remove it",
				dashboard->has_tabs ? "tabs" : "layout");
		}
	}
}

void project_check(struct compile *c) {
	struct project *project = c->project;
	struct lint_tags tags = {0};
	renames_check(c);
	references_check(c);
	for (size_t i = 0; i < project->shared_charts.count; i++)
		check_chart(c, project->shared_charts.items[i], &tags);
	for (size_t i = 0; i < project->dashboards.count; i++)
		check_dashboard(c, project->dashboards.items[i], &tags);
	for (size_t i = 0; i < project->shared_charts.count; i++)
		chart_check(c, project->shared_charts.items[i]);
	for (size_t i = 0; i < project->dashboards.count; i++)
		check_pictures(c, project->dashboards.items[i]);
	check_use(c);
}
