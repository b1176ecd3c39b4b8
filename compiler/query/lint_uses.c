/* What stands right beside a tag. A field filter is a whole condition, a variable is one value, and
 * each is wrong in the other's place. */
#include "compiler/query/functions.h"
#include "compiler/query/linting.h"

#define MAX_LOOK_BACK  200u     /* tokens of one condition */
#define MAX_LOOK_AHEAD 5000u    /* tokens from a select list to its GROUP BY */

static const enum sql_word starts_condition[] = {WORD_WHERE, WORD_HAVING, WORD_QUALIFY, WORD_ON,
	WORD_AND, WORD_OR, WORD_NOT, WORD_NONE};

/* One use of a tag in code. */
struct use {
	const struct sql_tag *tag;
	const struct lint_tag *known;
	size_t at;              /* of its token in code */
};

/* {{name}}, for a message. */
static const char *text_of(const struct linting *l, const struct use *u) {
	return arena_printf(l->c->arena, "{{%.*s}}", STR_ARGS(u->tag->name));
}

static bool is_sign(const struct code *code, size_t at) {
	static const char *const signs[] = {"=", "==", "<>", "!=", "<", ">", "<=", ">=", "<=>"};
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		if (code_mark(code, at, signs[i]))
			return true;
	}
	return false;
}

static bool is_operator(const struct code *code, size_t at) {
	static const enum sql_word words[] = {WORD_LIKE, WORD_ILIKE, WORD_IN, WORD_BETWEEN,
		WORD_RLIKE, WORD_NONE};
	return is_sign(code, at) || code_word_in(code, at, words);
}

/* Does the AND at `at` belong to a BETWEEN? */
static bool is_between_and(const struct code *code, size_t at) {
	if (!code_word(code, at, WORD_AND))
		return false;
	for (size_t i = 0; i < MAX_LOOK_BACK && at-- > 0; i++) {
		if (code_word(code, at, WORD_BETWEEN))
			return true;
		if (code->match[at] != CODE_NONE && code->match[at] < at)
			at = code->match[at];
		else if (code_word_in(code, at, starts_condition) || code_mark(code, at, "(") ||
			 code_mark(code, at, ","))
			return false;
	}
	return false;
}

/* First token of the column that ends before `end`, or CODE_NONE if what stands there is more. */
static size_t column_before(const struct code *code, size_t end) {
	size_t at = end;
	for (;;) {
		if (at == 0 || (code->tokens[at - 1].type != SQL_WORD &&
				       code->tokens[at - 1].type != SQL_QUOTED))
			return CODE_NONE;
		at--;
		if (at == 0 || !code_mark(code, at - 1, "."))
			break;
		at--;
	}
	bool first = at > 0 &&
		     (code_word_in(code, at - 1, starts_condition) || code_mark(code, at - 1, "("));
	return first && !code_reserved(code, at) ? at : CODE_NONE;
}

/* `column = {{filter}}`, `column IN ({{filter}})`, `{{filter}} = 1`. */
static bool check_compared(struct linting *l, const struct use *u) {
	const struct code *code = l->code;
	size_t sign = u->at - 1, end = u->at + 1;
	if (code_mark(code, sign, "(") && code_word(code, sign - 1, WORD_IN) &&
		code_mark(code, end, ")")) {
		sign--;
		end++;
	}
	bool before = is_operator(code, sign);
	if (!before && !is_operator(code, end) && !code_word(code, end, WORD_IS))
		return false;
	struct str sign_text = code_text(code, before ? sign : end);
	struct diagnostic *d = lint_report(l, E0608, u->tag->start, u->tag->end,
		"`%s` is a whole condition and cannot be compared by `%.*s`", text_of(l, u), STR_ARGS(sign_text));
	diag_help(l->c, d, "write `%s` alone: the server puts the column and the operator in",
		text_of(l, u));
	if (!before)
		return true;
	size_t operand = sign;
	if (operand > 0 && code_word(code, operand - 1, WORD_NOT))
		return true;
	operand = column_before(code, operand);
	if (operand != CODE_NONE && code->tokens[operand].clause == u->tag->clause)
		lint_fix(l, d, code->tokens[operand].start, code->tokens[end - 1].end, "%s",
			text_of(l, u));
	return true;
}

