/* `validate --fix`: the fixes that messages carry, written into the files. */
#pragma once

#include "compiler/source/compile.h"

/* Applies every fix that does not overlap an earlier one and writes each file whole or not at all.
 * Gives the number of fixes that were written. */
size_t fix_files(struct compile *c);
