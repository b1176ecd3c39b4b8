/* What people see depends on where they look: a terminal gets colour and its own width, a pipe gets
 * neither. Widths come from a short table of the blocks that terminals draw two columns wide, since
 * wcwidth() depends on a locale that build machines often lack. */
#include "runtime/term.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool term_is_terminal(FILE *stream) {
	return isatty(fileno(stream));
}

bool term_colour(FILE *stream) {
	const char *none = getenv("NO_COLOR");
	const char *force = getenv("CLICOLOR_FORCE");
	const char *term = getenv("TERM");
	if (none && *none)
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return term_is_terminal(stream) && term && strcmp(term, "dumb") != 0;
}

unsigned term_width(FILE *stream) {
	struct winsize size;
	if (!term_is_terminal(stream) || ioctl(fileno(stream), TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

uint32_t utf8_decode(struct str text, size_t *len) {
	const unsigned char *c = (const unsigned char *)text.ptr;
	*len = utf8_length(text.ptr, text.len);
	switch (*len) {
	case 1:
		return c[0];
	case 2:
		return (uint32_t)(c[0] & 0x1f) << 6 | (c[1] & 0x3f);
	case 3:
		return (uint32_t)(c[0] & 0x0f) << 12 | (uint32_t)(c[1] & 0x3f) << 6 | (c[2] & 0x3f);
	case 4:
		return (uint32_t)(c[0] & 0x07) << 18 | (uint32_t)(c[1] & 0x3f) << 12 |
			(uint32_t)(c[2] & 0x3f) << 6 | (c[3] & 0x3f);
	}
	*len = 1;
	return 0xfffd;
}

struct block {
	uint32_t first, last;
};

static const struct block combining[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
	{0x0900, 0x0902}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
	{0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x2060, 0x2064},
	{0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

static const struct block wide[] = {
	{0x1100, 0x115f}, {0x231a, 0x231b}, {0x23e9, 0x23ec}, {0x25fd, 0x25fe}, {0x2614, 0x2615},
	{0x2648, 0x2653}, {0x267f, 0x267f}, {0x2693, 0x2693}, {0x26a1, 0x26a1}, {0x26aa, 0x26ab},
	{0x26bd, 0x26be}, {0x26c4, 0x26c5}, {0x26ce, 0x26ce}, {0x26d4, 0x26d4}, {0x26ea, 0x26ea},
	{0x26f2, 0x26f5}, {0x26fa, 0x26fd}, {0x2705, 0x2705}, {0x270a, 0x270b}, {0x2728, 0x2728},
	{0x274c, 0x274e}, {0x2753, 0x2757}, {0x2795, 0x2797}, {0x27b0, 0x27bf}, {0x2b1b, 0x2b1c},
	{0x2b50, 0x2b55}, {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff},
	{0xa000, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60},
	{0xffe0, 0xffe6}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f19a},
	{0x1f200, 0x1f320}, {0x1f32d, 0x1f5ff}, {0x1f600, 0x1f64f}, {0x1f680, 0x1f6ff},
	{0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};

static bool within(uint32_t character, const struct block *blocks, size_t count) {
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (character > blocks[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && character >= blocks[low].first;
}

unsigned character_width(uint32_t character) {
	if (character < 0x300)
		return 1;
	if (within(character, combining, sizeof(combining) / sizeof(combining[0])))
		return 0;
	return within(character, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

size_t text_width(struct str text) {
	size_t width = 0;
	while (text.len) {
		size_t len;
		width += character_width(utf8_decode(text, &len));
		text = str_slice(text, len, text.len);
	}
	return width;
}
