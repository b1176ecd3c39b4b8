/* One arena per compilation: nodes, strings and definitions live there and die together. Running
 * out of memory ends the program with one line, so no caller checks for NULL. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include <jansson.h>

#include "runtime/str.h"

struct arena;

struct arena *arena_create(void);
/* Frees everything that the arena gave out and drops the JSON it owns; NULL is fine. */
void arena_destroy(struct arena *arena);

/* Takes over all that `other` holds, and the room that is left in it; `other` is gone afterwards.
 */
void arena_adopt(struct arena *arena, struct arena *other);

/* Zeroed memory, aligned for pointers, doubles and 64-bit integers. */
void *arena_alloc(struct arena *arena, size_t size);
#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) \
	((type *)arena_alloc_array((arena), (count), sizeof(type)))
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

/* Copies of text; the copy ends in NUL, which the slice does not count. */
struct str arena_str(struct arena *arena, struct str text);
char *arena_cstr(struct arena *arena, struct str text);

/* Formats into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3), nonnull(2)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0), nonnull(2)));

/* Steals a reference to `value` and drops it with the arena; gives `value` back, now borrowed. */
json_t *arena_own_json(struct arena *arena, json_t *value);

/* Bytes handed out so far: for budgets and tests. */
size_t arena_used(const struct arena *arena);

/* Ends the program: "mbc: out of memory" on stderr, exit code 6. */
void out_of_memory(void) __attribute__((noreturn));

/* A growable array in an arena: VEC(struct node *) children; The items move when it grows. */
#define VEC(type)               \
	struct {                \
		type *items;    \
		size_t count;   \
		size_t capacity; \
	}

/* Appends one item: vec_push(arena, &children, child). */
#define vec_push(arena, vec, item)                                                            \
	do {                                                                                  \
		if ((vec)->count == (vec)->capacity)                                          \
			(vec)->items = arena_grow((arena), (vec)->items, (vec)->count,        \
				&(vec)->capacity, sizeof(*(vec)->items));                     \
		(vec)->items[(vec)->count++] = (item);                                        \
	} while (0)

/* Gives back the room behind the last item, if nothing was taken from the arena since. */
#define vec_trim(arena, vec)                                                                  \
	((vec)->capacity = arena_trim((arena), (vec)->items, (vec)->count, (vec)->capacity,   \
		 sizeof(*(vec)->items)))

/* Room for more items than *capacity, which is raised. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);
size_t arena_trim(struct arena *arena, void *items, size_t count, size_t capacity, size_t size);

/* Number of items of a static array. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
