/* Rows go in, one packed file and the hash of their content come out. The same rows give the same hash
 * whatever their order, and an unchanged day needs no load.
 *
 * The hash is SHA-256 over the sum, modulo 2^256, of the SHA-256 of the rows: without when and by which
 * run they were fetched, and without the ordinal, which is a matter of order. A sum has no order either
 * and takes 32 bytes for any number of rows, where sorting would keep them all. That two different days
 * sum up alike by accident is as likely as for SHA-256 itself; a vendor that wanted to deceive would not
 * need to look for such sums. */
#include "ingest/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ingest/pack.h"
#include "ingest/reader.h"
#include "ingest/ordinals.h"
#include "runtime/arena.h"
#include "runtime/hash.h"

#define LARGE (1u << 20)
#define FEWER "; backfill fewer days, or fewer streams, at a time"

static bool fail(struct spools *spools, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool fail(struct spools *spools, const char *format, ...) {
	va_list args;
	va_start(args, format);
	vsnprintf(spools->problem, sizeof(spools->problem), format, args);
	va_end(args);
	return false;
}

static bool fail_to_write(struct spools *spools) {
	return fail(spools, "the spool in %s: %s; has TMPDIR room?", spools->folder, strerror(errno));
}

void spools_open(struct spools *spools, const char *folder, const char *run_id) {
	*spools = (struct spools){.folder = folder, .run_id = run_id, .stamp = BUF(4096),
		.row = BUF(8 * MOST_RECORD), .digest = EVP_MD_CTX_new()};
	if (!spools->digest || !EVP_DigestInit_ex(spools->digest, EVP_sha256(), NULL))
		out_of_memory();
	spools->ordinals = ordinals_open();
}

void spools_close(struct spools *spools) {
	EVP_MD_CTX_free(spools->digest);
	ordinals_close(spools->ordinals);
	buf_free(&spools->stamp);
	buf_free(&spools->row);
	*spools = (struct spools){0};
}

static bool start(struct spool *spool, struct spools *spools, struct arena *arena) {
	char *path = arena_printf(arena, "%s/mbc-spool-XXXXXX", spools->folder);
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return fail_to_write(spools);
	spool->path = path;
	spool->set = ordinals_begin(spools->ordinals);
	spool->pack = pack_open(fd);
	return spool->pack || fail_to_write(spools);
}

/* What every row says of its load, up to the payload. */
static void put_stamp(struct spools *spools, moment fetched_at) {
	char date[DAY_TEXT], time[MOMENT_TEXT];
	if (spools->stamp.len && spools->stamped == fetched_at)
		return;
	spools->stamped = fetched_at;
	buf_clear(&spools->stamp);
	buf_printf(&spools->stamp,
		",\"ingest_date\":\"%s\",\"fetched_at\":\"%s\",\"run_id\":\"%s\",\"payload\":",
		day_print(moment_day(fetched_at), date), moment_print(fetched_at, time),
		spools->run_id);
}

/* Adds without carrying past the end: modulo 2^256. */
static void add_to_sum(uint64_t sum[4], const unsigned char digest[32]) {
	unsigned carry = 0;
	for (size_t i = 0; i < 4; i++) {
		uint64_t part = 0;
		for (size_t byte = 8; byte > 0; byte--)
			part = part << 8 | digest[8 * i + byte - 1];
		carry = __builtin_add_overflow(part, carry, &part);
		carry += __builtin_add_overflow(sum[i], part, &sum[i]);
	}
}

static void digest_of(
	struct spools *spools, struct str first, struct str second, unsigned char out[32]) {
	EVP_DigestInit_ex(spools->digest, NULL, NULL);
	EVP_DigestUpdate(spools->digest, first.ptr, first.len);
	EVP_DigestUpdate(spools->digest, second.ptr, second.len);
	EVP_DigestFinal_ex(spools->digest, out, NULL);
}

/* Packs the row; a buffer that one large record made large is not kept. */
static bool pack_row(
	struct spool *spool, struct spools *spools, const struct record *record, long ordinal) {
	struct buf *row = &spools->row;
	char tail[64];
	snprintf(tail, sizeof(tail), ",\"ordinal\":%ld}\n", ordinal);
	buf_clear(row);
	buf_add_str(row, record->json);
	buf_add_str(row, buf_str(&spools->stamp));
	json_quote(row, record->payload);
	buf_puts(row, tail);
	size_t before = pack_size(spool->pack);
	bool good = !row->full && pack_write(spool->pack, buf_str(row));
	spools->bytes += pack_size(spool->pack) - before;
	spool->bytes = pack_size(spool->pack);
	if (row->capacity > LARGE)
		buf_free(row);
	return good || fail_to_write(spools);
}

bool spool_add(struct spool *spool, struct spools *spools, struct arena *arena, moment fetched_at,
	const struct record *record) {
	unsigned char digest[32];
	if (!spool->path && !start(spool, spools, arena))
		return false;
	long ordinal = ordinals_next(spools->ordinals, spool->set, record->key);
	if (ordinal < 0)
		return fail(spools, "more than %u records at once" FEWER, MOST_KEYS);
	if (spools->bytes > MOST_SPOOLED)
		return fail(spools, "more than %u MiB of packed rows at once" FEWER,
			MOST_SPOOLED >> 20);
	put_stamp(spools, fetched_at);
	digest_of(spools, record->json, record->payload, digest);
	add_to_sum(spool->sum, digest);
	spool->duplicates += ordinal > 0;
	spool->rows++;
	if (__builtin_add_overflow(spool->tokens, record->tokens, &spool->tokens) ||
		!money_add(&spool->usd, record->usd))
		return fail(spools, "the sums of the day are larger than can be counted");
	return pack_row(spool, spools, record, ordinal);
}

bool spool_close(struct spool *spool, struct spools *spools) {
	unsigned char digest[32];
	size_t before = spool->bytes;
	digest_of(spools, (struct str){(const char *)spool->sum, sizeof(spool->sum)}, STR(""), digest);
	hash_hex(digest, sizeof(digest), spool->hash);
	if (!spool->pack)
		return true;
	struct pack *pack = spool->pack;
	spool->pack = NULL;
	bool good = pack_close(pack, &spool->bytes);
	spools->bytes += spool->bytes - before;
	return good || fail_to_write(spools);
}

void spool_remove(struct spool *spool, struct spools *spools) {
	pack_drop(spool->pack);
	if (spool->path)
		unlink(spool->path);
	spools->bytes -= spool->bytes;
	spool->bytes = 0;
	spool->path = NULL;
	spool->pack = NULL;
}
