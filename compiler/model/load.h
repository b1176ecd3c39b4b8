/* What the files of this folder tell each other while definitions are read and bound; nobody else
 * includes it. */
#pragma once

#include "compiler/model/names.h"
#include "compiler/model/project.h"

/* The types that `yields` knows; what an entry of a chart's `filters:` may say. */
extern const struct word column_type_words[];
extern const struct key binding_keys[];

/* One definition file. */
struct definition_file {
	uint32_t source;
	const char *path;
	struct node *node;              /* the whole document, a map */
	struct dashboard *dashboard;    /* NULL: it defines things for the whole project */
};

struct definition_files {
	struct definition_file *items;
	size_t count, capacity;
};

/* Names of the scopes that span files. */
struct scopes {
	struct names dashboards, charts, filters, snippets;
};

/* mbc.yaml and its environment; false if there is no project to go on with. */
bool manifest_load(struct compile *c, const struct project_options *options);

/* Every definition file below `sources:`, parsed, variables replaced, in byte order of paths. */
void files_load(struct compile *c, struct definition_files *files);

/* `path` as written in a file whose folder is `directory` ("" or ending in /). NULL, with E0310
 * reported, when it leaves the project. */
const char *path_inside(struct compile *c, const char *directory, const struct node *path);

/* The folder of a path, "" or ending in /. */
const char *directory_of(struct arena *arena, const char *path);

/* Each binds the entries of a map from keys to definitions. */
void snippets_bind(struct compile *c, const char *directory, struct node *map, struct names *names);
void filters_bind(
	struct compile *c, struct dashboard *dashboard, struct node *map, struct names *names);
void charts_bind(struct compile *c, struct dashboard *dashboard, const char *directory,
	struct node *map, struct names *names);

/* One filter from its map with `type:`; NULL when it was reported. */
struct filter *filter_bind(struct compile *c, struct node *name, struct node *map);

/* Parts of `table.column` or `schema.table.column`, which was bound as KEY_FIELD. */
struct field_reference field_split(struct node *node, struct str text);

/* project_chart, reporting E0301 with a suggestion at `at` when there is none. */
struct chart *project_chart_named(
	struct compile *c, const struct dashboard *from, const struct node *at, struct str name);

/* The part of a dashboard file that names nothing else, and the part that does. */
struct dashboard *dashboard_bind(
	struct compile *c, const struct definition_file *file, struct names *names);
void dashboard_bind_layout(struct compile *c, struct dashboard *dashboard);

/* A scalar with SQL: `text` as it stands, or the file that `path` names. */
struct node *sql_file_read(struct compile *c, const char *directory, struct node *path);

/* Collections' paths: no empty part. */
bool collection_path_check(struct compile *c, const struct node *node);

/* check: tags to filters, filters to columns. */
void chart_bind_tags(struct compile *c, struct chart *chart);
/* What a shared chart's tags mean, told to the filters of a dashboard that shows it. */
void dashboard_take_chart(
	struct compile *c, struct dashboard *dashboard, const struct chart *chart);
/* Reports (E0539) that no filter is called `name`; `fix` is where its name stands. */
void report_filter(struct compile *c, const struct dashboard *dashboard, const struct chart *chart,
	struct str name, struct span at, struct span fix);
/* `type:` of an entry of a chart's `filters:`: then it is a filter of its own. NULL: it names a
 * column. */
struct node *entry_type(const struct value *entry);
/* The copy of a project filter that a dashboard has, made at first use; its own filters as they
 * are. */
struct filter *dashboard_filter(struct compile *c, struct dashboard *dashboard, struct str key);
void filter_check(struct compile *c, struct filter *filter);
void chart_check(struct compile *c, struct chart *chart);
void renames_check(struct compile *c);
void references_check(struct compile *c);
