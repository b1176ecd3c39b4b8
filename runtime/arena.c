/* A bump allocator: blocks in a list, a pointer that moves up, everything freed at once. A compile
 * makes many small things that all live until it ends, so nobody above has to think of free(). */
#include "runtime/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Blocks grow, so that neither a small run takes much nor a large one asks often. The largest are
 * the size of a huge page. */
#define FIRST_BLOCK   (64u * 1024)
#define LARGEST_BLOCK (2048u * 1024)
#define GROWTH        8
#define ALIGNMENT     _Alignof(double)

struct block {
	struct block *next;
	size_t size;
	double data[];
};

struct arena {
	struct block *blocks;
	char *at;
	size_t left;
	size_t used;
	size_t next_size;
	VEC(json_t *) owned;
};

void out_of_memory(void) {
	static const char line[] = "mbc: out of memory\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);
	(void)written;
	_exit(6);
}

struct arena *arena_create(void) {
	struct arena *arena = calloc(1, sizeof(*arena));
	if (!arena)
		out_of_memory();
	return arena;
}

void arena_destroy(struct arena *arena) {
	if (!arena)
		return;
	for (size_t i = arena->owned.count; i-- > 0;)
		json_decref(arena->owned.items[i]);
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		munmap(block, block->size);
	}
	free(arena);
}

void arena_adopt(struct arena *arena, struct arena *other) {
	for (size_t i = 0; i < other->owned.count; i++)
		vec_push(arena, &arena->owned, other->owned.items[i]);
	struct block **last = &arena->blocks;
	while (*last)
		last = &(*last)->next;
	*last = other->blocks;
	arena->used += other->used;
	if (other->left > arena->left) {
		arena->at = other->at;
		arena->left = other->left;
	}
	free(other);
}

/* Pages straight from the kernel, zeroed and all mapped at once, as huge pages if the block is made
 * of them: taking them one fault at a time costs more than everything that is then written to them.
 * What the kernel does not know of, it refuses, and the pages come one by one. */
static void *map_pages(size_t size) {
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		out_of_memory();
	if (size >= LARGEST_BLOCK)
		madvise(pages, size, MADV_HUGEPAGE);
	madvise(pages, size, MADV_POPULATE_WRITE);
	return pages;
}

static void add_block(struct arena *arena, size_t size) {
	size_t wanted = arena->next_size ? arena->next_size : FIRST_BLOCK;
	arena->next_size = wanted < LARGEST_BLOCK / GROWTH ? wanted * GROWTH : LARGEST_BLOCK;
	size_t whole = sizeof(struct block) + size;
	whole = whole > wanted ? (whole + FIRST_BLOCK - 1) / FIRST_BLOCK * FIRST_BLOCK : wanted;
	struct block *block = map_pages(whole);
	block->size = whole;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->at = (char *)block->data;
	arena->left = whole - sizeof(struct block);
}

static size_t round_up(size_t size) {
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *arena_alloc(struct arena *arena, size_t size) {
	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = round_up(size);
	if (size > arena->left)
		add_block(arena, size);
	void *result = arena->at;
	arena->at += size;
	arena->left -= size;
	arena->used += size;
	return result;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size) {
	if (size && count > SIZE_MAX / 2 / size)
		out_of_memory();
	return arena_alloc(arena, count * size);
}

struct str arena_str(struct arena *arena, struct str text) {
	return (struct str){arena_cstr(arena, text), text.len};
}

char *arena_cstr(struct arena *arena, struct str text) {
	char *copy = arena_alloc(arena, text.len + 1);
	if (text.len)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args) {
	va_list again;
	va_copy(again, args);
	char *free_space = arena->at;
	size_t room = arena->left;
	int len = vsnprintf(free_space, room, format, args);
	char *text = arena_alloc(arena, (size_t)(len < 0 ? 0 : len) + 1);
	if (text != free_space && len > 0)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
	va_list args;
	va_start(args, format);
	char *text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

json_t *arena_own_json(struct arena *arena, json_t *value) {
	if (value)
		vec_push(arena, &arena->owned, value);
	return value;
}

size_t arena_used(const struct arena *arena) {
	return arena->used;
}

/* Is there room right behind the items, because nothing was given out since? */
static bool grow_in_place(struct arena *arena, char *end, size_t more) {
	more = round_up(more);
	if (end != arena->at || more > arena->left)
		return false;
	arena->at += more;
	arena->left -= more;
	arena->used += more;
	return true;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size) {
	size_t wanted = *capacity ? *capacity * 2 : size > 64 ? 1 : 4;
	if (wanted > SIZE_MAX / 4 / size)
		out_of_memory();
	size_t held = round_up(*capacity * size);
	if (items && grow_in_place(arena, (char *)items + held, wanted * size - held)) {
		*capacity = wanted;
		return items;
	}
	void *grown = arena_alloc_array(arena, wanted, size);
	if (count)
		memcpy(grown, items, count * size);
	*capacity = wanted;
	return grown;
}

/* What was never written to is still zero, so it can be given out again. */
size_t arena_trim(struct arena *arena, void *items, size_t count, size_t capacity, size_t size) {
	size_t held = round_up(capacity * size), kept = round_up(count * size);
	if (!items || (char *)items + held != arena->at)
		return capacity;
	arena->at -= held - kept;
	arena->left += held - kept;
	arena->used -= held - kept;
	return count;
}
