/* Names in definitions and ids on a server, two maps; and the walks over JSON that swap one for the
 * other. Where an id may stand is written down once, here, for writing; for reading it depends on
 * the kind of object (read.c), since a number alone does not say what it is. */
#include "compiler/metabase/names.h"

#include <stdlib.h>

#include "runtime/buf.h"
#include "runtime/json.h"

static void **key_slot(struct names *names, const char *kind, const char *scope, const char *id) {
	return map_slot(names->arena, &names->keys,
		str_from(arena_printf(names->arena, "%s %s %s", kind, scope ? scope : "", id)));
}

void names_set(
	struct names *names, const char *kind, const char *key, const char *scope, const char *id) {
	struct arena *a = names->arena;
	*map_slot(a, &names->ids, str_from(arena_printf(a, "%s:%s", kind, key))) =
		arena_printf(a, "%s", id);
	*key_slot(names, kind, scope, id) = arena_printf(a, "%s", key);
}

void names_add(
	struct names *names, const char *kind, const char *key, const char *scope, const char *id) {
	const char *before = *key_slot(names, kind, scope, id);
	names_set(names, kind, key, scope, id);
	if (before)
		*key_slot(names, kind, scope, id) = arena_printf(names->arena, "%s", before);
}

const char *names_id(const struct names *names, const char *kind, const char *key) {
	return map_get(&names->ids, str_from(arena_printf(names->arena, "%s:%s", kind, key)));
}

const char *names_key(
	const struct names *names, const char *kind, const char *scope, const char *id) {
	return map_get(&names->keys,
		str_from(arena_printf(names->arena, "%s %s %s", kind, scope ? scope : "", id)));
}

/* The marks that stand for ids, and the kind that each names; "" where the text says the kind
 * itself. */
static const struct {
	const char *mark, *kind;
	bool number;
} marks[] = {
	{"$ref", "", true},
	{"$field", "field:", true},
	{"$database", "database:", true},
	{"$parameter", "parameter:", false},
	{"$tab", "tab:", true},
};

#define CARD_TAG "{{#$ref:"
#define PARAMETER_KEY "$parameter:"

/* "kind:key" of a reference, or NULL when `value` is none; `*number` is how its id is written. */
static const char *reference(struct arena *arena, const json_t *value, bool *number) {
	for (size_t i = 0; i < COUNT_OF(marks); i++) {
		const char *text = json_single(value, marks[i].mark);
		if (!text)
			continue;
		*number = marks[i].number;
		return arena_printf(arena, "%s%s", marks[i].kind, text);
	}
	return NULL;
}

/* Replaces the name of each `{{#$ref:card:KEY}}` by what `swap` gives for "card:KEY". */
static json_t *swap_card_tags(struct arena *arena, const char *text,
	const char *(*swap)(void *context, const char *name), void *context) {
	struct str rest = str_from(text);
	struct buf out = BUF(64u << 20);
	for (size_t at; (at = str_find(rest, CARD_TAG, 0)) != STR_NONE;) {
		size_t end = str_find(rest, "}}", at);
		if (end == STR_NONE)
			break;
		struct str name = str_trim(str_slice(rest, at + strlen(CARD_TAG), end));
		const char *to = swap(context, arena_cstr(arena, name));
		buf_add_str(&out, str_slice(rest, 0, at));
		buf_printf(&out, "{{#%s}}", to ? to : "");
		rest = str_slice(rest, end + 2, rest.len);
	}
	buf_add_str(&out, rest);
	json_t *result = json_stringn(out.ptr ? out.ptr : "", out.len);
	buf_free(&out);
	return result;
}

struct resolving {
	const struct names *names;
	const char **missing;
};

static const char *id_of(void *context, const char *name) {
	struct resolving *r = context;
	const char *id = map_get(&r->names->ids, str_from(name));
	if (!id && !*r->missing)
		*r->missing = name;
	return id;
}

static json_t *resolve(struct resolving *r, const json_t *value, const char *under);

static json_t *resolve_reference(
	struct resolving *r, const char *name, bool number, const char *under) {
	const char *id = id_of(r, name);
	if (!id)
		return json_null();
	if (under && strcmp(under, "source-table") == 0)
		return json_string(arena_printf(r->names->arena, "card__%s", id));
	return number ? json_integer(atoll(id)) : json_string(id);
}

static json_t *resolve_object(struct resolving *r, const json_t *value) {
	struct arena *a = r->names->arena;
	json_t *out = json_object();
	const char *key;
	json_t *member;
	json_object_foreach((json_t *)value, key, member) {
		const char *name = key;
		if (str_starts(str_from(key), PARAMETER_KEY))
			name = id_of(
				r, arena_printf(a, "parameter:%s", key + strlen(PARAMETER_KEY)));
		else if (str_starts(str_from(key), "#$ref:"))
			name = id_of(r, key + strlen("#$ref:"))
				       ? arena_printf(a, "#%s", id_of(r, key + strlen("#$ref:")))
				       : NULL;
		json_object_set_new(out, name ? name : key, resolve(r, member, key));
	}
	return out;
}

