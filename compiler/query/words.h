/* The words that our readers know, each with a number of its own, so that every later question
 * about a token is the comparison of two numbers. */
#pragma once

#include "runtime/str.h"

enum sql_word {
	WORD_NONE,
#define WORD(name, reserved) WORD_##name,
#include "compiler/query/words.inc"
#undef WORD
	WORD_COUNT
};

/* The word that is spelled so in any case, or WORD_NONE. */
enum sql_word sql_word_find(struct str text);

/* Is it one that no query can use as a name or alias without quotes? */
bool sql_word_reserved(enum sql_word word);

/* Is it one of a list, which ends with WORD_NONE? */
static inline bool sql_word_in(enum sql_word word, const enum sql_word *list) {
	if (word == WORD_NONE)
		return false;
	while (*list != WORD_NONE && *list != word)
		list++;
	return *list == word;
}
