/* A growing byte buffer that must be told how large it may become, so that nothing from outside can
 * make a program eat all memory. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime/str.h"

struct buf {
	char *ptr;       /* always ends in NUL once something was added */
	size_t len;
	size_t capacity;
	size_t max;
	bool full;       /* something did not fit; what was added before is still there */
};

/* A buffer that never holds more than `max` bytes: struct buf b = BUF(1 << 20); */
#define BUF(limit) ((struct buf){.max = (limit)})

/* Each adds at the end, or sets `full` and adds nothing. False when full. */
bool buf_add(struct buf *buf, const void *bytes, size_t len);
bool buf_add_str(struct buf *buf, struct str text);
bool buf_puts(struct buf *buf, const char *text);
bool buf_putc(struct buf *buf, char c);
bool buf_printf(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3), nonnull(2)));
bool buf_vprintf(struct buf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0), nonnull(2)));

/* What it holds now; valid until the next addition. */
static inline struct str buf_str(const struct buf *buf) {
	return (struct str){buf->ptr, buf->len};
}

/* Empties it, keeping memory; or frees it. Both leave it usable. */
void buf_clear(struct buf *buf);
void buf_free(struct buf *buf);
