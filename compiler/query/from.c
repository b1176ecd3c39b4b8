/* What a FROM reads: tables of the catalogue, WITH queries, queries in brackets, arrays. Each with
 * its alias and its columns, so that names in the select list can be looked up. */
#include "compiler/query/reading.h"

/* `WITH t (a, b) AS (…)`: the names in brackets stand for those of the query. */
static const struct columns *renamed(struct reading *r, const struct columns *columns, struct range names) {
	if (names.start == names.end || !columns->known)
		return columns;
	struct columns *result = arena_new(r->c->arena, struct columns);
	*result = *columns;
	result->items = arena_array(r->c->arena, struct column, columns->count);
	size_t i = 0;
	for (size_t at = names.start; at < names.end && i < columns->count; at++) {
		if (code_mark(r->code, at, ","))
			continue;
		result->items[i] = columns->items[i];
		result->items[i++].name = code_unquote(code_text(r->code, at));
	}
	result->count = i;
	return result;
}

/* Columns of the nearest WITH of that name, read once; NULL if there is none. */
static const struct columns *cte_columns(struct reading *r, struct cte *cte, struct str name) {
	while (cte && !str_eq_fold(cte->name, name))
		cte = cte->outer;
	if (!cte)
		return NULL;
	if (cte->busy)
		return columns_unknown(r->c, "`%.*s` reads itself", STR_ARGS(name));
	if (!cte->columns) {
		cte->busy = true;
		cte->columns = renamed(r, read_query(r, cte->query, cte->outer, NULL), cte->names);
		cte->busy = false;
	}
	return cte->columns;
}

/* Is there an earlier item of this FROM that the path begins with, so that it names its array? */
static bool is_array(const struct scope *scope, const struct code_path *path) {
	for (size_t i = 0; path->count > 1 && i < scope->from.count; i++) {
		if (str_eq_fold(scope->from.items[i].alias, path->parts[0]))
			return true;
	}
	return false;
}

static void read_path(struct reading *r, const struct code_path *path, struct cte *ctes,
	const struct scope *scope, struct from *from) {
	struct sql_table table = code_table(path);
	from->alias = table.name;
	if (is_array(scope, path)) {
		from->scalar = true;
		return;
	}
	const struct columns *of_cte = path->count == 1 ? cte_columns(r, ctes, table.name) : NULL;
	if (of_cte) {
		from->columns = of_cte;
		return;
	}
	from->table = r->catalogue ? catalogue_table(r->catalogue, table.schema, table.name) : NULL;
	from->columns = from->table ? catalogue_columns(r, from->table) :
		columns_unknown(r->c, "table `%.*s` is not in the catalogue", STR_ARGS(table.name));
}

/* The type of the values that UNNEST(…) gives. */
static enum column_type array_type(struct reading *r, size_t open, struct cte *ctes,
	const struct scope *scope) {
	const struct code *code = r->code;
	size_t at = open + 1;
	if (code_word(code, at, WORD_GENERATE_DATE_ARRAY))
		return COLUMN_DATE;
	if (code_word(code, at, WORD_GENERATE_TIMESTAMP_ARRAY))
		return COLUMN_DATETIME;
	if (code_word(code, at, WORD_GENERATE_ARRAY))
		return COLUMN_NUMBER;
	if (!code_mark(code, at, "[") || code->match[at] == CODE_NONE)
		return COLUMN_UNKNOWN;
	size_t end = at + 1;
	while (end < code->match[at] && !code_mark(code, end, ","))
		end = code_skip(code, end);
	return read_type(r, (struct range){at + 1, end}, ctes, scope);
}

static bool is_query(const struct code *code, size_t open) {
	while (code_mark(code, open, "("))
		open++;
	return code_word(code, open, WORD_SELECT) || code_word(code, open, WORD_WITH) ||
		code_word(code, open, WORD_FROM);
}

/* [AS] alias, then WITH OFFSET [AS alias] of an UNNEST. */
static size_t read_aliases(struct reading *r, size_t at, struct scope *scope, struct from *from) {
	const struct code *code = r->code;
	struct str alias;
	at = code_alias(code, at, &alias);
	if (alias.len)
		from->alias = alias;
	vec_push(r->c->arena, &scope->from, *from);
	if (!code_word(code, at, WORD_WITH) || !code_word(code, at + 1, WORD_OFFSET))
		return at;
	struct from offset = {.alias = STR("offset"), .scalar = true, .type = COLUMN_NUMBER,
		.columns = from->columns};
	at = code_alias(code, at + 2, &alias);
	if (alias.len)
		offset.alias = alias;
	vec_push(r->c->arena, &scope->from, offset);
	return at;
}

