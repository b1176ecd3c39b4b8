/* Paths in, sources and places out. A file is read once and never changes in memory, so a place is
 * two offsets; the table of lines is built for those sources only that somebody is told about. */
#include "compiler/source/source.h"

#include <errno.h>

#include "compiler/source/compile.h"
#include "runtime/file.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Offset of the first byte that is not plain ASCII (or is NUL), eight at a time. */
static size_t skip_ascii(struct str text, size_t from) {
	const uint64_t high = 0x8080808080808080u, low = 0x0101010101010101u;
	for (; from + 8 <= text.len; from += 8) {
		uint64_t word;
		memcpy(&word, text.ptr + from, 8);
		if ((word | (word - low)) & high)
			break;
	}
	while (from < text.len && (unsigned char)text.ptr[from] - 1u < 0x7f)
		from++;
	return from;
}

/* Offset of the first byte that is NUL or no UTF-8, else the length. */
static size_t skip_utf8(struct str text, bool *ascii) {
	size_t at = skip_ascii(text, 0);
	*ascii = at == text.len;
	while (at < text.len && text.ptr[at] != '\0') {
		size_t len = utf8_length(text.ptr + at, text.len - at);
		if (len == 0)
			break;
		at = skip_ascii(text, at + len);
	}
	return at;
}

static struct str without_mark(struct str text) {
	return str_starts(text, BYTE_ORDER_MARK)
		       ? str_slice(text, strlen(BYTE_ORDER_MARK), text.len)
		       : text;
}

static uint32_t add(struct compile *c, const char *path, struct str text, bool ascii) {
	struct source *source = arena_new(c->arena, struct source);
	*source = (struct source){.path = path, .text = text, .ascii = ascii};
	vec_push(c->arena, &c->sources, source);
	return (uint32_t)c->sources.count - 1;
}

uint32_t source_add(struct compile *c, const char *path, struct str text) {
	bool ascii;
	text = without_mark(text);
	skip_utf8(text, &ascii);
	return add(c, path, text, ascii);
}

static bool unreadable(struct compile *c, const char *path, struct span from, int failure) {
	if (failure == EFBIG)
		diag_add(
			c, E0109, from, "`%s` is larger than %u MiB", path, SOURCE_MAX_BYTES >> 20);
	else if (failure == EISDIR)
		diag_add(c, E0101, from, "`%s` is a directory, not a file", path);
	else if (failure == EINVAL)
		diag_add(c, E0101, from, "`%s` is not a regular file", path);
	else
		diag_add(c, E0101, from, "cannot read `%s`: %s", path, strerror(failure));
	return false;
}

static bool not_text(struct compile *c, uint32_t index, size_t at) {
	struct str text = c->sources.items[index]->text;
	struct span span = {index, (uint32_t)at, (uint32_t)at + 1};
	struct diagnostic *d =
		text.ptr[at] ? diag_add(c, E0103, span, "byte 0x%02x is not valid UTF-8 here",
				       (unsigned char)text.ptr[at])
			     : diag_add(c, E0103, span, "a NUL byte in a text file");
	diag_help(c, d, "save the file as UTF-8");
	return false;
}

bool source_read(struct compile *c, const char *path, struct span from, uint32_t *index) {
	struct buf raw = BUF(SOURCE_MAX_BYTES);
	bool read = file_read(path, &raw);
	int failure = errno;
	struct str text = without_mark(arena_str(c->arena, buf_str(&raw)));
	buf_free(&raw);
	if (!read)
		return unreadable(c, path, from, failure);
	bool ascii;
	size_t valid = skip_utf8(text, &ascii);
	*index = add(c, arena_cstr(c->arena, str_from(path)), text, ascii);
	return valid == text.len || not_text(c, *index, valid);
}

struct source *source_of(struct compile *c, struct span span) {
	return span.source < c->sources.count ? c->sources.items[span.source] : NULL;
}

/* A line ends at a line feed, or at a carriage return that none follows. */
static bool ends_line(struct str text, size_t at) {
	char here = text.ptr[at];
	return here == '\n' || (here == '\r' && !(at + 1 < text.len && text.ptr[at + 1] == '\n'));
}

static void find_lines(struct compile *c, struct source *source) {
	if (source->line_starts)
		return;
	uint32_t count = 1;
	for (size_t i = 0; i < source->text.len; i++)
		count += ends_line(source->text, i);
	source->line_starts = arena_array(c->arena, uint32_t, count);
	for (size_t i = 0; i < source->text.len; i++) {
		if (ends_line(source->text, i))
			source->line_starts[++source->line_count] = (uint32_t)i + 1;
	}
	source->line_count = count;
}

/* Index of the last line that starts at or before `offset`. */
static uint32_t line_at(const struct source *source, uint32_t offset) {
	uint32_t low = 0, high = source->line_count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (source->line_starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Characters are counted on from the last place asked for, so that many messages in one very long
 * line cost no more than one walk along it. */
struct place source_place(struct compile *c, uint32_t index, uint32_t offset) {
	struct source *source = c->sources.items[index];
	find_lines(c, source);
	if (offset > source->text.len)
		offset = (uint32_t)source->text.len;
	uint32_t line = line_at(source, offset);
	uint32_t at = source->line_starts[line], column = 1;
	if (source->last_offset >= at && source->last_offset <= offset && source->last_column) {
		at = source->last_offset;
		column = source->last_column;
	}
	for (; at < offset; at++)
		column += ((unsigned char)source->text.ptr[at] & 0xc0) != 0x80;
	source->last_offset = offset;
	source->last_column = column;
	return (struct place){line + 1, column};
}

struct str source_line(struct compile *c, uint32_t index, uint32_t line) {
	struct source *source = c->sources.items[index];
	find_lines(c, source);
	if (line == 0 || line > source->line_count)
		return (struct str){0};
	size_t start = source->line_starts[line - 1];
	size_t end = line < source->line_count ? source->line_starts[line] : source->text.len;
	while (end > start &&
		(source->text.ptr[end - 1] == '\n' || source->text.ptr[end - 1] == '\r'))
		end--;
	return str_slice(source->text, start, end);
}
