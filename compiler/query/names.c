/* A query in, reports of names that mean nothing out. Every SELECT of the text is visited with the
 * scope that its FROM makes, inside those of the queries around it; a name is looked up from the
 * inside out. The reader knows no grammar of expressions: a word that some dialect gives a meaning
 * (DAY, ROWS, INT64) is never held against its author, and one unknown thing in sight keeps the
 * whole scope quiet. */
#include "compiler/query/names.h"

#include <stdarg.h>

#include "compiler/query/reading.h"
#include "runtime/suggest.h"

#define MAX_REPORTS 20u         /* in one text; whoever has more mends some first */

/* What is wrong with a view: the first thing, which is enough to break it. */
struct view_problem {
	struct span at;
	const char *message;
};

struct names {
	struct reading reading;
	bool open; /* snippets, cards, scripts: names may come from what cannot be seen */
	struct map reported;    /* a name is reported once a text */
	unsigned reports;
	struct view_problem *problem;   /* of a view: noted here, not reported */
};

/* A SELECT being checked: what its names may mean besides columns. */
struct block {
	struct cte *ctes;
	const struct scope *scope;
	VEC(struct str) items;  /* names that the select list gives */
};

static void check_query(
	struct names *n, struct range range, struct cte *ctes, const struct scope *outer);

/* --- reports
 * -------------------------------------------------------------------------------------- */

/* NULL when it was noted or there are enough. */
static struct diagnostic *report(struct names *n, enum diag_code code, size_t start, size_t end,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

static struct diagnostic *report(struct names *n, enum diag_code code, size_t start, size_t end,
	const char *format, ...) {
	struct compile *c = n->reading.c;
	struct span at = node_span(c, n->reading.node, start, end);
	va_list args;
	va_start(args, format);
	const char *message = arena_vprintf(c->arena, format, args);
	va_end(args);
	if (!n->problem)
		return n->reports++ < MAX_REPORTS ? diag_add(c, code, at, "%s", message) : NULL;
	if (!n->problem->message)
		*n->problem = (struct view_problem){at, message};
	return NULL;
}

static bool is_new(struct names *n, struct str name) {
	void **slot = map_slot(n->reading.c->arena, &n->reported, name);
	bool is = !*slot;
	*slot = n;
	return is;
}

static void help_near(struct names *n, struct diagnostic *d, const struct suggest *near) {
	if (suggest_best(near).len)
		diag_help(n->reading.c, d, "did you mean `%.*s`?", STR_ARGS(suggest_best(near)));
}

static void offer_columns(struct suggest *near, const struct from *from) {
	for (size_t i = 0; i < from->columns->count; i++)
		suggest_offer(near, from->columns->items[i].name);
}

static void no_column_of(
	struct names *n, const struct from *from, struct str column, const struct code_path *path) {
	struct suggest near = suggest_start(column);
	struct diagnostic *d;
	offer_columns(&near, from);
	if (from->table)
		d = report(n, E0622, path->start, path->end, "%s `%.*s` has no column `%.*s`",
			from->table->view ? "view" : "table", STR_ARGS(from->table->name),
			STR_ARGS(column));
	else
		d = report(n, E0622, path->start, path->end, "`%.*s` has no column `%.*s`",
			STR_ARGS(from->alias), STR_ARGS(column));
	if (!d)
		return;
	help_near(n, d, &near);
	if (from->table)
		diag_note(n->reading.c, d, from->table->at, "it is defined here");
}

static void no_column(struct names *n, const struct scope *scope, const struct code_path *path) {
	struct suggest near = suggest_start(path->parts[0]);
	if (scope->from.count == 1 && !scope->outer) {
		no_column_of(n, &scope->from.items[0], path->parts[0], path);
		return;
	}
	for (const struct scope *around = scope; around; around = around->outer)
		for (size_t i = 0; i < around->from.count; i++)
			offer_columns(&near, &around->from.items[i]);
	struct diagnostic *d = report(n, E0622, path->start, path->end,
		"nothing that is read here has a column `%.*s`", STR_ARGS(path->parts[0]));
	if (d)
		help_near(n, d, &near);
}

/* --- names
 * ---------------------------------------------------------------------------------------- */

static bool is_in_sight(const struct from *from) {
	return from->scalar ? from->type != COLUMN_UNKNOWN : from->columns->known;
}

static bool all_in_sight(const struct scope *scope) {
	for (; scope; scope = scope->outer) {
		if (scope->pivoted)
			return false;
		for (size_t i = 0; i < scope->from.count; i++)
			if (!is_in_sight(&scope->from.items[i]))
				return false;
	}
	return true;
}

static const struct from *find_alias(const struct scope *scope, struct str name) {
	for (; scope; scope = scope->outer)
		for (size_t i = 0; i < scope->from.count; i++)
			if (str_eq_fold(scope->from.items[i].alias, name))
				return &scope->from.items[i];
	return NULL;
}

static bool is_column(const struct scope *scope, struct str name) {
	for (; scope; scope = scope->outer)
		for (size_t i = 0; i < scope->from.count; i++)
			if (columns_find(scope->from.items[i].columns, name))
				return true;
	return false;
}

static bool is_item(const struct block *block, struct str name) {
	for (size_t i = 0; i < block->items.count; i++)
		if (str_eq_fold(block->items.items[i], name))
			return true;
	return false;
}

/* BigQuery's pseudo-columns begin with `_`, Postgres's have names of their own. */
static bool is_pseudo(struct str name) {
	static const char *const names[] = {"ctid", "oid", "rowid", "tableoid", "xmax", "xmin"};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq_fold(name, str_from(names[i])))
			return true;
	return name.len == 0 || name.ptr[0] == '_';
}

