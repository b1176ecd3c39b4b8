/* Damerau-Levenshtein distance with a bound (adjacent letters swapped count one), case and the
 * choice between '-' and '_' counting less than a letter: `Relative_Date` is close to
 * `relative-date`. Words too long to be typing errors are passed over, so the cost of an offer is
 * bounded. */
#include "runtime/suggest.h"

#include <stdint.h>

#define LONGEST 64

/* In halves of an edit, so that a difference in case is half of one. */
struct suggest suggest_start(struct str word) {
	size_t limit = word.len <= 2 ? 1 : word.len <= 4 ? 2 : word.len / 3 * 2 + 1;
	return (struct suggest){.word = word, .distance = limit + 1};
}

static char fold(char c) {
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '-' || c == ' ' ? '_' : c;
}

static bool folded_equal(struct str a, struct str b) {
	for (size_t i = 0; i < a.len && a.len == b.len; i++) {
		if (fold(a.ptr[i]) != fold(b.ptr[i]))
			return false;
	}
	return a.len == b.len;
}

static size_t smallest(size_t a, size_t b) {
	return a < b ? a : b;
}

static size_t replace_cost(char a, char b) {
	if (a == b)
		return 0;
	return fold(a) == fold(b) ? 1 : 2;
}

static size_t distance(struct str a, struct str b) {
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b.len; j++)
		last[j] = j * 2;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i * 2;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = last[j - 1] + replace_cost(a.ptr[i - 1], b.ptr[j - 1]);
			best = smallest(best, smallest(last[j], row[j - 1]) + 2);
			bool swapped = i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
				a.ptr[i - 2] == b.ptr[j - 1];
			row[j] = swapped ? smallest(best, before[j - 2] + 2) : best;
		}
		size_t *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}

void suggest_offer(struct suggest *suggest, struct str candidate) {
	struct str word = suggest->word;
	if (word.len > LONGEST || candidate.len > LONGEST || candidate.len == 0)
		return;
	size_t gap = word.len > candidate.len ? word.len - candidate.len : candidate.len - word.len;
	if (gap * 2 >= suggest->distance)
		return;
	size_t found = folded_equal(word, candidate) ? 1 : distance(word, candidate);
	if (found < suggest->distance) {
		suggest->distance = found;
		suggest->best = candidate;
	}
}

struct str suggest_best(const struct suggest *suggest) {
	return suggest->best;
}
