/* Google's tokens. They say in themselves what they are good for, so that the APIs can refuse them.
 */
#pragma once

#include <stdbool.h>

#include "tests/vendors/request.h"

struct google;

struct google *google_create(struct arena *arena);
void google_destroy(struct google *google);

/* Does the request carry a token with one of these scopes (a list that ends with NULL)? If not, the
 * reply is set. */
bool google_check(struct request *r, const char *const *scopes);

/* Should this secret be served with a wrong checksum? Counts down. */
bool google_spoils_checksum(struct google *google);
