/* Paths in, tables and columns out. Files are read in byte order of their paths; views are resolved
 * when all are read, so that one may read another wherever it stands, and one that reads itself in
 * the end is unknown. */
#include "compiler/query/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "compiler/query/reading.h"
#include "compiler/source/variables.h"

#define MAX_FOLDERS 32u         /* folders within folders */

struct loading {
	struct compile *c;
	struct catalogue *catalogue;
	const struct variables *variables;
};

static struct str fold(struct arena *arena, struct str name) {
	char *copy = arena_cstr(arena, name);
	for (size_t i = 0; i < name.len; i++) {
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] | 32);
	}
	return (struct str){copy, name.len};
}

static struct catalogue_table *find(
	const struct catalogue *catalogue, struct str key, struct str schema, struct str name) {
	struct catalogue_table *table = map_get(&catalogue->by_name, key);
	for (; table; table = table->next) {
		if (str_eq(table->name, name) && (schema.len == 0 || str_eq(table->schema, schema)))
			return table;
	}
	return NULL;
}

struct catalogue_table *catalogue_add(struct compile *c, struct catalogue *catalogue,
	struct str schema, struct str name, bool kept) {
	struct catalogue_table **slot = (struct catalogue_table **)map_slot(
		c->arena, &catalogue->by_name, fold(c->arena, name));
	struct catalogue_table **end = slot;
	struct catalogue_table *table = NULL;
	for (; *end && !table; end = &(*end)->next) {
		if (str_eq((*end)->name, name) && str_eq((*end)->schema, schema))
			table = *end;
		else if (str_eq((*end)->name, name))
			catalogue->ambiguous_names = true;
	}
	if (table && kept)
		return NULL;
	struct catalogue_table *next = table ? table->next : NULL;
	if (!table) {
		table = *end = arena_new(c->arena, struct catalogue_table);
		vec_push(c->arena, &catalogue->tables, table);
	}
	*table = (struct catalogue_table){.schema = schema, .name = name, .next = next,
		.reading = arena_new(c->arena, struct table_reading)};
	return table;
}

const struct catalogue_table *catalogue_table(const struct catalogue *catalogue, struct str schema,
	struct str name) {
	char key[256];
	if (!catalogue || name.len > sizeof(key))
		return NULL;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		key[i] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
	}
	return find(catalogue, (struct str){key, name.len}, schema, name);
}

static const struct catalogue_column *find_column(const struct catalogue_column *columns, size_t count,
	struct str name) {
	for (size_t i = 0; i < count; i++) {
		if (str_eq_fold(columns[i].name, name))
			return &columns[i];
	}
	return NULL;
}

const struct catalogue_column *catalogue_column(
	const struct catalogue_table *table, struct str path) {
	const struct catalogue_column *columns = table->columns, *found = NULL;
	size_t count = table->column_count;
	for (struct str part; str_split(&path, '.', &part);) {
		found = find_column(columns, count, part);
		if (!found)
			return NULL;
		columns = found->fields;
		count = found->field_count;
	}
	return found;
}

static const struct columns *columns_of_table(struct compile *c, const struct catalogue_table *table) {
	if (!table->columns_known)
		return columns_unknown(
			c, "the columns of `%.*s` are not known", STR_ARGS(table->name));
	struct columns *columns = arena_new(c->arena, struct columns);
	columns->known = true;
	columns->count = table->column_count;
	columns->items = arena_array(c->arena, struct column, table->column_count);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct catalogue_column *column = &table->columns[i];
		columns->items[i] = (struct column){.name = column->name, .type = column->type,
			.at = column->at, .database_type = column->database_type, .repeated = column->repeated};
	}
	return columns;
}

/* `v (a, b)`: names from the list, types from the query where it gives as many columns. */
static const struct columns *columns_named(struct compile *c, const struct table_reading *reading,
	const struct columns *query) {
	const struct code *code = reading->code;
	VEC(struct column) columns = {0};
	for (size_t at = reading->names.start; at < reading->names.end; at++) {
		struct column column = {.name = code_unquote(code_text(code, at)),
			.at = node_span(c, reading->node, code->tokens[at].start, code->tokens[at].end)};
		vec_push(c->arena, &columns, column);
		while (at < reading->names.end && !code_mark(code, at, ","))
			at = code_skip(code, at);
	}
	for (size_t i = 0; query->count == columns.count && i < columns.count; i++) {
		columns.items[i].type = query->items[i].type;
		columns.items[i].database_type = query->items[i].database_type;
		columns.items[i].repeated = query->items[i].repeated;
	}
	struct columns *result = arena_new(c->arena, struct columns);
	*result = (struct columns){.known = true, .items = columns.items, .count = columns.count};
	return result;
}

