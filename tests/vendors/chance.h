/* Numbers that depend on the seed and the place they are drawn for, and on nothing else: the same
 * on every machine, in whatever order days and rows are asked for. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum place {
	PLACE_ID,
	PLACE_PERSON,
	PLACE_KEY,
	PLACE_USAGE,
	PLACE_WORKBENCH,
	PLACE_EXTRA,
	PLACE_CODE,
	PLACE_EVENT,
	PLACE_DAILY,
	PLACE_REVISION,
};

struct chance {
	uint64_t state;
};

struct chance chance_at(uint64_t seed, enum place place, int64_t a, int64_t b);

/* The next 64 bits; a number from 0 up to, not including, `n`; one from `least` to `most`. */
uint64_t chance_bits(struct chance *chance);
int64_t chance_below(struct chance *chance, int64_t n);
int64_t chance_between(struct chance *chance, int64_t least, int64_t most);

/* True once in `n` times. */
bool chance_once_in(struct chance *chance, int64_t n);
