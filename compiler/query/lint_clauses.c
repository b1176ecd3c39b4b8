/* What is left of a text when its [[ ]] clauses are left out, as they are while their filters have
 * no value: a WHERE with nothing behind it, an AND with nothing before it. Works on all tokens,
 * clause marks included. */
#include "compiler/query/linting.h"

static const enum sql_word condition_words[] = {WORD_WHERE, WORD_HAVING, WORD_QUALIFY, WORD_ON,
	WORD_NONE};
static const enum sql_word joining_words[] = {WORD_AND, WORD_OR, WORD_NONE};

static struct str text_at(const struct linting *l, size_t at) {
	const struct sql_token *token = &l->sql->tokens.items[at];
	return str_slice(l->sql->text, token->start, token->end);
}

static bool is_word(const struct linting *l, size_t at, const enum sql_word *words) {
	return at < l->sql->tokens.count && sql_word_in(l->sql->tokens.items[at].word, words);
}

static bool is_type(const struct linting *l, size_t at, enum sql_token_type type) {
	return at < l->sql->tokens.count && l->sql->tokens.items[at].type == type;
}

/* The next token that is no comment. */
static size_t next_of(const struct linting *l, size_t at) {
	do
		at++;
	while (is_type(l, at, SQL_COMMENT));
	return at;
}

/* Behind the clause that opens at `at`. */
static size_t behind_clause(const struct linting *l, size_t at) {
	uint32_t end = l->sql->clauses.items[l->sql->tokens.items[at].tag].end;
	while (at < l->sql->tokens.count && l->sql->tokens.items[at].start < end)
		at++;
	return is_type(l, at, SQL_COMMENT) ? next_of(l, at) : at;
}

/* Does a condition that is nothing but clauses end at `at`? */
static bool ends_condition(const struct linting *l, size_t at) {
	static const enum sql_word ends[] = {WORD_AND, WORD_OR, WORD_GROUP, WORD_ORDER, WORD_LIMIT,
		WORD_HAVING, WORD_QUALIFY, WORD_WINDOW, WORD_UNION, WORD_INTERSECT, WORD_EXCEPT,
		WORD_JOIN, WORD_LEFT, WORD_INNER, WORD_CROSS, WORD_WHERE, WORD_OFFSET, WORD_FETCH,
		WORD_NONE};
	if (at >= l->sql->tokens.count || is_type(l, at, SQL_CLOSE) || is_word(l, at, ends))
		return true;
	struct str text = text_at(l, at);
	return str_is(text, ")") || str_is(text, ";");
}

/* Are all tags that stand directly in the clause required, so that it is never left out? */
static bool always_kept(const struct linting *l, uint32_t clause) {
	const struct sql_clause *k = &l->sql->clauses.items[clause];
	for (size_t i = 0; i < l->sql->tags.count && i < LINT_MAX_TAGS; i++) {
		const struct sql_tag *tag = &l->sql->tags.items[i];
		if (tag->start < k->start || tag->clause != clause + 1)
			continue;
		const struct lint_tag *known = lint_tag_of(l, tag);
		if (tag->type == SQL_TAG_VARIABLE && !(known && known->required))
			return false;
	}
	return true;
}

/* WHERE [[ … ]] with no fixed condition. `at` is WHERE. */
static void check_where(struct linting *l, size_t at) {
	size_t open = next_of(l, at);
	if (!is_type(l, open, SQL_OPEN))
		return;
	size_t end = open;
	while (is_type(l, end, SQL_OPEN))
		end = behind_clause(l, end);
	const struct sql_token *token = &l->sql->tokens.items[open];
	size_t first = next_of(l, open);
	bool joined = is_word(l, first, joining_words);
	if ((!ends_condition(l, end) || always_kept(l, token->tag)) && !joined)
		return;
	struct str word = text_at(l, at);
	const struct sql_token *where = &l->sql->tokens.items[at];
	struct diagnostic *d = lint_report(l, E0610, where->start, where->end,
		"nothing is left behind `%.*s` when its clauses are left out", STR_ARGS(word));
	diag_help(l->c, d, "begin with a condition that is always there: `%.*s 1 = 1 [[AND …]]`",
		STR_ARGS(word));
	if (joined)
		lint_fix(l, d, token->start, token->end, "1 = 1 [[");
	else
		lint_fix(l, d, token->start, l->sql->tokens.items[first].start, "1 = 1 [[AND ");
}

/* Where in a query we are, so far as AND may stand there. */
struct level {
	bool condition;         /* something stands before that AND can join */
	bool from;              /* in FROM: a WHERE would mend it */
	uint16_t clause;        /* in which the condition stands */
};

static bool clause_within(const struct linting *l, uint16_t clause, uint16_t outer) {
	while (clause && clause != outer)
		clause = l->sql->clauses.items[clause - 1].parent;
	return clause == outer;
}

