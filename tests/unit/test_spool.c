/* Rows into spools: what lies in the file, what tells two days apart, and what happens at each limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "ingest/ordinals.h"
#include "ingest/reader.h"
#include "ingest/spool.h"
#include "runtime/arena.h"

static char folder[] = "/tmp/mbc-test-XXXXXX";
static struct arena *arena;
static struct spools spools;

static int set_up(void **state) {
	(void)state;
	arena = arena_create();
	spools_open(&spools, folder, "run-1");
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	spools_close(&spools);
	arena_destroy(arena);
	return 0;
}

#define FETCHED ((moment)1795327200 * SECOND) /* 2026-11-22T06:00:00Z */

static bool add(struct spool *spool, const char *json, const char *payload, uint64_t key) {
	const struct record record = {.json = str_from(json), .payload = str_from(payload), .key = key,
		.tokens = 7, .usd = 1};
	return spool_add(spool, &spools, arena, FETCHED, &record);
}

static void test_file(void **state) {
	(void)state;
	struct spool spool = {0};
	char text[4096];
	assert_true(add(&spool, "{\"a\":1", "{ \"a\": 1,\n\"b\":\"\\\\\" }", 1));
	assert_true(add(&spool, "{\"a\":2", "{}", 1));
	assert_true(add(&spool, "{\"a\":3", "{}", 2));
	assert_true(spool_close(&spool, &spools));
	assert_int_equal(spool.rows, 3);
	assert_int_equal(spool.tokens, 21);
	assert_int_equal((int)spool.usd, 3);
	assert_int_equal(spool.duplicates, 1);
	assert_int_equal(spools.bytes, spool.bytes);
	gzFile file = gzopen(spool.path, "rb");
	int length = gzread(file, text, sizeof(text) - 1);
	assert_true(length > 0);
	text[length] = '\0';
	gzclose(file);
#define STAMP "\"ingest_date\":\"2026-11-22\",\"fetched_at\":\"2026-11-22T06:00:00Z\",\"run_id\":\"run-1\""
	assert_string_equal(text,
		"{\"a\":1," STAMP ",\"payload\":\"{ \\\"a\\\": 1,\\u000a\\\"b\\\":\\\"\\\\\\\\\\\" }\",\"ordinal\":0}\n"
		"{\"a\":2," STAMP ",\"payload\":\"{}\",\"ordinal\":1}\n"
		"{\"a\":3," STAMP ",\"payload\":\"{}\",\"ordinal\":0}\n");
	assert_int_equal(access(spool.path, F_OK), 0);
	const char *path = spool.path;
	spool_remove(&spool, &spools);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(spools.bytes, 0);
	assert_int_equal(spool.rows, 3);
}

/* The rows named by letters: a lower one has a payload of its own. */
static void hash_of(const char *rows, char hash[HASH_TEXT]) {
	struct spool spool = {0};
	for (; *rows; rows++) {
		char json[] = "{\"a\":\"x\"", payload[] = "{\"x\":0}";
		json[6] = payload[2] = *rows;
		assert_true(add(&spool, json, payload, (uint64_t)*rows));
	}
	assert_true(spool_close(&spool, &spools));
	memcpy(hash, spool.hash, HASH_TEXT);
	spool_remove(&spool, &spools);
}

