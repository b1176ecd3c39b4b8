/* A query in, the names and types of its result columns out. Reads WITH, the outermost SELECT's
 * list and what its FROM names; everything else is jumped over. Where a column has no name that we
 * can tell, the whole result is unknown, with the reason: half a list would make every check on it
 * a guess. */
#include "compiler/query/columns.h"

#include <stdarg.h>

#include "compiler/query/reading.h"

const struct column *columns_find(const struct columns *columns, struct str name) {
	for (size_t i = 0; columns && i < columns->count; i++) {
		if (str_eq_fold(columns->items[i].name, name))
			return &columns->items[i];
	}
	return NULL;
}

struct columns *columns_unknown(struct compile *c, const char *reason, ...) {
	struct columns *columns = arena_new(c->arena, struct columns);
	va_list args;
	va_start(args, reason);
	columns->reason = arena_vprintf(c->arena, reason, args);
	va_end(args);
	return columns;
}

/* What a select list is made into. */
struct list {
	VEC(struct column) columns;
	const char *reason;     /* set: not known */
	size_t unnamed;         /* the first column without a name, counted from 1; 0: none */
};

static struct span span_of(struct reading *r, size_t start, size_t end) {
	return node_span(r->c, r->node, r->code->tokens[start].start, r->code->tokens[end - 1].end);
}

static void add_column(struct reading *r, struct list *list, struct column column) {
	if (list->columns.count == READING_MAX_COLUMNS)
		list->reason = "it has more columns than any warehouse allows";
	else
		vec_push(r->c->arena, &list->columns, column);
}

/* Is `name` among the names in brackets behind USING or EXCEPT? */
static bool named_in(const struct code *code, struct range names, struct str name) {
	for (size_t at = names.start; at < names.end; at = code_skip(code, at)) {
		if (str_eq_fold(code_unquote(code_text(code, at)), name))
			return true;
	}
	return false;
}

struct span column_span(struct compile *c, const struct column *column) {
	return column->node ? node_span(c, column->node, column->from, column->to) : column->at;
}

static void add_star_of(struct reading *r, struct list *list, const struct from *from,
	struct range except, size_t at) {
	struct span star = span_of(r, at, at + 1);
	if (from->scalar && from->type != COLUMN_UNKNOWN)
		add_column(r, list,
			(struct column){.name = from->alias, .type = from->type, .at = star});
	else if (from->scalar)
		list->reason = "`*` takes in an array whose rows are not known";
	else if (!from->columns->known)
		list->reason =
			arena_printf(r->c->arena, "`*` takes in `%.*s`: %s", STR_ARGS(from->alias),
				from->columns->reason ? from->columns->reason
						      : "its columns are not known");
	for (size_t i = 0; !list->reason && i < from->columns->count && !from->scalar; i++) {
		struct column column = from->columns->items[i];
		column.at = star;
		column.node = NULL;
		if (named_in(r->code, except, column.name) ||
			named_in(r->code, from->joined, column.name))
			continue;
		add_column(r, list, column);
	}
}

/* `*`, `t.*`, with EXCEPT (…). */
static void add_star(struct reading *r, struct list *list, struct range item, size_t star,
	const struct code_path *path, const struct scope *scope) {
	const struct code *code = r->code;
	struct range except = {0, 0};
	size_t at = star + 1;
	if ((code_word(code, at, WORD_EXCEPT) || code_word(code, at, WORD_EXCLUDE)) &&
		code_mark(code, at + 1, "(")) {
		except = (struct range){at + 2, code->match[at + 1]};
		at = code_skip(code, at + 1);
	}
	bool too_long = except.end == CODE_NONE || except.end - except.start > READING_MAX_COLUMNS;
	bool replaced = code_word(code, at, WORD_REPLACE) && code_skip(code, at + 1) >= item.end;
	if (too_long || (at < item.end && !replaced)) {
		list->reason = "what follows `*` is not understood";
		return;
	}
	if (scope->pivoted || scope->natural || scope->from.count == 0) {
		list->reason = "`*` over PIVOT, NATURAL JOIN or nothing";
		return;
	}
	bool found = false;
	for (size_t i = 0; i < scope->from.count && !list->reason; i++) {
		const struct from *from = &scope->from.items[i];
		if (path->count && (path->count > 1 || !str_eq_fold(path->parts[0], from->alias)))
			continue;
		found = true;
		add_star_of(r, list, from, except, star);
	}
	if (!found && !list->reason)
		list->reason = arena_printf(r->c->arena, "`%.*s.*` is not a table of this FROM",
			STR_ARGS(path->parts[path->count - 1]));
}

