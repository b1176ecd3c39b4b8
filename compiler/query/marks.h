/* Metabase's marks in SQL text, as its own template parser finds them. For sql.c only. */
#pragma once

#include "compiler/query/sql.h"

#define MARK_NO_TAG UINT32_MAX

enum mark_type {
	MARK_OPEN,      /* [[ */
	MARK_CLOSE,     /* ]] */
	MARK_TAG,       /* {{ … }} */
	MARK_HIDDEN,    /* {{ … }} in what the server takes for a comment */
};

struct mark {
	enum mark_type type;
	uint32_t start, end;
	uint32_t index;         /* of the clause, or of the tag; MARK_NO_TAG: a malformed one */
};

struct marks {
	VEC(struct mark) list;  /* in order of text */
};

/* Fills tags, clauses and problems of `sql` from its text and lists the marks. */
void marks_find(struct arena *arena, struct sql *sql, struct marks *marks);

/* A tag from what stands between its braces; false if that is no name that the server could match.
 * The places of the braces are the caller's to set. */
bool mark_tag(struct str inside, struct sql_tag *tag);
