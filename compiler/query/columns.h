/* What a query gives: names and types of its result columns, as far as they can be told from
 * outside. */
#pragma once

#include "compiler/query/sql.h"
#include "compiler/source/compile.h"

enum column_type {
	COLUMN_UNKNOWN, COLUMN_TEXT, COLUMN_NUMBER, COLUMN_BOOLEAN, COLUMN_DATE, COLUMN_DATETIME,
	COLUMN_OTHER,   /* arrays, structs, JSON: known, and good for nothing in a chart */
};

struct column {
	struct str name;
	enum column_type type;
	struct span at;                 /* or, found out when it is asked for: */
	const struct node *node;        /* bytes from..to of this scalar's text */
	uint32_t from, to;
	struct str database_type;       /* of a column that a table has like this, else empty */
	bool repeated;                  /* such a one is an ARRAY of them */
};

struct columns {
	bool known;             /* false: nothing is known, checks are skipped */
	bool declared;          /* by `yields:` */
	bool aggregated;        /* the outermost select is one aggregate row without GROUP BY */
	bool ordered;           /* has an ORDER BY, at the outermost level */
	bool limited;           /* LIMIT, at the outermost level */
	const char *reason;     /* if not known: why, for -v */
	struct column *items;
	size_t count;
};

/* Where the column stands, for a message. */
struct span column_span(struct compile *c, const struct column *column);

const struct column *columns_find(const struct columns *columns, struct str name);

/* "text", "number", … as `yields:` spells them. */
const char *column_type_name(enum column_type type);

/* What a warehouse's type means for a chart or filter: INT64, varchar(10), TIMESTAMP,
 * ARRAY<STRING>, in any case; UNKNOWN for a name that no supported warehouse has. */
enum column_type column_type_of(struct str database_type);

/* From the outermost select list of `sql`, types looked up in the catalogue (NULL allowed). `node`
 * is the scalar that holds the text: spans point into it. A UNION counts by its first branch. */
struct columns *columns_of_query(struct compile *c, const struct sql *sql, const struct node *node,
	const struct catalogue *catalogue);
