/* Grammar and uniqueness of keys. One hash look-up a name: the map holds names with every `-`
 * turned into `_`, so that equal and nearly equal names meet in one slot. */
#include "compiler/model/names.h"

#include "compiler/model/chart.h"
#include "runtime/suggest.h"

/* Row per kind: what it is called, and which bytes it may have. */
static const struct {
	const char *what;
	bool digit_first, dash;
} kinds[] = {
	[NAME_DASHBOARD] = {"dashboard", true, true},
	[NAME_CHART] = {"chart", true, true},
	[NAME_FILTER] = {"filter", false, false},
	[NAME_SNIPPET] = {"snippet", false, false},
};

static bool is_lower(char c) {
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool has_form(enum name_kind kind, struct str name) {
	if (name.len == 0 ||
		!(is_lower(name.ptr[0]) || (kinds[kind].digit_first && is_digit(name.ptr[0]))))
		return false;
	for (size_t i = 1; i < name.len; i++) {
		char c = name.ptr[i];
		if (!is_lower(c) && !is_digit(c) && c != '_' && !(c == '-' && kinds[kind].dash))
			return false;
	}
	return true;
}

/* The nearest name of the right form: lower case, `_` for everything else. */
static struct str mended(struct compile *c, enum name_kind kind, struct str name) {
	char *text = arena_cstr(c->arena, name);
	size_t len = 0;
	for (size_t i = 0; i < name.len; i++) {
		char ch = name.ptr[i];
		if (ch >= 'A' && ch <= 'Z')
			ch = (char)(ch - 'A' + 'a');
		bool good = is_lower(ch) || (is_digit(ch) && (len > 0 || kinds[kind].digit_first));
		if (!good && (len == 0 || text[len - 1] == '_'))
			continue;
		text[len++] = good || (ch == '-' && kinds[kind].dash) ? ch : '_';
	}
	while (len > 0 && text[len - 1] == '_')
		len--;
	return (struct str){text, len};
}

static bool is_reserved(struct compile *c, enum name_kind kind, struct str name, const char **why) {
	if (kind == NAME_FILTER && str_is(name, "tab"))
		*why = "Metabase keeps it for the tab in a dashboard's address";
	else if (kind == NAME_FILTER && str_starts(name, "current_user_"))
		*why = "Metabase fills tags of that name with the user who looks";
	else if (kind == NAME_CHART && str_is(name, "chart"))
		*why = "it is the key of an item in a layout";
	else if (kind == NAME_CHART) {
		const struct chart_type *type = chart_type_find(c, name);
		if (!type || !type->placement)
			return false;
		*why = "it is an item of a layout";
	} else
		return false;
	return true;
}

bool name_check(struct compile *c, enum name_kind kind, struct str name, struct span at) {
	const char *why;
	if (!has_form(kind, name)) {
		struct diagnostic *d = diag_add(c, E0302, at, "`%.*s` cannot be the key of a %s",
			STR_ARGS(name), kinds[kind].what);
		struct str better = mended(c, kind, name);
		diag_help(c, d, "keys are lower case: letters, digits%s `_`, %s first%s%.*s%s",
			kinds[kind].dash ? ", `-` and" : " and",
			kinds[kind].digit_first ? "a letter or digit" : "a letter",
			better.len ? "; write `" : "", STR_ARGS(better), better.len ? "`" : "");
		return false;
	}
	if (!is_reserved(c, kind, name, &why))
		return true;
	struct diagnostic *d = diag_add(
		c, E0302, at, "`%.*s` cannot be the key of a %s", STR_ARGS(name), kinds[kind].what);
	diag_note(c, d, SPAN_NONE, "%s", why);
	return false;
}

static struct str folded(struct arena *arena, struct str name) {
	if (name.len == 0 || !memchr(name.ptr, '-', name.len))
		return name;
	char *text = arena_cstr(arena, name);
	for (size_t i = 0; i < name.len; i++)
		text[i] = text[i] == '-' ? '_' : text[i];
	return (struct str){text, name.len};
}

bool name_take(
	struct compile *c, struct names *names, struct str name, struct span at, const char *what) {
	void **slot = map_slot(c->arena, &names->taken, folded(c->arena, name));
	const struct name *first = *slot;
	if (!first) {
		struct name *entry = arena_new(c->arena, struct name);
		*entry = (struct name){name, at};
		*slot = entry;
		return true;
	}
	struct diagnostic *d;
	if (str_eq(first->text, name)) {
		d = diag_add(c, E0303, at, "there is another %s `%.*s`", what, STR_ARGS(name));
		diag_note(c, d, first->at, "first defined here");
		diag_help(c, d, "rename one of them");
	} else {
		d = diag_add(c, E0304, at, "`%.*s` and `%.*s` differ only in `_` and `-`",
			STR_ARGS(name), STR_ARGS(first->text));
		diag_note(c, d, first->at, "the other %s", what);
	}
	return false;
}

void suggest_map(struct compile *c, struct suggest *suggest, const struct map *map) {
	for (size_t i = 0; i < map->capacity && diag_errors(c) < 200; i++) {
		if (map->entries[i].used)
			suggest_offer(suggest, map->entries[i].key);
	}
}
