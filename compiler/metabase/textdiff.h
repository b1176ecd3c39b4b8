/* Two texts as a unified diff, for SQL. */
#pragma once

#include "runtime/buf.h"

/* Appends the hunks of a unified diff with three lines of context, each line after `indent`.
 * Nothing when the texts are equal. */
void text_diff(struct buf *out, struct str before, struct str after, const char *indent);
