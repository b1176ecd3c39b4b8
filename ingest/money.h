/* Money as it stands in the warehouse: NUMERIC, 29 digits before the point and 9 behind it, counted in
 * billionths of a dollar. It is read from text and written as text; no double ever sees it. */
#pragma once

#include <stdbool.h>

#include "runtime/str.h"

/* Aligned as the arena gives memory out. */
__extension__ typedef __int128 money __attribute__((aligned(8)));

/* Room for any amount as text, with its NUL. */
#define MONEY_TEXT 48

enum money_source {
	MONEY_TEXT_ONLY,        /* a string that a vendor or a person wrote: no exponent */
	MONEY_JSON_NUMBER,      /* the token of a JSON number, where an exponent is legal */
};

/* Reads a decimal of which `shift` places move behind the point (2: cents become dollars, 0: as it is),
 * rounded once, half away from zero, to 9 places. False when it is no decimal or does not fit NUMERIC. */
bool money_read(struct str text, unsigned shift, enum money_source source, money *amount);

/* Writes the shortest decimal of the amount, such as "-1.2345"; gives `out`. */
const char *money_print(money amount, char out[MONEY_TEXT]);

/* Adds to a sum; false, and the sum as it was, when it would not fit NUMERIC. */
bool money_add(money *sum, money amount);
