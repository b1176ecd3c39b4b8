/* A file of DDL in, the tables and views that it creates out. Statements are cut at their
 * semicolons; what does not begin with CREATE … TABLE or VIEW is passed over, since a folder of SQL
 * also holds loads, grants and functions. The dialects' own clauses behind a column's type are
 * passed over too. */
#include "compiler/query/reading.h"

#define MAX_FIELD_DEPTH 15u     /* of STRUCT in STRUCT, BigQuery's own limit */

struct ddl {
	struct compile *c;
	const struct node *node;
	const struct code *code;        /* "…" is a name */
	const struct code *query_code;  /* "…" is what it is */
	struct catalogue *catalogue;
};

static struct span span_of(struct ddl *d, size_t start, size_t end) {
	return node_span(d->c, d->node, d->code->tokens[start].start, d->code->tokens[end - 1].end);
}

static size_t skip_words(const struct code *code, size_t at, const enum sql_word *words) {
	while (code_word_in(code, at, words))
		at++;
	return at;
}

/* In upper case, runs of blanks as one. */
static struct str type_name(struct arena *arena, struct str text) {
	char *name = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool blank = strchr(" \t\r\n", c) != NULL;
		if (!blank)
			name[len++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
		else if (len && name[len - 1] != ' ')
			name[len++] = ' ';
	}
	return str_trim((struct str){name, len});
}

/* Cuts [*start, end) at its next comma. False when nothing is left. */
static bool next_part(const struct code *code, size_t *start, size_t end, struct range *part) {
	while (*start < end) {
		size_t at = *start;
		while (at < end && !code_mark(code, at, ","))
			at = code_skip(code, at);
		*part = (struct range){*start, at < end ? at : end};
		*start = at + 1;
		if (part->end > part->start)
			return true;
	}
	return false;
}

static bool read_column(
	struct ddl *d, struct range part, unsigned depth, struct catalogue_column *column);

/* The fields of STRUCT<…>, `open` its bracket. */
static void read_fields(
	struct ddl *d, size_t open, unsigned depth, struct catalogue_column *column) {
	VEC(struct catalogue_column) fields = {0};
	size_t start = open + 1, end = d->code->match[open];
	for (struct range part; next_part(d->code, &start, end, &part);) {
		struct catalogue_column field = {0};
		if (read_column(d, part, depth + 1, &field))
			vec_push(d->c->arena, &fields, field);
	}
	column->fields = fields.items;
	column->field_count = fields.count;
}

/* The type of a column, which stands in [start, end). */
static void read_column_type(struct ddl *d, size_t start, size_t end, unsigned depth,
	struct catalogue_column *column) {
	const struct code *code = d->code;
	size_t base = start;
	while (base < end && !code_mark(code, base, "(") && !code_mark(code, base, "<") &&
		!code_mark(code, base, "["))
		base++;
	if (base == start)
		return;
	column->database_type = type_name(d->c->arena,
		str_slice(code->sql->text, code->tokens[start].start, code->tokens[base - 1].end));
	bool array = code_word(code, start, WORD_ARRAY) && code_mark(code, base, "<");
	if (array && code->match[base] != CODE_NONE && depth < MAX_FIELD_DEPTH) {
		read_column_type(d, base + 1, code->match[base], depth + 1, column);
		*column = (struct catalogue_column){.name = column->name,
			.at = column->at,
			.repeated = true,
			.database_type = column->database_type,
			.type = COLUMN_OTHER};
		return;
	}
	for (size_t at = base; at < end; at = code_skip(code, at))
		column->repeated |= code_mark(code, at, "[");
	column->type = column->repeated ? COLUMN_OTHER : column_type_of(column->database_type);
	bool fields = code_word(code, start, WORD_STRUCT) && code_mark(code, base, "<");
	if (fields && code->match[base] != CODE_NONE && depth < MAX_FIELD_DEPTH)
		read_fields(d, base, depth, column);
}

static void read_reference(const struct code *code, size_t at, struct catalogue_column *column) {
	struct code_path path;
	code_path(code, at, &path);
	struct sql_table table = code_table(&path);
	column->references_schema = table.schema;
	column->references_table = table.name;
}

