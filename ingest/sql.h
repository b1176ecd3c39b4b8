/* The SQL of sql/, compiled in. */
#pragma once

#include "runtime/arena.h"

enum sql_folder { SQL_tables, SQL_views, SQL_transforms, SQL_checks, SQL_migrations };

struct sql_file {
	enum sql_folder folder;
	const char *name, *text;        /* the text names `${dataset}.table` */
};

/* All files, by folder and name; ends with an empty row. */
extern const struct sql_file sql_files[];

/* The file, or NULL. */
const struct sql_file *sql_find(enum sql_folder folder, const char *name);

/* The text with the dataset's name in it. */
const char *sql_for(struct arena *arena, const char *text, const char *dataset);

/* A table of sql/tables as BigQuery's API has it, in JSON. */
struct sql_table {
	const char *name;
	const char *fields;             /* array of name, type, mode, description, fields */
	const char *layout;             /* members of the table: description, timePartitioning, clustering */
};

/* All tables by name; ends with an empty row. */
extern const struct sql_table sql_tables[];

/* The fields of a table as JSON, as load jobs want them. */
const char *sql_schema(const char *table);

/* Appends text as a string literal of SQL; NULL as NULL. */
struct buf;
void sql_quote(struct buf *out, const char *text);
