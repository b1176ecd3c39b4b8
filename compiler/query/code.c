/* Tokens in, statement code out: what is left when comments and template marks are gone, with every
 * bracket and CASE knowing its end, so that readers jump over what does not concern them and stay
 * linear however deep things are nested. */
#include "compiler/query/code.h"

struct str code_text(const struct code *code, size_t at) {
	const struct sql_token *token = &code->tokens[at];
	return str_slice(code->sql->text, token->start, token->end);
}

bool code_is_mark(const struct code *code, size_t at, const char *punctuation) {
	return str_is(code_text(code, at), punctuation);
}

struct str code_unquote(struct str text) {
	if (text.len < 2 || !strchr("`\"'", text.ptr[0]))
		return text;
	bool closed = text.ptr[text.len - 1] == text.ptr[0];
	return str_slice(text, 1, closed ? text.len - 1 : text.len);
}

bool code_name(const struct code *code, size_t at, struct str *name) {
	if (at >= code->count)
		return false;
	struct str text = code_text(code, at);
	enum sql_token_type type = code->tokens[at].type;
	if (type == SQL_QUOTED ||
		(type == SQL_STRING && code->quotes_are_names && text.ptr[0] == '"')) {
		*name = code_unquote(text);
		return true;
	}
	*name = text;
	return type == SQL_WORD && text.ptr[0] != '@' && !code_reserved(code, at);
}

size_t code_skip(const struct code *code, size_t at) {
	uint32_t partner = at < code->count ? code->match[at] : CODE_NONE;
	return partner != CODE_NONE && partner > at ? partner + 1 : at + 1;
}

static bool opens(const struct code *code, size_t at) {
	static const enum sql_word generic[] = {WORD_ARRAY, WORD_STRUCT, WORD_RANGE, WORD_NONE};
	if (code_mark(code, at, "<"))
		return at > 0 && code_word_in(code, at - 1, generic);
	return code_mark(code, at, "(") || code_mark(code, at, "[") ||
	       code_word(code, at, WORD_CASE);
}

/* Does the token at `at` close what `open` opens? */
static bool closes(const struct code *code, size_t open, size_t at) {
	return (code_word(code, at, WORD_END) && code_word(code, open, WORD_CASE)) ||
		(code_mark(code, at, ")") && code_mark(code, open, "(")) ||
		(code_mark(code, at, "]") && code_mark(code, open, "[")) ||
		(code_mark(code, at, ">") && code_mark(code, open, "<"));
}

static void pair(struct code *code, uint32_t *open, size_t *count, size_t at) {
	if (opens(code, at)) {
		open[(*count)++] = (uint32_t)at;
		return;
	}
	if (*count == 0 || !closes(code, open[*count - 1], at))
		return;
	uint32_t top = open[*count - 1];
	code->match[at] = top;
	code->match[top] = (uint32_t)at;
	(*count)--;
}

static void pair_brackets(struct arena *arena, struct code *code) {
	uint32_t *open = arena_array(arena, uint32_t, code->count + 1);
	size_t count = 0;
	for (size_t i = 0; i < code->count; i++)
		pair(code, open, &count, i);
}

struct code *code_of(struct arena *arena, const struct sql *sql) {
	if (sql->code)
		return sql->code;
	struct code *code = arena_new(arena, struct code);
	((struct sql *)sql)->code = code;
	code->sql = sql;
	code->tokens = arena_array(arena, struct sql_token, sql->tokens.count);
	code->match = arena_array(arena, uint32_t, sql->tokens.count);
	size_t *opened = arena_array(arena, size_t, sql->clauses.count + 1);
	for (size_t i = 0; i < sql->tokens.count; i++) {
		const struct sql_token *token = &sql->tokens.items[i];
		bool comment_before = i > 0 && sql->tokens.items[i - 1].type == SQL_COMMENT;
		if (token->type == SQL_OPEN)
			opened[token->tag] = code->count;
		else if (token->type == SQL_CLOSE && comment_before)
			code->count = opened[token->tag];
		if (token->type == SQL_OPEN || token->type == SQL_CLOSE ||
			token->type == SQL_COMMENT)
			continue;
		code->match[code->count] = CODE_NONE;
		code->tokens[code->count++] = *token;
	}
	pair_brackets(arena, code);
	return code;
}

/* Adds the parts of one name: `a.b` in quotes is two. */
static void add_parts(struct code_path *path, struct str name, bool quoted) {
	struct str part;
	if (!quoted || name.len == 0) {
		if (path->count < 4)
			path->parts[path->count++] = name;
		return;
	}
	while (str_split(&name, '.', &part)) {
		if (path->count < 4)
			path->parts[path->count++] = part;
	}
}

static bool touch(const struct code *code, size_t at) {
	return at + 1 < code->count && code->tokens[at].end == code->tokens[at + 1].start;
}

/* `my-project` in front of a dot, unquoted, is three tokens without a blank between them. */
static size_t dashed_name(const struct code *code, size_t at, struct str *name) {
	size_t end = at + 1;
	while (code_mark(code, end, "-") && touch(code, end - 1) && touch(code, end))
		end += 2;
	if (end > code->count)
		return at + 1;
	*name = str_slice(code->sql->text, code->tokens[at].start, code->tokens[end - 1].end);
	return end;
}

size_t code_path(const struct code *code, size_t at, struct code_path *path) {
	*path = (struct code_path){0};
	struct str name;
	size_t start = at;
	if (!code_name(code, at, &name))
		return at;
	path->start = code->tokens[at].start;
	for (;;) {
		bool quoted = code->tokens[at].type != SQL_WORD;
		size_t next = quoted ? at + 1 : dashed_name(code, at, &name);
		add_parts(path, name, quoted && code_text(code, at).ptr[0] == '`');
		path->one_pair = quoted && at == start;
		path->end = code->tokens[next - 1].end;
		at = next;
		if (!code_mark(code, at, ".") || at + 1 >= code->count)
			return at;
		if (!code_name(code, at + 1, &name) && code->tokens[at + 1].type != SQL_WORD)
			return at;
		at++;
	}
}

struct sql_table code_table(const struct code_path *path) {
	struct sql_table table = {
		.start = path->start, .end = path->end, .one_pair = path->one_pair};
	size_t n = path->count;
	if (n > 0)
		table.name = path->parts[n - 1];
	if (n > 1)
		table.schema = path->parts[n - 2];
	if (n > 2)
		table.project = path->parts[n - 3];
	return table;
}

size_t code_alias(const struct code *code, size_t at, struct str *alias) {
	*alias = (struct str){0};
	if (code_word(code, at, WORD_AS))
		return code_name(code, at + 1, alias) ? at + 2 : at + 1;
	if (!code_name(code, at, alias)) {
		*alias = (struct str){0};
		return at;
	}
	return at + 1;
}
