/* Bytes in, text out, and back. OpenSSL's own decoder counts padding as data and skips what it does
 * not know, which would hide a damaged secret. */
#include "runtime/base64.h"

void base64url_encode(struct buf *out, struct str bytes) {
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned held = 0, bits = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		held = (held & 0xff) << 8 | (unsigned char)bytes.ptr[i];
		for (bits += 8; bits >= 6; bits -= 6)
			buf_putc(out, digits[held >> (bits - 6) & 63]);
	}
	if (bits)
		buf_putc(out, digits[held << (6 - bits) & 63]);
}

static int value_of(char c) {
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct buf *out, struct str text) {
	if (text.len % 4)
		return false;
	for (int padding = 0; padding < 2 && str_ends(text, "="); padding++)
		text.len--;
	unsigned held = 0, bits = 0;
	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.ptr[i]);
		if (value < 0)
			return false;
		held = (held << 6 | (unsigned)value) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			if (!buf_putc(out, (char)(held >> bits & 0xff)))
				return false;
		}
	}
	return true;
}
