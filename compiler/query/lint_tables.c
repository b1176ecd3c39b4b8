/* The tables that field filters mean. The server writes the column with its table's full name and
 * looks at no FROM, so the table has to be readable under exactly that name where the tag stands.
 */
#include "compiler/query/linting.h"

static bool is_meant(
	const struct linting *l, const struct lint_tag *known, const struct sql_table *table) {
	bool name = l->bigquery ? str_eq(known->table, table->name)
				: str_eq_fold(known->table, table->name);
	bool schema = known->schema.len == 0 || table->schema.len == 0 ||
		      str_eq_fold(known->schema, table->schema);
	return name && schema && !table->cte;
}

/* Does FROM somewhere read what cannot be seen from here? */
static bool is_open(const struct linting *l) {
	for (size_t i = 0; i < l->sql->tags.count; i++) {
		if (l->sql->tags.items[i].type != SQL_TAG_VARIABLE)
			return true;
	}
	return false;
}

static struct span table_span(struct linting *l, const struct sql_table *table) {
	return node_span(l->c, l->node, table->start, table->end);
}

/* The columns's name as the server will write it. */
static const char *rendered(struct linting *l, const struct lint_tag *known, const struct sql_table *table) {
	struct str schema = known->schema.len ? known->schema : table->schema;
	const char *quote = l->bigquery ? "`" : "\"", *dot = l->bigquery ? "." : "\".\"";
	return arena_printf(l->c->arena, "%s%.*s%s%.*s%s.%s%.*s%s", quote, STR_ARGS(schema),
		schema.len ? dot : "", STR_ARGS(known->table), quote, quote,
		STR_ARGS(known->column), quote);
}

static void aliased(struct linting *l, const struct sql_tag *tag, const struct lint_tag *known,
	const struct sql_table *table) {
	struct diagnostic *d = lint_report(l, E0613, tag->start, tag->end,
		"`{{%.*s}}` becomes a condition on %s, and the table is called `%.*s` here", STR_ARGS(tag->name),
		rendered(l, known, table), STR_ARGS(table->alias));
	diag_note(l->c, d, table_span(l, table), "it gets its other name here");
	if (known->server_has_alias)
		diag_help(l->c, d,
			"say so in the chart: `filters: {%.*s: {field: %.*s.%.*s, alias: "
			"%.*s.%.*s}}`, "
			"or take the other name away",
			STR_ARGS(tag->name), STR_ARGS(known->table), STR_ARGS(known->column),
			STR_ARGS(table->alias), STR_ARGS(known->column));
	else
		diag_help(l->c, d,
			"take the other name away (servers from 0.56 could be told of it by "
			"`alias:`)");
}

static void out_of_reach(struct linting *l, const struct sql_tag *tag, const struct lint_tag *known,
	const struct sql_table *table) {
	struct diagnostic *d = lint_report(l, E0613, tag->start, tag->end,
		"`{{%.*s}}` becomes a condition on %s, and its table is not read in this query", STR_ARGS(tag->name),
		rendered(l, known, table));
	diag_note(l->c, d, table_span(l, table), "it is read in another one, here");
	diag_help(l->c, d, "move `{{%.*s}}` to where the table is read", STR_ARGS(tag->name));
}

static void no_such_alias(struct linting *l, const struct sql_tag *tag, struct str qualifier) {
	struct diagnostic *d = lint_report(l, E0613, tag->start, tag->end,
		"nothing is called `%.*s` where `{{%.*s}}` stands", STR_ARGS(qualifier), STR_ARGS(tag->name));
	diag_help(l->c, d, "`alias:` is put in place of the column: name a table of this FROM");
}

/* The author's own bytes, variables and all, in one pair of backticks. */
static struct str in_one_pair(
	struct linting *l, const struct sql_table *table, const char *wanted) {
	struct span at = table_span(l, table);
	const struct source *source = source_of(l->c, at);
	struct str text = source ? str_slice(source->text, at.start, at.end) : (struct str){0};
	if (table->project.len || table->schema.len == 0 || str_find(text, "${", 0) == STR_NONE)
		return str_from(wanted);
	char *bytes = arena_alloc(l->c->arena, text.len + 3);
	size_t len = 0;
	bytes[len++] = '`';
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '`')
			bytes[len++] = text.ptr[i];
	}
	bytes[len++] = '`';
	return (struct str){bytes, len};
}