/* Can the token at `at` be the end of an expression that an alias follows? */
static bool ends_value(const struct code *code, size_t at) {
	switch (code->tokens[at].type) {
	case SQL_STRING:
	case SQL_NUMBER:
	case SQL_QUOTED:
	case SQL_TAG:
		return true;
	case SQL_PUNCTUATION:
		return code_mark(code, at, ")") || code_mark(code, at, "]");
	case SQL_WORD:
		return !code_reserved(code, at) || code_word(code, at, WORD_END) ||
		       code_word(code, at, WORD_NULL);
	case SQL_COMMENT:
	case SQL_OPEN:
	case SQL_CLOSE:
		return false;
	}
	return false;
}

/* The name of an item and where its expression ends; false if it has none. */
bool select_item_name(const struct code *code, struct range item, struct str *name, size_t *end) {
	size_t last = item.end - 1;
	struct str word_name;
	enum sql_token_type type = code->tokens[last].type;
	bool word = type == SQL_WORD || type == SQL_QUOTED || type == SQL_STRING;
	*end = item.end;
	if (word && last > item.start && code_word(code, last - 1, WORD_AS)) {
		*name = code_unquote(code_text(code, last));
		*end = last - 1;
		return true;
	}
	struct code_path path;
	if (code_path(code, item.start, &path) == item.end) {
		*name = type == SQL_QUOTED && item.end - item.start == 1
				? code_unquote(code_text(code, last))
				: path.parts[path.count - 1];
		return true;
	}
	bool interval = last >= item.start + 2 && code_word(code, last - 2, WORD_INTERVAL);
	if (last == item.start || !code_name(code, last, &word_name) || interval ||
		!ends_value(code, last - 1))
		return false;
	*name = word_name;
	*end = last;
	return true;
}

static void add_item(struct reading *r, struct list *list, struct range item, struct cte *ctes,
	const struct scope *scope) {
	const struct code *code = r->code;
	struct code_path path;
	size_t at = code_path(code, item.start, &path);
	size_t star = at == item.start ? at : at + 1;
	if (code_mark(code, star, "*") && (star == at || code_mark(code, at, "."))) {
		add_star(r, list, item, star, &path, scope);
		return;
	}
	struct str name = {0};
	size_t end;
	if (!select_item_name(code, item, &name, &end) && !list->unnamed)
		list->unnamed = list->columns.count + 1;
	bool alias = end < item.end;
	struct column column = {.name = name, .node = r->node,
		.from = code->tokens[alias ? item.end - 1 : item.start].start,
		.to = code->tokens[item.end - 1].end};
	column.type = read_type(r, (struct range){item.start, end}, ctes, scope);
	if (at == end) {
		struct column plain = scope_column(scope, &path);
		column.database_type = plain.database_type;
		column.repeated = plain.repeated;
	}
	add_column(r, list, column);
}

static void read_items(struct reading *r, struct range items, struct cte *ctes,
	const struct scope *scope, struct list *list) {
	size_t start = items.start;
	for (size_t at = start; at <= items.end && !list->reason; at = code_skip(r->code, at)) {
		if (at < items.end && !code_mark(r->code, at, ","))
			continue;
		if (at > start)
			add_item(r, list, (struct range){start, at}, ctes, scope);
		start = at + 1;
	}
}

bool code_set_operator(const struct code *code, size_t at) {
	if (code_word(code, at, WORD_EXCEPT))
		return !code_mark(code, at - 1, "*");
	return code_word(code, at, WORD_UNION) || code_word(code, at, WORD_INTERSECT) ||
		code_word(code, at, WORD_MINUS);
}

