/* One table for all rows of a run: 2^21 places of 8 bytes, 16 MiB, whatever comes. A place holds 42 bits
 * of a hash and a count; where it stands says most of the other bits. That two keys are taken for one
 * happens once in millions of runs of the largest kind (n^2 / 2^63), and costs a row another ordinal, or
 * fails a day where keys must differ; the next run numbers its sets otherwise and does not repeat it.
 * Keeping the keys themselves would cost memory with every row, and sorting them on disk a second pass.
 * The table is mapped, so a small run touches only a part of it. */
#include "ingest/ordinals.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "runtime/arena.h"

#define PLACES (1u << 21)
#define COUNT_BITS 22
#define MOST_COUNT ((1u << COUNT_BITS) - 1)

struct ordinals {
	uint64_t *places;               /* 0: free */
	size_t used;
	uint32_t sets;
};

struct ordinals *ordinals_open(void) {
	struct ordinals *ordinals = calloc(1, sizeof(*ordinals));
	if (!ordinals)
		out_of_memory();
	ordinals->places = mmap(NULL, PLACES * sizeof(*ordinals->places), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ordinals->places == MAP_FAILED)
		out_of_memory();
	return ordinals;
}

void ordinals_close(struct ordinals *ordinals) {
	if (!ordinals)
		return;
	munmap(ordinals->places, PLACES * sizeof(*ordinals->places));
	free(ordinals);
}

uint32_t ordinals_begin(struct ordinals *ordinals) {
	return ++ordinals->sets;
}

static uint64_t spread(uint64_t value) {
	value = (value ^ value >> 32) * 0xd6e8feb86659fd93;
	value = (value ^ value >> 32) * 0xd6e8feb86659fd93;
	return value ^ value >> 32;
}

long ordinals_next(struct ordinals *ordinals, uint32_t set, uint64_t key) {
	uint64_t hash = spread(key + set * 0x9e3779b97f4a7c15);
	uint64_t tag = hash >> COUNT_BITS << COUNT_BITS;
	size_t at = hash % PLACES;
	while (ordinals->places[at] && ordinals->places[at] >> COUNT_BITS << COUNT_BITS != tag)
		at = (at + 1) % PLACES;
	uint64_t count = ordinals->places[at] & MOST_COUNT;
	if (count == MOST_COUNT || (!count && ordinals->used == MOST_KEYS))
		return -1;
	ordinals->used += !count;
	ordinals->places[at] = tag | (count + 1);
	return (long)count;
}
