/* Rows made by embed_sql.py, and the little that is done to SQL: naming the dataset, quoting text. */
#include "ingest/sql.h"

#include "runtime/buf.h"

#ifndef SQL_ROWS
#define SQL_ROWS "ingest/sql.inc"       /* a test may bring a later version of sql/ */
#endif

const struct sql_file sql_files[] = {
#define SQL(folder, name, text) {SQL_##folder, name, text},
#define TABLE(name, fields, layout)
#include SQL_ROWS
#undef SQL
#undef TABLE
	{0}
};

const struct sql_table sql_tables[] = {
#define SQL(folder, name, text)
#define TABLE(name, fields, layout) {name, fields, layout},
#include SQL_ROWS
#undef SQL
#undef TABLE
	{0}
};

const struct sql_file *sql_find(enum sql_folder folder, const char *name) {
	for (const struct sql_file *file = sql_files; file->name; file++)
		if (file->folder == folder && strcmp(file->name, name) == 0)
			return file;
	return NULL;
}

const char *sql_schema(const char *table) {
	for (const struct sql_table *row = sql_tables; row->name; row++)
		if (strcmp(row->name, table) == 0)
			return row->fields;
	return NULL;
}

const char *sql_for(struct arena *arena, const char *text, const char *dataset) {
	static const char mark[] = "${dataset}";
	struct buf out = BUF(1 << 20);
	struct str whole = str_from(text);
	size_t at = 0, found;
	while ((found = str_find(whole, mark, at)) != STR_NONE) {
		buf_add_str(&out, str_slice(whole, at, found));
		buf_puts(&out, dataset);
		at = found + sizeof(mark) - 1;
	}
	buf_add_str(&out, str_slice(whole, at, whole.len));
	char *result = arena_cstr(arena, buf_str(&out));
	buf_free(&out);
	return result;
}

void sql_quote(struct buf *out, const char *text) {
	if (!text) {
		buf_puts(out, "NULL");
		return;
	}
	buf_putc(out, '\'');
	for (; *text; text++) {
		if (*text == '\\' || *text == '\'')
			buf_putc(out, '\\');
		if ((unsigned char)*text < 0x20)
			buf_putc(out, ' ');
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '\'');
}
