/* Open addressing with linear probing, a power of two of slots, at most two thirds full. There is no
 * removal: maps here are built once and asked often. */
#include "runtime/map.h"

uint32_t str_hash(struct str key) {
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.ptr[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static struct map_entry *find(const struct map *map, struct str key, uint32_t hash) {
	size_t mask = map->capacity - 1;
	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct map_entry *entry = &map->entries[i];
		if (!entry->used || (entry->hash == hash && str_eq(entry->key, key)))
			return entry;
	}
}

static void grow(struct arena *arena, struct map *map) {
	struct map old = *map;
	map->capacity = old.capacity ? old.capacity * 2 : 8;
	map->entries = arena_array(arena, struct map_entry, map->capacity);
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.entries[i].used)
			*find(map, old.entries[i].key, old.entries[i].hash) = old.entries[i];
	}
}

void **map_slot(struct arena *arena, struct map *map, struct str key) {
	if ((map->count + 1) * 3 > map->capacity * 2)
		grow(arena, map);
	uint32_t hash = str_hash(key);
	struct map_entry *entry = find(map, key, hash);
	if (!entry->used) {
		*entry = (struct map_entry){.key = key, .hash = hash, .used = true};
		map->count++;
	}
	return &entry->value;
}

void *map_get(const struct map *map, struct str key) {
	if (map->count == 0)
		return NULL;
	return find(map, key, str_hash(key))->value;
}
