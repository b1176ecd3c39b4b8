/* Two bodies go in, a list of differences or a verdict comes out. Members of lists are paired by
 * what they are (a card on a tab, a parameter's slug), so that one insertion does not look like a
 * change of everything behind it. */
#include "compiler/metabase/diff.h"

#include <stdlib.h>

#include "compiler/metabase/match.h"
#include "runtime/json.h"

struct walk {
	struct arena *arena;
	struct differences *out;
};

static void add(struct walk *w, const char *path, const json_t *live, const json_t *code) {
	struct difference d = {path, live, code};
	vec_push(w->arena, w->out, d);
}

static const char *below(struct walk *w, const char *path, const char *name) {
	return *path ? arena_printf(w->arena, "%s.%s", path, name)
		     : arena_printf(w->arena, "%s", name);
}

static void compare(struct walk *w, const char *path, const json_t *live, const json_t *code);

static int by_key(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void compare_objects(
	struct walk *w, const char *path, const json_t *live, const json_t *code) {
	VEC(const char *) keys = {0};
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)live, key, value)
		vec_push(w->arena, &keys, key);
	json_object_foreach((json_t *)code, key, value)
		if (!json_object_get(live, key))
			vec_push(w->arena, &keys, key);
	if (keys.count)
		qsort(keys.items, keys.count, sizeof(*keys.items), by_key);
	for (size_t i = 0; i < keys.count; i++)
		compare(w, below(w, path, keys.items[i]), json_object_get(live, keys.items[i]),
			json_object_get(code, keys.items[i]));
}

/* One name for a card on a dashboard: its tab, and its key or what kind of text it is. */
static const char *part_name(struct walk *w, const struct part *part) {
	const char *name = part->card ? part->card : part->kind;
	if (part->card && str_starts(str_from(name), "card:"))
		name += strlen("card:");
	return *part->tab ? arena_printf(w->arena, "%s/%s", part->tab, name) : name;
}

static void compare_dashcards(
	struct walk *w, const char *path, const json_t *live, const json_t *code) {
	size_t live_count = json_array_size(live), code_count = json_array_size(code);
	struct part *from = arena_array(w->arena, struct part, live_count + 1);
	struct part *to = arena_array(w->arena, struct part, code_count + 1);
	size_t *found = arena_array(w->arena, size_t, code_count + 1);
	bool *used = arena_array(w->arena, bool, live_count + 1);
	for (size_t i = 0; i < live_count; i++)
		from[i] = part_of(w->arena, json_array_get(live, i));
	for (size_t i = 0; i < code_count; i++)
		to[i] = part_of(w->arena, json_array_get(code, i));
	match_parts(to, code_count, from, live_count, found);
	for (size_t i = 0; i < code_count; i++) {
		const json_t *mate = found[i] == NO_MATCH ? NULL : json_array_get(live, found[i]);
		compare(w, below(w, path, part_name(w, &to[i])), mate, json_array_get(code, i));
		if (mate)
			used[found[i]] = true;
	}
	for (size_t i = 0; i < live_count; i++)
		if (!used[i])
			add(w, below(w, path, part_name(w, &from[i])), json_array_get(live, i),
				NULL);
}

/* Lists of things with a name; what only stands elsewhere shows as a change of the order. */
static void compare_named(struct walk *w, const char *path, const char *by, const json_t *live,
	const json_t *code) {
	size_t index, before = w->out->count, last = 0;
	json_t *item;
	bool moved = false;
	json_array_foreach((json_t *)code, index, item) {
		const char *name = json_text(item, by);
		size_t at = match_named(live, by, name, NULL);
		compare(w, below(w, path, name ? name : "?"),
			at == NO_MATCH ? NULL : json_array_get(live, at), item);
		moved |= at != NO_MATCH && at < last;
		last = at != NO_MATCH ? at : last;
	}
	json_array_foreach((json_t *)live, index,
		item) if (match_named(code, by, json_text(item, by), NULL) == NO_MATCH)
		add(w, below(w, path, json_text(item, by) ? json_text(item, by) : "?"), item, NULL);
	if (moved || (w->out->count == before && !json_equal(live, code)))
		add(w, below(w, path, "order"), live, code);
}

