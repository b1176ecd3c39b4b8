/* Pieces in, hex out, by OpenSSL. */
#include "ingest/digest.h"

#include <openssl/evp.h>

#include "runtime/arena.h"
#include "runtime/hash.h"

void digest_begin(struct digest *digest) {
	digest->context = EVP_MD_CTX_new();
	if (!digest->context || !EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL))
		out_of_memory();
}

void digest_add(struct digest *digest, struct str piece) {
	EVP_DigestUpdate(digest->context, piece.ptr, piece.len);
}

void digest_add_text(struct digest *digest, const char *text) {
	digest_add(digest, (struct str){text, strlen(text) + 1});
}

void digest_end(struct digest *digest, char out[HASH_TEXT]) {
	unsigned char hash[HASH_BYTES];
	EVP_DigestFinal_ex(digest->context, hash, NULL);
	EVP_MD_CTX_free(digest->context);
	hash_hex(hash, sizeof(hash), out);
}
