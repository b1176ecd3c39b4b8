/* What is known offline of the warehouse: tables and columns, from CREATE TABLE and CREATE VIEW in
 * DDL or from the file that `mbc catalogue` writes. */
#pragma once

#include "compiler/query/columns.h"
#include "runtime/map.h"

struct catalogue_column {
	struct str name;
	struct str
		database_type; /* INT64, STRING, … upper case; of an ARRAY, that of its elements */
	enum column_type type;
	struct span at;
	struct str references_schema; /* a foreign key: the other table, as far as written, else
					 empty */
	struct str references_table;
	bool repeated;                  /* ARRAY: cannot be filtered */
	bool key;                       /* primary key, or part of it */
	struct catalogue_column *fields; /* of a STRUCT */
	size_t field_count;
};

struct catalogue_table {
	struct str schema;              /* dataset; may be empty */
	struct str name;
	bool view;
	bool columns_known;             /* false: `SELECT *` views and the like */
	struct catalogue_column *columns;
	size_t column_count;
	struct span at;                         /* its name */
	struct catalogue_table *next; /* of the same name but for case, in another schema */
	struct table_reading *reading;          /* for this folder only */
};

struct catalogue {
	VEC(struct catalogue_table *) tables;   /* in order of files and statements */
	struct map by_name;                     /* folded name → first table of that name */
	bool ambiguous_names;                   /* some name stands in several schemas */
};

/* Reads .sql, .json and .yaml files below each path (files or folders, in byte order), replacing
 * `${name}` by `variables`. What cannot be read as DDL is passed over; a broken statement is a
 * warning. */
struct variables;
struct catalogue *catalogue_load(struct compile *c, const char *const *paths, size_t count,
	const struct variables *variables);

/* What `mbc catalogue` writes and catalogue_load reads (new):
 * {"mbc_catalogue": 1, "tables": [{"schema", "name", "view", "columns": [{"name", "type",
 * "references"}]}]}, without "columns" where they are not known. */
json_t *catalogue_json(const struct catalogue *catalogue);

/* The table, or NULL. An empty schema matches any; dialect rules of case apply (tables exactly). */
const struct catalogue_table *catalogue_table(const struct catalogue *catalogue, struct str schema,
	struct str name);

/* A column by its name, any case, or by a path `a.b.c` through structs; NULL if there is none. */
const struct catalogue_column *catalogue_column(
	const struct catalogue_table *table, struct str path);
