/* What diag_print() hands to the formats: messages in their final order, suppressed ones still
 * among them, and the counts of the others. */
#pragma once

#include <jansson.h>

#include "compiler/source/diag.h"

struct report {
	struct compile *c;
	FILE *out;
	const struct diag_print *how;
	struct diagnostic **items;
	size_t count;
	size_t errors, warnings;        /* without suppressed ones */
	size_t files;                   /* that were read */
	size_t touched;                 /* that something was reported in */
};

/* rustc's form, with an excerpt and carets. */
void report_text(const struct report *report);
/* `file:line:col: error[E0402]: …`, a line a message. */
void report_short(const struct report *report);

/* Messages that text formats print at most. */
size_t report_limit(const struct report *report);

/* One object, described in docs/diagnostics.md. */
void report_json(const struct report *report);
/* SARIF 2.1.0. */
void report_sarif(const struct report *report);
/* `::error file=…`: annotations of a GitHub workflow. */
void report_github(const struct report *report);

/* "error" or "warning". */
const char *report_severity(const struct diagnostic *d);

/* Has it a place in a file? */
bool report_placed(const struct report *report, struct span span);

/* Text for people: control characters, also those that turn the direction of writing, as U+FFFD,
 * line ends as spaces, a tab as four. */
void report_clean(FILE *out, struct str text);

/* A JSON string (new), with U+FFFD for bytes that are not UTF-8: a file's name may be anything. */
json_t *report_string(struct arena *arena, struct str text);
