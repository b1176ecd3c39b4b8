/* SQL seen from outside: words, strings, comments, brackets, and Metabase's own marks in it
 * (`{{tag}}`, `{{snippet: x}}`, `{{#card}}`, `[[ … ]]`). Nothing here understands a statement; it
 * only keeps what is text apart from what is code, as Metabase's parser and BigQuery's lexer each
 * do. */
#pragma once

#include <stdint.h>

#include "compiler/query/words.h"
#include "runtime/arena.h"

enum sql_token_type {
	SQL_WORD,       /* a bare identifier or keyword */
	SQL_QUOTED,     /* `…` or "…" (BigQuery: "…" is a string, see struct sql_dialect) */
	SQL_STRING,     /* '…' '''…''' """…""" r'…' b'…' and "…" on BigQuery */
	SQL_NUMBER,
	SQL_PUNCTUATION,/* one operator or bracket: <> <= || :: ( ) , . ; … */
	SQL_COMMENT,    /* -- … | # … (BigQuery) | slash-star … star-slash */
	SQL_TAG,        /* {{ … }} */
	SQL_OPEN,       /* [[ */
	SQL_CLOSE,      /* ]] that closes one */
};

struct sql_token {
	enum sql_token_type type : 8;
	enum sql_word word : 8; /* SQL_WORD: which, if it is a known one */
	uint32_t start, end;    /* bytes of the text */
	uint16_t depth;         /* of ( ) around it */
	uint16_t clause;        /* 1 + index of the innermost [[ ]] around it, 0: none */
	uint32_t tag; /* SQL_TAG: index into tags, UINT32_MAX for a malformed one; SQL_OPEN,
		       * SQL_CLOSE: into clauses */
};

enum sql_tag_type { SQL_TAG_VARIABLE, SQL_TAG_SNIPPET, SQL_TAG_CARD };

struct sql_tag {
	enum sql_tag_type type;
	struct str
		name; /* trimmed; of a snippet what follows `snippet:`, of a card what follows # */
	uint32_t start, end;    /* of the whole {{ … }} */
	uint32_t name_start;
	uint32_t token;         /* index into tokens; UINT32_MAX when it stands in a string */
	uint16_t clause;        /* as in struct sql_token */
	bool in_string; /* inside a string: the server replaces it all the same, and breaks */
	bool in_quotes;         /* inside a quoted name: the same */
	bool in_comment;        /* inside a # comment, or one in [[ ]]: the same */
	bool malformed;         /* never closed, or hidden from the server: a problem says so */
};

/* A [[ … ]] clause. */
struct sql_clause {
	uint32_t start, end;
	uint16_t parent;        /* 1 + index, 0: none */
	uint32_t tags;          /* tags directly in it */
};

enum sql_problem_type {
	SQL_UNCLOSED_TAG,
	SQL_UNCLOSED_CLAUSE,
	SQL_EMPTY_TAG,
	SQL_BAD_TAG_NAME,
	SQL_CLAUSE_WITHOUT_TAG,
	SQL_UNCLOSED_STRING,
	SQL_UNCLOSED_COMMENT,
	SQL_NESTED_TAG,
	SQL_HIDDEN_TAG, /* the server takes it for a comment's, after -- or slash-star in "…" or `…`
			 */
};

struct sql_problem {
	enum sql_problem_type type;
	uint32_t start, end;
};

struct sql {
	struct str text;
	VEC(struct sql_token) tokens;
	VEC(struct sql_tag) tags; /* in order, hidden ones last; one used twice is there twice */
	VEC(struct sql_clause) clauses;
	VEC(struct sql_problem) problems;
	struct code *code; /* kept by the readers of this folder, made when first asked for */
	struct sql_tables *tables;
};

/* Tokens of `text`, which must outlive the result. With `bigquery`, # starts a comment and "…" is a
 * string; without, "…" is an identifier. Never fails: what is malformed is in .problems. */
struct sql *sql_scan(struct arena *arena, struct str text, bool bigquery);

/* The first tag of that name, or NULL. */
const struct sql_tag *sql_tag(const struct sql *sql, struct str name);

/* A table that FROM or JOIN names, at any depth. */
struct sql_table {
	struct str project, schema, name;   /* parts that were written, without quotes */
	struct str alias;                   /* or empty */
	uint32_t start, end;                /* of the path, with its quotes */
	bool one_pair;                      /* written `a.b` in one pair of backticks */
	uint16_t depth;
	bool cte;                           /* the name of a WITH of the same text */
};

struct sql_tables {
	struct sql_table *items;
	size_t count;
};

/* Every table that is read, in order. UNNEST, table functions, arrays of another table and what a
 * tag stands for are not tables. */
struct sql_tables sql_tables(struct arena *arena, const struct sql *sql);