/* One item. Gives the index behind it and its alias. */
static size_t read_item(struct reading *r, size_t at, struct cte *ctes, struct scope *scope) {
	const struct code *code = r->code;
	struct from from = {.columns = NULL};
	while (code_word(code, at, WORD_LATERAL) || code_word(code, at, WORD_ONLY))
		at++;
	if (code_mark(code, at, "(") && code->match[at] != CODE_NONE) {
		struct range inner = {at + 1, code->match[at]};
		if (!is_query(code, at)) {
			if (r->depth++ < READING_MAX_DEPTH)
				read_from(r, inner, ctes, scope);
			r->depth--;
			return inner.end + 1;
		}
		from.columns = read_query(r, inner, ctes, scope->outer);
		return read_aliases(r, inner.end + 1, scope, &from);
	}
	from.columns = columns_unknown(r->c, "what FROM reads is not a table");
	if (code_word(code, at, WORD_UNNEST) && code_mark(code, at + 1, "(")) {
		from.scalar = true;
		from.type = array_type(r, at + 1, ctes, scope);
		return read_aliases(r, code_skip(code, at + 1), scope, &from);
	}
	struct code_path path;
	size_t next = code_path(code, at, &path);
	if (next == at)
		next = at + 1;
	else if (code_mark(code, next, "("))
		next = code_skip(code, next);
	else
		read_path(r, &path, ctes, scope, &from);
	return read_aliases(r, next, scope, &from);
}

void read_from(struct reading *r, struct range range, struct cte *ctes, struct scope *scope) {
	const struct code *code = r->code;
	for (size_t at = range.start; at < range.end && scope->from.count < READING_MAX_TABLES;) {
		at = read_item(r, at, ctes, scope);
		for (; at < range.end; at = code_skip(code, at)) {
			if (code_mark(code, at, ",") || code_word(code, at, WORD_JOIN))
				break;
			if (code_word(code, at, WORD_USING) && code_mark(code, at + 1, "(") &&
				scope->from.count)
				scope->from.items[scope->from.count - 1].joined =
					(struct range){at + 2, code->match[at + 1]};
			scope->natural |= code_word(code, at, WORD_NATURAL);
			scope->pivoted |= code_word(code, at, WORD_PIVOT) ||
					  code_word(code, at, WORD_UNPIVOT);
		}
		at++;
	}
}

/* A field of a struct: path->parts[first] is the column. */
static const struct catalogue_column *find_field(const struct catalogue_table *table,
	const struct code_path *path, size_t first) {
	const struct catalogue_column *column =
		table ? catalogue_column(table, path->parts[first]) : NULL;
	for (size_t i = first + 1; column && i < path->count; i++) {
		const struct catalogue_column *inner = NULL;
		for (size_t f = 0; f < column->field_count; f++) {
			if (str_eq_fold(column->fields[f].name, path->parts[i]))
				inner = &column->fields[f];
		}
		column = inner;
	}
	return column;
}

/* A path as one item of FROM sees it: alias.column, column, alias.struct.field, struct.field. */
static bool from_column(
	const struct from *from, const struct code_path *path, struct column *found) {
	size_t first = path->count > 1 && str_eq_fold(from->alias, path->parts[0]) ? 1 : 0;
	if (from->scalar) {
		found->type = path->count == 1 ? from->type : COLUMN_UNKNOWN;
		return str_eq_fold(from->alias, path->parts[0]);
	}
	const struct column *column = columns_find(from->columns, path->parts[first]);
	if (column && path->count == first + 1) {
		*found = *column;
	} else if (column) {
		const struct catalogue_column *field = find_field(from->table, path, first);
		found->type = field ? field->type : COLUMN_UNKNOWN;
		found->database_type = field ? field->database_type : STR("");
		found->repeated = field && field->repeated;
	}
	return column || first > 0;
}

struct column scope_column(const struct scope *scope, const struct code_path *path) {
	struct column found = {.type = COLUMN_UNKNOWN};
	for (; scope && !scope->pivoted; scope = scope->outer) {
		bool all_known = true;
		for (size_t i = 0; i < scope->from.count; i++) {
			if (from_column(&scope->from.items[i], path, &found))
				return found;
			all_known &= scope->from.items[i].columns->known;
		}
		if (!all_known)
			break;
	}
	return found;
}