static void misspelt(struct linting *l, const struct sql_tag *tag, const struct lint_tag *known,
	const struct sql_table *table) {
	struct str schema = table->schema.len ? table->schema : known->schema;
	struct str text = str_slice(l->sql->text, table->start, table->end);
	struct diagnostic *d = lint_report(l, E0614, table->start, table->end,
		"%.*s is not how the server names the table in a field filter", STR_ARGS(text));
	diag_note(l->c, d, node_span(l->c, l->node, tag->start, tag->end),
		"this becomes a condition on %s", rendered(l, known, table));
	if (schema.len == 0) {
		diag_help(l->c, d,
			"write it with its dataset in one pair of backticks: `` `dataset.%.*s` ``",
			STR_ARGS(table->name));
		return;
	}
	const char *wanted =
		arena_printf(l->c->arena, "`%.*s.%.*s`", STR_ARGS(schema), STR_ARGS(table->name));
	struct str fixed = in_one_pair(l, table, wanted);
	diag_help(l->c, d, "write `` %.*s ``", STR_ARGS(fixed));
	struct span at = table_span(l, table);
	const struct source *source = source_of(l->c, at);
	struct str bytes = source ? str_slice(source->text, at.start, at.end) : (struct str){0};
	if (str_eq(bytes, text) || (str_find(bytes, "${", 0) != STR_NONE && fixed.ptr != wanted))
		diag_fix(l->c, d, at, fixed);
}

/* A table under `alias:`: the name before its last dot must be one of this FROM. */
static void check_alias(struct linting *l, const struct sql_tag *tag, const struct lint_tag *known,
	uint32_t query) {
	size_t dot = str_find(known->alias, ".", 0);
	if (dot == STR_NONE)
		return;
	struct str qualifier = code_unquote(str_slice(known->alias, 0, dot));
	for (size_t i = 0; i < l->tables.count; i++) {
		const struct sql_table *table = &l->tables.items[i];
		struct str called = table->alias.len ? table->alias : table->name;
		if (lint_sees(l, query, l->table_query[i]) && str_eq_fold(called, qualifier))
			return;
	}
	for (size_t at = 0; at < l->code->count; at++) {
		struct str alias;
		if (code_mark(l->code, at, ")") && code_alias(l->code, at + 1, &alias) > at + 1 &&
			str_eq_fold(alias, qualifier))
			return;
	}
	no_such_alias(l, tag, qualifier);
}

/* Tables that were reported for their spelling: one message each. */
struct reported {
	VEC(uint32_t) starts;
};

static void report_spelling(struct linting *l, struct reported *reported, const struct sql_tag *tag,
	const struct lint_tag *known, const struct sql_table *table) {
	for (size_t i = 0; i < reported->starts.count; i++) {
		if (reported->starts.items[i] == table->start)
			return;
	}
	vec_push(l->c->arena, &reported->starts, table->start);
	misspelt(l, tag, known, table);
}

static void check_table(struct linting *l, struct reported *reported, const struct sql_tag *tag,
	const struct lint_tag *known, uint32_t query) {
	const struct sql_table *elsewhere = NULL, *other_name = NULL, *other_spelling = NULL;
	for (size_t i = 0; i < l->tables.count; i++) {
		const struct sql_table *table = &l->tables.items[i];
		if (!is_meant(l, known, table))
			continue;
		if (!lint_sees(l, query, l->table_query[i]))
			elsewhere = table;
		else if (table->alias.len)
			other_name = table;
		else if (l->bigquery &&
			 (!table->one_pair || table->project.len || !table->schema.len))
			other_spelling = table;
		else
			return;
	}
	if (other_spelling)
		report_spelling(l, reported, tag, known, other_spelling);
	else if (other_name)
		aliased(l, tag, known, other_name);
	else if (elsewhere && !is_open(l))
		out_of_reach(l, tag, known, elsewhere);
}

void lint_tables(struct linting *l) {
	struct reported reported = {.starts = {0}};
	for (size_t i = 0;
		i < l->sql->tags.count && i < LINT_MAX_TAGS && l->reports < LINT_MAX_REPORTS; i++) {
		const struct sql_tag *tag = &l->sql->tags.items[i];
		const struct lint_tag *known = lint_tag_of(l, tag);
		if (!known || known->use == LINT_RAW || known->table.len == 0 ||
			l->code_at[i] == CODE_NONE)
			continue;
		uint32_t query = l->query_of[l->code_at[i]];
		if (known->alias.len)
			check_alias(l, tag, known, query);
		else
			check_table(l, &reported, tag, known, query);
	}
}
