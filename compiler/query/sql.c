/* SQL text in, tokens out. Two readers see the text before it runs: Metabase's template parser
 * (marks.c) and the warehouse's lexer, which is this file. Its strings and comments swallow marks
 * that Metabase still replaces; that is noted in the tags, so that a lint can say what will go
 * wrong.
 *
 * A comment inside [[ ]] ends where the clause does: without its value the clause is gone, and what
 * follows it is code. */
#include "compiler/query/sql.h"

#include "compiler/query/marks.h"

struct lexer {
	struct arena *arena;
	struct sql *sql;
	struct str text;
	bool bigquery;
	struct marks marks;
	size_t mark;            /* the next one not yet passed */
	size_t at;
	uint16_t depth;
	uint16_t clause;
	bool no_dollars;        /* a $tag$ without its end was found: look for no more */
};

static char byte(const struct lexer *x, size_t at) {
	return at < x->text.len ? x->text.ptr[at] : 0;
}

static bool is_word_start(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' ||
		(unsigned char)c >= 0x80;
}

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool is_word(char c) {
	return is_word_start(c) || is_digit(c) || c == '$';
}

static bool is_blank(char c) {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static struct sql_token *emit(struct lexer *x, enum sql_token_type type, size_t end) {
	struct sql_token token = {.type = type, .start = (uint32_t)x->at, .end = (uint32_t)end,
		.depth = x->depth, .clause = x->clause, .tag = UINT32_MAX};
	vec_push(x->arena, &x->sql->tokens, token);
	x->at = end;
	return &x->sql->tokens.items[x->sql->tokens.count - 1];
}

static void problem(struct lexer *x, enum sql_problem_type type, size_t start, size_t end) {
	struct sql_problem p = {type, (uint32_t)start, (uint32_t)end};
	vec_push(x->arena, &x->sql->problems, p);
}

/* Passes the marks that a token has swallowed. */
static void swallow(struct lexer *x, size_t end, enum sql_token_type type) {
	for (; x->mark < x->marks.list.count && x->marks.list.items[x->mark].start < end;
		x->mark++) {
		const struct mark *m = &x->marks.list.items[x->mark];
		switch (m->type) {
		case MARK_OPEN:
			x->clause = (uint16_t)(m->index + 1);
			break;
		case MARK_CLOSE:
			x->clause = x->sql->clauses.items[m->index].parent;
			break;
		case MARK_TAG:
			if (m->index == MARK_NO_TAG)
				break;
			x->sql->tags.items[m->index].in_string = type == SQL_STRING;
			x->sql->tags.items[m->index].in_quotes = type == SQL_QUOTED;
			x->sql->tags.items[m->index].in_comment = type == SQL_COMMENT;
			break;
		case MARK_HIDDEN:
			break;
		}
	}
}

static void emit_over(struct lexer *x, enum sql_token_type type, size_t end) {
	emit(x, type, end);
	swallow(x, end, type);
}

/* The server leaves these braces as they are, and the warehouse sees no comment here. */
static void lex_hidden(struct lexer *x, const struct mark *m) {
	struct sql_tag tag = {.start = m->start, .end = m->end, .malformed = true,
		.token = (uint32_t)x->sql->tokens.count};
	struct sql_token *token = emit(x, SQL_TAG, m->end);
	problem(x, SQL_HIDDEN_TAG, m->start, m->end);
	if (!mark_tag(str_slice(x->text, m->start + 2, m->end - 2), &tag))
		return;
	tag.name_start = (uint32_t)(tag.name.ptr - x->text.ptr);
	token->tag = (uint32_t)x->sql->tags.count;
	vec_push(x->arena, &x->sql->tags, tag);
}

static void lex_mark(struct lexer *x) {
	const struct mark *m = &x->marks.list.items[x->mark++];
	switch (m->type) {
	case MARK_OPEN:
		emit(x, SQL_OPEN, m->end)->tag = m->index;
		x->clause = (uint16_t)(m->index + 1);
		return;
	case MARK_CLOSE:
		x->clause = x->sql->clauses.items[m->index].parent;
		emit(x, SQL_CLOSE, m->end)->tag = m->index;
		return;
	case MARK_TAG:
		if (m->index != MARK_NO_TAG)
			x->sql->tags.items[m->index].token = (uint32_t)x->sql->tokens.count;
		emit(x, SQL_TAG, m->end)->tag = m->index;
		return;
	case MARK_HIDDEN:
		lex_hidden(x, m);
		return;
	}
}

/* Where a comment must end at the latest. */
static size_t comment_limit(const struct lexer *x) {
	if (x->clause == 0)
		return x->text.len;
	size_t end = x->sql->clauses.items[x->clause - 1].end;
	return end == x->text.len && byte(x, end - 1) != ']' ? end : end - 2;
}

static void lex_line_comment(struct lexer *x) {
	size_t limit = comment_limit(x);
	size_t end = x->at + 1;
	while (end < limit && x->text.ptr[end] != '\n')
		end++;
	emit_over(x, SQL_COMMENT, end);
}

static void lex_block_comment(struct lexer *x) {
	size_t limit = comment_limit(x);
	size_t end = x->at + 2;
	while (end < limit && !(x->text.ptr[end] == '*' && byte(x, end + 1) == '/'))
		end++;
	if (end >= limit) {
		problem(x, SQL_UNCLOSED_COMMENT, x->at, x->at + 2);
		end = limit > x->at + 2 ? limit : x->at + 2;
	} else {
		end += 2;
	}
	emit_over(x, SQL_COMMENT, end);
}

struct quote {
	char mark;
	unsigned count;         /* 1 or 3 */
	bool backslash;         /* escapes; else a doubled mark stands for one */
	bool lines;             /* may go over several */
	enum sql_token_type type;
};

static bool quote_ends(const struct lexer *x, const struct quote *q, size_t at) {
	for (unsigned i = 0; i < q->count; i++) {
		if (byte(x, at + i) != q->mark)
			return false;
	}
	return true;
}

/* From the first quote, which may be behind a prefix that starts at x->at. */
static void lex_quoted(struct lexer *x, size_t open, const struct quote *q) {
	size_t at = open + q->count;
	while (at < x->text.len) {
		char c = x->text.ptr[at];
		if (c == '\\' && q->backslash && at + 1 < x->text.len) {
			at += 2;
			continue;
		}
		if (c == '\n' && !q->lines)
			break;
		if (quote_ends(x, q, at)) {
			at += q->count;
			if (!q->backslash && byte(x, at) == q->mark) {
				at++;
				continue;
			}
			emit_over(x, q->type, at);
			return;
		}
		at++;
	}
	problem(x, SQL_UNCLOSED_STRING, x->at, open + q->count);
	emit_over(x, q->type, at > x->text.len ? x->text.len : at);
}

static void lex_quote(struct lexer *x, size_t open) {
	struct quote q = {.mark = x->text.ptr[open], .count = 1, .backslash = x->bigquery,
		.lines = !x->bigquery, .type = SQL_STRING};
	if (q.mark == '`' || (q.mark == '"' && !x->bigquery))
		q.type = SQL_QUOTED;
	if (x->bigquery && q.mark != '`' && byte(x, open + 1) == q.mark &&
		byte(x, open + 2) == q.mark) {
		q.count = 3;
		q.lines = true;
	}
	lex_quoted(x, open, &q);
}

/* Length of r, b, rb or br before a quote, or 0. */
static size_t string_prefix(const struct lexer *x) {
	size_t len = 0;
	while (len < 2 &&
		((byte(x, x->at + len) | 32) == 'r' || (byte(x, x->at + len) | 32) == 'b'))
		len++;
	char next = byte(x, x->at + len);
	return x->bigquery && (next == '\'' || next == '"') ? len : 0;
}

/* $tag$ … $tag$, as PostgreSQL has it. False if there is no such thing here. */
static bool lex_dollars(struct lexer *x) {
	size_t end = x->at + 1;
	while (is_word_start(byte(x, end)) && byte(x, end) != '$')
		end++;
	if (byte(x, end) != '$')
		return false;
	size_t len = end + 1 - x->at;
	for (size_t at = end + 1; at + len <= x->text.len; at++) {
		if (x->text.ptr[at] == '$' &&
			memcmp(x->text.ptr + at, x->text.ptr + x->at, len) == 0) {
			emit_over(x, SQL_STRING, at + len);
			return true;
		}
	}
	x->no_dollars = true;
	return false;
}

static void lex_number(struct lexer *x) {
	size_t end = x->at;
	bool hex = byte(x, end) == '0' && (byte(x, end + 1) | 32) == 'x';
	while (is_word(byte(x, end)) || byte(x, end) == '.') {
		char c = byte(x, end++);
		if (!hex && (c | 32) == 'e' && byte(x, end) && strchr("+-", byte(x, end)))
			end++;
	}
	emit(x, SQL_NUMBER, end);
}

static void lex_word(struct lexer *x) {
	size_t end = x->at;
	while (end < x->text.len && is_word(x->text.ptr[end]))
		end++;
	struct str text = str_slice(x->text, x->at, end);
	emit(x, SQL_WORD, end)->word = sql_word_find(text);
}

/* Bytes of the operator at x->at. Most are a single byte, which what follows them tells. */
static size_t operator_length(const struct lexer *x) {
	static const char *const long_ones[] = {"->>", "<=>", "<>", "<=", ">=", "!=", "||", "::", "->", "=>",
		":=", "==", "|>", "!~"};
	switch (byte(x, x->at + 1)) {
	case '>':
	case '=':
	case '|':
	case ':':
	case '~':
		break;
	default:
		return 1;
	}
	for (size_t i = 0; i < COUNT_OF(long_ones); i++) {
		struct str one = str_from(long_ones[i]);
		if (str_eq(str_slice(x->text, x->at, x->at + one.len), one))
			return one.len;
	}
	return 1;
}

static void lex_punctuation(struct lexer *x) {
	char c = byte(x, x->at);
	size_t len = operator_length(x);
	if (c == ')' && x->depth > 0)
		x->depth--;
	emit(x, SQL_PUNCTUATION, x->at + len);
	if (c == '(' && x->depth < UINT16_MAX)
		x->depth++;
}

static void lex_one(struct lexer *x) {
	char c = x->text.ptr[x->at];
	char next = byte(x, x->at + 1);
	size_t prefix = is_word_start(c) ? string_prefix(x) : 0;
	if ((c == '-' && next == '-') || (c == '#' && x->bigquery))
		lex_line_comment(x);
	else if (c == '/' && next == '*')
		lex_block_comment(x);
	else if (prefix || c == '\'' || c == '"' || c == '`')
		lex_quote(x, x->at + prefix);
	else if (c == '$' && !x->no_dollars && lex_dollars(x))
		return;
	else if (is_digit(c) || (c == '.' && is_digit(next)))
		lex_number(x);
	else if (is_word_start(c))
		lex_word(x);
	else
		lex_punctuation(x);
}

struct sql *sql_scan(struct arena *arena, struct str text, bool bigquery) {
	struct sql *sql = arena_new(arena, struct sql);
	sql->text = str_slice(text, 0, UINT32_MAX / 2);
	struct lexer x = {.arena = arena, .sql = sql, .text = sql->text, .bigquery = bigquery};
	marks_find(arena, sql, &x.marks);
	while (x.at < x.text.len) {
		if (is_blank(x.text.ptr[x.at]))
			x.at++;
		else if (x.mark < x.marks.list.count && x.marks.list.items[x.mark].start == x.at)
			lex_mark(&x);
		else
			lex_one(&x);
	}
	vec_trim(arena, &sql->tokens);
	return sql;
}

const struct sql_tag *sql_tag(const struct sql *sql, struct str name) {
	for (size_t i = 0; i < sql->tags.count; i++) {
		if (str_eq(sql->tags.items[i].name, name))
			return &sql->tags.items[i];
	}
	return NULL;
}
