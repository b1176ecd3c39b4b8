/* A clock for waits, not for dates. */
#pragma once

/* Milliseconds of a clock that only goes forward. */
long clock_ms(void);

/* Sleeps, or until a signal comes. */
void clock_sleep(long ms);

/* The same for `least_ms` and up to `more_ms` above it, by chance, so that two that wait for each other do
 * not do it in step. */
void clock_sleep_about(long least_ms, long more_ms);
