/* Counts how often each key came, for ordinals and doubles, in memory of a fixed size. */
#pragma once

#include <stdint.h>

struct ordinals;

/* Room for that many different keys, in all sets together. */
#define MOST_KEYS (7u << 18)

/* Never NULL: the program ends when there is no memory. */
struct ordinals *ordinals_open(void);
void ordinals_close(struct ordinals *ordinals);     /* NULL is fine */

/* The number of a set of its own: keys of one are never taken for those of another. */
uint32_t ordinals_begin(struct ordinals *ordinals);

/* How many rows of the set had the key before; -1 when there is no more room. */
long ordinals_next(struct ordinals *ordinals, uint32_t set, uint64_t key);