static const struct columns *columns_of_query_table(struct reading *r, const struct catalogue_table *table) {
	struct table_reading *reading = table->reading;
	struct reading inner = {.c = r->c, .code = reading->code, .node = reading->node,
		.catalogue = r->catalogue, .depth = r->depth + 1};
	if (reading->like.len) {
		const struct catalogue_table *other =
			catalogue_table(r->catalogue, reading->like_schema, reading->like);
		return other ? catalogue_columns(&inner, other)
			     : columns_unknown(r->c, "table `%.*s` is not in the catalogue",
				       STR_ARGS(reading->like));
	}
	const struct columns *columns = read_query(&inner, reading->query, NULL, NULL);
	return reading->names.end ? columns_named(r->c, reading, columns) : columns;
}

const struct columns *catalogue_columns(struct reading *r, const struct catalogue_table *table) {
	struct table_reading *reading = table->reading;
	if (reading->columns)
		return reading->columns;
	if (reading->busy || r->depth >= READING_MAX_DEPTH)
		return columns_unknown(r->c, "`%.*s` reads itself", STR_ARGS(table->name));
	reading->busy = true;
	bool derived = !table->columns_known && (reading->query.end || reading->like.len);
	reading->columns =
		derived ? columns_of_query_table(r, table) : columns_of_table(r->c, table);
	reading->busy = false;
	return reading->columns;
}

/* What a warehouse would call a type of which only the meaning is known. */
static struct str usual_type(enum column_type type) {
	switch (type) {
	case COLUMN_TEXT: return STR("STRING");
	case COLUMN_NUMBER: return STR("NUMERIC");
	case COLUMN_BOOLEAN: return STR("BOOL");
	case COLUMN_DATE: return STR("DATE");
	case COLUMN_DATETIME: return STR("TIMESTAMP");
	case COLUMN_UNKNOWN:
	case COLUMN_OTHER: break;
	}
	return (struct str){0};
}

static void resolve(
	struct compile *c, const struct catalogue *catalogue, struct catalogue_table *table) {
	struct reading r = {.c = c, .catalogue = catalogue};
	const struct columns *columns = catalogue_columns(&r, table);
	if (table->columns_known || !columns->known)
		return;
	table->columns_known = true;
	table->column_count = columns->count;
	table->columns = arena_array(c->arena, struct catalogue_column, columns->count);
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = &columns->items[i];
		bool plain = column->database_type.len > 0;
		table->columns[i] = (struct catalogue_column){.name = column->name,
			.type = column->type,
			.at = column_span(c, column),
			.repeated = column->repeated,
			.database_type = plain ? column->database_type : usual_type(column->type)};
	}
}

static bool is_definition(struct str path) {
	return str_ends(path, ".sql") || str_ends(path, ".json") || str_ends(path, ".yaml") ||
		str_ends(path, ".yml");
}

static void read_file(struct loading *l, const char *path) {
	uint32_t source;
	if (!source_read(l->c, path, SPAN_NONE, &source))
		return;
	if (!str_ends(str_from(path), ".sql")) {
		const struct node *node = yaml_parse(l->c, source);
		if (node)
			catalogue_file_read(l->c, node, l->catalogue);
		return;
	}
	struct node *node = node_from_source(l->c, source);
	if (l->variables)
		variables_resolve(l->c, l->variables, node);
	ddl_read(l->c, node, l->catalogue);
}

static int by_bytes(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_path(struct loading *l, const char *path, unsigned depth, bool named);

static void read_folder(struct loading *l, const char *path, unsigned depth) {
	DIR *folder = opendir(path);
	if (!folder) {
		diag_add(l->c, E0101, SPAN_NONE, "cannot read `%s`: %s", path, strerror(errno));
		return;
	}
	VEC(char *) names = {0};
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (entry->d_name[0] == '.')
			continue;
		bool slash = str_ends(str_from(path), "/");
		char *name =
			arena_printf(l->c->arena, "%s%s%s", path, slash ? "" : "/", entry->d_name);
		vec_push(l->c->arena, &names, name);
	}
	closedir(folder);
	if (names.count)
		qsort(names.items, names.count, sizeof(*names.items), by_bytes);
	for (size_t i = 0; i < names.count; i++)
		read_path(l, names.items[i], depth + 1, false);
}

/* A path that was `named` is read whatever it is called; below a folder only what looks like ours,
 * and no links to folders, which may go round in circles. */
static void read_path(struct loading *l, const char *path, unsigned depth, bool named) {
	struct stat status;
	int failed = named ? stat(path, &status) : lstat(path, &status);
	if (failed && named) {
		diag_add(l->c, E0101, SPAN_NONE, "cannot read `%s`: %s", path, strerror(errno));
		return;
	}
	if (!failed && S_ISDIR(status.st_mode)) {
		if (depth < MAX_FOLDERS)
			read_folder(l, path, depth);
		return;
	}
	if (!failed && (named || is_definition(str_from(path))))
		read_file(l, path);
}

struct catalogue *catalogue_load(struct compile *c, const char *const *paths, size_t count,
	const struct variables *variables) {
	struct catalogue *catalogue = arena_new(c->arena, struct catalogue);
	struct loading l = {c, catalogue, variables};
	for (size_t i = 0; i < count; i++)
		read_path(&l, paths[i], 0, true);
	for (size_t i = 0; i < catalogue->tables.count; i++)
		resolve(c, catalogue, catalogue->tables.items[i]);
	return catalogue;
}
