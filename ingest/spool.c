/* Rows go in, one packed file and the hash of their content come out. The hash is SHA-256 over the sorted
 * SHA-256 of the rows, without when and by which run they were fetched: the same answer gives the same
 * hash whatever its order, and an unchanged day needs no load. */
#include "ingest/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "ingest/reader.h"

#define DIGEST 32

static bool start(struct spool *spool, struct arena *arena, const char *folder) {
	char *path = arena_printf(arena, "%s/mbc-spool-XXXXXX", folder);
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return false;
	spool->path = path;
	spool->file = gzdopen(fd, "wb1");
	if (!spool->file) {
		close(fd);
		errno = ENOMEM;
		return false;
	}
	return true;
}

static long next_ordinal(struct spool *spool, struct arena *arena, const struct record *record) {
	char *key = arena_alloc(arena, sizeof(record->key));
	memcpy(key, &record->key, sizeof(record->key));
	void **slot = map_slot(arena, &spool->keys, (struct str){key, sizeof(record->key)});
	long ordinal = (long)(intptr_t)*slot;
	*slot = (void *)(intptr_t)(ordinal + 1);
	spool->duplicates += ordinal > 0;
	return ordinal;
}

static void add_digest(
	struct spool *spool, struct arena *arena, const struct record *record, long ordinal) {
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	unsigned char *out = arena_alloc(arena, DIGEST);
	if (!digest)
		out_of_memory();
	EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
	EVP_DigestUpdate(digest, record->json.ptr, record->json.len);
	EVP_DigestUpdate(digest, record->payload.ptr, record->payload.len);
	EVP_DigestUpdate(digest, &ordinal, sizeof(ordinal));
	EVP_DigestFinal_ex(digest, out, NULL);
	EVP_MD_CTX_free(digest);
	vec_push(arena, &spool->digests, out);
}

bool spool_add(struct spool *spool, struct arena *arena, const struct spool_origin *origin,
	const struct record *record) {
	char date[DAY_TEXT], time[MOMENT_TEXT];
	if (!spool->path && !start(spool, arena, origin->folder))
		return false;
	long ordinal = next_ordinal(spool, arena, record);
	add_digest(spool, arena, record, ordinal);
	struct buf row = BUF(64u << 20);
	buf_add_str(&row, record->json);
	buf_printf(&row,
		",\"ingest_date\":\"%s\",\"fetched_at\":\"%s\",\"run_id\":\"%s\",\"payload\":",
		day_print(moment_day(origin->fetched_at), date),
		moment_print(origin->fetched_at, time), origin->run_id);
	json_quote(&row, record->payload);
	buf_printf(&row, ",\"ordinal\":%ld}\n", ordinal);
	bool good = !row.full && gzwrite(spool->file, row.ptr, (unsigned)row.len) == (int)row.len;
	spool->bytes += row.len;
	spool->rows++;
	spool->tokens += record->tokens;
	good = money_add(&spool->usd, record->usd) && good;
	buf_free(&row);
	if (!good && !errno)
		errno = EIO;
	return good;
}

static int compare(const void *a, const void *b) {
	return memcmp(*(unsigned char *const *)a, *(unsigned char *const *)b, DIGEST);
}

static void hash_rows(struct spool *spool) {
	unsigned char out[DIGEST];
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	if (!digest)
		out_of_memory();
	if (spool->digests.count)
		qsort(spool->digests.items, spool->digests.count, sizeof(*spool->digests.items),
			compare);
	EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
	for (size_t i = 0; i < spool->digests.count; i++)
		EVP_DigestUpdate(digest, spool->digests.items[i], DIGEST);
	EVP_DigestFinal_ex(digest, out, NULL);
	EVP_MD_CTX_free(digest);
	for (size_t i = 0; i < DIGEST; i++)
		snprintf(spool->hash + 2 * i, 3, "%02x", out[i]);
}

bool spool_close(struct spool *spool) {
	hash_rows(spool);
	int result = spool->file ? gzclose(spool->file) : Z_OK;
	spool->file = NULL;
	return result == Z_OK;
}

void spool_remove(struct spool *spool) {
	if (spool->file)
		gzclose(spool->file);
	spool->file = NULL;
	if (spool->path)
		unlink(spool->path);
	spool->path = NULL;
}
