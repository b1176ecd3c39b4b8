/* Signed JSON Web Tokens (RFC 7519) as a service account makes them: RS256. */
#pragma once

#include <stdbool.h>

#include "runtime/buf.h"

struct jwt_key;

/* Reads a private RSA key in PEM. NULL when it is none. */
struct jwt_key *jwt_key_read(struct str pem);

/* Wipes the key; NULL is fine. */
void jwt_key_free(struct jwt_key *key);

/* Appends `header.claims.signature`; both parts are JSON text, signed as they are. False when the
 * key cannot sign. */
bool jwt_sign(const struct jwt_key *key, struct str header, struct str claims, struct buf *out);
