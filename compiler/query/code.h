/* The tokens that a statement is made of: comments and template marks left out, brackets paired.
 * For the readers of this folder. */
#pragma once

#include "compiler/query/sql.h"

#define CODE_NONE UINT32_MAX

struct code {
	const struct sql *sql;
	struct sql_token *tokens;       /* the tags among them, each one token */
	uint32_t *match; /* of ( [ CASE and their ends: the other one; else CODE_NONE */
	size_t count;
	struct outermost *outermost; /* kept by the readers, see reading.h */
	bool quotes_are_names; /* "…" is a name although the text was scanned for BigQuery: in DDL
				*/
};

/* A clause [[ ]] counts as kept, but for `[[ … --]] default`, where the default does. Made once a
 * text: everybody who asks gets the same one. */
struct code *code_of(struct arena *arena, const struct sql *sql);

struct str code_text(const struct code *code, size_t at);

bool code_is_mark(const struct code *code, size_t at, const char *punctuation);

/* Is the token at `at` (which may be behind the end) this word, one of these words, this
 * punctuation? */
static inline bool code_word(const struct code *code, size_t at, enum sql_word word) {
	return at < code->count && code->tokens[at].word == word;
}

static inline bool code_word_in(const struct code *code, size_t at, const enum sql_word *list) {
	return at < code->count && sql_word_in(code->tokens[at].word, list);
}

static inline bool code_mark(const struct code *code, size_t at, const char *punctuation) {
	return at < code->count && code->tokens[at].type == SQL_PUNCTUATION &&
	       code->sql->text.ptr[code->tokens[at].start] == *punctuation &&
	       code_is_mark(code, at, punctuation);
}

/* A name: a word that is not reserved, or anything in quotes, which are taken off. */
bool code_name(const struct code *code, size_t at, struct str *name);

/* Behind the token or, if it opens a bracket, behind its partner. */
size_t code_skip(const struct code *code, size_t at);

/* Text without the quotes around a name or string. */
struct str code_unquote(struct str text);

/* A word that no query can use as a name or alias without quotes. */
static inline bool code_reserved(const struct code *code, size_t at) {
	return sql_word_reserved(code->tokens[at].word);
}

/* `a.b.c`, `` `a.b.c` `` and `` `a`.`b` `` as parts; dashes as in my-project.a.b. At most four
 * parts are kept. Gives the index behind it, or `at` if there is no name. */
struct code_path {
	struct str parts[4];
	size_t count;
	uint32_t start, end;            /* bytes */
	bool one_pair;
};
size_t code_path(const struct code *code, size_t at, struct code_path *path);

/* A path that names a table. */
struct sql_table code_table(const struct code_path *path);

/* `AS name` or `name` behind a table: gives the index behind it. */
size_t code_alias(const struct code *code, size_t at, struct str *alias);