static bool all_objects(const json_t *array) {
	size_t index;
	json_t *item;
	json_array_foreach((json_t *)array, index, item)
		if (!json_is_object(item))
			return false;
	return json_array_size(array) > 0;
}

static void compare_arrays(
	struct walk *w, const char *path, const json_t *live, const json_t *code) {
	if (strcmp(path, "dashcards") == 0) {
		compare_dashcards(w, path, live, code);
	} else if (strcmp(path, "parameters") == 0) {
		compare_named(w, path, "slug", live, code);
	} else if (strcmp(path, "tabs") == 0) {
		compare_named(w, path, "name", live, code);
	} else if (json_array_size(live) == json_array_size(code) && all_objects(code)) {
		for (size_t i = 0; i < json_array_size(code); i++)
			compare(w, arena_printf(w->arena, "%s[%zu]", path, i),
				json_array_get(live, i), json_array_get(code, i));
	} else {
		add(w, path, live, code);
	}
}

static bool is_reference(const json_t *value) {
	return json_object_size(value) == 1 &&
	       json_object_iter_key(json_object_iter((json_t *)value))[0] == '$';
}

static void compare(struct walk *w, const char *path, const json_t *live, const json_t *code) {
	if (live && code && json_equal(live, code))
		return;
	bool list = strcmp(path, "dashcards") == 0 || strcmp(path, "parameters") == 0 ||
		    strcmp(path, "tabs") == 0;
	if (json_is_object(live) && json_is_object(code) && !is_reference(live) &&
		!is_reference(code))
		compare_objects(w, path, live, code);
	else if ((json_is_array(live) && json_is_array(code)) || (list && (live || code)))
		compare_arrays(w, path, live, code);
	else if (live || code)
		add(w, path, live, code);
}

struct differences differences_of(struct arena *arena, const json_t *live, const json_t *code) {
	struct differences out = {0};
	struct walk w = {arena, &out};
	compare(&w, "", live, code);
	return out;
}

bool mark_is_live(enum object_kind kind, const json_t *live, const char *mark) {
	const char *const *written = live_kinds[kind].written;
	const char *present[16];
	size_t count = 0;
	for (; *written && count < COUNT_OF(present); written++)
		if (json_object_get(live, *written))
			present[count++] = *written;
	for (size_t set = 0; set < (size_t)1 << count; set++) {
		json_auto_t *body = json_copy((json_t *)live);
		for (size_t i = 0; i < count; i++)
			if (!(set & (size_t)1 << i))
				json_object_del(body, present[i]);
		char fingerprint[16];
		fingerprint_of(body, fingerprint);
		if (strcmp(fingerprint, mark) == 0)
			return true;
	}
	return false;
}

enum verdict verdict_of(enum object_kind kind, const json_t *live, const json_t *before,
	const json_t *code, const char *fingerprint, const char *mark, bool own) {
	struct marker marker = {.fingerprint = mark};
	bool trusted = mark && !marker_other_projection(&marker, PROJECTION_VERSION);
	json_auto_t *seen = kind_compared(kind, live, code);
	if (json_equal(seen, code))
		return trusted && strcmp(mark, fingerprint) == 0 ? VERDICT_SAME
		       : mark && !trusted && strcmp(mark, FINGERPRINT_UNFINISHED) != 0
			       ? VERDICT_SAME
			       : VERDICT_MARK;
	if (!trusted || mark_is_live(kind, before, mark) || own)
		return VERDICT_CHANGE;
	return strcmp(mark, fingerprint) == 0 ? VERDICT_DRIFT : VERDICT_CLASH;
}
