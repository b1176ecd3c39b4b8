/* Replaces `${name}` in the scalars of a tree. A text without `${` is left as it is; another is
 * written anew, and each replacement is kept as an edit, so that a place in the new text still
 * leads back to the bytes of the file. */
#include "compiler/source/variables.h"

#include <stdlib.h>

#include "compiler/source/compile.h"
#include "runtime/buf.h"
#include "runtime/suggest.h"

/* Bytes of all texts together, so that no long value in many places fills the memory. */
#define MAX_TEXT (64u * 1024 * 1024)

struct rewrite {
	struct compile *c;
	const struct variables *variables;
	struct node *node;
	struct buf out;
	struct edits *edits;
	size_t start, end;      /* of the `${…}` being replaced */
};

static struct span mark_span(struct rewrite *r) {
	return node_span(r->c, r->node, r->start, r->end);
}

static bool is_name(struct str name) {
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(i > 0 && ((c >= '0' && c <= '9') || c == '-' || c == '.')))
			return false;
	}
	return name.len > 0;
}

static void unknown_variable(struct rewrite *r, struct str name) {
	struct diagnostic *d = diag_add(
		r->c, E0115, mark_span(r), "no variable `%.*s` is defined", STR_ARGS(name));
	struct suggest near = suggest_start(name);
	const struct map *values = &r->variables->values;
	for (size_t i = 0; i < values->capacity; i++) {
		if (values->entries[i].used)
			suggest_offer(&near, values->entries[i].key);
	}
	if (suggest_best(&near).len)
		diag_suggest(r->c, d, node_span(r->c, r->node, r->start + 2, r->end - 1), &near);
	else
		diag_help(r->c, d,
			"define it under `vars:` in mbc.yaml, or write `$${` for a literal `${`");
}

/* A value from the environment of the process; text in the arena. */
static bool environment_value(struct rewrite *r, struct str name, struct str *value) {
	if (!r->variables->environment) {
		diag_add(r->c, E0117, mark_span(r),
			"`${env.%.*s}` can only be used in `environments:`", STR_ARGS(name));
		return false;
	}
	const char *found = getenv(arena_cstr(r->c->arena, name));
	if (!found || !*found) {
		diag_add(r->c, E0118, mark_span(r), "the environment variable `%.*s` is %s",
			STR_ARGS(name), found ? "empty" : "not set");
		return false;
	}
	*value = arena_str(r->c->arena, str_from(found));
	return true;
}

/* Offset of the first `${` that is not escaped, or STR_NONE. */
static size_t find_mark(struct str text) {
	size_t at = str_find(text, "${", 0);
	while (at != STR_NONE && at > 0 && text.ptr[at - 1] == '$')
		at = str_find(text, "${", at + 2);
	return at;
}

bool variable_check(struct compile *c, struct str name, struct node *value) {
	size_t mark = value->resolved ? STR_NONE : find_mark(value->scalar.text);
	if (mark == STR_NONE)
		return !value->bad;
	if (!value->bad) {
		struct diagnostic *d = diag_add(c, E0116, node_span(c, value, mark, mark + 2),
			"the value of the variable `%.*s` contains a variable", STR_ARGS(name));
		diag_help(c, d, "write the text out, or `$${` for a literal `${`");
	}
	value->bad = true;
	return false;
}

/* A `$${` in a value is a literal `${` as elsewhere. */
static struct str unescaped(struct arena *arena, struct str text) {
	if (str_find(text, "$${", 0) == STR_NONE)
		return text;
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (!str_starts(str_slice(text, i, text.len), "$${"))
			out[len++] = text.ptr[i];
	}
	return (struct str){out, len};
}

static bool lookup(struct rewrite *r, struct str name, struct str *value) {
	if (str_starts(name, "env."))
		return environment_value(r, str_slice(name, 4, name.len), value);
	struct node *node = map_get(&r->variables->values, name);
	if (!node) {
		unknown_variable(r, name);
		return false;
	}
	if (!node_is_scalar(node) || !variable_check(r->c, name, node))
		return false;
	*value = unescaped(r->c->arena, node->scalar.text);
	return true;
}

static void add_edit(struct rewrite *r, struct str value, size_t source_len) {
	struct edit edit = {(uint32_t)r->out.len, (uint32_t)value.len, (uint32_t)source_len};
	vec_push(r->c->arena, r->edits, edit);
	buf_add_str(&r->out, value);
}

/* Replaces the `${…}` at `at`; gives the offset behind it. */
static size_t replace_one(struct rewrite *r, struct str text, size_t at) {
	size_t end = str_find(text, "}", at);
	struct str name = str_slice(text, at + 2, end);
	if (end == STR_NONE || !is_name(name)) {
		struct span span = node_span(r->c, r->node, at, at + 2);
		struct diagnostic *d = diag_add(r->c, E0117, span, end == STR_NONE
			? "`${` is never closed" : "`${` is not followed by a name and `}`");
		diag_help(r->c, d, "write `$${` for a literal `${`");
		r->node->bad = true;
		buf_add_str(&r->out, str_slice(text, at, at + 2));
		return at + 2;
	}
	r->start = at;
	r->end = end + 1;
	struct str value;
	if (lookup(r, name, &value)) {
		add_edit(r, value, end + 1 - at);
	} else {
		r->node->bad = true;
		buf_add_str(&r->out, str_slice(text, at, end + 1));
	}
	return end + 1;
}

static void rewrite(struct rewrite *r) {
	struct str text = r->node->scalar.text;
	size_t done = 0, mark;
	while ((mark = str_find(text, "${", done)) != STR_NONE) {
		if (mark > done && text.ptr[mark - 1] == '$') {
			buf_add_str(&r->out, str_slice(text, done, mark - 1));
			add_edit(r, STR("${"), 3);
			done = mark + 2;
			continue;
		}
		buf_add_str(&r->out, str_slice(text, done, mark));
		done = replace_one(r, text, mark);
	}
	buf_add_str(&r->out, str_slice(text, done, text.len));
}

static void resolve_scalar(
	struct compile *c, const struct variables *variables, struct node *node) {
	if (node->resolved)
		return;
	node->resolved = true;
	if (str_find(node->scalar.text, "${", 0) == STR_NONE)
		return;
	struct rewrite r = {
		.c = c, .variables = variables, .node = node, .out = BUF(MAX_TEXT - c->replaced)};
	r.edits = arena_new(c->arena, struct edits);
	rewrite(&r);
	if (r.out.full) {
		if (c->replaced < MAX_TEXT)
			diag_add(c, E0109, node->at,
				"with its variables replaced, this makes more than %u MiB"
				" of text",
				MAX_TEXT >> 20);
		c->replaced = MAX_TEXT;
		node->bad = true;
	} else {
		c->replaced += r.out.len;
		node->scalar.text = arena_str(c->arena, buf_str(&r.out));
		node->scalar.edits = r.edits;
	}
	buf_free(&r.out);
}

void variables_resolve(struct compile *c, const struct variables *variables, struct node *node) {
	switch (node->type) {
	case NODE_SCALAR:
		resolve_scalar(c, variables, node);
		break;
	case NODE_SEQ:
		for (size_t i = 0; i < node->seq.count; i++)
			variables_resolve(c, variables, node->seq.items[i]);
		break;
	case NODE_MAP:
		for (size_t i = 0; i < node->map.count; i++)
			variables_resolve(c, variables, node->map.pairs[i].value);
		break;
	}
}
