/* An expression in, the type of its value out, where that can be told without understanding it: the
 * loosest operator decides, then the function, the literal or the column. Whatever is left is
 * unknown; a wrong answer would be worse, since checks are built on it. */
#include "compiler/query/functions.h"
#include "compiler/query/reading.h"


#define MAX_BRANCHES 50u        /* of COALESCE and the like that are looked at */

static bool is_temporal(enum column_type type) {
	return type == COLUMN_DATE || type == COLUMN_DATETIME;
}

struct operators {
	bool logic;             /* AND OR NOT and comparisons */
	bool joined;            /* || */
	size_t sign;            /* the first + or - between two operands, or CODE_NONE */
	size_t product;         /* the first * / % */
	size_t cast;            /* the last :: */
	size_t subscript;       /* the last [ behind a value */
	size_t arrow;           /* the last -> ->> */
};

static bool is_logic(const struct code *code, size_t at) {
	static const enum sql_word words[] = {WORD_AND, WORD_OR, WORD_NOT, WORD_LIKE, WORD_ILIKE,
		WORD_IN, WORD_BETWEEN, WORD_IS, WORD_EXISTS, WORD_RLIKE, WORD_SIMILAR, WORD_NONE};
	static const char *const marks[] = {"=", "==", "<>", "!=", "<", ">", "<=", ">=", "<=>", "~", "!~"};
	if (code_word_in(code, at, words))
		return true;
	for (size_t i = 0; i < COUNT_OF(marks); i++) {
		if (code_mark(code, at, marks[i]))
			return true;
	}
	return false;
}

/* Is there a value right before `at`, so that what stands there is between two? */
static bool after_value(const struct code *code, size_t start, size_t at) {
	if (at == start)
		return false;
	switch (code->tokens[at - 1].type) {
	case SQL_PUNCTUATION:
		return code_mark(code, at - 1, ")") || code_mark(code, at - 1, "]");
	case SQL_WORD:
		return !code_reserved(code, at - 1) || code_word(code, at - 1, WORD_END) ||
			code_word(code, at - 1, WORD_NULL);
	case SQL_QUOTED:
	case SQL_STRING:
	case SQL_NUMBER:
	case SQL_TAG:
		return true;
	case SQL_COMMENT:
	case SQL_OPEN:
	case SQL_CLOSE:
		return false;
	}
	return false;
}

static struct operators find_operators(const struct code *code, struct range range) {
	struct operators found = {.sign = CODE_NONE, .product = CODE_NONE, .cast = CODE_NONE,
		.subscript = CODE_NONE, .arrow = CODE_NONE};
	for (size_t at = range.start; at < range.end; at = code_skip(code, at)) {
		bool between = after_value(code, range.start, at);
		if (is_logic(code, at) && code->match[at] == CODE_NONE)
			found.logic = true;
		else if (code_mark(code, at, "||"))
			found.joined = true;
		else if (between && found.sign == CODE_NONE &&
			 (code_mark(code, at, "+") || code_mark(code, at, "-")))
			found.sign = at;
		else if (between && found.product == CODE_NONE && (code_mark(code, at, "*") ||
				code_mark(code, at, "/") || code_mark(code, at, "%")))
			found.product = at;
		else if (code_mark(code, at, "::"))
			found.cast = at;
		else if (between && code_mark(code, at, "["))
			found.subscript = at;
		else if (code_mark(code, at, "->") || code_mark(code, at, "->>"))
			found.arrow = at;
	}
	return found;
}

/* date + 1, date - date, timestamp - INTERVAL …; everything else with a sign is a number. */
static enum column_type sum_type(struct reading *r, struct range range, size_t sign,
	struct cte *ctes, const struct scope *scope) {
	enum column_type left = read_type(r, (struct range){range.start, sign}, ctes, scope);
	if (!is_temporal(left))
		return COLUMN_NUMBER;
	if (code_word(r->code, sign + 1, WORD_INTERVAL))
		return COLUMN_DATETIME;
	enum column_type right = read_type(r, (struct range){sign + 1, range.end}, ctes, scope);
	return is_temporal(right) ? COLUMN_OTHER : left;
}

/* The n-th argument (from 1) of the call whose bracket opens at `open`; false if there are fewer.
 */
static bool argument(const struct code *code, size_t open, unsigned n, struct range *range) {
	size_t close = code->match[open];
	size_t start = open + 1;
	for (size_t at = start; at <= close; at = code_skip(code, at)) {
		if (at != close && !code_mark(code, at, ","))
			continue;
		if (--n == 0) {
			*range = (struct range){start, at};
			return at > start;
		}
		start = at + 1;
		if (at == close)
			break;
	}
	return false;
}

