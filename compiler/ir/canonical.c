/* One spelling for a JSON value, and the hash over it. Numbers get 15 digits: what an author writes
 * comes back as written, and no machine's rounding shows. */
#include "compiler/ir/object.h"

#include <stdio.h>
#include <stdlib.h>

#include "runtime/hash.h"

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
 * costs more than the byte. The new line that ends a file takes the place of the final NUL. */
void fingerprint_of(const json_t *body, char out[16]) {
	unsigned char hash[HASH_BYTES];
	char *text = json_dumps(body, DUMP_FLAGS);
	if (!text)
		out_of_memory();
	size_t len = strlen(text);
	text[len] = '\n';
	hash_sha256((struct str){text, len + 1}, hash);
	free(text);
	snprintf(out, 16, "%d-%02x%02x%02x%02x", PROJECTION_VERSION, hash[0], hash[1], hash[2],
		hash[3]);
}
