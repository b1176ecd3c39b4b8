/* Dates and periods as an author writes them, and as the server spells them. */
#pragma once

#include "compiler/source/diag.h"

/* What a date can be; a filter type takes some of them. */
enum date_form {
	DATE_DAY      = 1 << 0,   /* 2024-01-31, 2024-01-31T10:30 */
	DATE_MONTH    = 1 << 1,   /* 2024-05 */
	DATE_QUARTER  = 1 << 2,   /* 2024-Q2 */
	DATE_BETWEEN  = 1 << 3,   /* 2024-01-01..2024-01-31 */
	DATE_OPEN     = 1 << 4,   /* since, until, after, before 2024-01-31 */
	DATE_RELATIVE = 1 << 5,   /* today, this month, last 30 days */
	DATE_EXCEPT   = 1 << 6,   /* except Sat Sun */
};

#define DATE_ANY ((DATE_EXCEPT << 1) - 1)

struct date_value {
	enum date_form form;    /* 0: cannot even be told */
	const char
		*wire; /* the portable spelling (past1months, never lastmonth); NULL: a mistake */

	/* Of a mistake. */
	enum diag_code code;
	const char *problem;    /* the message, or NULL: nothing that looks like a date */
	struct str part;        /* the slice of the text that is wrong */
	const char *help;       /* or NULL */
	const char *fix;        /* what the whole text should be, or NULL */
};

/* Reads a whole text. The server's own spellings are taken too (past30days~, 2024-01-01~2024-01-31,
 * Q2-2024) except 2024-01-01~ and ~2024-01-31, which leave out the day that they name. */
struct date_value date_read(struct arena *arena, struct str text);

/* "a day", "a period", …: for messages. */
const char *date_form_name(enum date_form form);

/* "a day (`2024-01-31`) or a period (`last 30 days`)" of a set of forms. */
const char *date_forms_text(struct arena *arena, unsigned wanted);