/* `name type …`; false if it is not that. */
static bool read_column(
	struct ddl *d, struct range part, unsigned depth, struct catalogue_column *column) {
	static const enum sql_word attributes[] = {WORD_NOT, WORD_NULL, WORD_DEFAULT, WORD_OPTIONS,
		WORD_PRIMARY, WORD_REFERENCES, WORD_CONSTRAINT, WORD_COLLATE, WORD_CHECK,
		WORD_UNIQUE, WORD_GENERATED, WORD_AS, WORD_COMMENT, WORD_AUTO_INCREMENT,
		WORD_AUTOINCREMENT, WORD_IDENTITY, WORD_ENCODE, WORD_ON, WORD_KEY, WORD_VISIBLE,
		WORD_INVISIBLE, WORD_NONE};
	const struct code *code = d->code;
	if (!code_name(code, part.start, &column->name) &&
		code->tokens[part.start].type != SQL_WORD)
		return false;
	column->at = span_of(d, part.start, part.start + 1);
	size_t end = part.start + 1;
	while (end < part.end && !code_word_in(code, end, attributes))
		end = code_skip(code, end);
	read_column_type(d, part.start + 1, end < part.end ? end : part.end, depth, column);
	for (size_t at = end; at < part.end; at = code_skip(code, at)) {
		column->key |= code_word(code, at, WORD_PRIMARY);
		if (code_word(code, at, WORD_REFERENCES))
			read_reference(code, at + 1, column);
	}
	return true;
}

/* Is it a constraint on the table rather than a column? A column may be called `key` or `index`. */
static bool is_constraint(const struct code *code, struct range part) {
	static const enum sql_word doubtful[] = {WORD_UNIQUE, WORD_CHECK, WORD_INDEX, WORD_KEY,
		WORD_EXCLUDE, WORD_LIKE, WORD_PERIOD, WORD_FULLTEXT, WORD_SPATIAL, WORD_NONE};
	size_t next = part.start + 1;
	if (code_word(code, part.start, WORD_PRIMARY) || code_word(code, part.start, WORD_FOREIGN))
		return code_word(code, next, WORD_KEY);
	if (code_word(code, part.start, WORD_CONSTRAINT))
		return part.end - part.start > 2;
	return code_word_in(code, part.start, doubtful) && next < part.end &&
		column_type_of(code_text(code, next)) == COLUMN_UNKNOWN;
}

static struct catalogue_column *find_column(struct catalogue_table *table, struct str name) {
	for (size_t i = 0; i < table->column_count; i++) {
		if (str_eq_fold(table->columns[i].name, name))
			return &table->columns[i];
	}
	return NULL;
}

/* PRIMARY KEY (a, b); FOREIGN KEY (a) REFERENCES t (b). */
static void read_constraint(struct ddl *d, struct range part, struct catalogue_table *table) {
	const struct code *code = d->code;
	size_t at = part.start;
	while (at < part.end && !code_word(code, at, WORD_PRIMARY) &&
		!code_word(code, at, WORD_FOREIGN))
		at++;
	bool primary = code_word(code, at, WORD_PRIMARY);
	while (at < part.end && !code_mark(code, at, "("))
		at++;
	if (at >= part.end || code->match[at] == CODE_NONE)
		return;
	size_t reference = code->match[at] + 1;
	size_t start = at + 1, end = code->match[at];
	for (struct range name; next_part(code, &start, end, &name);) {
		struct catalogue_column *column =
			find_column(table, code_unquote(code_text(code, name.start)));
		if (!column)
			continue;
		column->key |= primary;
		if (!primary && code_word(code, reference, WORD_REFERENCES))
			read_reference(code, reference + 1, column);
	}
}

static void read_columns(struct ddl *d, size_t open, struct catalogue_table *table) {
	const struct code *code = d->code;
	VEC(struct catalogue_column) columns = {0};
	VEC(struct range) constraints = {0};
	size_t start = open + 1, end = code->match[open];
	for (struct range part; next_part(code, &start, end, &part);) {
		struct catalogue_column column = {0};
		if (is_constraint(code, part))
			vec_push(d->c->arena, &constraints, part);
		else if (read_column(d, part, 0, &column))
			vec_push(d->c->arena, &columns, column);
		else
			diag_add(d->c, W0619, span_of(d, part.start, part.start + 1),
				"no column of `%.*s` can begin like this", STR_ARGS(table->name));
	}
	table->columns = columns.items;
	table->column_count = columns.count;
	table->columns_known = true;
	for (size_t i = 0; i < constraints.count; i++)
		read_constraint(d, constraints.items[i], table);
}

