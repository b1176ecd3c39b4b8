/* Tokens in, the tables that FROM and JOIN name out, at any depth. One walk with a stack of
 * brackets: a bracket that holds no SELECT has no FROM of its own (EXTRACT(day FROM x), TRIM(' '
 * FROM x)). */
#include "compiler/query/code.h"
#include "runtime/map.h"

#define MAX_NEIGHBOURS 500      /* tables of one FROM that an array may belong to */

static const enum sql_word from_ends[] = {WORD_WHERE, WORD_GROUP, WORD_HAVING, WORD_ORDER,
	WORD_LIMIT, WORD_QUALIFY, WORD_WINDOW, WORD_UNION, WORD_INTERSECT, WORD_EXCEPT, WORD_SELECT,
	WORD_NONE};

struct level {
	bool select;            /* a query stands here */
	bool from;              /* within its FROM */
	bool expect;            /* a table comes next */
	size_t first;           /* of the tables of this FROM */
};

struct walk {
	struct arena *arena;
	const struct code *code;
	struct map ctes;        /* folded */
	VEC(struct level) levels;
	VEC(struct sql_table) tables;
};

static struct str fold(struct arena *arena, struct str name) {
	char *copy = arena_cstr(arena, name);
	for (size_t i = 0; i < name.len; i++) {
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] | 32);
	}
	return (struct str){copy, name.len};
}

/* `name [(columns)] AS (` after WITH [RECURSIVE] or a comma: behind the bracket that opens, else
 * `at`. */
static size_t cte_head(const struct code *code, size_t at, struct str *name) {
	if (!code_name(code, at, name))
		return at;
	size_t next = at + 1;
	if (code_mark(code, next, "("))
		next = code_skip(code, next);
	if (!code_word(code, next, WORD_AS))
		return at;
	next++;
	while (code_word(code, next, WORD_NOT) || code_word(code, next, WORD_MATERIALIZED))
		next++;
	return code_mark(code, next, "(") ? next : at;
}

/* Names of every WITH, at any depth. */
static void find_ctes(struct walk *w) {
	static char yes;
	for (size_t at = 0; at < w->code->count; at++) {
		if (!code_word(w->code, at, WORD_WITH))
			continue;
		size_t next = at + 1 + code_word(w->code, at + 1, WORD_RECURSIVE);
		struct str name;
		for (size_t open = 0; (open = cte_head(w->code, next, &name)) != next;) {
			*map_slot(w->arena, &w->ctes, fold(w->arena, name)) = &yes;
			next = code_skip(w->code, open);
			if (!code_mark(w->code, next, ","))
				break;
			next++;
		}
	}
}

/* `t.items` behind `t` in the same FROM is an array of t's row. */
static bool is_array_of(
	const struct walk *w, const struct level *level, const struct code_path *path) {
	size_t end = w->tables.count - level->first > MAX_NEIGHBOURS ? level->first + MAX_NEIGHBOURS
								     : w->tables.count;
	for (size_t i = level->first; path->count > 1 && i < end; i++) {
		const struct sql_table *t = &w->tables.items[i];
		if (str_eq_fold(path->parts[0], t->alias.len ? t->alias : t->name))
			return true;
	}
	return false;
}

/* Where a table may stand. Gives the index to go on at. */
static size_t read_table(struct walk *w, struct level *level, size_t at) {
	const struct code *code = w->code;
	if (code_word(code, at, WORD_LATERAL) || code_word(code, at, WORD_ONLY))
		return at + 1;
	if (code_mark(code, at, "("))
		return at;
	level->expect = false;
	struct code_path path;
	size_t next = code_path(code, at, &path);
	if (next == at || code_mark(code, next, "("))
		return next == at ? at : next;
	if (is_array_of(w, level, &path))
		return next;
	struct sql_table table = code_table(&path);
	table.depth = code->tokens[at].depth;
	table.cte = path.count == 1 && map_get(&w->ctes, fold(w->arena, table.name)) != NULL;
	next = code_alias(code, next, &table.alias);
	vec_push(w->arena, &w->tables, table);
	return next;
}

static void push_level(struct walk *w, bool expect) {
	struct level level = {.expect = expect, .from = expect, .first = w->tables.count};
	vec_push(w->arena, &w->levels, level);
}

static bool starts_from(const struct walk *w, const struct level *level, size_t at) {
	if (!code_word(w->code, at, WORD_FROM) || code_word(w->code, at - 1, WORD_DISTINCT))
		return false;
	return level->select || w->levels.count == 1 || code_mark(w->code, at - 1, "(");
}

static size_t step(struct walk *w, size_t at) {
	const struct code *code = w->code;
	struct level *level = &w->levels.items[w->levels.count - 1];
	if (code_word(code, at, WORD_SELECT) || code_word(code, at, WORD_WITH)) {
		level->select = level->select || code_word(code, at, WORD_SELECT);
		level->from = level->expect = false;
		return at + 1;
	}
	if (level->expect) {
		size_t next = read_table(w, level, at);
		if (next != at)
			return next;
	}
	if (code_mark(code, at, "(")) {
		bool expect = level->expect;
		level->expect = false;
		push_level(w, expect);
	} else if (code_mark(code, at, ")") && w->levels.count > 1) {
		w->levels.count--;
	} else if (starts_from(w, level, at)) {
		*level = (struct level){level->select, true, true, w->tables.count};
	} else if (code_word(code, at, WORD_JOIN)) {
		level->from = level->expect = true;
	} else if (code_mark(code, at, ",") && level->from) {
		level->expect = true;
	} else if (level->from && (code_word_in(code, at, from_ends) || code_mark(code, at, ";"))) {
		level->from = level->expect = false;
	}
	return at + 1;
}

struct sql_tables sql_tables(struct arena *arena, const struct sql *sql) {
	if (sql->tables)
		return *sql->tables;
	struct walk w = {.arena = arena, .code = code_of(arena, sql)};
	find_ctes(&w);
	push_level(&w, false);
	for (size_t at = 0; at < w.code->count;)
		at = step(&w, at);
	struct sql_tables *tables = arena_new(arena, struct sql_tables);
	*tables = (struct sql_tables){w.tables.items, w.tables.count};
	((struct sql *)sql)->tables = tables;
	return *tables;
}
