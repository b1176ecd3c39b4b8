/* Reading and writing whole files. Definitions and DDL are small, so they are read at once; a cap
 * and a check for regular files keep a device or a huge file from stalling a run. */
#include "runtime/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void close_fd(int *fd) {
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool read_all(int fd, struct buf *out) {
	char chunk[64 * 1024];
	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got == 0)
			return true;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (!buf_add(out, chunk, (size_t)got)) {
			errno = EFBIG;
			return false;
		}
	}
}

bool file_read(const char *path, struct buf *out) {
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, out);
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;
	if (fd < 0 || fstat(fd, &info) != 0)
		return false;
	if (!S_ISREG(info.st_mode)) {
		errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
		return false;
	}
	if ((unsigned long long)info.st_size > out->max) {
		errno = EFBIG;
		return false;
	}
	return read_all(fd, out);
}

static bool write_all(int fd, struct str text) {
	while (text.len) {
		ssize_t put = write(fd, text.ptr, text.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		text = str_slice(text, (size_t)put, text.len);
	}
	return true;
}

bool file_write(const char *path, struct str text) {
	char *temporary;
	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return false;
	AUTO(close_fd) int fd = mkostemp(temporary, O_CLOEXEC);
	mode_t mask = umask(0);
	umask(mask);
	bool done = fd >= 0 && write_all(fd, text) && fchmod(fd, 0666 & ~mask) == 0 &&
		fsync(fd) == 0 && rename(temporary, path) == 0;
	int failure = errno;
	if (!done && fd >= 0)
		unlink(temporary);
	free(temporary);
	errno = failure;
	return done;
}

bool make_directories(const char *path) {
	char *copy = strdup(path);
	if (!copy)
		return false;
	bool made = true;
	for (char *slash = copy + 1; made && *copy; slash++) {
		char here = *slash;
		if (here != '/' && here != '\0')
			continue;
		*slash = '\0';
		made = mkdir(copy, 0777) == 0 || errno == EEXIST;
		*slash = here;
		if (here == '\0')
			break;
	}
	int failure = errno;
	free(copy);
	errno = failure;
	return made;
}
