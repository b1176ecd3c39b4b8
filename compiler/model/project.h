/* The definitions of a project: what mbc.yaml and the files below `sources:` say, understood and
 * bound to each other. Everything lives in the compile's arena. */
#pragma once

#include "compiler/model/chart.h"
#include "compiler/model/dashboard.h"
#include "compiler/model/filter.h"
#include "compiler/source/variables.h"

struct environment {
	struct str name;
	struct node *name_node, *node;
	struct values values;           /* everything written */
	struct str url; /* this and the secrets: only with project_options.needs_server */
	struct str api_key;             /* or user and password; never printed */
	struct str user, password;
	struct node *url_node, *api_key_node;   /* NULL: not from mbc.yaml */
	struct str database;            /* its name in Metabase */
	struct node *database_node;
	int metabase;                   /* oldest server major; the project's if not said */
	long long budget;               /* bytes one opening of a dashboard may scan, 0: none */
	bool is_default;
};

/* `collections: {Money: {was: Finance, description: …}}` of mbc.yaml. */
struct collection {
	struct str path;                /* below the project's collection, parts joined with / */
	struct node *node;
	struct str was;                 /* or empty */
	struct str description;
};

struct snippet {
	struct str key;
	struct node *name_node;
	struct node *sql_node;          /* scalar that holds the text */
	struct sql *sql;
	bool used;
	bool selected;                  /* by PATHs on the command line */
	unsigned char state;            /* while references are followed */
};

struct project {
	struct str name;                /* the owner's name in every marker */
	const char *path;               /* of mbc.yaml */
	struct values values;           /* everything written in mbc.yaml */
	const char *directory;          /* that holds it, as a prefix: "" or "some/dir/" */
	int metabase;                   /* oldest server major the definitions must work on */
	bool bigquery;                  /* dialect */
	struct str collection;          /* everything lives below it */
	struct node *collection_node;
	struct str charts_collection;   /* "Charts" unless said; "." beside their dashboard */
	VEC(const char *) sources;      /* paths, with directory before them */
	VEC(const char *) catalogue_paths;
	VEC(struct environment *) environments;
	struct environment *environment;/* the chosen one; NULL if the project has none */
	VEC(struct collection *) collections;
	struct variables variables;     /* of the project, over them the environment's */

	VEC(struct dashboard *) dashboards;     /* by file, byte order of paths */
	VEC(struct chart *) shared_charts;
	VEC(struct filter *) shared_filters;
	VEC(struct snippet *) snippets;
	struct map dashboards_by_key;
	struct map shared_charts_by_key;
	struct map shared_filters_by_key;
	struct map snippets_by_key;
	size_t file_count;              /* definition files read */

	/* For the loader: who named each path of `sources`, and what was read or found safe
	 * already. */
	VEC(struct node *) source_nodes;
	struct map sql_files;           /* path → struct node * */
	struct map safe_directories;    /* folder → itself, when it lies inside the project */
	const char *real_directory;
};

struct project_options {
	const char *start;              /* where the search upwards for mbc.yaml begins */
	const char *environment;        /* --env, else MBC_ENV, else NULL: the default one */
	const char *url, *api_key;      /* --url, --api-key-file; override the environment's */
	bool needs_server;              /* resolve ${env.X} and require url, key and database */
};

/* load and resolve: finds and reads mbc.yaml and every definition file, replaces variables, reads
 * sql_file and snippet files, binds nodes to definitions. False if errors were reported (see
 * diag_errors) or nothing was found. Sets c->project and c->catalogue. */
bool project_load(struct compile *c, const struct project_options *options);

/* check: charts, filters, layout, clicks, SQL, columns. Reports; changes nothing but what it binds
 * (tags to filters, filters to columns, placements to rows). */
void project_check(struct compile *c);

/* The chart that NAME means inside `from` (NULL: project-wide): `key`, `dashboard/key` or `/key`.
 */
struct chart *project_chart(struct compile *c, const struct dashboard *from, struct str name);

/* Does an address mean this machine? Only there may a secret be written out. */
bool url_is_loopback(struct str url);

/* Key as words: by_team → "By team". */
struct str title_of_key(struct arena *arena, struct str key);

/* Tables of keys, for the manual: mbc.yaml, its environments and collections, a file without
 * `dashboard:`, a snippet. */
extern const struct key manifest_keys[], environment_keys[], collection_keys[];
extern const struct key shared_keys[], snippet_keys[];
