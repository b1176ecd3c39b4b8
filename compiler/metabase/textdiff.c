/* Lines in, hunks out. The longest common subsequence is found by the plain table, after equal
 * lines at both ends were set aside; texts that would need a huge table are shown as replaced from
 * there on. */
#include "compiler/metabase/textdiff.h"

#include <stdint.h>
#include <stdlib.h>

#include "runtime/arena.h"

#define CONTEXT 3
#define TABLE_MAX (4u << 20)

struct lines {
	struct str *items;
	size_t count;
};

struct edit_line {
	char sign;              /* ' ', '-' or '+' */
	struct str text;
};

struct edits {
	struct edit_line *items;
	size_t count;
};

static struct lines split(struct str text) {
	struct lines lines = {0};
	size_t most = 1;
	for (size_t i = 0; i < text.len; i++)
		most += text.ptr[i] == '\n';
	lines.items = calloc(most, sizeof(*lines.items));
	if (!lines.items)
		out_of_memory();
	struct str line;
	while (str_split(&text, '\n', &line))
		lines.items[lines.count++] = line;
	return lines;
}

static void put(struct edits *edits, char sign, struct str text) {
	edits->items[edits->count++] = (struct edit_line){sign, text};
}

/* Edits between the parts [a0, a1) and [b0, b1), by the table of common lengths. */
static void middle(struct edits *edits, const struct lines *a, size_t a0, size_t a1,
	const struct lines *b, size_t b0, size_t b1) {
	size_t rows = a1 - a0, columns = b1 - b0;
	uint32_t *table = rows && columns && (rows + 1) * (columns + 1) <= TABLE_MAX
		? calloc((rows + 1) * (columns + 1), sizeof(*table)) : NULL;
	#define AT(i, j) table[(i) * (columns + 1) + (j)]
	for (size_t i = rows; table && i-- > 0;)
		for (size_t j = columns; j-- > 0;)
			AT(i, j) = str_eq(a->items[a0 + i], b->items[b0 + j]) ? AT(i + 1, j + 1) + 1
				: AT(i + 1, j) > AT(i, j + 1) ? AT(i + 1, j) : AT(i, j + 1);
	size_t i = 0, j = 0;
	while (table && i < rows && j < columns) {
		if (str_eq(a->items[a0 + i], b->items[b0 + j])) {
			put(edits, ' ', a->items[a0 + i++]);
			j++;
		} else if (AT(i + 1, j) >= AT(i, j + 1)) {
			put(edits, '-', a->items[a0 + i++]);
		} else {
			put(edits, '+', b->items[b0 + j++]);
		}
	}
	#undef AT
	while (i < rows)
		put(edits, '-', a->items[a0 + i++]);
	while (j < columns)
		put(edits, '+', b->items[b0 + j++]);
	free(table);
}

static struct edits compare(const struct lines *a, const struct lines *b) {
	struct edits edits = {calloc(a->count + b->count + 1, sizeof(struct edit_line)), 0};
	if (!edits.items)
		out_of_memory();
	size_t head = 0, tail = 0;
	while (head < a->count && head < b->count && str_eq(a->items[head], b->items[head]))
		put(&edits, ' ', a->items[head++]);
	while (tail < a->count - head && tail < b->count - head &&
		str_eq(a->items[a->count - 1 - tail], b->items[b->count - 1 - tail]))
		tail++;
	middle(&edits, a, head, a->count - tail, b, head, b->count - tail);
	for (size_t i = a->count - tail; i < a->count; i++)
		put(&edits, ' ', a->items[i]);
	return edits;
}

/* Prints items [from, to) as one hunk; the counts before it give its line numbers. */
static void hunk(
	struct buf *out, const struct edits *edits, size_t from, size_t to, const char *indent) {
	size_t before = 0, after = 0, old = 0, new = 0;
	for (size_t i = 0; i < to; i++) {
		size_t *old_count = i < from ? &before : &old,
		       *new_count = i < from ? &after : &new;
		*old_count += edits->items[i].sign != '+';
		*new_count += edits->items[i].sign != '-';
	}
	buf_printf(out, "%s@@ -%zu,%zu +%zu,%zu @@\n", indent, before + (old > 0), old,
		after + (new > 0), new);
	for (size_t i = from; i < to; i++)
		buf_printf(out, "%s%c%.*s\n", indent, edits->items[i].sign,
			STR_ARGS(edits->items[i].text));
}

void text_diff(struct buf *out, struct str before, struct str after, const char *indent) {
	struct lines a = split(before), b = split(after);
	struct edits edits = compare(&a, &b);
	size_t i = 0;
	while (i < edits.count) {
		while (i < edits.count && edits.items[i].sign == ' ')
			i++;
		if (i == edits.count)
			break;
		size_t from = i > CONTEXT ? i - CONTEXT : 0, last = i;
		for (size_t j = i; j < edits.count && j <= last + 2 * CONTEXT + 1; j++)
			if (edits.items[j].sign != ' ')
				last = j;
		size_t to = last + 1 + CONTEXT < edits.count ? last + 1 + CONTEXT : edits.count;
		hunk(out, &edits, from, to, indent);
		i = to;
	}
	free(edits.items);
	free(a.items);
	free(b.items);
}
