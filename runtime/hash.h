/* SHA-256. */
#pragma once

#include "runtime/str.h"

#define HASH_BYTES 32

/* The program ends with exit code 6 if libcrypto is not installed. */
void hash_sha256(struct str text, unsigned char hash[HASH_BYTES]);

/* Two lowercase digits a byte and a NUL: `out` takes 2 * count + 1. */
void hash_hex(const unsigned char *bytes, size_t count, char *out);
