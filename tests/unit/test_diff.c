/* Differences as a reader sees them, what three sides decide, and the diff of two texts. */
#include "compiler/metabase/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/metabase/textdiff.h"

static struct arena *arena;

static int set_up(void **state) {
	(void)state;
	arena = arena_create();
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	arena_destroy(arena);
	return 0;
}

static json_t *json(const char *text) {
	json_t *value = json_loads(text, 0, NULL);
	assert_non_null(value);
	return arena_own_json(arena, value);
}

static const char *dumped(const json_t *value) {
	char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	const char *copy = arena_printf(arena, "%s", text ? text : "-");
	free(text);
	return copy;
}

/* "path: live > code" each, on lines. */
static const char *differing(const char *live, const char *code) {
	struct differences d = differences_of(arena, json(live), json(code));
	const char *out = "";
	for (size_t i = 0; i < d.count; i++)
		out = arena_printf(arena, "%s%s: %s > %s\n", out, d.items[i].path, dumped(d.items[i].live),
			dumped(d.items[i].code));
	return out;
}

static void members(void **state) {
	(void)state;
	assert_string_equal(differing("{\"a\": 1}", "{\"a\": 1}"), "");
	assert_string_equal(differing("{\"name\": \"A\", \"x\": {\"y\": 1, \"z\": 2}}",
		"{\"name\": \"B\", \"x\": {\"y\": 1, \"w\": 3}}"),
		"name: \"A\" > \"B\"\nx.w: - > 3\nx.z: 2 > -\n");
	assert_string_equal(differing("{\"r\": {\"$ref\": \"card:a\"}}", "{\"r\": {\"$ref\": \"card:b\"}}"),
		"r: {\"$ref\":\"card:a\"} > {\"$ref\":\"card:b\"}\n");
}

static void cards_are_paired(void **state) {
	(void)state;
	assert_string_equal(differing(
		"{\"dashcards\": [{\"card_id\": {\"$ref\": \"card:d/b\"}, \"col\": 0}]}",
		"{\"dashcards\": [{\"card_id\": {\"$ref\": \"card:d/a\"}, \"col\": 0}, "
		"{\"card_id\": {\"$ref\": \"card:d/b\"}, \"col\": 6}]}"),
		"dashcards.d/a: - > {\"card_id\":{\"$ref\":\"card:d/a\"},\"col\":0}\ndashcards.d/b.col: 0 > 6\n");
	assert_string_equal(differing("{\"dashcards\": [{\"card_id\": 7}]}", "{}"),
		"dashcards.7: {\"card_id\":7} > -\n");
}

static void filters_are_paired_by_slug(void **state) {
	(void)state;
	assert_string_equal(differing(
		"{\"parameters\": [{\"slug\": \"a\", \"name\": \"A\"}, {\"slug\": \"b\"}]}",
		"{\"parameters\": [{\"slug\": \"n\"}, {\"slug\": \"a\", \"name\": \"AA\"}, {\"slug\": \"b\"}]}"),
		"parameters.n: - > {\"slug\":\"n\"}\nparameters.a.name: \"A\" > \"AA\"\n");
	assert_string_equal(differing("{\"parameters\": [{\"slug\": \"a\"}, {\"slug\": \"b\"}]}",
		"{\"parameters\": [{\"slug\": \"b\"}, {\"slug\": \"a\"}]}"),
		"parameters.order: [{\"slug\":\"a\"},{\"slug\":\"b\"}] > [{\"slug\":\"b\"},{\"slug\":\"a\"}]\n");
}

static enum verdict judged(const json_t *live, const json_t *code, const char *mark, bool own) {
	char fingerprint[16];
	fingerprint_of(code, fingerprint);
	return verdict_of(OBJECT_CARD, live, live, code, fingerprint, mark, own);
}

static enum verdict verdict(const char *live, const char *code, const char *marked) {
	char mark[16];
	if (marked)
		fingerprint_of(json(marked), mark);
	return judged(json(live), json(code), marked ? mark : NULL, false);
}

static void three_sides(void **state) {
	(void)state;
	const char *a = "{\"name\": \"a\"}", *b = "{\"name\": \"b\"}", *c = "{\"name\": \"c\"}";
	assert_int_equal(verdict(a, a, a), VERDICT_SAME);
	assert_int_equal(verdict(a, a, b), VERDICT_MARK);
	assert_int_equal(verdict(a, b, a), VERDICT_CHANGE);
	assert_int_equal(verdict(a, b, b), VERDICT_DRIFT);
	assert_int_equal(verdict(a, b, c), VERDICT_CLASH);
	assert_int_equal(verdict(a, a, NULL), VERDICT_MARK);
	assert_int_equal(verdict(a, b, NULL), VERDICT_CHANGE);
}

static void marks_that_say_nothing(void **state) {
	(void)state;
	json_t *a = json("{\"name\": \"a\"}"), *b = json("{\"name\": \"b\"}");
	assert_int_equal(judged(a, b, FINGERPRINT_UNFINISHED, false), VERDICT_CHANGE);
	assert_int_equal(judged(a, a, FINGERPRINT_UNFINISHED, false), VERDICT_MARK);
	assert_int_equal(judged(a, b, "99-3f9a2c41", false), VERDICT_CHANGE);
	assert_int_equal(judged(a, a, "99-3f9a2c41", false), VERDICT_SAME);
	char mark[16];
	fingerprint_of(b, mark);
	assert_int_equal(judged(a, b, mark, true), VERDICT_CHANGE);
}

/* A member that only counts where written: its appearance in the definition is a change, not a clash. */
static void members_counted_only_where_written(void **state) {
	(void)state;
	json_t *live = json("{\"name\": \"a\", \"cache_ttl\": 3, \"collection_position\": 1}");
	char mark[16];
	fingerprint_of(json("{\"name\": \"a\"}"), mark);
	assert_true(mark_is_live(OBJECT_CARD, live, mark));
	assert_int_equal(judged(live, json("{\"name\": \"a\", \"cache_ttl\": 6}"), mark, false),
		VERDICT_CHANGE);
	assert_int_equal(judged(live, json("{\"name\": \"a\"}"), mark, false), VERDICT_SAME);
	fingerprint_of(json("{\"name\": \"a\", \"cache_ttl\": 4}"), mark);
	assert_false(mark_is_live(OBJECT_CARD, live, mark));
}

static const char *texts(const char *before, const char *after) {
	struct buf out = BUF(65536);
	text_diff(&out, str_from(before), str_from(after), "  ");
	const char *copy = arena_printf(arena, "%.*s", STR_ARGS(buf_str(&out)));
	buf_free(&out);
	return copy;
}

static void unified(void **state) {
	(void)state;
	assert_string_equal(texts("a\nb", "a\nb"), "");
	assert_string_equal(texts("SELECT 1\nFROM t\n", "SELECT 2\nFROM t\n"),
		"  @@ -1,2 +1,2 @@\n  -SELECT 1\n  +SELECT 2\n   FROM t\n");
	assert_string_equal(texts("", "a"), "  @@ -0,0 +1,1 @@\n  +a\n");
	assert_string_equal(texts("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12", "x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny"),
		"  @@ -1,4 +1,4 @@\n  -1\n  +x\n   2\n   3\n   4\n"
		"  @@ -9,4 +9,4 @@\n   9\n   10\n   11\n  -12\n  +y\n");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(cards_are_paired),
		cmocka_unit_test(filters_are_paired_by_slug),
		cmocka_unit_test(three_sides),
		cmocka_unit_test(marks_that_say_nothing),
		cmocka_unit_test(members_counted_only_where_written),
		cmocka_unit_test(unified),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
