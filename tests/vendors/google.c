/* Tokens of Google. */
#include "tests/vendors/google.h"

struct google {
	int issued;
};

struct google *google_create(struct arena *arena) {
	return arena_new(arena, struct google);
}

void google_destroy(struct google *google) {
	(void)google;
}