static bool is_from(const struct code *code, size_t at) {
	return code_word(code, at, WORD_FROM) && !(code_word(code, at - 1, WORD_DISTINCT) &&
		(code_word(code, at - 2, WORD_IS) || code_word(code, at - 2, WORD_NOT)));
}

/* Where the parts of the first SELECT of [at, end) stand; `at` is behind the word SELECT. */
static struct select find_parts(const struct code *code, size_t at, size_t end) {
	static const enum sql_word after_from[] = {WORD_WHERE, WORD_GROUP, WORD_HAVING,
		WORD_QUALIFY, WORD_WINDOW, WORD_ORDER, WORD_LIMIT, WORD_OFFSET, WORD_FETCH,
		WORD_NONE};
	struct select select = {.items = {at, end}};
	bool first = true, in_from = false;
	for (; at < end; at = code_skip(code, at)) {
		if (code->tokens[at].word == WORD_NONE)
			continue;
		bool set = code_set_operator(code, at);
		bool ends = set || code_word_in(code, at, after_from);
		if (ends && first && !select.from.end && select.items.end == end)
			select.items.end = at;
		if (ends && in_from)
			select.from.end = at;
		in_from &= !ends;
		if (first && !select.from.end && is_from(code, at) && select.items.end == end) {
			select.items.end = at;
			select.from = (struct range){at + 1, end};
			in_from = true;
		}
		select.group |= first && code_word(code, at, WORD_GROUP);
		select.ordered |= code_word(code, at, WORD_ORDER);
		select.limited |=
			code_word(code, at, WORD_LIMIT) || code_word(code, at, WORD_FETCH);
		first &= !set;
	}
	return select;
}

/* Behind SELECT: ALL, DISTINCT [ON (…)], TOP n. NONE if rows are not columns (AS STRUCT). */
size_t select_list(const struct code *code, size_t at) {
	if (code_word(code, at, WORD_ALL) || code_word(code, at, WORD_DISTINCT))
		at++;
	if (code_word(code, at, WORD_ON) && code_mark(code, at + 1, "("))
		at = code_skip(code, at + 1);
	if (code_word(code, at, WORD_TOP) && at + 1 < code->count &&
		code->tokens[at + 1].type == SQL_NUMBER)
		at += 2;
	return code_word(code, at, WORD_AS) || code_word(code, at, WORD_WITH) ? CODE_NONE : at;
}

struct select read_scope(struct reading *r, size_t at, size_t end, struct cte *ctes,
	const struct scope *outer, struct scope *scope) {
	struct outermost *last = r->code->outermost;
	bool outermost = !ctes && !outer;
	if (outermost && last && last->at == at && last->end == end) {
		*scope = last->scope;
		return last->select;
	}
	struct select select = find_parts(r->code, at, end);
	*scope = (struct scope){.outer = outer};
	if (select.from.end)
		read_from(r, select.from, ctes, scope);
	if (outermost) {
		last = ((struct code *)r->code)->outermost =
			arena_new(r->c->arena, struct outermost);
		*last = (struct outermost){at, end, select, *scope};
	}
	return select;
}

static struct columns *read_select(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *outer) {
	const struct code *code = r->code;
	size_t start = select_list(code, range.start + 1);
	if (start == CODE_NONE)
		return columns_unknown(r->c, "SELECT AS STRUCT and the like give no columns");
	struct scope scope;
	struct select select = read_scope(r, start, range.end, ctes, outer, &scope);
	struct list list = {.reason = NULL};
	read_items(r, select.items, ctes, &scope, &list);
	if (!list.reason && list.columns.count == 0)
		list.reason = "the select list is empty";
	struct columns *columns = arena_new(r->c->arena, struct columns);
	*columns = (struct columns){.reason = list.reason,
		.aggregated = !select.group && read_aggregate(code, select.items),
		.ordered = select.ordered, .limited = select.limited};
	if (!list.reason) {
		columns->items = list.columns.items;
		columns->count = list.columns.count;
	}
	if (!list.reason && list.unnamed)
		columns->reason = arena_printf(r->c->arena,
			"column %zu of the select list has no name: write `AS name`", list.unnamed);
	columns->known = !columns->reason;
	return columns;
}

