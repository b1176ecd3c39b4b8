/* A query being read for its columns: shared by columns.c (queries), from.c (what they read) and
 * expression.c (types of their items). */
#pragma once

#include "compiler/query/catalogue.h"
#include "compiler/query/code.h"

#define READING_MAX_COLUMNS 5000        /* of one result */
#define READING_MAX_TABLES 1000         /* of one FROM */
#define READING_MAX_CTES 500            /* in one WITH */
#define READING_MAX_DEPTH \
	120 /* queries within queries, views within views, brackets within brackets */

struct reading {
	struct compile *c;
	const struct code *code;
	const struct node *node;
	const struct catalogue *catalogue;      /* or NULL */
	unsigned depth;
};

/* Tokens from start up to, not including, end. */
struct range {
	size_t start, end;
};

/* One WITH, newest first; `outer` is what its own query may read. */
struct cte {
	struct str name;
	struct range query;
	struct range names;             /* of its columns, if they are listed */
	struct cte *outer;
	const struct columns *columns;        /* once read */
	bool busy;
};

/* One thing that FROM reads. */
struct from {
	struct str alias;
	const struct columns *columns;          /* never NULL */
	const struct catalogue_table *table;    /* or NULL */
	bool scalar;                            /* UNNEST: the alias is itself a value of .type */
	enum column_type type;
	struct range joined;                    /* the names of USING (…) */
};

struct scope {
	VEC(struct from) from;
	const struct scope *outer;              /* of a query in an expression, else NULL */
	bool pivoted;                           /* PIVOT or UNPIVOT: names are not what they were */
	bool natural;                           /* NATURAL JOIN */
};

/* One SELECT and where its parts stand; `from` ends at 0 if there is none. */
struct select {
	struct range items, from;
	bool group, ordered, limited;
};

/* The parts of the first SELECT of [at, end); `at` is where its list begins. Its FROM fills
 * `scope`. */
struct select read_scope(struct reading *r, size_t at, size_t end, struct cte *ctes,
	const struct scope *outer, struct scope *scope);

/* Where the list begins, behind SELECT and ALL, DISTINCT [ON (…)], TOP n. CODE_NONE if rows are not
 * columns (AS STRUCT). */
size_t select_list(const struct code *code, size_t at);

/* The name of an item of the list and where its expression ends; false if it has none. */
bool select_item_name(const struct code *code, struct range item, struct str *name, size_t *end);

/* UNION, INTERSECT, MINUS, or the EXCEPT that is not part of `* EXCEPT (…)`. */
bool code_set_operator(const struct code *code, size_t at);

/* The last statement: a script may set variables before it. */
struct range code_last_statement(const struct code *code);

/* `a [(x, y)] AS (…), b AS (…)` behind WITH: gives the newest and moves *at behind them. */
struct cte *read_ctes(struct reading *r, size_t *at, struct cte *outer);

/* The outermost SELECT, kept for whoever reads the text next. */
struct outermost {
	size_t at, end;
	struct select select;
	struct scope scope;
};

/* Columns of the query in `range`. Never NULL. Where only names are missing, it is not known and
 * has its items all the same, for those who go by position. */
struct columns *read_query(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *outer);

/* Fills `scope` from the tokens behind FROM. */
void read_from(struct reading *r, struct range range, struct cte *ctes, struct scope *scope);

/* What an expression gives, as far as can be told. */
enum column_type read_type(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *scope);

/* Is some item of the range an aggregate (outside queries of its own, without OVER)? A snippet
 * counts as one: it may hold one, and what cannot be seen is not held against its author. */
bool read_aggregate(const struct code *code, struct range range);

/* The column that `path` names in the scope; its type UNKNOWN if there is none. */
struct column scope_column(const struct scope *scope, const struct code_path *path);

/* Columns that are not known, and why. */
struct columns *columns_unknown(struct compile *c, const char *reason, ...)
	__attribute__((format(printf, 2, 3)));

/* What a table of the catalogue is read from. */
struct table_reading {
	const struct code *code;
	const struct node *node;
	struct range query;             /* of a view, or CREATE TABLE … AS; empty: none */
	struct range names;             /* of a view's columns, if they are listed */
	struct str like_schema, like;   /* LIKE, CLONE, COPY: the table that it looks like */
	const struct columns *columns;  /* once read */
	bool busy;
	struct view_problem *problem;   /* once looked for, see names.c */
};

/* A table's columns as a query sees them, a view's read on the way if need be. */
const struct columns *catalogue_columns(struct reading *r, const struct catalogue_table *table);

/* Adds the tables and views that the statements of `node`, a whole DDL file, create. */
void ddl_read(struct compile *c, const struct node *node, struct catalogue *catalogue);

/* Adds the tables of a file that catalogue_json wrote; other YAML or JSON is passed over. */
void catalogue_file_read(struct compile *c, const struct node *node, struct catalogue *catalogue);

/* A new table, or the one of that name emptied, since it is created anew; NULL if it is there and
 * is to be `kept` (IF NOT EXISTS). */
struct catalogue_table *catalogue_add(struct compile *c, struct catalogue *catalogue,
	struct str schema, struct str name, bool kept);