static void check_name(struct names *n, const struct block *block, const struct code_path *path) {
	const struct scope *scope = block->scope;
	struct str name = path->parts[0];
	const struct from *from = find_alias(scope, name);
	if (from && path->count > 1) {
		struct str column = path->parts[1];
		if (!from->scalar && from->columns->known && !scope->pivoted &&
			!is_pseudo(column) && !columns_find(from->columns, column) &&
			is_new(n, str_slice(n->reading.code->sql->text, path->start, path->end)))
			no_column_of(n, from, column, path);
		return;
	}
	if (from || n->open || is_pseudo(name) || scope->from.count == 0 ||
		is_column(scope, name) || is_item(block, name) || !all_in_sight(scope) ||
		!is_new(n, name))
		return;
	if (path->count == 1)
		no_column(n, scope, path);
	else if (path->count == 2)
		report(n, E0622, path->start, path->end, "nothing is called `%.*s` here",
			STR_ARGS(name));
}

/* --- expressions
 * ---------------------------------------------------------------------------------- */

static bool is_name(const struct code *code, size_t at) {
	struct str name;
	return code_name(code, at, &name);
}

/* `a.b.c` from at: gives the index behind it. */
static size_t read_name(const struct code *code, size_t at, struct code_path *path) {
	*path = (struct code_path){.start = code->tokens[at].start};
	for (;; at += 2) {
		if (path->count < COUNT_OF(path->parts))
			path->parts[path->count++] = code_unquote(code_text(code, at));
		path->end = code->tokens[at].end;
		bool more = code_mark(code, at + 1, ".") && at + 2 < code->count &&
			    (code->tokens[at + 2].type == SQL_WORD ||
				    code->tokens[at + 2].type == SQL_QUOTED);
		if (!more)
			return at + 1;
	}
}

/* Words that stand for a column only if there is one of that name; and what is called, not read. */
static bool is_other(const struct code *code, size_t at, size_t next) {
	bool known = code->tokens[at].type == SQL_WORD && code->tokens[at].word != WORD_NONE;
	bool literal = next < code->count && code->tokens[next].type == SQL_STRING;
	return known || literal || code_mark(code, next, "(") || code_mark(code, next, "=>") ||
	       code_mark(code, next, "->") ||
	       (code_word(code, next, WORD_AS) && code_mark(code, next + 1, "("));
}

/* Behind AS: a type or a name. */
static size_t skip_type(const struct code *code, size_t at, size_t end) {
	at++;
	while (code_mark(code, at, "<") || code_mark(code, at, "(") || code_mark(code, at, "["))
		at = code_skip(code, at);
	return at < end ? at : end;
}

static bool is_query(const struct code *code, size_t open) {
	return code_mark(code, open, "(") && code->match[open] != CODE_NONE &&
	       (code_word(code, open + 1, WORD_SELECT) || code_word(code, open + 1, WORD_WITH));
}

/* What stands behind these is the name of a type, a window or a character set. */
static bool precedes_name(const struct code *code, size_t at) {
	static const enum sql_word words[] = {WORD_AS, WORD_OVER, WORD_COLLATE, WORD_USING, WORD_NONE};
	return code_word_in(code, at, words) || code_mark(code, at, "::");
}

static void check_values(struct names *n, struct range range, const struct block *block) {
	const struct code *code = n->reading.code;
	for (size_t at = range.start; at < range.end;) {
		static const enum sql_word lists[] = {WORD_EXCEPT, WORD_EXCLUDE, WORD_NONE};
		struct code_path path;
		if (is_query(code, at)) {
			check_query(n, (struct range){at + 1, code->match[at]}, block->ctes,
				block->scope);
			at = code_skip(code, at);
		} else if (code_mark(code, at, "*") && code_word_in(code, at + 1, lists)) {
			at = code_skip(code, at + 2);
		} else if (precedes_name(code, at)) {
			at = code_mark(code, at + 1, "(") ? at + 1
							  : skip_type(code, at + 1, range.end);
		} else if (is_name(code, at)) {
			size_t next = read_name(code, at, &path);
			if (path.count > 1 ? !code_mark(code, next, "(")
					   : !is_other(code, at, next))
				check_name(n, block, &path);
			at = next;
		} else {
			at++;
		}
	}
}

