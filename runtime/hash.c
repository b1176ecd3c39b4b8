/* OpenSSL's libcrypto, loaded when the first hash is wanted: a check of definitions wants none, and
 * loading the library takes longer than checking a few files. */
#include "runtime/hash.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "runtime/log.h"
#include "runtime/options.h"

typedef unsigned char *sha256_function(const unsigned char *bytes, size_t len, unsigned char *hash);

static sha256_function *load(void) {
	union {
		void *address;
		sha256_function *function;
	} found = {NULL};
	void *library = dlopen("libcrypto.so.3", RTLD_LAZY | RTLD_LOCAL);
	if (library)
		found.address = dlsym(library, "SHA256");
	if (!found.address) {
		log_line(LOG_ERROR, "cannot load libcrypto: %s; install Debian's package libssl3",
			dlerror());
		exit(EXIT_INTERNAL);
	}
	return found.function;
}

void hash_sha256(struct str text, unsigned char hash[HASH_BYTES]) {
	static sha256_function *sha256;
	if (!sha256)
		sha256 = load();
	sha256((const unsigned char *)(text.ptr ? text.ptr : ""), text.len, hash);
}

void hash_hex(const unsigned char *bytes, size_t count, char *out) {
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < count; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}
