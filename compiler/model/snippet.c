/* Snippets, and what SQL refers to: `{{snippet: key}}` and `{{#chart}}` are looked up, and no
 * reference may lead back to where it began, which the server would only find out when the query
 * runs. */
#include "compiler/model/load.h"
#include "runtime/suggest.h"

#define DEEPEST 200     /* references in a row */

static struct node *bind_map(
	struct compile *c, const char *directory, struct node *name, struct node *map) {
	struct values values;
	const struct key *const groups[] = {snippet_keys, NULL};
	const char *what = arena_printf(c->arena, "snippet `%.*s`", STR_ARGS(name->scalar.text));
	if (!keys_bind_named(c, groups, name, map, what, &values))
		return NULL;
	const struct value *sql = values_get(&values, "sql"),
			   *file = values_get(&values, "sql_file");
	if (sql && file) {
		diag_note(c,
			diag_add(
				c, E0209, file->name->at, "%s has both `sql` and `sql_file`", what),
			sql->name->at, "the other text");
		return NULL;
	}
	if (!sql && !file) {
		diag_add(c, E0205, name->at, "%s needs `sql` or `sql_file`", what);
		return NULL;
	}
	return sql ? sql->node : sql_file_read(c, directory, file->node);
}

static struct node *bind_text(
	struct compile *c, const char *directory, struct node *name, struct node *node) {
	if (node->bad)
		return NULL;
	if (node->type == NODE_MAP)
		return bind_map(c, directory, name, node);
	if (node->type == NODE_SCALAR && str_trim(node->scalar.text).len > 0 && !node_is_null(node))
		return node;
	struct diagnostic *d = diag_add(c, E0202, name->at, "snippet `%.*s` takes a text, found %s",
		STR_ARGS(name->scalar.text),
		node->type == NODE_SCALAR ? "nothing" : node_shown(c, node));
	diag_help(c, d, "or `{sql: …}`, or `{sql_file: …}`");
	return NULL;
}

void snippets_bind(
	struct compile *c, const char *directory, struct node *map, struct names *names) {
	if (map->bad)
		return;
	if (map->type != NODE_MAP) {
		diag_add(c, E0202, map->at, "`snippets` takes a map from keys to texts, found %s",
			node_shown(c, map));
		return;
	}
	for (size_t i = 0; i < map->map.count; i++) {
		struct node *name = map->map.pairs[i].key;
		struct str key = name->scalar.text;
		if (!name_check(c, NAME_SNIPPET, key, name->at) ||
			!name_take(c, names, key, name->at, "snippet"))
			continue;
		struct node *text = bind_text(c, directory, name, map->map.pairs[i].value);
		if (!text)
			continue;
		struct snippet *snippet = arena_new(c->arena, struct snippet);
		*snippet = (struct snippet){.key = key, .name_node = name, .sql_node = text};
		snippet->sql = sql_scan(c->arena, text->scalar.text, c->project->bigquery);
		vec_push(c->arena, &c->project->snippets, snippet);
		*map_slot(c->arena, &c->project->snippets_by_key, key) = snippet;
	}
}

/* --- references ------------------------------------------------------------------------------- */

enum { UNSEEN, ON_THE_WAY, DONE };

/* One text with references: a chart's or a snippet's. */
struct text {
	const struct text *from;        /* the text that refers to this one, by this name */
	struct str name;
	const struct dashboard *dashboard;
	const struct sql *sql;
	const struct node *node;
	unsigned char *state;
};

static bool follow(struct compile *c, const struct text *text, unsigned depth);

static struct span tag_at(struct compile *c, const struct text *text, const struct sql_tag *tag) {
	return node_span(c, text->node, tag->start, tag->end);
}

static void report_snippet(struct compile *c, const struct text *text, const struct sql_tag *tag) {
	struct suggest near = suggest_start(tag->name);
	suggest_map(c, &near, &c->project->snippets_by_key);
	struct diagnostic *d = diag_add(
		c, E0305, tag_at(c, text, tag), "there is no snippet `%.*s`", STR_ARGS(tag->name));
	diag_suggest(c, d,
		node_span(c, text->node, tag->name_start, tag->name_start + tag->name.len), &near);
	if (suggest_best(&near).len == 0)
		diag_help(c, d, "define it in a file without `dashboard:`, below `snippets:`");
}

