/* Whole numbers in, decimal text out. */
#include "tests/vendors/money.h"

#include <inttypes.h>

static char *decimal(struct arena *arena, int64_t value, int places) {
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char *text = arena_printf(arena, "%s%" PRIu64 ".%09" PRIu64, value < 0 ? "-" : "",
		size / 1000000000, size % 1000000000);
	char *end = text + strlen(text), *point = end - 10;
	while (end - point - 1 > places && end[-1] == '0')
		end--;
	if (end == point + 1)
		end--;
	*end = '\0';
	return text;
}

char *cents_text(struct arena *arena, int64_t nanocents, int places) {
	return decimal(arena, nanocents, places);
}

int64_t nanodollars(int64_t nanocents) {
	return (nanocents + (nanocents < 0 ? -50 : 50)) / 100;
}

char *dollars_text(struct arena *arena, int64_t value) {
	return decimal(arena, value, 9);
}
