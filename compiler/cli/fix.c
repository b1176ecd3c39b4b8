/* Diagnostics in, changed files out. Fixes are sorted by place; of two that overlap the first wins,
 * the other comes in the next round. Spans only point into files that were read as part of the
 * project, so nothing else can be written. */
#include "compiler/cli/fix.h"

#include <errno.h>
#include <stdlib.h>

#include "runtime/file.h"
#include "runtime/log.h"

static int by_place(const void *left, const void *right) {
	const struct span a = (*(struct diagnostic *const *)left)->fix_at;
	const struct span b = (*(struct diagnostic *const *)right)->fix_at;
	if (a.source != b.source)
		return a.source < b.source ? -1 : 1;
	return (a.start > b.start) - (a.start < b.start);
}

/* The text of a source with the fixes [first, last) in it; the number that fitted. */
static size_t fix_text(struct str text, struct diagnostic **first, struct diagnostic **last,
	struct buf *out) {
	size_t done = 0, count = 0;
	for (; first < last; first++) {
		struct span at = (*first)->fix_at;
		if (at.start < done || at.end > text.len)
			continue;
		buf_add_str(out, str_slice(text, done, at.start));
		buf_add_str(out, (*first)->fix_text);
		done = at.end;
		count++;
	}
	buf_add_str(out, str_slice(text, done, text.len));
	return count;
}

static size_t fix_source(struct compile *c, struct diagnostic **first, struct diagnostic **last) {
	struct source *source = c->sources.items[(*first)->fix_at.source];
	struct buf text = BUF(SOURCE_MAX_BYTES * 2);
	size_t count = fix_text(source->text, first, last, &text);
	if (text.full || !file_write(source->path, buf_str(&text))) {
		log_line(LOG_ERROR, "cannot write `%s`: %s", source->path,
			text.full ? "it would become too large" : strerror(errno));
		count = 0;
	}
	buf_free(&text);
	return count;
}

size_t fix_files(struct compile *c) {
	VEC(struct diagnostic *) fixes = {0};
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		if (c->diagnostics.items[i]->has_fix)
			vec_push(c->arena, &fixes, c->diagnostics.items[i]);
	}
	if (fixes.count == 0)
		return 0;
	qsort(fixes.items, fixes.count, sizeof(*fixes.items), by_place);
	size_t written = 0;
	for (size_t start = 0, end; start < fixes.count; start = end) {
		uint32_t source = fixes.items[start]->fix_at.source;
		for (end = start; end < fixes.count && fixes.items[end]->fix_at.source == source;)
			end++;
		written += fix_source(c, &fixes.items[start], &fixes.items[end]);
	}
	return written;
}
