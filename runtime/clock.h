/* A clock for waits, not for dates. */
#pragma once

/* Milliseconds of a clock that only goes forward. */
long clock_ms(void);

/* Sleeps, or until a signal comes. */
void clock_sleep(long ms);
