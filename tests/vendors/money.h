/* Money as whole numbers of 10^-9 cents, never as a double. */
#pragma once

#include <stdint.h>

#include "runtime/arena.h"

#define CENT INT64_C(1000000000)

/* Decimal text in cents: "123.45"; with at least `places` digits behind the point. */
char *cents_text(struct arena *arena, int64_t nanocents, int places);

/* Whole numbers of 10^-9 dollars, as a warehouse keeps one amount: rounded once, half away from
 * zero. */
int64_t nanodollars(int64_t nanocents);
/* Decimal text in dollars with nine places: "1.234500000". */
char *dollars_text(struct arena *arena, int64_t nanodollars);
