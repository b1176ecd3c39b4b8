/* Bytes in, checksum out, a bit at a time: what is checked is a secret of at most 64 KiB, once a
 * run, so there is no table. */
#include "runtime/crc32c.h"

uint32_t crc32c(struct str bytes) {
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= (unsigned char)bytes.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}
