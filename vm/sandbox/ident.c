/* Randomness, clocks and hashes in; text of a fixed length out. */
#include "vm/sandbox/ident.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "runtime/hash.h"

static void random_bytes(unsigned char *out, size_t len) {
	if (getrandom(out, len, 0) != (ssize_t)len)
		abort();
}

void make_entity_id(char out[ENTITY_ID_SIZE]) {
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	unsigned char bytes[ENTITY_ID_SIZE - 1];
	random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		out[i] = alphabet[bytes[i] % 64];
	out[ENTITY_ID_SIZE - 1] = '\0';
}

bool is_entity_id(const char *text) {
	return strlen(text) == ENTITY_ID_SIZE - 1 &&
		strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
			ENTITY_ID_SIZE - 1;
}

void make_uuid(char out[UUID_SIZE]) {
	unsigned char b[16];
	random_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(out, UUID_SIZE,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		b[15]);
}

void iso_time(char out[ISO_TIME_SIZE]) {
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	struct tm utc;
	gmtime_r(&now.tv_sec, &utc);
	size_t len = strftime(out, ISO_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(
		out + len, ISO_TIME_SIZE - len, ".%06uZ", (unsigned)(now.tv_nsec / 1000 % 1000000));
}

void hash_secret(const char *salt, const char *text, char out[HASH_SIZE]) {
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL) ||
	    !EVP_DigestUpdate(context, salt, strlen(salt)) ||
	    !EVP_DigestUpdate(context, text, strlen(text)) ||
	    !EVP_DigestFinal_ex(context, digest, &len))
		abort();
	EVP_MD_CTX_free(context);
	hash_hex(digest, len < HASH_SIZE / 2 ? len : HASH_SIZE / 2, out);
}
