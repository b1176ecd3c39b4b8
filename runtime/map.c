/* A few entries stand one behind the other and are compared in turn. More go by their hash: open
 * addressing with linear probing, a power of two of slots, at most two thirds full. There is no
 * removal: maps here are built once and asked often. */
#include "runtime/map.h"

#define FEW 8 /* entries; most maps have fewer, and hashing a key costs more than comparing them \
	       */

uint32_t str_hash(struct str key) {
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.ptr[i]) * 16777619u;
	return hash ^ hash >> 15;
}

/* The entry of the key or the first one that is free; NULL if there is neither. */
static struct map_entry *find_few(const struct map *map, struct str key) {
	for (size_t i = 0; i < map->count; i++) {
		if (str_eq(map->entries[i].key, key))
			return &map->entries[i];
	}
	return map->count < map->capacity ? &map->entries[map->count] : NULL;
}

static struct map_entry *find_hash(const struct map *map, struct str key, uint32_t hash) {
	size_t mask = map->capacity - 1;
	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct map_entry *entry = &map->entries[i];
		if (!entry->used || (entry->hash == hash && str_eq(entry->key, key)))
			return entry;
	}
}

static struct map_entry *find(const struct map *map, struct str key) {
	return map->capacity <= FEW ? find_few(map, key) : find_hash(map, key, str_hash(key));
}

static void put(struct map *map, struct map_entry *entry, struct str key, void *value) {
	uint32_t hash = map->capacity <= FEW ? 0 : str_hash(key);
	*entry = (struct map_entry){.key = key, .value = value, .hash = hash, .used = true};
	map->count++;
}

static void grow(struct arena *arena, struct map *map) {
	struct map old = *map;
	map->capacity = old.capacity ? old.capacity * 2 : 4;
	map->entries = arena_array(arena, struct map_entry, map->capacity);
	map->count = 0;
	for (size_t i = 0; i < old.capacity; i++) {
		struct map_entry *entry = &old.entries[i];
		if (entry->used)
			put(map, find(map, entry->key), entry->key, entry->value);
	}
}

void **map_slot(struct arena *arena, struct map *map, struct str key) {
	if (map->capacity > FEW && (map->count + 1) * 3 > map->capacity * 2)
		grow(arena, map);
	struct map_entry *entry = find(map, key);
	if (!entry) {
		grow(arena, map);
		entry = find(map, key);
	}
	if (!entry->used)
		put(map, entry, key, NULL);
	return &entry->value;
}

void *map_get(const struct map *map, struct str key) {
	if (map->count == 0)
		return NULL;
	const struct map_entry *entry = find(map, key);
	return entry ? entry->value : NULL;
}
