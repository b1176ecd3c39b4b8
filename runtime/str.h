/* Slices of text. A slice never owns its bytes and need not end in NUL. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *ptr;
	size_t len;
};

/* A slice over a string literal. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})

/* The two arguments that "%.*s" wants. */
#define STR_ARGS(s) (int)(s).len, (s).len ? (s).ptr : ""

/* A slice over a NUL-terminated string; NULL gives the empty slice. */
static inline struct str str_from(const char *text) {
	return (struct str){text, text ? strlen(text) : 0};
}

static inline bool str_eq(struct str a, struct str b) {
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Is the slice equal to a NUL-terminated string? */
static inline bool str_is(struct str a, const char *b) {
	return str_eq(a, str_from(b));
}

/* Orders by bytes, as memcmp does; a prefix comes first. */
int str_cmp(struct str a, struct str b);

/* Equal when ASCII letters are folded. */
bool str_fold_same(const char *a, const char *b, size_t len);
static inline bool str_eq_fold(struct str a, struct str b) {
	return a.len == b.len && str_fold_same(a.ptr, b.ptr, a.len);
}

bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);

/* The part from start up to, not including, end; both are clipped to the slice. */
static inline struct str str_slice(struct str s, size_t start, size_t end) {
	if (end > s.len)
		end = s.len;
	if (start > end)
		start = end;
	return (struct str){s.ptr ? s.ptr + start : NULL, end - start};
}

/* Without ASCII white space at either end. */
struct str str_trim(struct str s);

/* Offset of the first occurrence at or after `from`, or STR_NONE. */
#define STR_NONE ((size_t)-1)
size_t str_find(struct str s, const char *needle, size_t from);

/* Cuts the next piece up to `separator` off `*rest`; false when nothing is left.
 * "a,,b" gives "a", "", "b"; an empty rest gives nothing. */
bool str_split(struct str *rest, char separator, struct str *piece);

/* From `at`: behind the blanks there; back to where its line begins; on to where that ends. */
size_t str_skip_blanks(struct str text, size_t at);
size_t str_line_start(struct str text, size_t at);
size_t str_line_end(struct str text, size_t at);

/* Whole text as a decimal integer or a number (no white space, no leading '+'); false if it is not
 * one or does not fit. The number takes what JSON takes, plus a leading or trailing dot. */
bool str_integer(struct str s, long long *value);
bool str_number(struct str s, double *value);

/* Length in bytes of the UTF-8 sequence at ptr (within len bytes), or 0 if it is malformed. */
size_t utf8_length(const char *ptr, size_t len);
