/* The one place where text of unknown length grows outside an arena: response bodies, files,
 * output. */
#include "runtime/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/arena.h"

static bool reserve(struct buf *buf, size_t more) {
	if (buf->full || more > buf->max || buf->len > buf->max - more) {
		buf->full = true;
		return false;
	}
	size_t wanted = buf->len + more + 1;
	if (wanted <= buf->capacity)
		return true;
	size_t capacity = buf->capacity ? buf->capacity : 256;
	while (capacity < wanted)
		capacity *= 2;
	char *grown = realloc(buf->ptr, capacity);
	if (!grown)
		out_of_memory();
	buf->ptr = grown;
	buf->capacity = capacity;
	return true;
}

bool buf_add(struct buf *buf, const void *bytes, size_t len) {
	if (!reserve(buf, len))
		return false;
	if (len)
		memcpy(buf->ptr + buf->len, bytes, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
	return true;
}

bool buf_add_str(struct buf *buf, struct str text) {
	return buf_add(buf, text.ptr, text.len);
}

bool buf_puts(struct buf *buf, const char *text) {
	return buf_add(buf, text, strlen(text));
}

bool buf_putc(struct buf *buf, char c) {
	return buf_add(buf, &c, 1);
}

bool buf_vprintf(struct buf *buf, const char *format, va_list args) {
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	bool fits = len >= 0 && reserve(buf, (size_t)len);
	if (fits) {
		vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	return fits;
}

bool buf_printf(struct buf *buf, const char *format, ...) {
	va_list args;
	va_start(args, format);
	bool fits = buf_vprintf(buf, format, args);
	va_end(args);
	return fits;
}

void buf_clear(struct buf *buf) {
	buf->len = 0;
	buf->full = false;
	if (buf->ptr)
		buf->ptr[0] = '\0';
}

void buf_free(struct buf *buf) {
	free(buf->ptr);
	*buf = BUF(buf->max);
}