static void check_beside_or(struct linting *l, const struct use *u) {
	const struct code *code = l->code;
	size_t beside = u->at;
	if (code_word(code, u->at - 1, WORD_OR) || code_word(code, u->at - 1, WORD_NOT))
		beside = u->at - 1;
	else if (code_word(code, u->at + 1, WORD_OR))
		beside = u->at + 1;
	if (beside == u->at || u->tag->clause)
		return;
	bool not = code_word(code, beside, WORD_NOT);
	struct diagnostic *d = lint_report(l, W0616, u->tag->start, u->tag->end,
		"`%s` stands beside `%.*s`", text_of(l, u), STR_ARGS(code_text(code, beside)));
	diag_note(l->c, d, SPAN_NONE, "without a value it is `1 = 1`, so %s",
		not ? "nothing is left" : "everything matches");
	diag_help(l->c, d, "put both in a clause of their own: `%s`",
		not ? "[[AND NOT ({{…}})]]" : "[[OR ({{…}})]]");
}

/* WHERE {{variable}} */
static void check_condition(struct linting *l, const struct use *u) {
	static const enum sql_word ends[] = {WORD_AND, WORD_OR, WORD_GROUP, WORD_ORDER, WORD_LIMIT,
		WORD_HAVING, WORD_QUALIFY, WORD_WINDOW, WORD_UNION, WORD_INTERSECT, WORD_EXCEPT,
		WORD_JOIN, WORD_LEFT, WORD_WHERE, WORD_NONE};
	const struct code *code = l->code;
	size_t before = u->at - 1, after = u->at + 1;
	while (code_mark(code, before, "(") && code_mark(code, after, ")")) {
		before--;
		after++;
	}
	bool starts = code_word_in(code, before, starts_condition) && !is_between_and(code, before);
	bool end = after >= code->count || code_word_in(code, after, ends) ||
		   code_mark(code, after, ")") || code_mark(code, after, ";");
	if (!starts || !end || u->known->boolean)
		return;
	struct diagnostic *d = lint_report(l, E0609, u->tag->start, u->tag->end,
		"`%s` is only a value, and a condition is needed here", text_of(l, u));
	diag_help(l->c, d,
		"compare it with something: `column = %s`; or make it a filter on a column",
		text_of(l, u));
}

static void check_value(struct linting *l, const struct use *u) {
	bool given = u->known->has_default || u->known->required;
	if (given || u->tag->clause || sql_tag(l->sql, u->tag->name) != u->tag)
		return;
	struct diagnostic *d = lint_report(l, E0612, u->tag->start, u->tag->end,
		"`%s` may have no value, and the query needs one", text_of(l, u));
	diag_help(l->c, d, "give the filter a `default:`, or put the condition in `[[ ]]`");
}

/* The column that a path means where the tag stands, as the catalogue has it. */
static struct str column_type(const struct linting *l, size_t at, uint32_t query) {
	struct code_path path;
	code_path(l->code, at, &path);
	for (size_t i = 0; path.count && path.count < 3 && i < l->tables.count; i++) {
		const struct sql_table *read = &l->tables.items[i];
		struct str called = read->alias.len ? read->alias : read->name;
		if (l->table_query[i] != query ||
			(path.count == 2 && !str_eq_fold(called, path.parts[0])))
			continue;
		const struct catalogue_table *table =
			catalogue_table(l->c->catalogue, read->schema, read->name);
		const struct catalogue_column *column = table ?
			catalogue_column(table, path.parts[path.count - 1]) : NULL;
		if (column)
			return column->database_type;
	}
	return (struct str){0};
}

/* DATE, DATETIME or TIMESTAMP: what the other side of the comparison is; empty if it cannot be
 * told. */
static struct str other_side(const struct linting *l, const struct use *u) {
	static const char *const types[] = {"TIMESTAMP", "DATETIME", "DATE"};
	const struct code *code = l->code;
	size_t end = u->at;
	while (end > 0 && !is_operator(code, end - 1) && u->at - end < MAX_LOOK_BACK)
		end--;
	size_t last = end - 2;
	if (end < 2 || last >= code->count)
		return (struct str){0};
	bool bracket =
		code->match[last] != CODE_NONE && code->match[last] < last && code->match[last] > 0;
	size_t at = bracket ? code->match[last] - 1 : last;
	struct str name = code_text(code, at);
	for (size_t i = 0; at != last && i < COUNT_OF(types); i++) {
		if (str_eq_fold(str_slice(name, 0, strlen(types[i])), str_from(types[i])))
			return str_from(types[i]);
	}
	while (at > 1 && code_mark(code, at - 1, "."))
		at -= 2;
	return at == last || code_mark(code, at + 1, ".") ? column_type(l, at, l->query_of[u->at])
							  : (struct str){0};
}

