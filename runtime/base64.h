/* Base64 (RFC 4648), the plain alphabet with padding and the one for URLs without. */
#pragma once

#include <stdbool.h>

#include "runtime/buf.h"

/* Appends the bytes in the alphabet of URLs, without padding. */
void base64url_encode(struct buf *out, struct str bytes);

/* Appends what the plain text stands for. False when it is malformed; white space is. */
bool base64_decode(struct buf *out, struct str text);
