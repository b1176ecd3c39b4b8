/* Two lists of parts go in, pairs come out. Each pass looks for a weaker likeness than the one
 * before, so the surest pairs are made first and nothing is re-created that could be recognised. */
#include "compiler/metabase/match.h"

#include <stdio.h>

#include "runtime/json.h"

static bool same(const char *a, const char *b) {
	return a && b && strcmp(a, b) == 0;
}

static bool card_and_tab(const struct part *a, const struct part *b) {
	return same(a->card, b->card) && same(a->tab, b->tab);
}

static bool card_anywhere(const struct part *a, const struct part *b) {
	return same(a->card, b->card);
}

static bool text_and_tab(const struct part *a, const struct part *b) {
	return same(a->kind, b->kind) && same(a->text, b->text) && same(a->tab, b->tab);
}

static bool text_anywhere(const struct part *a, const struct part *b) {
	return same(a->kind, b->kind) && same(a->text, b->text);
}

static bool kind_and_tab(const struct part *a, const struct part *b) {
	return same(a->kind, b->kind) && same(a->tab, b->tab);
}

static bool (*const passes[])(const struct part *a, const struct part *b) = {
	card_and_tab, card_anywhere, text_and_tab, text_anywhere, kind_and_tab,
};

static bool taken(const size_t *found, size_t count, size_t live) {
	for (size_t i = 0; i < count; i++)
		if (found[i] == live)
			return true;
	return false;
}

void match_parts(const struct part *code, size_t code_count, const struct part *live,
	size_t live_count, size_t *found) {
	for (size_t i = 0; i < code_count; i++)
		found[i] = NO_MATCH;
	for (size_t pass = 0; pass < COUNT_OF(passes); pass++)
		for (size_t i = 0; i < code_count; i++)
			for (size_t j = 0; j < live_count && found[i] == NO_MATCH; j++)
				if (passes[pass](&code[i], &live[j]) &&
					!taken(found, code_count, j))
					found[i] = j;
}

static const char *name_of(struct arena *arena, const json_t *reference) {
	if (json_is_integer(reference))
		return arena_printf(arena, "%lld", (long long)json_integer_value(reference));
	return json_single(reference, "$ref");
}

struct part part_of(struct arena *arena, const json_t *dashcard) {
	const json_t *settings = json_object_get(dashcard, "visualization_settings");
	const char *tab = json_single(json_object_get(dashcard, "dashboard_tab_id"), "$tab");
	const char *slash = tab ? strchr(tab, '/') : NULL;
	struct part part = {.card = name_of(arena, json_object_get(dashcard, "card_id")),
		.tab = slash ? slash + 1 : ""};
	if (part.card)
		return part;
	static const char *const texts[] = {"text", "iframe", "link.url"};
	part.kind = json_text(json_object_get(settings, "virtual_card"), "display");
	part.kind = part.kind ? part.kind : "";
	part.text = "";
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (json_text(settings, texts[i]))
			part.text = json_text(settings, texts[i]);
	const char *url = json_text(json_object_get(settings, "link"), "url");
	part.text = url ? url : part.text;
	return part;
}

size_t match_named(const json_t *live, const char *by, const char *name, const char *was) {
	const char *const names[] = {name, was};
	for (size_t n = 0; n < COUNT_OF(names); n++) {
		size_t index;
		json_t *item;
		json_array_foreach((json_t *)live, index, item)
			if (names[n] && same(json_text(item, by), names[n]))
				return index;
	}
	return NO_MATCH;
}
