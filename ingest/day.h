/* Days and moments, always in UTC. A day is a number of days since 1970-01-01, a moment a number of
 * microseconds since then: the precision of BigQuery's TIMESTAMP. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/str.h"

typedef int32_t day;
typedef int64_t moment;

#define SECOND ((moment)1000000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)

#define NO_DAY INT32_MIN

#define DAY_TEXT 16
#define MOMENT_TEXT 40

/* "2026-11-20", with a month and a day that exist, years 1 to 9999. */
bool day_read(struct str text, day *result);
/* "2026-11-20". */
const char *day_print(day value, char out[DAY_TEXT]);
/* "20261120", as in a partition decorator. */
const char *day_print_compact(day value, char out[DAY_TEXT]);

/* RFC 3339: "2026-11-20T10:00:00.5Z" or with an offset; digits behind the sixth are cut off. */
bool moment_read(struct str text, moment *result);
/* Milliseconds since 1970 as decimal text. */
bool moment_read_millis(struct str text, moment *result);
/* "2026-11-20T10:00:00Z", with a fraction if there is one. */
const char *moment_print(moment value, char out[MOMENT_TEXT]);

/* The day that a moment falls on. */
day moment_day(moment value);
/* Midnight at the start of a day. */
moment day_start(day value);

/* Day of the month, from 1; and the first day of its month. */
int day_of_month(day value);
day day_month(day value);
/* Days that the month of the day has. */
int day_month_length(day value);

/* The time now by the clock of the system. */
moment moment_now(void);