static bool is_query(const struct code *code, size_t at) {
	while (code_mark(code, at, "("))
		at++;
	return code_word(code, at, WORD_SELECT) || code_word(code, at, WORD_WITH);
}

/* What stands behind the name: columns in brackets, AS query, LIKE another table. */
static void read_body(struct ddl *d, size_t at, size_t end, struct catalogue_table *table) {
	static const enum sql_word copies[] = {WORD_LIKE, WORD_CLONE, WORD_COPY, WORD_NONE};
	const struct code *code = d->code;
	struct table_reading *reading = table->reading;
	if (code_mark(code, at, "(") && !is_query(code, at)) {
		if (code->match[at] == CODE_NONE || code->match[at] >= end) {
			diag_add(d->c, W0619, span_of(d, at, at + 1),
				"this bracket is never closed: the columns of `%.*s` stay unknown", STR_ARGS(table->name));
			return;
		}
		if (table->view)
			reading->names = (struct range){at + 1, code->match[at]};
		else
			read_columns(d, at, table);
		at = code_skip(code, at);
	}
	for (; at < end; at = code_skip(code, at)) {
		struct code_path path;
		if (code_word(code, at, WORD_AS) && is_query(code, at + 1)) {
			reading->query = (struct range){at + 1, end};
			return;
		}
		if (code_word_in(code, at, copies) && code_path(code, at + 1, &path) != at + 1 &&
			!table->columns_known) {
			struct sql_table other = code_table(&path);
			reading->like_schema = other.schema;
			reading->like = other.name;
			return;
		}
	}
}

/* CREATE [OR REPLACE] [EXTERNAL …] TABLE | VIEW [IF NOT EXISTS] name … */
static void read_create(struct ddl *d, struct range statement) {
	static const enum sql_word before[] = {WORD_OR, WORD_REPLACE, WORD_ALTER, WORD_EXTERNAL,
		WORD_SNAPSHOT, WORD_UNLOGGED, WORD_FOREIGN, WORD_GLOBAL, WORD_LOCAL, WORD_TRANSIENT,
		WORD_MATERIALIZED, WORD_FORCE, WORD_SECURE, WORD_RECURSIVE, WORD_APPROX,
		WORD_DYNAMIC, WORD_ICEBERG, WORD_NONE};
	static const enum sql_word exists[] = {WORD_IF, WORD_NOT, WORD_EXISTS, WORD_NONE};
	const struct code *code = d->code;
	size_t at = skip_words(code, statement.start + 1, before);
	bool view = code_word(code, at, WORD_VIEW);
	if ((!view && !code_word(code, at, WORD_TABLE)) || code_word(code, at + 1, WORD_FUNCTION))
		return;
	size_t name = skip_words(code, at + 1, exists);
	struct code_path path;
	size_t end = code_path(code, name, &path);
	if (end == name || end > statement.end) {
		diag_add(d->c, W0619, span_of(d, at, at + 1), "no name follows `CREATE %s`",
			view ? "VIEW" : "TABLE");
		return;
	}
	struct sql_table named = code_table(&path);
	struct catalogue_table *table = catalogue_add(d->c, d->catalogue, named.schema, named.name,
		name > at + 1);
	if (!table)
		return;
	table->at = span_of(d, name, end);
	table->view = view;
	table->reading->code = d->query_code;
	table->reading->node = d->node;
	read_body(d, end, statement.end, table);
}

void ddl_read(struct compile *c, const struct node *node, struct catalogue *catalogue) {
	struct code *code = code_of(c->arena, sql_scan(c->arena, node->scalar.text, true));
	struct code *names = arena_new(c->arena, struct code);
	*names = *code;
	names->quotes_are_names = true;
	struct ddl d = {c, node, names, code, catalogue};
	for (size_t start = 0; start < code->count;) {
		size_t end = start;
		while (end < code->count && !code_mark(code, end, ";"))
			end = code_skip(code, end);
		if (code_word(code, start, WORD_CREATE))
			read_create(
				&d, (struct range){start, end < code->count ? end : code->count});
		start = end + 1;
	}
}