/* [[AND … ]] where nothing stands that it could join. */
static void check_joined(struct linting *l, struct level *level, size_t open) {
	size_t first = next_of(l, open);
	const struct sql_token *token = &l->sql->tokens.items[open];
	if (!is_word(l, first, joining_words))
		return;
	if (level->condition && clause_within(l, token->clause, level->clause))
		return;
	const struct sql_token *word = &l->sql->tokens.items[first];
	struct str text = text_at(l, first);
	struct diagnostic *d = lint_report(l, E0611, word->start, word->end,
		level->condition ? "`%.*s` joins a condition that may be left out"
				 : "`%.*s` has no condition to join",
		STR_ARGS(text));
	if (level->condition) {
		diag_help(l->c, d,
			"write `WHERE 1 = 1` outside of `[[ ]]` and begin each clause with `AND`");
	} else if (level->from) {
		diag_help(l->c, d, "write `WHERE 1 = 1` before the clause");
		lint_fix(l, d, token->start, token->start, "WHERE 1 = 1 ");
	} else {
		diag_help(l->c, d, "move the clause behind a `WHERE`");
	}
	*level = (struct level){.condition = true};
}

enum effect { STARTS_CONDITION, STARTS_FROM, ENDS_CONDITION };

/* What a word does to the part of a query that it stands in. */
static const struct {
	enum sql_word word;
	enum effect effect;
} effects[] = {
	{WORD_WHERE, STARTS_CONDITION}, {WORD_HAVING, STARTS_CONDITION}, {WORD_QUALIFY, STARTS_CONDITION},
	{WORD_ON, STARTS_CONDITION}, {WORD_SELECT, STARTS_CONDITION}, {WORD_WHEN, STARTS_CONDITION},
	{WORD_THEN, STARTS_CONDITION}, {WORD_ELSE, STARTS_CONDITION},
	{WORD_FROM, STARTS_FROM}, {WORD_JOIN, STARTS_FROM},
	{WORD_GROUP, ENDS_CONDITION}, {WORD_ORDER, ENDS_CONDITION}, {WORD_LIMIT, ENDS_CONDITION},
	{WORD_WINDOW, ENDS_CONDITION}, {WORD_UNION, ENDS_CONDITION}, {WORD_INTERSECT, ENDS_CONDITION},
};

static void follow(const struct linting *l, struct level *level, size_t at) {
	const struct sql_token *token = &l->sql->tokens.items[at];
	if (token->type == SQL_PUNCTUATION && l->sql->text.ptr[token->start] == ';')
		*level = (struct level){.condition = false};
	if (token->word == WORD_NONE)
		return;
	for (size_t i = 0; i < COUNT_OF(effects); i++) {
		if (effects[i].word != token->word)
			continue;
		*level = (struct level){.condition = effects[i].effect == STARTS_CONDITION,
			.from = effects[i].effect == STARTS_FROM,
			.clause = effects[i].effect == STARTS_CONDITION ? token->clause : 0};
		return;
	}
}

static void check_pointless(struct linting *l, const struct sql_tag *tag) {
	const struct lint_tag *known = lint_tag_of(l, tag);
	if (!tag->clause || !known || !known->required || tag->in_string || tag->in_quotes ||
		tag->in_comment)
		return;
	const struct sql_clause *clause = &l->sql->clauses.items[tag->clause - 1];
	struct diagnostic *d = lint_report(l, W0618, tag->start, tag->end,
		"`{{%.*s}}` is required, so its clause is never left out", STR_ARGS(tag->name));
	diag_help(l->c, d, "take the `[[ ]]` around it away");
	struct str inside = str_slice(l->sql->text, clause->start + 2, clause->end - 2);
	bool comment = str_find(inside, "--", 0) != STR_NONE;
	if (clause->tags == 1 && str_find(inside, "[[", 0) == STR_NONE && !comment)
		lint_fix(l, d, clause->start, clause->end, "%.*s", STR_ARGS(inside));
}

void lint_clauses(struct linting *l) {
	if (l->sql->clauses.count == 0)
		return;
	VEC(struct level) levels = {0};
	struct level outside = {.condition = true};
	vec_push(l->c->arena, &levels, outside);
	for (size_t at = 0; at < l->sql->tokens.count && l->reports < LINT_MAX_REPORTS; at++) {
		const struct sql_token *token = &l->sql->tokens.items[at];
		char mark = token->type == SQL_PUNCTUATION ? l->sql->text.ptr[token->start] : 0;
		if (mark == ')' && levels.count > 1)
			levels.count--;
		struct level *level = &levels.items[levels.count - 1];
		if (token->type == SQL_OPEN)
			check_joined(l, level, at);
		follow(l, level, at);
		if (is_word(l, at, condition_words)) {
			size_t before = l->reports;
			check_where(l, at);
			level->clause = l->reports > before ? 0 : level->clause;
		}
		if (mark == '(') {
			struct level inner = {.condition = true, .clause = token->clause};
			vec_push(l->c->arena, &levels, inner);
		}
	}
	for (size_t i = 0; i < l->sql->tags.count && l->reports < LINT_MAX_REPORTS; i++)
		check_pointless(l, &l->sql->tags.items[i]);
}
