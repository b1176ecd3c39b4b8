/* SHA-256. */
#pragma once

#include "runtime/str.h"

#define HASH_BYTES 32

/* The program ends with exit code 6 if libcrypto is not installed. */
void hash_sha256(struct str text, unsigned char hash[HASH_BYTES]);
