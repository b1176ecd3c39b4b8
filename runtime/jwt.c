/* Header and claims go in, the token comes out. The signature is RSASSA-PKCS1-v1_5 over SHA-256,
 * for which the same key and text always give the same bytes. */
#include "runtime/jwt.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "runtime/base64.h"

/* A key under a pass phrase is no key here: nobody is there to be asked. */
static int no_phrase(char *to, int size, int writing, void *context) {
	(void)to, (void)size, (void)writing, (void)context;
	return -1;
}

struct jwt_key *jwt_key_read(struct str pem) {
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_phrase, NULL) : NULL;
	BIO_free(bio);
	if (key && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return (struct jwt_key *)key;
}

void jwt_key_free(struct jwt_key *key) {
	EVP_PKEY_free((EVP_PKEY *)key);
}

static bool sign(EVP_PKEY *key, struct str text, unsigned char *signature, size_t *len) {
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
		    EVP_DigestSign(context, signature, len, (const unsigned char *)text.ptr,
			    text.len) == 1;
	EVP_MD_CTX_free(context);
	return good;
}

bool jwt_sign(const struct jwt_key *key, struct str header, struct str claims, struct buf *out) {
	unsigned char signature[1024];
	size_t len = sizeof(signature), start = out->len;
	base64url_encode(out, header);
	buf_putc(out, '.');
	base64url_encode(out, claims);
	struct str text = {out->ptr + start, out->len - start};
	if (out->full || !sign((EVP_PKEY *)key, text, signature, &len))
		return false;
	buf_putc(out, '.');
	base64url_encode(out, (struct str){(const char *)signature, len});
	return !out->full;
}
