/* Marks that the server's template parser refuses, and tags in places where it replaces them
 * although the warehouse reads no code there. */
#include "compiler/query/linting.h"

static struct str text_of(const struct linting *l, size_t start, size_t end) {
	return str_slice(l->sql->text, start, end);
}

/* The token that holds a byte, or NULL. */
static const struct sql_token *token_around(const struct sql *sql, size_t at) {
	size_t low = 0, high = sql->tokens.count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (sql->tokens.items[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == sql->tokens.count || sql->tokens.items[low].start > at)
		return NULL;
	return &sql->tokens.items[low];
}

static void unclosed_tag(struct linting *l, const struct sql_problem *p) {
	struct diagnostic *d = lint_report(l, E0601, p->start, p->end, "`{{` is never closed");
	struct str name = str_trim(text_of(l, p->start + 2, p->end));
	if (name.len == 0)
		return;
	diag_help(l->c, d, "write `{{%.*s}}`", STR_ARGS(name));
	lint_fix(l, d, p->end, p->end, "}}");
}

/* The nearest name that is one: other characters become underscores. */
static void bad_name(struct linting *l, const struct sql_problem *p) {
	struct str name = str_trim(text_of(l, p->start + 2, p->end - 2));
	struct diagnostic *d = lint_report(
		l, E0602, p->start, p->end, "`%.*s` cannot be the name of a tag", STR_ARGS(name));
	if (str_starts(name, "snippet:") || str_starts(name, "#")) {
		diag_help(l->c, d, "%s",
			name.ptr[0] == '#'
				? "a card is named as `{{#chart}}` or `{{#dashboard/chart}}`"
				: "a snippet is named as `{{snippet: key}}`");
		return;
	}
	char *better = arena_cstr(l->c->arena, name);
	for (size_t i = 0; i < name.len; i++) {
		char c = better[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '.';
		better[i] = good ? c : '_';
	}
	diag_help(l->c, d, "names hold letters, digits, `_` and `.`: write `{{%s}}`", better);
	lint_fix(l, d, p->start, p->end, "{{%s}}", better);
}

/* `x[[1]]`, `"[[:alpha:]]"`, or a clause whose tag was forgotten. */
static void without_tag(struct linting *l, const struct sql_problem *p) {
	const struct sql_token *token = token_around(l->sql, p->start);
	struct diagnostic *d = lint_report(l, E0603, p->start, p->end, "`[[ ]]` holds no tag");
	if (token && (token->type == SQL_STRING || token->type == SQL_QUOTED)) {
		diag_note(l->c, d, SPAN_NONE, "the server does not see that it stands in quotes");
		diag_help(l->c, d, "write the string in single quotes, which the server knows");
		return;
	}
	struct str inside = str_trim(text_of(l, p->start + 2, p->end - 2));
	bool condition =
		str_find(inside, " ", 0) != STR_NONE && str_find(inside, ",", 0) == STR_NONE;
	if (condition) {
		diag_help(l->c, d,
			"take the brackets away, or put in a tag that decides whether the clause "
			"stays");
		return;
	}
	diag_help(l->c, d, "the server reads `[[` as an optional clause: for an array write `[ [`");
	lint_fix(l, d, p->start, p->start + 2, "[ [");
}

static void problem(struct linting *l, const struct sql_problem *p) {
	struct diagnostic *d;
	switch (p->type) {
	case SQL_UNCLOSED_TAG:
		unclosed_tag(l, p);
		return;
	case SQL_UNCLOSED_CLAUSE:
		lint_report(l, E0601, p->start, p->end, "`[[` is never closed");
		return;
	case SQL_EMPTY_TAG:
		d = lint_report(l, E0602, p->start, p->end, "the tag is empty");
		diag_help(l->c, d, "name a filter: `{{period}}`");
		return;
	case SQL_NESTED_TAG:
		lint_report(l, E0602, p->start, p->end, "a tag cannot stand in another one");
		return;
	case SQL_BAD_TAG_NAME:
		bad_name(l, p);
		return;
	case SQL_CLAUSE_WITHOUT_TAG:
		without_tag(l, p);
		return;
	case SQL_UNCLOSED_STRING:
		lint_report(l, E0607, p->start, p->end, "this quote is never closed");
		return;
	case SQL_UNCLOSED_COMMENT:
		lint_report(l, E0607, p->start, p->end, "this comment is never closed");
		return;
	case SQL_HIDDEN_TAG:
		d = lint_report(l, E0606, p->start, p->end,
			"the server takes this tag for part of a comment");
		diag_note(l->c, d, SPAN_NONE,
			"it knows single quotes only: a comment mark in `\"…\"` or backticks "
			"before the tag starts a comment for it");
		diag_help(l->c, d, "write the text with the comment mark in single quotes");
		return;
	}
}

static void in_quotes(struct linting *l, const struct sql_tag *tag) {
	const struct sql_token *token = token_around(l->sql, tag->start);
	struct str mark = text_of(l, tag->start, tag->end);
	struct diagnostic *d =
		lint_report(l, E0604, tag->start, tag->end, "`%.*s` stands inside %s",
			STR_ARGS(mark), tag->in_quotes ? "a quoted name" : "a string");
	if (tag->in_quotes) {
		diag_help(l->c, d, "a tag gives a value or a condition, never a name");
		return;
	}
	struct str text = token ? text_of(l, token->start, token->end) : mark;
	if (str_eq(str_trim(code_unquote(text)), mark)) {
		diag_help(l->c, d, "the server quotes values itself: write `%.*s`", STR_ARGS(mark));
		lint_fix(l, d, token->start, token->end, "%.*s", STR_ARGS(mark));
		return;
	}
	diag_help(l->c, d, "put the value and the text together in SQL: `CONCAT('%%', %.*s, '%%')`",
		STR_ARGS(mark));
}

static void in_comment(struct linting *l, const struct sql_tag *tag) {
	const struct sql_token *token = token_around(l->sql, tag->start);
	struct diagnostic *d = lint_report(l, E0605, tag->start, tag->end,
		"the server replaces this tag although it stands in a comment");
	if (tag->clause || !token || l->sql->text.ptr[token->start] != '#') {
		diag_help(l->c, d,
			"inside `[[ ]]` comments are text for the server: take the tag out of the "
			"comment");
		return;
	}
	diag_help(l->c, d, "it does not know `#` comments: write `--`");
	lint_fix(l, d, token->start, token->start + 1, "--");
}

void lint_marks(struct linting *l) {
	for (size_t i = 0; i < l->sql->problems.count && l->reports < LINT_MAX_REPORTS; i++)
		problem(l, &l->sql->problems.items[i]);
	for (size_t i = 0; i < l->sql->tags.count && l->reports < LINT_MAX_REPORTS; i++) {
		const struct sql_tag *tag = &l->sql->tags.items[i];
		if (tag->in_string || tag->in_quotes)
			in_quotes(l, tag);
		else if (tag->in_comment)
			in_comment(l, tag);
	}
}
