/* A tab that people write goes in; rows come out, the good and the bad. People insert columns, leave
 * rows empty, give a key to two owners and break formulas: only a header that is not there stops the
 * tab, since then nobody knows what its cells mean. */
#include "ingest/sheet.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/config.h"
#include "runtime/http.h"
#include "runtime/map.h"

#define MOST_COLUMNS 16

struct tab {
	const struct stream *stream;
	struct reader *reader;
	struct arena *arena;
	const json_t *rows;
	char name[64];
	size_t columns;                 /* without `cell` and `problem` */
	size_t places[MOST_COLUMNS];    /* of each column in a row; STR_NONE: not there */
	struct map keys;                /* -> number of the first row, or 0 if several have it */
};

void sheet_request(const struct ask *ask, enum setting range, struct buf *url) {
	const char *id = config_text(ask->config, SETTING_SHEET);
	buf_putc(url, '/');
	http_encode(url, id ? id : "");
	buf_puts(url, "/values/");
	http_encode(url, config_text(ask->config, range) ? config_text(ask->config, range) : "");
	buf_puts(url, "?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE");
}

static struct str text_at(const json_t *row, size_t place) {
	const char *text = place == STR_NONE ? NULL : json_string_value(json_array_get(row, place));
	return str_trim(str_from(text));
}

static bool find_column(struct tab *tab, const struct column *column, size_t *place) {
	const json_t *header = json_array_get(tab->rows, 0);
	*place = STR_NONE;
	for (size_t i = 0; i < json_array_size(header); i++) {
		if (!str_eq_fold(text_at(header, i), str_from(column->path)))
			continue;
		if (*place != STR_NONE)
			return reader_fail(tab->reader, "%s: the header has `%s` twice", tab->name,
				column->path);
		*place = i;
	}
	if (*place == STR_NONE && column->required)
		return reader_fail(
			tab->reader, "%s: the header has no `%s`", tab->name, column->path);
	return true;
}

static bool read_header(struct tab *tab) {
	const struct column *columns = tab->stream->columns;
	for (size_t i = 0; columns[i].path; i++) {
		if (!find_column(tab, &columns[i], &tab->places[i]))
			return false;
		tab->columns++;
	}
	return true;
}

static bool is_blank(const struct tab *tab, const json_t *row) {
	for (size_t i = 0; i < tab->columns; i++)
		if (text_at(row, tab->places[i]).len)
			return false;
	return true;
}

/* The keys of a row as one text, as equal as people mean them. */
static struct str key_of(struct tab *tab, const json_t *row) {
	struct buf key = BUF(64 * 1024);
	for (size_t i = 0; i < tab->columns; i++) {
		struct str text = text_at(row, tab->places[i]);
		if (tab->stream->columns[i].role != COLUMN_KEY)
			continue;
		for (size_t at = 0; at < text.len; at++)
			buf_putc(&key, text.ptr[at] >= 'A' && text.ptr[at] <= 'Z'
					       ? (char)(text.ptr[at] + 32)
					       : text.ptr[at]);
		buf_putc(&key, '\n');
	}
	struct str result = arena_str(tab->arena, buf_str(&key));
	buf_free(&key);
	return result;
}

static bool is_error(struct str text) {
	static const char *const errors[] = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!",
		"#NUM!", "#NULL!", "#ERROR!", "Loading..."};
	for (size_t i = 0; i < COUNT_OF(errors); i++)
		if (str_is(text, errors[i]))
			return true;
	return false;
}

/* What is wrong with a cell, or NULL. */
static const char *problem_of(
	struct tab *tab, const struct column *column, const struct cell *cell) {
	struct buf scratch = BUF(1 << 20);
	const char *problem = NULL;
	if (!cell->text.len)
		problem = column->required ? arena_printf(tab->arena, "%s is empty", column->path)
					   : NULL;
	else if (is_error(cell->text))
		problem = arena_printf(
			tab->arena, "%s is the error %.*s", column->path, STR_ARGS(cell->text));
	else if (!column->read(cell, &scratch))
		problem = arena_printf(tab->arena, "%s: `%.*s` is no %s", column->path,
			(int)(cell->text.len < 60 ? cell->text.len : 60), cell->text.ptr,
			column->type);
	buf_free(&scratch);
	return problem;
}

static bool emit_row(struct tab *tab, const json_t *row, size_t number) {
	struct cell cells[MOST_COLUMNS + 2] = {0};
	const char *problem = NULL;
	for (size_t i = 0; i < tab->columns; i++) {
		struct str text = text_at(row, tab->places[i]);
		cells[i] = (struct cell){text.len ? CELL_TEXT : CELL_ABSENT, text};
		const char *found = problem_of(tab, &tab->stream->columns[i], &cells[i]);
		if (found && !problem)
			problem = found;
		if (found)
			cells[i] = (struct cell){CELL_ABSENT, STR("")};
	}
	if (!problem && !map_get(&tab->keys, key_of(tab, row)))
		problem = arena_printf(
			tab->arena, "another row has the same %s", tab->stream->columns[0].path);
	cells[tab->columns] = (struct cell){
		CELL_TEXT, str_from(arena_printf(tab->arena, "%s!A%zu", tab->name, number))};
	if (problem)
		cells[tab->columns + 1] = (struct cell){CELL_TEXT, str_from(problem)};
	char *payload = json_dumps(row, JSON_COMPACT);
	bool good = reader_emit(tab->reader, cells, str_from(payload));
	free(payload);
	return good;
}

static void count_keys(struct tab *tab) {
	for (size_t i = 1; i < json_array_size(tab->rows); i++) {
		const json_t *row = json_array_get(tab->rows, i);
		if (is_blank(tab, row))
			continue;
		size_t before = tab->keys.count;
		void **slot = map_slot(tab->arena, &tab->keys, key_of(tab, row));
		*slot = tab->keys.count > before ? (void *)row : NULL;
	}
}

static bool read_rows(struct tab *tab) {
	count_keys(tab);
	for (size_t i = 1; i < json_array_size(tab->rows); i++) {
		const json_t *row = json_array_get(tab->rows, i);
		if (!is_blank(tab, row) && !emit_row(tab, row, i + 1))
			return false;
	}
	return true;
}

bool sheet_parse(const struct stream *stream, struct str page, struct reader *reader) {
	struct tab tab = {.stream = stream, .reader = reader};
	json_auto_t *answer = json_loadb(page.ptr, page.len, 0, NULL);
	const char *range = json_string_value(json_object_get(answer, "range"));
	if (!json_is_object(answer))
		return reader_fail(reader, "the answer is no whole JSON (%zu bytes)", page.len);
	snprintf(tab.name, sizeof(tab.name), "%.*s", range ? (int)strcspn(range, "!") : 0,
		range ? range : "");
	tab.rows = json_object_get(answer, "values");
	tab.arena = arena_create();
	bool good = read_header(&tab) && read_rows(&tab);
	arena_destroy(tab.arena);
	return good;
}