/* A query in brackets, perhaps with UNION, ORDER BY or LIMIT behind it. */
static struct columns *read_bracket(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *outer) {
	size_t close = r->code->match[range.start];
	struct columns *columns = arena_new(r->c->arena, struct columns);
	*columns = *read_query(r, (struct range){range.start + 1, close}, ctes, outer);
	for (size_t at = close + 1; at < range.end; at = code_skip(r->code, at)) {
		columns->ordered |= code_word(r->code, at, WORD_ORDER);
		columns->limited |= code_word(r->code, at, WORD_LIMIT);
		columns->aggregated &= !code_set_operator(r->code, at);
	}
	return columns;
}

/* `a [(x, y)] AS (…), b AS (…)` behind WITH: gives the newest and moves *at behind them. */
struct cte *read_ctes(struct reading *r, size_t *at, struct cte *outer) {
	const struct code *code = r->code;
	for (size_t count = 0; count < READING_MAX_CTES; count++) {
		struct cte *cte = arena_new(r->c->arena, struct cte);
		cte->outer = outer;
		if (!code_name(code, *at, &cte->name))
			return outer;
		size_t next = *at + 1;
		if (code_mark(code, next, "(") && code->match[next] != CODE_NONE) {
			cte->names = (struct range){next + 1, code->match[next]};
			next = code_skip(code, next);
		}
		while (code_word(code, next, WORD_AS) || code_word(code, next, WORD_NOT) ||
			code_word(code, next, WORD_MATERIALIZED))
			next++;
		if (!code_mark(code, next, "(") || code->match[next] == CODE_NONE)
			return outer;
		cte->query = (struct range){next + 1, code->match[next]};
		outer = cte;
		*at = code_skip(code, next);
		if (!code_mark(code, *at, ","))
			return outer;
		++*at;
	}
	return outer;
}

static struct columns *read_body(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *outer) {
	const struct code *code = r->code;
	size_t at = range.start;
	if (code_word(code, at, WORD_WITH)) {
		at += 1 + code_word(code, at + 1, WORD_RECURSIVE);
		ctes = read_ctes(r, &at, ctes);
	}
	range.start = at;
	if (at >= range.end)
		return columns_unknown(r->c, "there is no query");
	if (code_mark(code, at, "(") && code->match[at] != CODE_NONE)
		return read_bracket(r, range, ctes, outer);
	if (code_word(code, at, WORD_SELECT))
		return read_select(r, range, ctes, outer);
	if (code->tokens[at].type == SQL_TAG)
		return columns_unknown(r->c, "the query stands in a snippet or another card");
	return columns_unknown(r->c, "the query does not begin with SELECT or WITH");
}

struct columns *read_query(struct reading *r, struct range range, struct cte *ctes,
	const struct scope *outer) {
	if (r->depth >= READING_MAX_DEPTH)
		return columns_unknown(r->c, "the query is nested too deeply");
	r->depth++;
	struct columns *columns = read_body(r, range, ctes, outer);
	r->depth--;
	return columns;
}

/* The last statement: a script may set variables before it. */
struct range code_last_statement(const struct code *code) {
	struct range range = {0, code->count};
	if (str_find(code->sql->text, ";", 0) == STR_NONE)
		return range;
	while (range.end > 0 && code_mark(code, range.end - 1, ";"))
		range.end--;
	for (size_t at = 0; at < range.end; at = code_skip(code, at)) {
		if (code_mark(code, at, ";"))
			range.start = at + 1;
	}
	return range;
}

struct columns *columns_of_query(struct compile *c, const struct sql *sql, const struct node *node,
	const struct catalogue *catalogue) {
	const struct code *code = code_of(c->arena, sql);
	struct reading r = {.c = c, .code = code, .node = node, .catalogue = catalogue};
	struct columns *columns = read_query(&r, code_last_statement(code), NULL, NULL);
	if (!columns->known)
		columns->count = 0;
	return columns;
}