/* CAST(x AS type [FORMAT …]), SAFE_CAST, TRY_CAST. */
static enum column_type cast_type(const struct code *code, size_t open) {
	size_t close = code->match[open];
	for (size_t at = open + 1; at + 1 < close; at = code_skip(code, at)) {
		if (code_word(code, at, WORD_AS))
			return column_type_of(str_slice(code->sql->text, code->tokens[at + 1].start,
				code->tokens[close - 1].end));
	}
	return COLUMN_UNKNOWN;
}

static enum column_type extract_type(const struct code *code, size_t open) {
	if (code_word(code, open + 1, WORD_DATE))
		return COLUMN_DATE;
	if (code_word(code, open + 1, WORD_DATETIME))
		return COLUMN_DATETIME;
	return code_word(code, open + 1, WORD_TIME) ? COLUMN_OTHER : COLUMN_NUMBER;
}

static enum column_type call_type(struct reading *r, struct str name, size_t open, struct cte *ctes,
	const struct scope *scope) {
	if (str_eq_fold(name, STR("CAST")) || str_eq_fold(name, STR("SAFE_CAST")) ||
		str_eq_fold(name, STR("TRY_CAST")))
		return cast_type(r->code, open);
	if (str_eq_fold(name, STR("EXTRACT")))
		return extract_type(r->code, open);
	const struct sql_function *function = sql_function(name);
	if (!function || function->type != COLUMN_UNKNOWN)
		return function ? function->type : COLUMN_UNKNOWN;
	struct range range;
	enum column_type type = COLUMN_UNKNOWN;
	for (unsigned n = function->like; n < MAX_BRANCHES && argument(r->code, open, n, &range);
		n++) {
		type = read_type(r, range, ctes, scope);
		if (type != COLUMN_UNKNOWN || !function->or_later)
			break;
	}
	return type;
}

/* CASE … END: the first branch whose type can be told. */
static enum column_type case_type(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *scope) {
	const struct code *code = r->code;
	size_t end = code->match[range.start];
	for (size_t at = range.start + 1; at < end;) {
		if (!code_word(code, at, WORD_THEN) && !code_word(code, at, WORD_ELSE)) {
			at = code_skip(code, at);
			continue;
		}
		size_t start = ++at;
		while (at < end && !code_word(code, at, WORD_WHEN) &&
			!code_word(code, at, WORD_ELSE))
			at = code_skip(code, at);
		enum column_type type = read_type(r, (struct range){start, at}, ctes, scope);
		if (type != COLUMN_UNKNOWN)
			return type;
	}
	return COLUMN_UNKNOWN;
}

/* Behind the name of a call (`f`, `SAFE.f`, `NET.HOST`), or `at` if there is none. */
static size_t call_name(const struct code *code, struct range range, struct str *name) {
	size_t at = range.start;
	if (at >= range.end || code->tokens[at].type != SQL_WORD)
		return range.start;
	if (code_word(code, at, WORD_SAFE) && code_mark(code, at + 1, "."))
		at += 2;
	size_t first = at++;
	while (code_mark(code, at, ".") && at + 1 < range.end &&
		code->tokens[at + 1].type == SQL_WORD)
		at += 2;
	if (!code_mark(code, at, "(") || code->match[at] == CODE_NONE ||
		code->match[at] >= range.end)
		return range.start;
	*name = str_slice(code->sql->text, code->tokens[first].start, code->tokens[at - 1].end);
	return at;
}

/* What may follow a call and leaves its type alone. */
static bool is_call_tail(const struct code *code, size_t at, size_t end) {
	static const enum sql_word words[] = {WORD_OVER, WORD_FILTER, WORD_WITHIN, WORD_IGNORE,
		WORD_RESPECT, WORD_NONE};
	return at == end || code_word_in(code, at, words);
}

static enum column_type literal_type(const struct code *code, struct range range) {
	static const enum sql_word bare[] = {WORD_CURRENT_DATE, WORD_CURRENT_TIMESTAMP,
		WORD_CURRENT_DATETIME, WORD_LOCALTIMESTAMP, WORD_NONE};
	size_t at = range.start;
	bool one = range.end - at == 1;
	if (one && code->tokens[at].type == SQL_STRING)
		return COLUMN_TEXT;
	if (one && code->tokens[at].type == SQL_NUMBER)
		return COLUMN_NUMBER;
	if (one && (code_word(code, at, WORD_TRUE) || code_word(code, at, WORD_FALSE)))
		return COLUMN_BOOLEAN;
	if (one && code_word_in(code, at, bare))
		return code_word(code, at, WORD_CURRENT_DATE) ? COLUMN_DATE : COLUMN_DATETIME;
	if (code_word(code, at, WORD_INTERVAL))
		return COLUMN_OTHER;
	if (range.end - at == 2 && code->tokens[at].type == SQL_WORD &&
		code->tokens[at + 1].type == SQL_STRING)
		return column_type_of(code_text(code, at));
	if (code_mark(code, at, "["))
		return COLUMN_OTHER;
	return COLUMN_UNKNOWN;
}

