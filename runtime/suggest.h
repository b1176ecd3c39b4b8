/* "Did you mean": the nearest of some known words. */
#pragma once

#include "runtime/arena.h"

/* A search over any number of candidates, offered one by one. */
struct suggest {
	struct str word;
	struct str best;
	size_t distance; /* of best; words further than a third of their length are no suggestion */
};

/* Starts a search for the word nearest to `word`. */
struct suggest suggest_start(struct str word);
void suggest_offer(struct suggest *suggest, struct str candidate);

/* The nearest candidate, or the empty slice if none is near enough. */
struct str suggest_best(const struct suggest *suggest);
