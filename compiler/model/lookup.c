/* From the name of a chart to the chart, and from a key to the words that people see. */
#include "compiler/model/load.h"
#include "runtime/suggest.h"

struct str title_of_key(struct arena *arena, struct str key) {
	char *text = arena_cstr(arena, key);
	for (size_t i = 0; i < key.len; i++)
		text[i] = text[i] == '_' || text[i] == '-' ? ' ' : text[i];
	if (key.len > 0 && text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	return (struct str){text, key.len};
}

struct chart *project_chart(struct compile *c, const struct dashboard *from, struct str name) {
	const char *slash = name.len ? memchr(name.ptr, '/', name.len) : NULL;
	if (!slash) {
		struct chart *own = from ? map_get(&from->charts_by_key, name) : NULL;
		return own ? own : map_get(&c->project->shared_charts_by_key, name);
	}
	size_t at = (size_t)(slash - name.ptr);
	struct str key = str_slice(name, at + 1, name.len);
	if (at == 0)
		return map_get(&c->project->shared_charts_by_key, key);
	const struct dashboard *dashboard =
		map_get(&c->project->dashboards_by_key, str_slice(name, 0, at));
	return dashboard ? map_get(&dashboard->charts_by_key, key) : NULL;
}

struct chart *project_chart_named(
	struct compile *c, const struct dashboard *from, const struct node *at, struct str name) {
	struct chart *chart = project_chart(c, from, name);
	if (chart)
		return chart;
	struct suggest near = suggest_start(name);
	if (from)
		suggest_map(c, &near, &from->charts_by_key);
	suggest_map(c, &near, &c->project->shared_charts_by_key);
	struct diagnostic *d =
		diag_add(c, E0301, at->at, "there is no chart `%.*s`", STR_ARGS(name));
	if (suggest_best(&near).len)
		diag_help(c, d, "did you mean `%.*s`?", STR_ARGS(suggest_best(&near)));
	else
		diag_help(c, d,
			"`key` is a chart of the same dashboard, `dashboard/key` of another, "
			"`/key` a shared one");
	return NULL;
}
