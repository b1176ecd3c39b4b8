/* A place in, numbers out: SplitMix64, whose state after any start is well mixed at once, so that
 * each row of data can have a generator of its own instead of a turn in a long sequence. */
#include "tests/vendors/chance.h"

uint64_t chance_bits(struct chance *chance) {
	uint64_t bits = chance->state += 0x9E3779B97F4A7C15;
	bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
	bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
	return bits ^ (bits >> 31);
}

struct chance chance_at(uint64_t seed, enum place place, int64_t a, int64_t b) {
	struct chance chance = {seed};
	chance.state = chance_bits(&chance) ^ (uint64_t)place;
	chance.state = chance_bits(&chance) ^ (uint64_t)a;
	chance.state = chance_bits(&chance) ^ (uint64_t)b;
	return chance;
}

int64_t chance_below(struct chance *chance, int64_t n) {
	return (int64_t)(chance_bits(chance) % (uint64_t)n);
}

int64_t chance_between(struct chance *chance, int64_t least, int64_t most) {
	return least + chance_below(chance, most - least + 1);
}

bool chance_once_in(struct chance *chance, int64_t n) {
	return chance_below(chance, n) == 0;
}
