/* One spelling for a JSON value, and the hash over it. Numbers get 15 digits: what an author writes
 * comes back as written, and no machine's rounding shows. */
#include "compiler/ir/object.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#define DUMP_FLAGS (JSON_SORT_KEYS | JSON_INDENT(2) | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY)

char *canonical_dump(struct arena *arena, const json_t *value) {
	char *text = json_dumps(value, DUMP_FLAGS);
	if (!text)
		out_of_memory();
	char *copy = arena_printf(arena, "%s\n", text);
	free(text);
	return copy;
}

/* Hashed in one piece: the writer hands out a byte or two at a time, and each step of the hash
 * costs more than the byte. */
void fingerprint_of(const json_t *body, char out[16]) {
	unsigned char hash[EVP_MAX_MD_SIZE];
	char *text = json_dumps(body, DUMP_FLAGS);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!text || !context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
		EVP_DigestUpdate(context, text, strlen(text)) != 1 ||
		EVP_DigestUpdate(context, "\n", 1) != 1 ||
		EVP_DigestFinal_ex(context, hash, NULL) != 1)
		out_of_memory();
	EVP_MD_CTX_free(context);
	free(text);
	snprintf(out, 16, "%d-%02x%02x%02x%02x", PROJECTION_VERSION, hash[0], hash[1], hash[2],
		hash[3]);
}