/* What a tag refers to; false for a variable, or when there is no such thing (reported). */
static bool refers(
	struct compile *c, const struct text *text, const struct sql_tag *tag, struct text *to) {
	if (tag->type == SQL_TAG_SNIPPET) {
		struct snippet *snippet = map_get(&c->project->snippets_by_key, tag->name);
		if (!snippet) {
			report_snippet(c, text, tag);
			return false;
		}
		snippet->used = true;
		*to = (struct text){
			.sql = snippet->sql, .node = snippet->sql_node, .state = &snippet->state};
		return true;
	}
	if (tag->type != SQL_TAG_CARD)
		return false;
	struct node at = {.at = tag_at(c, text, tag)};
	struct chart *chart = project_chart_named(c, text->dashboard, &at, tag->name);
	if (!chart)
		return false;
	chart->referenced = true;
	*to = (struct text){
		.dashboard = chart->dashboard,
		.sql = chart->sql,
		.node = chart->sql_node,
		.state = &chart->state,
	};
	return chart->sql != NULL;
}

/* "`a` → `b` → `a`": the way from what `tag` names to the text it stands in, and back. */
static const char *circle(struct compile *c, const struct text *text, const struct sql_tag *tag,
	const unsigned char *start) {
	const char *way = arena_printf(c->arena, "`%.*s`", STR_ARGS(tag->name));
	for (; text && text->state != start; text = text->from)
		way = arena_printf(c->arena, "`%.*s` → %s", STR_ARGS(text->name), way);
	return arena_printf(c->arena, "`%.*s` → %s", STR_ARGS(tag->name), way);
}

static bool report_cycle(struct compile *c, const struct text *text, const struct sql_tag *tag,
	const unsigned char *state) {
	bool deep = *state != ON_THE_WAY;
	struct diagnostic *d = diag_add(c, E0306, tag_at(c, text, tag),
		deep ? "more than 200 references in a row end here"
		     : "this reference leads back to where it began");
	if (!deep)
		diag_note(c, d, SPAN_NONE, "%s", circle(c, text, tag, state));
	diag_note(c, d, SPAN_NONE, "the server would refuse to run the query");
	return false;
}

static bool follow_tag(
	struct compile *c, const struct text *text, const struct sql_tag *tag, unsigned depth) {
	struct text to;
	if (!refers(c, text, tag, &to) || *to.state == DONE)
		return true;
	if (*to.state == ON_THE_WAY || depth > DEEPEST)
		return report_cycle(c, text, tag, to.state);
	to.from = text;
	to.name = tag->name;
	return follow(c, &to, depth + 1);
}

static bool follow(struct compile *c, const struct text *text, unsigned depth) {
	bool good = true;
	*text->state = ON_THE_WAY;
	for (size_t i = 0; i < text->sql->tags.count; i++)
		good = follow_tag(c, text, &text->sql->tags.items[i], depth) && good;
	*text->state = DONE;
	return good;
}

static void follow_chart(struct compile *c, struct chart *chart) {
	struct text text = {
		.dashboard = chart->dashboard,
		.sql = chart->sql,
		.node = chart->sql_node,
		.state = &chart->state,
	};
	if (chart->sql && chart->state == UNSEEN)
		follow(c, &text, 0);
}

/* The server fills a snippet's text in without giving its tags to the card. */
static void check_snippet(struct compile *c, struct snippet *snippet) {
	struct text text = {
		.sql = snippet->sql, .node = snippet->sql_node, .state = &snippet->state};
	for (size_t i = 0; i < snippet->sql->tags.count; i++) {
		const struct sql_tag *tag = &snippet->sql->tags.items[i];
		if (tag->type != SQL_TAG_VARIABLE || tag->name.len == 0)
			continue;
		struct diagnostic *d = diag_add(c, E0307, tag_at(c, &text, tag),
			"`{{%.*s}}` in a snippet reaches no filter", STR_ARGS(tag->name));
		diag_help(c, d, "write the tag in the chart's SQL, beside `{{snippet: %.*s}}`",
			STR_ARGS(snippet->key));
	}
	if (snippet->state == UNSEEN)
		follow(c, &text, 0);
}

void references_check(struct compile *c) {
	struct project *project = c->project;
	for (size_t i = 0; i < project->shared_charts.count; i++)
		follow_chart(c, project->shared_charts.items[i]);
	for (size_t i = 0; i < project->dashboards.count; i++) {
		for (size_t j = 0; j < project->dashboards.items[i]->charts.count; j++)
			follow_chart(c, project->dashboards.items[i]->charts.items[j]);
	}
	for (size_t i = 0; i < project->snippets.count; i++)
		check_snippet(c, project->snippets.items[i]);
}