/* --- queries
 * -------------------------------------------------------------------------------------- */

/* The conditions behind ON and the queries in brackets; the tables themselves are looked at
 * elsewhere. */
static void check_from(struct names *n, struct range range, const struct block *block) {
	static const enum sql_word ends[] = {WORD_JOIN, WORD_LEFT, WORD_RIGHT, WORD_FULL, WORD_INNER,
		WORD_CROSS, WORD_NATURAL, WORD_NONE};
	const struct code *code = n->reading.code;
	for (size_t at = range.start; at < range.end;) {
		if (is_query(code, at)) {
			check_query(n, (struct range){at + 1, code->match[at]}, block->ctes,
				block->scope);
			at = code_skip(code, at);
		} else if (code_word(code, at, WORD_ON)) {
			size_t end = at + 1;
			while (end < range.end && !code_mark(code, end, ",") &&
				(!code_word_in(code, end, ends) || code_mark(code, end + 1, "(")))
				end = code_skip(code, end);
			end = end < range.end ? end : range.end;
			check_values(n, (struct range){at + 1, end}, block);
			at = end;
		} else {
			at++;
		}
	}
}

static void list_items(struct names *n, struct range items, struct block *block) {
	const struct code *code = n->reading.code;
	for (size_t start = items.start, end; start < items.end; start = end + 1) {
		struct str name;
		size_t value_end;
		for (end = start; end < items.end && !code_mark(code, end, ",");)
			end = code_skip(code, end);
		end = end < items.end ? end : items.end;
		if (end > start &&
			select_item_name(code, (struct range){start, end}, &name, &value_end) &&
			value_end < end)
			vec_push(n->reading.c->arena, &block->items, name);
	}
}

static void check_select(
	struct names *n, struct range range, struct cte *ctes, const struct scope *outer) {
	const struct code *code = n->reading.code;
	size_t start = select_list(code, range.start + 1);
	if (start == CODE_NONE)
		start = range.start + 3; /* AS STRUCT, AS VALUE */
	struct scope scope;
	struct select select = read_scope(&n->reading, start, range.end, ctes, outer, &scope);
	struct block block = {.ctes = ctes, .scope = &scope};
	list_items(n, select.items, &block);
	check_values(n, select.items, &block);
	if (select.from.end)
		check_from(n, select.from, &block);
	check_values(n,
		(struct range){select.from.end ? select.from.end : select.items.end, range.end},
		&block);
}

/* One branch of UNION and the like. */
static void check_branch(
	struct names *n, struct range range, struct cte *ctes, const struct scope *outer) {
	const struct code *code = n->reading.code;
	static const enum sql_word quantifiers[] = {WORD_ALL, WORD_DISTINCT, WORD_NONE};
	while (code_word_in(code, range.start, quantifiers))
		range.start++;
	if (range.start >= range.end)
		return;
	if (code_mark(code, range.start, "(") && code->match[range.start] != CODE_NONE)
		check_query(
			n, (struct range){range.start + 1, code->match[range.start]}, ctes, outer);
	else if (code_word(code, range.start, WORD_SELECT))
		check_select(n, range, ctes, outer);
}

/* ORDER BY behind several branches means their common columns. */
static void check_branches(
	struct names *n, struct range range, struct cte *ctes, const struct scope *outer) {
	const struct code *code = n->reading.code;
	size_t start = range.start;
	for (size_t at = range.start; at < range.end; at = code_skip(code, at)) {
		if (code->tokens[at].word == WORD_NONE || !code_set_operator(code, at))
			continue;
		check_branch(n, (struct range){start, at}, ctes, outer);
		start = at + 1;
	}
	size_t end = start > range.start ? start : range.end;
	while (end < range.end && !code_word(code, end, WORD_ORDER))
		end = code_skip(code, end);
	check_branch(n, (struct range){start, end < range.end ? end : range.end}, ctes, outer);
}

static void check_query(
	struct names *n, struct range range, struct cte *ctes, const struct scope *outer) {
	const struct code *code = n->reading.code;
	if (n->reading.depth >= READING_MAX_DEPTH)
		return;
	n->reading.depth++;
	if (code_word(code, range.start, WORD_WITH)) {
		bool recursive = code_word(code, range.start + 1, WORD_RECURSIVE);
		struct cte *older = ctes;
		range.start += 1 + recursive;
		ctes = read_ctes(&n->reading, &range.start, ctes);
		for (struct cte *cte = ctes; cte != older; cte = cte->outer)
			check_query(n, cte->query, recursive ? ctes : cte->outer, NULL);
	}
	check_branches(n, range, ctes, outer);
	n->reading.depth--;
}

