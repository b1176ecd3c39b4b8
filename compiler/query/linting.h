/* A text being linted: shared by lint.c and the files lint_*.c. */
#pragma once

#include "compiler/query/catalogue.h"
#include "compiler/query/code.h"
#include "compiler/query/lint.h"
#include "runtime/map.h"

#define LINT_MAX_REPORTS 50u    /* in one text; whoever has more mends some first */
#define LINT_MAX_TAGS 1000u /* looked at in one text: each is held against every table and clause \
			     */

struct linting {
	struct compile *c;
	const struct sql *sql;
	const struct node *node;
	bool bigquery;
	struct map tags;                /* name → const struct lint_tag * */
	const struct code *code;
	uint32_t *code_at; /* of each tag of sql: index into code; CODE_NONE: not code */
	uint32_t *query_of;             /* of each token of code: index into queries */
	VEC(uint32_t) queries;          /* the query around each; the first is around itself */
	struct sql_tables tables;
	uint32_t *table_query;          /* of each table */
	size_t reports;
};

/* What is known of a tag, or NULL for snippets, cards and names that no filter has. */
const struct lint_tag *lint_tag_of(const struct linting *l, const struct sql_tag *tag);

/* Reports at bytes start to end of the text. */
struct diagnostic *lint_report(struct linting *l, enum diag_code code, size_t start, size_t end,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The change that would mend it, unless the bytes of the file are not those of the text. */
void lint_fix(struct linting *l, struct diagnostic *d, size_t start, size_t end, const char *format,
	...) __attribute__((format(printf, 5, 6)));

/* Is `query` the one of a token, or around it? */
bool lint_sees(const struct linting *l, uint32_t inner, uint32_t query);

void lint_marks(struct linting *l);     /* malformed marks; tags in quotes and comments */
void lint_clauses(struct linting *l);   /* what is left when clauses are left out */
void lint_uses(struct linting *l);      /* what stands beside a tag */
void lint_tables(struct linting *l);    /* tables that field filters mean */
