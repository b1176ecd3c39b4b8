/* Identifiers and times as the server makes them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define ENTITY_ID_SIZE 22
#define UUID_SIZE 37
#define ISO_TIME_SIZE 32
#define HASH_SIZE 65

/* 21 random characters of A-Z a-z 0-9 _ -. */
void make_entity_id(char out[ENTITY_ID_SIZE]);

/* Does it have the form of one? */
bool is_entity_id(const char *text);

/* A random UUID, version 4. */
void make_uuid(char out[UUID_SIZE]);

/* Now, UTC, with six digits of a second. */
void iso_time(char out[ISO_TIME_SIZE]);

/* SHA-256 of `salt` and `text` in hexadecimal: what the state holds of passwords and keys. */
void hash_secret(const char *salt, const char *text, char out[HASH_SIZE]);
