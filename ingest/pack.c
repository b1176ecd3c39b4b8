/* Bytes go in, gzip goes to a file. A backfill keeps a file open for each day of a page, more than a
 * hundred in all, so each has half the memory that zlib would take (128 KiB, a window of 16 KiB): packed
 * rows become 3 % larger by it. What zlib gives goes to the file through a buffer on the stack. */
#include "ingest/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define LEVEL 1
#define WINDOW_BITS 14
#define MEMORY_LEVEL 7
#define GZIP 16         /* added to the window's bits: gzip instead of zlib's own wrapping */

struct pack {
	int fd;
	size_t size;
	z_stream stream;
};

struct pack *pack_open(int fd) {
	struct pack *pack = calloc(1, sizeof(*pack));
	if (pack && deflateInit2(&pack->stream, LEVEL, Z_DEFLATED, WINDOW_BITS + GZIP, MEMORY_LEVEL,
			    Z_DEFAULT_STRATEGY) == Z_OK) {
		pack->fd = fd;
		return pack;
	}
	free(pack);
	close(fd);
	errno = ENOMEM;
	return NULL;
}

static bool write_all(struct pack *pack, const unsigned char *bytes, size_t len) {
	while (len) {
		ssize_t written = write(pack->fd, bytes, len);
		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			bytes += written;
			len -= (size_t)written;
			pack->size += (size_t)written;
		}
	}
	return true;
}

static bool run(struct pack *pack, struct str bytes, int flush) {
	unsigned char out[16384];
	pack->stream.next_in = (unsigned char *)bytes.ptr;
	pack->stream.avail_in = (unsigned)bytes.len;
	do {
		pack->stream.next_out = out;
		pack->stream.avail_out = sizeof(out);
		if (deflate(&pack->stream, flush) == Z_STREAM_ERROR) {
			errno = EINVAL;
			return false;
		}
		if (!write_all(pack, out, sizeof(out) - pack->stream.avail_out))
			return false;
	} while (!pack->stream.avail_out);
	return true;
}

bool pack_write(struct pack *pack, struct str bytes) {
	return run(pack, bytes, Z_NO_FLUSH);
}

bool pack_close(struct pack *pack, size_t *size) {
	bool good = run(pack, STR(""), Z_FINISH);
	int why = errno, fd = pack->fd;
	*size = pack->size;
	pack->fd = -1;
	pack_drop(pack);
	if (close(fd) != 0)
		return false;
	errno = why;
	return good;
}

void pack_drop(struct pack *pack) {
	if (!pack)
		return;
	deflateEnd(&pack->stream);
	if (pack->fd >= 0)
		close(pack->fd);
	free(pack);
}

size_t pack_size(const struct pack *pack) {
	return pack->size;
}
