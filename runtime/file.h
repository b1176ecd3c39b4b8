/* Files, read with a cap and written so that a kill leaves the old one or the new one. */
#pragma once

#include <stdbool.h>

#include "runtime/buf.h"

/* Reads a whole regular file (or, for "-", standard input) into `out`. False with errno set:
 * EISDIR for a directory, EFBIG when it is larger than `out` may become. */
bool file_read(const char *path, struct buf *out);

/* Writes beside `path` and renames over it, after fsync. False with errno set; the old file, if
 * any, is then untouched. */
bool file_write(const char *path, struct str text);

/* Makes a directory and the ones above it. False with errno set. */
bool make_directories(const char *path);

/* Runs a cleanup when a local goes out of scope: AUTO(close_fd) int fd = -1; */
#define AUTO(function) __attribute__((cleanup(function)))
void close_fd(int *fd);
