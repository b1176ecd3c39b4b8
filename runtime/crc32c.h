/* CRC-32C (Castagnoli), as Google's services give it beside the data that they hand out. */
#pragma once

#include <stdint.h>

#include "runtime/str.h"

/* The checksum of some bytes. Source: RFC 3720, appendix B.4 (polynomial 0x1EDC6F41, reflected). */
uint32_t crc32c(struct str bytes);
