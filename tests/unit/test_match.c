/* Which card on a live dashboard is which of the definition's. Cards are written as "tab/card", virtual
 * ones as "tab/kind:text". */
#include "compiler/metabase/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

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

static struct part part(struct str text) {
	size_t slash = str_find(text, "/", 0), colon = str_find(text, ":", 0);
	struct part p = {.tab = arena_cstr(arena, str_slice(text, 0, slash))};
	struct str rest = str_slice(text, slash + 1, text.len);
	if (colon == STR_NONE) {
		p.card = arena_cstr(arena, rest);
		return p;
	}
	p.kind = arena_cstr(arena, str_slice(text, slash + 1, colon));
	p.text = arena_cstr(arena, str_slice(text, colon + 1, text.len));
	return p;
}

static size_t parts(const char *text, struct part *out) {
	struct str rest = str_from(text), piece;
	size_t count = 0;
	while (str_split(&rest, ' ', &piece))
		out[count++] = part(piece);
	return count;
}

/* The result as text: "0 2 -". */
static const char *matched(const char *code, const char *live) {
	struct part to[16], from[16];
	size_t found[16], count = parts(code, to);
	match_parts(to, count, from, parts(live, from), found);
	const char *out = "";
	for (size_t i = 0; i < count; i++)
		out = found[i] == NO_MATCH ? arena_printf(arena, "%s%s-", out, *out ? " " : "")
			: arena_printf(arena, "%s%s%zu", out, *out ? " " : "", found[i]);
	return out;
}

static void cards(void **state) {
	(void)state;
	assert_string_equal(matched("A/x A/y", "A/y A/x"), "1 0");
	assert_string_equal(matched("A/x B/x", "B/x A/x"), "1 0");
	assert_string_equal(matched("A/x A/x", "A/x A/x"), "0 1");
	assert_string_equal(matched("A/x A/x A/x", "A/x A/x"), "0 1 -");
	assert_string_equal(matched("B/x", "A/x"), "0");
	assert_string_equal(matched("B/x A/x", "A/x"), "- 0");
	assert_string_equal(matched("A/z", "A/x"), "-");
	assert_string_equal(matched("/x", "A/x"), "0");
}

static void virtual_cards(void **state) {
	(void)state;
	assert_string_equal(matched("A/text:a A/text:b", "A/text:b A/text:a"), "1 0");
	assert_string_equal(matched("A/text:new A/text:b", "A/text:b A/text:a"), "1 0");
	assert_string_equal(matched("A/heading:a", "A/text:a"), "-");
	assert_string_equal(matched("B/text:a", "A/text:a"), "0");
	assert_string_equal(matched("B/text:a B/text:c", "A/text:a B/text:b"), "0 1");
	assert_string_equal(matched("A/text:a", "A/x"), "-");
}

static void named_things(void **state) {
	(void)state;
	json_auto_t *live = json_loads("[{\"slug\": \"period\"}, {\"slug\": \"team\"}]", 0, NULL);
	assert_int_equal(match_named(live, "slug", "team", NULL), 1);
	assert_int_equal(match_named(live, "slug", "when", "period"), 0);
	assert_int_equal(match_named(live, "slug", "team", "period"), 1);
	assert_true(match_named(live, "slug", "other", NULL) == NO_MATCH);
	assert_true(match_named(NULL, "slug", "other", NULL) == NO_MATCH);
}

static void what_a_dashcard_is(void **state) {
	(void)state;
	json_auto_t *card = json_loads("{\"card_id\": {\"$ref\": \"card:d/x\"}, \"dashboard_tab_id\": "
		"{\"$tab\": \"d/A/B\"}}", 0, NULL);
	json_auto_t *link = json_loads("{\"card_id\": null, \"visualization_settings\": {\"virtual_card\": "
		"{\"display\": \"link\"}, \"link\": {\"url\": \"https://x\"}}}", 0, NULL);
	struct part p = part_of(arena, card), q = part_of(arena, link);
	assert_string_equal(p.card, "card:d/x");
	assert_string_equal(p.tab, "A/B");
	assert_null(q.card);
	assert_string_equal(q.kind, "link");
	assert_string_equal(q.text, "https://x");
	assert_string_equal(q.tab, "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cards),
		cmocka_unit_test(virtual_cards),
		cmocka_unit_test(named_things),
		cmocka_unit_test(what_a_dashcard_is),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