/* BigQuery: a date variable is bound as a TIMESTAMP, which cannot be compared with a DATE. */
static void check_date(struct linting *l, const struct use *u) {
	const struct code *code = l->code;
	bool compared = is_sign(code, u->at - 1) || code_word(code, u->at - 1, WORD_BETWEEN) ||
		is_between_and(code, u->at - 1);
	if (!u->known->date || !l->bigquery || !compared)
		return;
	struct str type = other_side(l, u);
	if (str_is(type, "TIMESTAMP"))
		return;
	struct diagnostic *d = lint_report(l, W0615, u->tag->start, u->tag->end,
		"BigQuery gets `%s` as a TIMESTAMP%s%.*s", text_of(l, u), type.len ? ", and compares it with a " : "",
		STR_ARGS(type));
	const char *function = str_is(type, "DATETIME") ? "DATETIME" : "DATE";
	if (type.len) {
		diag_help(l->c, d, "write `%s(%s)`", function, text_of(l, u));
		lint_fix(l, d, u->tag->start, u->tag->end, "%s(%s)", function, text_of(l, u));
	} else {
		const char *text = text_of(l, u);
		diag_help(l->c, d, "say which it is: `DATE(%s)`, `DATETIME(%s)` or `TIMESTAMP(%s)`",
			text, text, text);
	}
}

/* `{{grain}} AS period` in SELECT is grouped by the tag, by its place, by `period` or by ALL. */
static bool is_grouped(const struct linting *l, const struct use *u, size_t group) {
	static const enum sql_word ends[] = {WORD_HAVING, WORD_QUALIFY, WORD_ORDER, WORD_LIMIT,
		WORD_WINDOW, WORD_UNION, WORD_NONE};
	const struct code *code = l->code;
	struct str alias;
	code_alias(code, u->at + 1, &alias);
	for (size_t at = group + 1; at < code->count; at = code_skip(code, at)) {
		if (code_word_in(code, at, ends) || code_mark(code, at, ")"))
			return false;
		const struct sql_token *token = &code->tokens[at];
		bool same_tag = token->type == SQL_TAG && token->tag != UINT32_MAX &&
			str_eq(l->sql->tags.items[token->tag].name, u->tag->name);
		bool named = alias.len && str_eq_fold(code_unquote(code_text(code, at)), alias);
		if (same_tag || named || token->type == SQL_NUMBER ||
			code_word(code, at, WORD_ALL) || code_mark(code, at, "("))
			return true;
	}
	return false;
}

static void check_grouping(struct linting *l, const struct use *u) {
	static const enum sql_word ends[] = {WORD_WHERE, WORD_ORDER, WORD_HAVING, WORD_UNION,
		WORD_SELECT, WORD_LIMIT, WORD_NONE};
	const struct code *code = l->code;
	bool in_list = true;
	for (size_t at = u->at; at < code->count && at - u->at < MAX_LOOK_AHEAD;
		at = code_skip(code, at)) {
		if (code_mark(code, at, ")") || code_mark(code, at, ";") ||
			(in_list && code_word_in(code, at, ends)))
			return;
		in_list &= !code_word(code, at, WORD_FROM);
		if (!code_word(code, at, WORD_GROUP))
			continue;
		if (in_list || is_grouped(l, u, at))
			return;
		struct diagnostic *d = lint_report(l, W0621, u->tag->start, u->tag->end,
			"`%s` is selected, and the query groups by something else", text_of(l, u));
		diag_help(l->c, d, "write `%s` in `GROUP BY` too", text_of(l, u));
		return;
	}
}

static void check_use(struct linting *l, const struct use *u) {
	switch (u->known->use) {
	case LINT_RAW:
		check_condition(l, u);
		check_value(l, u);
		check_date(l, u);
		return;
	case LINT_FIELD:
		if (!check_compared(l, u))
			check_beside_or(l, u);
		return;
	case LINT_GROUPING:
		check_grouping(l, u);
		return;
	}
}

void lint_uses(struct linting *l) {
	for (size_t i = 0;
		i < l->sql->tags.count && i < LINT_MAX_TAGS && l->reports < LINT_MAX_REPORTS; i++) {
		const struct sql_tag *tag = &l->sql->tags.items[i];
		const struct lint_tag *known = lint_tag_of(l, tag);
		if (!known || l->code_at[i] == CODE_NONE)
			continue;
		struct use use = {tag, known, l->code_at[i]};
		check_use(l, &use);
	}
}
