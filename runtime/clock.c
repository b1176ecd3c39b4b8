/* The monotonic clock of the system in milliseconds, which is as fine as anything here waits. */
#include "runtime/clock.h"

#include <sys/random.h>
#include <time.h>

long clock_ms(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_sleep(long ms) {
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

void clock_sleep_about(long least_ms, long more_ms) {
	unsigned chance = 0;
	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) != sizeof(chance))
		chance = (unsigned)clock_ms();
	clock_sleep(least_ms + chance % more_ms);
}
