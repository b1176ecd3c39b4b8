/* Slices: comparing, cutting and reading numbers, without a copy and without a terminating NUL.
 * Everything that reads YAML, SQL or JSON text works on slices of the file as it was read. */
#include "runtime/str.h"

#include <math.h>
#include <stdlib.h>

int str_cmp(struct str a, struct str b) {
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static char fold(char c) {
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_fold_same(const char *a, const char *b, size_t len) {
	for (size_t i = 0; i < len; i++) {
		if (fold(a[i]) != fold(b[i]))
			return false;
	}
	return true;
}

bool str_starts(struct str s, const char *prefix) {
	size_t len = strlen(prefix);
	return s.len >= len && memcmp(s.ptr, prefix, len) == 0;
}

bool str_ends(struct str s, const char *suffix) {
	size_t len = strlen(suffix);
	return s.len >= len && memcmp(s.ptr + s.len - len, suffix, len) == 0;
}

static bool is_space(char c) {
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s) {
	while (s.len && is_space(s.ptr[0]))
		s = str_slice(s, 1, s.len);
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* The first byte is looked for by memchr, which is fastest where it is rare, as marks are in text.
 */
size_t str_find(struct str s, const char *needle, size_t from) {
	size_t len = strlen(needle);
	if (len == 0)
		return from <= s.len ? from : STR_NONE;
	while (from < s.len && s.len - from >= len) {
		const char *hit = memchr(s.ptr + from, needle[0], s.len - from - len + 1);
		if (!hit)
			return STR_NONE;
		if (memcmp(hit, needle, len) == 0)
			return (size_t)(hit - s.ptr);
		from = (size_t)(hit - s.ptr) + 1;
	}
	return STR_NONE;
}

bool str_split(struct str *rest, char separator, struct str *piece) {
	if (!rest->ptr || rest->len == 0)
		return false;
	const char *hit = memchr(rest->ptr, separator, rest->len);
	size_t len = hit ? (size_t)(hit - rest->ptr) : rest->len;
	*piece = str_slice(*rest, 0, len);
	*rest = str_slice(*rest, hit ? len + 1 : len, rest->len);
	return true;
}

bool str_integer(struct str s, long long *value) {
	bool negative = s.len && s.ptr[0] == '-';
	long long parsed = 0;
	if (s.len == negative)
		return false;
	for (size_t i = negative; i < s.len; i++) {
		int digit = s.ptr[i] - '0';
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(parsed, 10, &parsed) ||
			__builtin_add_overflow(parsed, negative ? -digit : digit, &parsed))
			return false;
	}
	*value = parsed;
	return true;
}

bool str_number(struct str s, double *value) {
	char text[64];
	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!strchr("0123456789.eE-+", s.ptr[i]))
			return false;
	}
	if (s.ptr[0] == '+')
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	char *end;
	double parsed = strtod(text, &end);
	if (end != text + s.len || !isfinite(parsed))
		return false;
	*value = parsed;
	return true;
}

static bool is_tail(unsigned char c) {
	return (c & 0xc0) == 0x80;
}

size_t utf8_length(const char *ptr, size_t len) {
	const unsigned char *c = (const unsigned char *)ptr;
	if (len == 0)
		return 0;
	if (c[0] < 0x80)
		return 1;
	if (c[0] >= 0xc2 && c[0] <= 0xdf)
		return len >= 2 && is_tail(c[1]) ? 2 : 0;
	if (c[0] >= 0xe0 && c[0] <= 0xef) {
		if (len < 3 || !is_tail(c[1]) || !is_tail(c[2]))
			return 0;
		bool overlong = c[0] == 0xe0 && c[1] < 0xa0;
		bool surrogate = c[0] == 0xed && c[1] > 0x9f;
		return overlong || surrogate ? 0 : 3;
	}
	if (c[0] >= 0xf0 && c[0] <= 0xf4) {
		if (len < 4 || !is_tail(c[1]) || !is_tail(c[2]) || !is_tail(c[3]))
			return 0;
		bool overlong = c[0] == 0xf0 && c[1] < 0x90;
		bool too_high = c[0] == 0xf4 && c[1] > 0x8f;
		return overlong || too_high ? 0 : 4;
	}
	return 0;
}

size_t str_skip_blanks(struct str text, size_t at) {
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at;
}

size_t str_line_start(struct str text, size_t at) {
	while (at > 0 && text.ptr[at - 1] != '\n' && text.ptr[at - 1] != '\r')
		at--;
	return at;
}

size_t str_line_end(struct str text, size_t at) {
	if (at >= text.len)
		return at;
	const char *from = text.ptr + at, *stop = memchr(from, '\n', text.len - at);
	size_t len = stop ? (size_t)(stop - from) : text.len - at;
	const char *early = memchr(from, '\r', len);
	return at + (early ? (size_t)(early - from) : len);
}
