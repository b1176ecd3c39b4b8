/* Puts together what the rules ask about a text: which tag means what, which query a token belongs
 * to. The rules themselves are in lint_*.c. A text whose marks or quotes do not close is not looked
 * at any further: everything behind them would be misread. */
#include "compiler/query/lint.h"

#include <stdarg.h>

#include "compiler/query/linting.h"

const struct lint_tag *lint_tag_of(const struct linting *l, const struct sql_tag *tag) {
	return tag->type == SQL_TAG_VARIABLE && !tag->malformed ? map_get(&l->tags, tag->name)
								: NULL;
}

struct diagnostic *lint_report(struct linting *l, enum diag_code code, size_t start, size_t end,
	const char *format, ...) {
	va_list args;
	va_start(args, format);
	const char *text = arena_vprintf(l->c->arena, format, args);
	va_end(args);
	l->reports++;
	return diag_add(l->c, code, node_span(l->c, l->node, start, end), "%s", text);
}

void lint_fix(struct linting *l, struct diagnostic *d, size_t start, size_t end, const char *format,
	...) {
	struct span at = node_span(l->c, l->node, start, end);
	const struct source *source = source_of(l->c, at);
	if (!source || !str_eq(str_slice(source->text, at.start, at.end),
			       str_slice(l->sql->text, start, end)))
		return;
	va_list args;
	va_start(args, format);
	diag_fix(l->c, d, at, str_from(arena_vprintf(l->c->arena, format, args)));
	va_end(args);
}

bool lint_sees(const struct linting *l, uint32_t inner, uint32_t query) {
	while (inner != query && inner != 0)
		inner = l->queries.items[inner];
	return inner == query;
}

/* A bracket while queries are told apart. */
struct level {
	uint32_t around;        /* the query that the bracket stands in */
	uint32_t query;         /* the one that its tokens belong to */
};

static void find_queries(struct linting *l) {
	struct arena *arena = l->c->arena;
	const struct code *code = l->code;
	VEC(struct level) levels = {0};
	vec_push(arena, &levels, ((struct level){0, 0}));
	vec_push(arena, &l->queries, 0);
	for (size_t at = 0; at < code->count; at++) {
		if (code_mark(code, at, ")") && levels.count > 1)
			levels.count--;
		struct level *level = &levels.items[levels.count - 1];
		if (code_word(code, at, WORD_SELECT)) {
			level->query = (uint32_t)l->queries.count;
			vec_push(arena, &l->queries, level->around);
		}
		l->query_of[at] = level->query;
		if (code_mark(code, at, "(")) {
			struct level inner = {level->query, level->query};
			vec_push(arena, &levels, inner);
		}
	}
}

static void place_tags(struct linting *l) {
	for (size_t i = 0; i < l->sql->tags.count; i++)
		l->code_at[i] = CODE_NONE;
	for (size_t at = 0; at < l->code->count; at++) {
		const struct sql_token *token = &l->code->tokens[at];
		if (token->type == SQL_TAG && token->tag != UINT32_MAX)
			l->code_at[token->tag] = (uint32_t)at;
	}
}

/* Tables come in order of text, as tokens do. */
static void place_tables(struct linting *l) {
	size_t at = 0;
	for (size_t i = 0; i < l->tables.count; i++) {
		while (at < l->code->count && l->code->tokens[at].start < l->tables.items[i].start)
			at++;
		l->table_query[i] = at < l->code->count ? l->query_of[at] : 0;
	}
}

static bool closes_all(const struct sql *sql) {
	for (size_t i = 0; i < sql->problems.count; i++) {
		switch (sql->problems.items[i].type) {
		case SQL_UNCLOSED_TAG:
		case SQL_UNCLOSED_CLAUSE:
		case SQL_UNCLOSED_STRING:
		case SQL_UNCLOSED_COMMENT:
			return false;
		case SQL_EMPTY_TAG:
		case SQL_BAD_TAG_NAME:
		case SQL_CLAUSE_WITHOUT_TAG:
		case SQL_NESTED_TAG:
		case SQL_HIDDEN_TAG:
			break;
		}
	}
	return true;
}

void sql_lint(struct compile *c, const struct sql *sql, const struct node *node,
	const struct lint_tag *tags, size_t count, bool bigquery) {
	if (sql->tags.count == 0 && sql->problems.count == 0)
		return;
	struct linting l = {.c = c, .sql = sql, .node = node, .bigquery = bigquery};
	for (size_t i = 0; i < count; i++)
		*map_slot(c->arena, &l.tags, tags[i].tag->name) = (void *)&tags[i];
	lint_marks(&l);
	if (!closes_all(sql))
		return;
	l.code = code_of(c->arena, sql);
	l.tables = sql_tables(c->arena, sql);
	l.code_at = arena_array(c->arena, uint32_t, sql->tags.count + 1);
	l.query_of = arena_array(c->arena, uint32_t, l.code->count + 1);
	l.table_query = arena_array(c->arena, uint32_t, l.tables.count + 1);
	find_queries(&l);
	place_tags(&l);
	place_tables(&l);
	lint_clauses(&l);
	lint_uses(&l);
	lint_tables(&l);
}
