/* The rows of words.inc, searched by halves. */
#include "compiler/query/words.h"

_Static_assert(WORD_COUNT <= 256, "a token keeps it in 8 bits");

static const struct {
	const char *name;
	bool reserved;
} words[WORD_COUNT] = {
	[WORD_NONE] = {"", false},
#define WORD(name, reserved) [WORD_##name] = {#name, reserved},
#include "compiler/query/words.inc"
#undef WORD
};

static unsigned char capital(char c) {
	return (unsigned char)(c >= 'a' && c <= 'z' ? c & ~0x20 : c);
}

/* Orders a text, as if in capitals, against a name in capitals. Nearly always the first letter
 * decides. */
static inline int compare(struct str text, unsigned char first, const char *name) {
	if (first != (unsigned char)name[0])
		return first - (unsigned char)name[0];
	for (size_t i = 1; i < text.len; i++) {
		int order = capital(text.ptr[i]) - (unsigned char)name[i];
		if (order)
			return order;
	}
	return name[text.len] ? -1 : 0;
}

enum sql_word sql_word_find(struct str text) {
	unsigned low = WORD_NONE + 1, high = WORD_COUNT;
	unsigned char first = text.len ? capital(text.ptr[0]) : 0;
	while (low < high) {
		unsigned middle = (low + high) / 2;
		int order = compare(text, first, words[middle].name);
		if (order == 0)
			return (enum sql_word)middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return WORD_NONE;
}

bool sql_word_reserved(enum sql_word word) {
	return words[word].reserved;
}