static void test_hash(void **state) {
	(void)state;
	static const struct {
		const char *first, *second;
		bool same;
	} rows[] = {
		{"", "", true}, {"a", "a", true}, {"ab", "ba", true}, {"abcabc", "ccbbaa", true},
		{"", "a", false}, {"a", "aa", false}, {"aa", "bb", false}, {"aab", "abb", false}, {"ab", "ac", false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char first[HASH_TEXT], second[HASH_TEXT];
		hash_of(rows[i].first, first);
		hash_of(rows[i].second, second);
		assert_int_equal(strlen(first), 64);
		assert_int_equal(strcmp(first, second) == 0, rows[i].same);
	}
}

/* Another run at another time, with another row of the same key before it, has the same content. */
static void test_hash_is_of_the_content(void **state) {
	(void)state;
	char first[HASH_TEXT], second[HASH_TEXT];
	hash_of("ab", first);
	spools.run_id = "run-2";
	spools.stamped = 0;
	hash_of("ab", second);
	assert_string_equal(first, second);
	struct spool one = {0}, other = {0};
	assert_true(add(&one, "{\"a\":1", "{}", 5) && add(&one, "{\"a\":2", "{}", 5));
	assert_true(add(&other, "{\"a\":2", "{}", 5) && add(&other, "{\"a\":1", "{}", 5));
	assert_true(spool_close(&one, &spools) && spool_close(&other, &spools));
	assert_string_equal(one.hash, other.hash);
	assert_int_equal(one.duplicates, 1);
	spool_remove(&one, &spools);
	spool_remove(&other, &spools);
}

static void test_caps(void **state) {
	(void)state;
	struct spool spool = {0};
	assert_true(add(&spool, "{\"a\":1", "{}", 1));
	size_t bytes = spools.bytes;
	spools.bytes = MOST_SPOOLED;
	assert_true(add(&spool, "{\"a\":1", "{}", 2));
	spools.bytes = MOST_SPOOLED + 1;
	assert_false(add(&spool, "{\"a\":1", "{}", 3));
	assert_string_equal(spools.problem,
		"more than 256 MiB of packed rows at once; backfill fewer days, or fewer streams, at a time");
	spools.bytes = bytes;
	spool.tokens = INT64_MAX;
	assert_false(add(&spool, "{\"a\":1", "{}", 4));
	assert_string_equal(spools.problem, "the sums of the day are larger than can be counted");
	spool_remove(&spool, &spools);
	spools.folder = "/proc/nowhere";
	assert_false(add(&spool, "{\"a\":1", "{}", 1));
	assert_string_equal(spools.problem,
		"the spool in /proc/nowhere: No such file or directory; has TMPDIR room?");
}

/* A record of 16 MiB that doubles when it is quoted, and packs badly. */
static void test_large_row(void **state) {
	(void)state;
	struct spool spool = {0};
	char *payload = malloc(MOST_RECORD + 1);
	for (size_t i = 0; i < MOST_RECORD; i++)
		payload[i] = i % 2 ? (char)('0' + i * i / 97 % 60) : '"';
	payload[MOST_RECORD] = '\0';
	assert_true(add(&spool, "{\"a\":1", payload, 1));
	assert_true(spool_close(&spool, &spools));
	assert_true(spools.row.capacity < 2u << 20);
	spool_remove(&spool, &spools);
	free(payload);
}

static void test_ordinals(void **state) {
	(void)state;
	struct ordinals *ordinals = ordinals_open();
	uint32_t first = ordinals_begin(ordinals), second = ordinals_begin(ordinals);
	for (long i = 0; i < 1000; i++)
		assert_int_equal(ordinals_next(ordinals, first, 42), i);
	assert_int_equal(ordinals_next(ordinals, second, 42), 0);
	assert_int_equal(ordinals_next(ordinals, first, 0), 0);
	assert_int_equal(ordinals_next(ordinals, first, 0), 1);
	for (uint64_t key = 4; key < MOST_KEYS; key++)
		assert_int_equal(ordinals_next(ordinals, second, key << 20), 0);
	assert_int_equal(ordinals_next(ordinals, second, 1), 0);
	assert_int_equal(ordinals_next(ordinals, second, 2), -1);
	assert_int_equal(ordinals_next(ordinals, first, 42), 1000);
	ordinals_close(ordinals);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hash_is_of_the_content, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_caps, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_large_row, set_up, tear_down),
		cmocka_unit_test(test_ordinals),
	};
	if (!mkdtemp(folder))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(folder) == 0 ? failed : 1;
}
