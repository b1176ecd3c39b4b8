/* A gzip file that is written once, from front to back, with little memory. */
#pragma once

#include "runtime/str.h"

struct pack;

/* Takes over the file; NULL, and the file is closed, when there is no memory. */
struct pack *pack_open(int fd);

/* Each false with errno set when the file could not be written. */
bool pack_write(struct pack *pack, struct str bytes);
/* Writes what is left, and closes it whether that works or not; says how large it became. */
bool pack_close(struct pack *pack, size_t *size);
/* Closes it as it is; NULL is fine. */
void pack_drop(struct pack *pack);

/* Bytes in the file so far. */
size_t pack_size(const struct pack *pack);
