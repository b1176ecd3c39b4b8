/* The monotonic clock of the system in milliseconds, which is as fine as anything here waits. */
#include "runtime/clock.h"

#include <time.h>

long clock_ms(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_sleep(long ms) {
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}
