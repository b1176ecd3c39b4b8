/* The traps of template tags in SQL: what the server would refuse when the query runs, or would run
 * as something else than the author meant. What a filter is stays outside; a tag is described by
 * what it becomes in the text. */
#pragma once

#include "compiler/query/sql.h"
#include "compiler/source/compile.h"

enum lint_use {
	LINT_RAW,               /* a variable: a bound value, or nothing */
	LINT_FIELD,             /* a field filter: a whole condition on a column */
	LINT_GROUPING,          /* a time grouping: an expression over a column */
};

/* One tag name of a text. All its uses are looked at. */
struct lint_tag {
	const struct sql_tag *tag;
	enum lint_use use;
	bool date;              /* raw: a date */
	bool boolean;           /* raw: true or false, and so a condition */
	bool required;
	bool has_default;
	struct str schema, table, column;       /* field and grouping: what it means */
	struct str alias;       /* raw SQL that stands for the column, or empty */
	bool server_has_alias;  /* the project's oldest server knows `alias` */
};

/* Reports (E06xx, W06xx) everything that is wrong with the text and with how it uses `tags`. `node`
 * is the scalar that holds the text. Tags that are not in the list are taken for variables with a
 * value, so an unknown name is not reported twice. */
void sql_lint(struct compile *c, const struct sql *sql, const struct node *node,
	const struct lint_tag *tags, size_t count, bool bigquery);