static json_t *resolve_text(struct resolving *r, const json_t *value) {
	const char *text = json_string_value(value);
	if (str_starts(str_from(text), "#$ref:")) {
		const char *id = id_of(r, text + strlen("#$ref:"));
		return json_string(id ? arena_printf(r->names->arena, "#%s", id) : text);
	}
	if (strstr(text, CARD_TAG))
		return swap_card_tags(r->names->arena, text, id_of, r);
	return json_incref((json_t *)value);
}

static json_t *resolve(struct resolving *r, const json_t *value, const char *under) {
	bool number = false;
	const char *name = reference(r->names->arena, value, &number);
	if (name)
		return resolve_reference(r, name, number, under);
	if (json_is_object(value))
		return resolve_object(r, value);
	if (json_is_string(value))
		return resolve_text(r, value);
	if (!json_is_array(value))
		return json_deep_copy(value);
	json_t *out = json_array(), *item;
	size_t index;
	json_array_foreach((json_t *)value, index, item)
		json_array_append_new(out, resolve(r, item, NULL));
	return out;
}

json_t *names_resolve(const struct names *names, const json_t *body, const char **missing) {
	*missing = NULL;
	struct resolving r = {names, missing};
	json_t *out = resolve(&r, body, NULL);
	if (!*missing)
		return out;
	json_decref(out);
	return NULL;
}

struct visiting {
	void (*visit)(void *context, const char *name);
	void *context;
};

static const char *visit_tag(void *context, const char *name) {
	struct visiting *v = context;
	v->visit(v->context, name);
	return name;
}

void names_each(struct arena *arena, const json_t *body,
	void (*visit)(void *context, const char *name), void *context) {
	bool number;
	const char *name = reference(arena, body, &number), *key;
	if (name) {
		visit(context, name);
		return;
	}
	struct visiting v = {visit, context};
	if (json_is_string(body) && strstr(json_string_value(body), CARD_TAG))
		json_decref(swap_card_tags(arena, json_string_value(body), visit_tag, &v));
	json_t *member;
	json_object_foreach((json_t *)body, key, member) {
		if (str_starts(str_from(key), PARAMETER_KEY))
			visit(context,
				arena_printf(arena, "parameter:%s", key + strlen(PARAMETER_KEY)));
		names_each(arena, member, visit, context);
	}
	size_t index;
	json_array_foreach((json_t *)body, index, member)
		names_each(arena, member, visit, context);
}

struct before {
	struct arena *arena;
	const struct rename *renames;
	size_t count;
};

/* The name as it was: of the object itself, or of a dashboard that a parameter or tab belongs to.
 */
static const char *old_name(void *context, const char *name) {
	const struct before *b = context;
	struct str colon = str_from(strchr(name, ':'));
	bool part = str_starts(str_from(name), "parameter:") || str_starts(str_from(name), "tab:");
	for (size_t i = 0; i < b->count; i++) {
		const struct rename *r = &b->renames[i];
		if (strcmp(r->to, name) == 0)
			return r->from;
		struct str owner = str_from(strchr(r->to, ':'));
		if (part && str_starts(str_from(r->to), "dashboard:") && colon.len > owner.len &&
			str_eq(str_slice(colon, 0, owner.len), owner) &&
			colon.ptr[owner.len] == '/')
			return arena_printf(b->arena, "%.*s%s%s", (int)(colon.ptr - name), name,
				strchr(r->from, ':'), colon.ptr + owner.len);
	}
	return name;
}

static const char *old_tag(void *context, const char *name) {
	const struct before *b = context;
	return arena_printf(b->arena, "$ref:%s", old_name(context, name));
}

static json_t *before(struct before *b, const json_t *value) {
	for (size_t i = 0; i < COUNT_OF(marks); i++) {
		const char *text = json_single(value, marks[i].mark);
		if (text) {
			const char *name =
				old_name(b, arena_printf(b->arena, "%s%s", marks[i].kind, text));
			return json_pack("{s:s}", marks[i].mark, name + strlen(marks[i].kind));
		}
	}
	if (json_is_string(value) && strstr(json_string_value(value), CARD_TAG))
		return swap_card_tags(b->arena, json_string_value(value), old_tag, b);
	if (!json_is_object(value) && !json_is_array(value))
		return json_deep_copy(value);
	json_t *out = json_is_object(value) ? json_object() : json_array(), *member;
	const char *key;
	json_object_foreach((json_t *)value, key, member) {
		const char *name = key;
		if (str_starts(str_from(key), PARAMETER_KEY))
			name = arena_printf(b->arena, "$%s", old_name(b, key + 1));
		json_object_set_new(out, name, before(b, member));
	}
	size_t index;
	json_array_foreach((json_t *)value, index, member)
		json_array_append_new(out, before(b, member));
	return out;
}

json_t *names_before(
	struct arena *arena, const json_t *body, const struct rename *renames, size_t count) {
	struct before b = {arena, renames, count};
	return before(&b, body);
}