/* --- tables
 * --------------------------------------------------------------------------------------- */

static const struct view_problem *problem_of(struct names *n, const struct catalogue_table *view);

/* Names that no DDL creates: the warehouse's own, and patterns over many tables. */
static bool is_beyond(const struct sql_table *table) {
	return table->cte || table->project.len || table->name.len == 0 ||
	       str_starts(table->name, "pg_") || str_ends(table->name, "*") ||
	       str_find(table->name, "$", 0) != STR_NONE ||
	       str_eq_fold(table->schema, STR("INFORMATION_SCHEMA")) ||
	       str_eq_fold(table->name, STR("INFORMATION_SCHEMA"));
}

/* Of a dataset with no known table at all nothing is said: its DDL is elsewhere. */
static void no_table(struct names *n, const struct sql_table *table) {
	const struct catalogue *catalogue = n->reading.catalogue;
	struct suggest near = suggest_start(table->name);
	bool covered = false;
	for (size_t i = 0; i < catalogue->tables.count; i++) {
		const struct catalogue_table *known = catalogue->tables.items[i];
		if (table->schema.len && !str_eq(known->schema, table->schema))
			continue;
		covered = true;
		suggest_offer(&near, known->name);
	}
	if (!covered || n->problem ||
		!is_new(n, str_slice(n->reading.code->sql->text, table->start, table->end)))
		return;
	struct diagnostic *d = report(n, W0623, table->start, table->end,
		"the catalogue has no table `%.*s%s%.*s`", STR_ARGS(table->schema),
		table->schema.len ? "." : "", STR_ARGS(table->name));
	if (d)
		help_near(n, d, &near);
}

static void broken_view(struct names *n, const struct sql_table *table,
	const struct catalogue_table *view, const struct view_problem *problem) {
	struct diagnostic *d = report(n, E0624, table->start, table->end,
		"view `%.*s` cannot be read: %s", STR_ARGS(view->name), problem->message);
	if (d)
		diag_note(n->reading.c, d, problem->at, "the view names it here");
}

static void check_tables(struct names *n, struct range range) {
	const struct code *code = n->reading.code;
	struct sql_tables tables = sql_tables(n->reading.c->arena, code->sql);
	uint32_t start = code->tokens[range.start].start, end = code->tokens[range.end - 1].end;
	for (size_t i = 0; i < tables.count; i++) {
		const struct sql_table *table = &tables.items[i];
		if (table->start < start || table->end > end || is_beyond(table))
			continue;
		const struct catalogue_table *known =
			catalogue_table(n->reading.catalogue, table->schema, table->name);
		const struct view_problem *problem = known ? problem_of(n, known) : NULL;
		if (problem)
			broken_view(n, table, known, problem);
		else if (!known && !n->open)
			no_table(n, table);
	}
}

static void check_all(struct names *n, struct range range) {
	if (range.start >= range.end)
		return;
	check_tables(n, range);
	check_query(n, range, NULL, NULL);
}

/* What keeps a view from being read, looked for once; NULL if nothing does. */
static const struct view_problem *problem_of(struct names *n, const struct catalogue_table *view) {
	struct table_reading *reading = view->reading;
	if (!reading->query.end || n->reading.depth >= READING_MAX_DEPTH)
		return NULL;
	if (!reading->problem) {
		reading->problem = arena_new(n->reading.c->arena, struct view_problem);
		struct names inner = {.problem = reading->problem,
			.reading = {.c = n->reading.c, .code = reading->code, .node = reading->node,
				.catalogue = n->reading.catalogue, .depth = n->reading.depth + 1}};
		check_all(&inner, reading->query);
	}
	return reading->problem->message ? reading->problem : NULL;
}

static bool is_open(const struct sql *sql, struct range statement) {
	for (size_t i = 0; i < sql->tags.count; i++)
		if (sql->tags.items[i].type != SQL_TAG_VARIABLE)
			return true;
	return statement.start > 0;
}

void names_check(struct compile *c, const struct sql *sql, const struct node *node,
	const struct catalogue *catalogue) {
	if (!catalogue || catalogue->tables.count == 0 || sql->problems.count)
		return;
	const struct code *code = code_of(c->arena, sql);
	struct range statement = code_last_statement(code);
	struct names names = {.open = is_open(sql, statement),
		.reading = {.c = c, .code = code, .node = node, .catalogue = catalogue}};
	check_all(&names, statement);
}
