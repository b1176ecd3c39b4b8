/* A hash map from slices to pointers, in an arena. Keys are not copied: they must outlive the map.
 */
#pragma once

#include <stdint.h>

#include "runtime/arena.h"

struct map_entry {
	struct str key;
	void *value;
	uint32_t hash;
	bool used;
};

struct map {
	struct map_entry *entries;
	size_t count;
	size_t capacity;
};

/* The place of `key`'s value, added with NULL if it was not there. Valid until the next addition.
 */
void **map_slot(struct arena *arena, struct map *map, struct str key);

/* The value, or NULL if there is none. */
void *map_get(const struct map *map, struct str key);

/* Hash of a slice: stable within a run only, never written anywhere. */
uint32_t str_hash(struct str key);
