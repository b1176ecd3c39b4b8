/* Points in time as seconds since 1970 and days since 1970, all in UTC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/arena.h"

#define DAY_S 86400

/* "2026-11-20T01:02:03Z", with or without a fraction, with Z or an offset. False for other text. */
bool moment_parse(const char *text, int64_t *seconds);
/* "2026-11-20". */
bool day_parse(const char *text, int64_t *day);

char *moment_text(struct arena *arena, int64_t seconds);
char *day_text(struct arena *arena, int64_t day);
/* As headers of HTTP have it: "Fri, 20 Nov 2026 01:02:03 GMT". */
char *moment_http(struct arena *arena, int64_t seconds);

/* The day that a point in time lies in; the first day of a day's month; 0 is a Sunday. */
int64_t moment_day(int64_t seconds);
int64_t month_start(int64_t day);
int weekday(int64_t day);