/* One operand: brackets, CASE, a call, a literal or a column. */
static enum column_type operand_type(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *scope) {
	const struct code *code = r->code;
	size_t start = range.start;
	size_t close = code->match[start];
	if (code_mark(code, start, "(") && close != CODE_NONE && close + 1 == range.end) {
		struct range inner = {start + 1, close};
		if (!code_word(code, start + 1, WORD_SELECT) &&
			!code_word(code, start + 1, WORD_WITH))
			return read_type(r, inner, ctes, scope);
		const struct columns *columns = read_query(r, inner, ctes, scope);
		return columns->count == 1 ? columns->items[0].type : COLUMN_UNKNOWN;
	}
	if (code_word(code, start, WORD_CASE) && close != CODE_NONE)
		return case_type(r, range, ctes, scope);
	if ((code_word(code, start, WORD_ARRAY) || code_word(code, start, WORD_STRUCT)) &&
		range.end - start > 1)
		return COLUMN_OTHER;
	struct str name;
	size_t open = call_name(code, range, &name);
	if (open != start)
		return is_call_tail(code, code->match[open] + 1, range.end) ?
			call_type(r, name, open, ctes, scope) : COLUMN_UNKNOWN;
	enum column_type type = literal_type(code, range);
	struct code_path path;
	if (type == COLUMN_UNKNOWN && code_path(code, start, &path) == range.end)
		return scope_column(scope, &path).type;
	return type;
}

static enum column_type typed(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *scope) {
	const struct code *code = r->code;
	if (range.start >= range.end)
		return COLUMN_UNKNOWN;
	if (code_word(code, range.start, WORD_INTERVAL))
		return COLUMN_OTHER;
	struct operators found = find_operators(code, range);
	if (found.logic)
		return COLUMN_BOOLEAN;
	if (found.joined)
		return COLUMN_TEXT;
	if (found.sign != CODE_NONE)
		return sum_type(r, range, found.sign, ctes, scope);
	if (found.product != CODE_NONE)
		return COLUMN_NUMBER;
	if (found.cast != CODE_NONE)
		return column_type_of(str_slice(code->sql->text, code->tokens[found.cast].end,
			code->tokens[range.end - 1].end));
	if (found.arrow != CODE_NONE)
		return code_mark(code, found.arrow, "->>") ? COLUMN_TEXT : COLUMN_OTHER;
	if (found.subscript != CODE_NONE)
		return COLUMN_UNKNOWN;
	if (code_mark(code, range.start, "-") || code_mark(code, range.start, "+"))
		return COLUMN_NUMBER;
	return operand_type(r, range, ctes, scope);
}

enum column_type read_type(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *scope) {
	if (r->depth >= READING_MAX_DEPTH)
		return COLUMN_UNKNOWN;
	r->depth++;
	enum column_type type = typed(r, range, ctes, scope);
	r->depth--;
	return type;
}

/* Behind a call: OVER makes a window function of it. */
static bool is_window(const struct code *code, size_t at) {
	static const enum sql_word between[] = {WORD_FILTER, WORD_WITHIN, WORD_GROUP, WORD_IGNORE, WORD_RESPECT,
		WORD_NULLS, WORD_NONE};
	while (code_word_in(code, at, between) || code_mark(code, at, "("))
		at = code_skip(code, at);
	return code_word(code, at, WORD_OVER);
}

static bool is_snippet(const struct code *code, size_t at) {
	const struct sql_token *token = &code->tokens[at];
	return token->type == SQL_TAG && token->tag < code->sql->tags.count &&
		code->sql->tags.items[token->tag].type == SQL_TAG_SNIPPET;
}

bool read_aggregate(const struct code *code, struct range range) {
	for (size_t at = range.start; at < range.end; at++) {
		bool query =
			code_word(code, at + 1, WORD_SELECT) || code_word(code, at + 1, WORD_WITH);
		if (query && code_mark(code, at, "(")) {
			at = code_skip(code, at) - 1;
			continue;
		}
		if (is_snippet(code, at))
			return true;
		if (code->tokens[at].type != SQL_WORD || !code_mark(code, at + 1, "("))
			continue;
		const struct sql_function *function = sql_function(code_text(code, at));
		if (function && function->aggregate && !is_window(code, code_skip(code, at + 1)))
			return true;
	}
	return false;
}
