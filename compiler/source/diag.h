/* Messages to the author: a code, a place, a sentence, notes that may point elsewhere, at most one
 * fix. A phase reports everything it can; printing sorts, drops doubles and counts.
 *
 * Tone: lower case, no full stop, names in `backticks`; say what was found, what is allowed and
 * what to write. Codes: docs/diagnostics/CODE.md is the page that `mbc explain CODE` shows. */
#pragma once

#include <stdio.h>

#include "compiler/source/source.h"

enum diag_severity { DIAG_WARNING, DIAG_ERROR };

enum diag_code {
#define DIAG(code, severity, slug, sentence) code,
#include "compiler/source/diag_codes.inc"
#undef DIAG
	DIAG_CODE_COUNT
};

/* A row of diag_codes.inc. */
struct diag_row {
	const char *name;       /* "E0402" */
	enum diag_severity severity;
	const char *slug;       /* "column-rule" */
	const char *sentence;   /* one sentence, with a full stop */
};
extern const struct diag_row diag_rows[DIAG_CODE_COUNT];

/* The row of a code or a slug as the user writes it, or NULL. */
const struct diag_row *diag_find(struct str name);

struct diag_note {
	bool help;              /* printed as `= help:`, else as `= note:` */
	struct span at;         /* SPAN_NONE: a line of its own below the message */
	const char *text;
};

struct diagnostic {
	enum diag_code code;
	struct span at;
	const char *text;
	VEC(struct diag_note) notes;
	bool has_fix;
	struct span fix_at;
	struct str fix_text;
	const char *suppressed; /* the reason given in `# mbc: allow`, or NULL */
};

/* Adds a message. The result is for diag_note and the like, and valid as long as the compile. */
struct diagnostic *diag_add(struct compile *c, enum diag_code code, struct span at,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "first defined here" at another place, or with SPAN_NONE a remark without one. */
void diag_note(struct compile *c, struct diagnostic *d, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What to write instead. */
void diag_help(struct compile *c, struct diagnostic *d, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The one change that would mend it; an editor or `validate --fix` applies it. */
void diag_fix(struct compile *c, struct diagnostic *d, struct span at, struct str text);

/* "did you mean `x`?" with the fix, if the search found something; else nothing. */
struct suggest;
void diag_suggest(struct compile *c, struct diagnostic *d, struct span at, const struct suggest *s);

/* Errors reported so far: a phase starts only if there are none. */
size_t diag_errors(const struct compile *c);

enum diag_format { DIAG_TEXT, DIAG_SHORT, DIAG_JSON, DIAG_SARIF, DIAG_GITHUB };

struct diag_print {
	enum diag_format format;
	bool colour;
	unsigned width;         /* of the terminal; 0: no cutting but the usual 160 columns */
	size_t most;            /* messages in text formats, 0: 50 */
	size_t files;           /* files read, for the machine formats */
	bool errors_only;
};

/* Sorts by file and offset, drops doubles, applies suppressions (adding W0101 for one without
 * effect) and prints everything. Gives the number of errors. */
size_t diag_print(struct compile *c, FILE *out, const struct diag_print *how);
