/* Suppressions: `# mbc: allow W0501 reason` in YAML, `-- mbc: allow W0601 reason` in SQL.
 *
 * In YAML one behind a value covers what begins on its line, one alone on a line what begins on the
 * next line that is neither empty nor a comment: that key or list item with everything in it. In
 * SQL it covers its own line and, if it is alone there, the next line with SQL on it; one at the
 * top of a text also covers what is said of the text as a whole. Only warnings can be allowed, and
 * only with a reason. */
#pragma once

#include "compiler/source/diag.h"
#include "compiler/source/node.h"

struct allow {
	enum diag_code code;
	struct span at;         /* of the code in the comment */
	struct span
		comment; /* what to remove when it is not needed; empty: other codes stand there */
	struct span covers;
	const char *reason;
	bool used;
};

/* `mbc:` behind a comment mark, wherever it stands: it may still be part of a text. */
struct allow_mark {
	uint32_t start;         /* of the comment mark */
	uint32_t word;          /* of what follows `mbc:` */
	bool sql;               /* the mark is -- */
};

struct allow_marks {
	struct allow_mark *items;
	size_t count;
	size_t capacity;
};

/* Every mark of a text, in order. */
struct allow_marks allow_find(struct compile *c, uint32_t source);

/* Reads the comments at `marks`, which stand between the nodes of a file with the tree `root`. */
void allow_yaml(
	struct compile *c, uint32_t source, const struct allow_marks *marks, struct node *root);

/* Reads the comments at `marks`, which stand in a text of SQL. */
void allow_sql(struct compile *c, struct span text, const struct allow_marks *marks);

/* Sets `suppressed` of the warnings that are allowed, and unless there are errors, which keep
 * phases from running, reports what allowed nothing. */
void allow_apply(struct compile *c);
