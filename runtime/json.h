/* Small helpers over jansson: reading answers whose shape is not ours to choose. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

/* The text of a member, or NULL when it is absent or no text. Borrowed. */
const char *json_text(const json_t *object, const char *key);

/* The whole number of a member, or the fallback. */
long long json_number_of(const json_t *object, const char *key, long long fallback);

/* Is the member there and true? */
bool json_is_set(const json_t *object, const char *key);

/* Removes members by name; the list ends with NULL. */
void json_drop(json_t *object, const char *const *keys);

/* null, {} , [] or absent (NULL). */
bool json_is_empty(const json_t *value);

/* An object with a single text member of that name: gives the text, else NULL. */
const char *json_single(const json_t *value, const char *key);
