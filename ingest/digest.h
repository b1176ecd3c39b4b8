/* SHA-256 of texts that come piece by piece. */
#pragma once

#include "runtime/str.h"

#define HASH_TEXT 65

struct digest {
	void *context;                  /* EVP_MD_CTX */
};

/* A digest that was begun must be ended, which frees it and writes 64 lowercase digits of hex and a NUL. */
void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, struct str piece);
void digest_end(struct digest *digest, char out[HASH_TEXT]);

/* The piece and the NUL behind it, so that "ab", "c" and "a", "bc" are not the same. */
void digest_add_text(struct digest *digest, const char *text);
