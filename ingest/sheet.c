/* A tab that people write goes in; rows come out, the good and the bad. People insert columns, leave
 * rows empty, give a key to two owners and break formulas: only a header that is not there or there twice
 * stops the tab, since then nobody knows what its cells mean. What is wrong is told with the address that
 * the person who must mend it sees in the sheet. */
#include "ingest/sheet.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/config.h"
#include "runtime/http.h"
#include "runtime/map.h"

#define MOST_COLUMNS 16
#define MOST_ROWS 100000

/* Rows that have the same keys, counted from 0. */
struct twins {
	size_t first, other;            /* `other` says something else than `first`; 0: none does */
};

struct tab {
	const struct stream *stream;
	struct reader *reader;
	struct arena *arena;
	const json_t *rows;
	struct str name;                /* as in an address: "api_keys", "'my keys'" */
	size_t left, top;               /* where the range begins, from 0 */
	size_t columns;                 /* without `cell` and `problem` */
	size_t places[MOST_COLUMNS];    /* of each column in a row; STR_NONE: not there */
	struct map keys;                /* -> struct twins */
};

/* What is wrong with a row, and where it begins to be. */
struct faults {
	struct buf text;
	size_t place;                   /* of the first, STR_NONE: nothing is wrong */
};

void sheet_request(const struct ask *ask, enum setting range, struct buf *url) {
	const char *id = config_text(ask->config, SETTING_SHEET);
	buf_putc(url, '/');
	http_encode(url, id ? id : "");
	buf_puts(url, "/values/");
	http_encode(url, config_text(ask->config, range) ? config_text(ask->config, range) : "");
	buf_puts(url, "?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE");
}

/* --- addresses ----------------------------------------------------------------------------------- */

/* "api_keys!B7" */
static char *address(const struct tab *tab, size_t row, size_t place) {
	char letters[16];
	size_t at = sizeof(letters) - 1;
	letters[at] = '\0';
	for (size_t number = tab->left + place + 1; number; number = (number - 1) / 26)
		letters[--at] = (char)('A' + (number - 1) % 26);
	return arena_printf(tab->arena, "%.*s!%s%zu", STR_ARGS(tab->name), letters + at,
		tab->top + row + 1);
}

/* "api_keys!C5:Z1000": the tab's name, and where the cells begin. */
static void read_range(struct tab *tab, const char *range) {
	const char *mark = range ? strrchr(range, '!') : NULL;
	tab->name = mark ? (struct str){range, (size_t)(mark - range)} : str_from(range);
	size_t column = 0, row = 0;
	for (const char *at = mark ? mark + 1 : ""; *at && *at != ':'; at++)
		if (*at >= 'A' && *at <= 'Z' && column < 100000)
			column = column * 26 + (size_t)(*at - 'A' + 1);
		else if (*at >= '0' && *at <= '9' && row < 100000000)
			row = row * 10 + (size_t)(*at - '0');
	tab->left = column ? column - 1 : 0;
	tab->top = row ? row - 1 : 0;
}

/* --- cells --------------------------------------------------------------------------------------- */

/* Bytes of a character that nobody sees: a byte order mark, joiners, marks of direction; 0: it is none. */
static size_t unseen(struct str rest) {
	static const char *const marks[] = {"\xef\xbb\xbf", "\xe2\x80\x8b", "\xe2\x80\x8c",
		"\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x81\xa0", "\xc2\xad"};
	for (size_t i = 0; i < COUNT_OF(marks); i++)
		if (str_starts(rest, marks[i]))
			return strlen(marks[i]);
	return 0;
}

/* Without what cannot be seen and without white space around it. */
static struct str clean(struct arena *arena, struct str text) {
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	for (size_t at = 0; at < text.len;) {
		struct str rest = str_slice(text, at, text.len);
		size_t gone = unseen(rest);
		bool blank = str_starts(rest, "\xc2\xa0");
		if (!gone)
			out[len++] = blank ? ' ' : text.ptr[at];
		at += gone ? gone : blank ? 2 : 1;
	}
	return str_trim((struct str){out, len});
}

static struct str text_at(const struct tab *tab, const json_t *row, size_t place) {
	const json_t *cell = place == STR_NONE ? NULL : json_array_get(row, place);
	if (json_is_string(cell))
		return clean(tab->arena, str_from(json_string_value(cell)));
	char *text = cell && !json_is_null(cell) ? json_dumps(cell, JSON_ENCODE_ANY) : NULL;
	struct str copy = arena_str(tab->arena, str_from(text));
	free(text);
	return copy;
}

static bool is_error(struct str text) {
	static const char *const errors[] = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!",
		"#NUM!", "#NULL!", "#ERROR!", "Loading..."};
	for (size_t i = 0; i < COUNT_OF(errors); i++)
		if (str_is(text, errors[i]))
			return true;
	return false;
}

static bool is_email(struct str text) {
	size_t at = str_find(text, "@", 0);
	return at != STR_NONE && at > 0 && str_find(text, "@", at + 1) == STR_NONE &&
		str_find(text, ".", at + 2) != STR_NONE && !str_ends(text, ".") &&
		str_find(text, " ", 0) == STR_NONE && str_find(text, ",", 0) == STR_NONE;
}

/* --- the header ---------------------------------------------------------------------------------- */

static void put_header(const struct tab *tab, struct buf *out) {
	const json_t *header = json_array_get(tab->rows, 0);
	size_t shown = 0;
	for (size_t i = 0; i < json_array_size(header) && shown < 12; i++) {
		struct str text = text_shown(text_at(tab, header, i));
		if (text.len)
			buf_printf(out, "%s`%.*s`", shown++ ? ", " : "it has ", STR_ARGS(text));
	}
	if (!shown)
		buf_puts(out, "it is empty");
}

static bool lacks_column(struct tab *tab, const char *name) {
	struct buf found = BUF(4096);
	put_header(tab, &found);
	reader_fail(tab->reader, "%.*s!%zu:%zu: the header has no `%s`; %s", STR_ARGS(tab->name),
		tab->top + 1, tab->top + 1, name, found.ptr);
	buf_free(&found);
	return false;
}

static bool find_column(struct tab *tab, const struct column *column, size_t *place) {
	const json_t *header = json_array_get(tab->rows, 0);
	*place = STR_NONE;
	for (size_t i = 0; i < json_array_size(header); i++) {
		if (!str_eq_fold(text_at(tab, header, i), str_from(column->path)))
			continue;
		if (*place != STR_NONE)
			return reader_fail(tab->reader, "%s: the header has `%s` here and in %s",
				address(tab, 0, i), column->path, address(tab, 0, *place));
		*place = i;
	}
	return *place != STR_NONE || !column->required || lacks_column(tab, column->path);
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

/* --- rows ---------------------------------------------------------------------------------------- */

static bool is_blank(const struct tab *tab, const json_t *row) {
	for (size_t i = 0; i < tab->columns; i++)
		if (text_at(tab, row, tab->places[i]).len)
			return false;
	return true;
}

/* The keys of a row as one text, as equal as people mean them. */
static struct str key_of(struct tab *tab, const json_t *row) {
	struct buf key = BUF(256 * 1024);
	for (size_t i = 0; i < tab->columns; i++) {
		struct str text = text_at(tab, row, tab->places[i]);
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

static bool says_same(const struct tab *tab, size_t one, size_t other) {
	for (size_t i = 0; i < tab->columns; i++)
		if (!str_eq_fold(text_at(tab, json_array_get(tab->rows, one), tab->places[i]),
			    text_at(tab, json_array_get(tab->rows, other), tab->places[i])))
			return false;
	return true;
}

static void find_twins(struct tab *tab) {
	for (size_t i = 1; i < json_array_size(tab->rows); i++) {
		const json_t *row = json_array_get(tab->rows, i);
		if (is_blank(tab, row))
			continue;
		void **slot = map_slot(tab->arena, &tab->keys, key_of(tab, row));
		struct twins *twins = *slot;
		if (!twins) {
			*slot = twins = arena_new(tab->arena, struct twins);
			twins->first = i;
		} else if (!twins->other && !says_same(tab, twins->first, i)) {
			twins->other = i;
		}
	}
}

static void add_fault(struct faults *faults, size_t place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add_fault(struct faults *faults, size_t place, const char *format, ...) {
	va_list args;
	if (faults->place == STR_NONE)
		faults->place = place == STR_NONE ? 0 : place;
	else
		buf_puts(&faults->text, "; ");
	va_start(args, format);
	buf_vprintf(&faults->text, format, args);
	va_end(args);
}

static void judge_cell(struct faults *faults, const struct column *column, struct str text,
	size_t place) {
	struct buf scratch = BUF(1 << 20);
	struct cell cell = {.kind = CELL_TEXT, .text = text};
	struct str shown = text_shown(text);
	bool number = column->read == read_count || column->read == read_decimal;
	if (!text.len && column->required)
		add_fault(faults, place, "`%s` is empty", column->path);
	else if (is_error(text))
		add_fault(faults, place, "`%s` is the error of a formula, %.*s", column->path,
			STR_ARGS(shown));
	else if (text.len && !column->read(&cell, &scratch))
		add_fault(faults, place, "`%s` is `%.*s`, expected %s", column->path,
			STR_ARGS(shown), column_expects(column));
	else if (number && text.len && *text.ptr == '-')
		add_fault(faults, place, "`%s` is `%.*s`, less than nothing", column->path,
			STR_ARGS(shown));
	else if (text.len && strcmp(column->name, "email") == 0 && !is_email(text))
		add_fault(faults, place, "`%s` is `%.*s`, which is no e-mail address",
			column->path, STR_ARGS(shown));
	buf_free(&scratch);
}

static size_t column_named(const struct tab *tab, const char *name) {
	for (size_t i = 0; i < tab->columns; i++)
		if (strcmp(tab->stream->columns[i].name, name) == 0)
			return i;
	return STR_NONE;
}

/* The end of a period does not belong to it. */
static void judge_period(
	const struct tab *tab, const struct cell *cells, struct faults *faults) {
	size_t from = column_named(tab, "valid_from"), to = column_named(tab, "valid_to");
	day first, end;
	if (from == STR_NONE || to == STR_NONE || !day_read(cells[from].text, &first) ||
		!day_read(cells[to].text, &end) || end > first)
		return;
	add_fault(faults, tab->places[to], "`valid_to` %.*s is not after `valid_from` %.*s",
		STR_ARGS(cells[to].text), STR_ARGS(cells[from].text));
}

static void judge_keys(struct tab *tab, size_t number, struct faults *faults) {
	const json_t *row = json_array_get(tab->rows, number);
	const struct twins *twins = map_get(&tab->keys, key_of(tab, row));
	const char *name = tab->stream->columns[0].path;
	size_t place = tab->places[0];
	if (twins->other)
		add_fault(faults, place, "the same `%s` stands in %s, with something else", name,
			address(tab, number == twins->first ? twins->other : twins->first, place));
	else if (number != twins->first)
		add_fault(faults, place, "the same row stands in %s already",
			address(tab, twins->first, place));
}

/* A cell that is wrong is left out, the row stays, and says so. */
static void judge_row(struct tab *tab, size_t number, struct cell *cells, struct faults *faults) {
	const json_t *row = json_array_get(tab->rows, number);
	for (size_t i = 0; i < tab->columns; i++) {
		size_t before = faults->text.len;
		struct str text = text_at(tab, row, tab->places[i]);
		judge_cell(faults, &tab->stream->columns[i], text, tab->places[i]);
		if (text.len && faults->text.len == before)
			cells[i] = (struct cell){.kind = CELL_TEXT, .text = text};
	}
	judge_period(tab, cells, faults);
	if (faults->place == STR_NONE)
		judge_keys(tab, number, faults);
}

static bool emit_row(struct tab *tab, size_t number) {
	struct cell cells[MOST_COLUMNS + 2] = {0};
	struct faults faults = {.text = BUF(8192), .place = STR_NONE};
	judge_row(tab, number, cells, &faults);
	cells[tab->columns] = (struct cell){.kind = CELL_TEXT,
		.text = str_from(address(tab, number, faults.place == STR_NONE ? 0 : faults.place))};
	if (faults.place != STR_NONE)
		cells[tab->columns + 1] =
			(struct cell){.kind = CELL_TEXT, .text = buf_str(&faults.text)};
	char *payload = json_dumps(json_array_get(tab->rows, number), JSON_COMPACT);
	bool good = reader_emit(tab->reader, cells, str_from(payload));
	free(payload);
	buf_free(&faults.text);
	return good;
}

static bool read_rows(struct tab *tab) {
	size_t count = json_array_size(tab->rows);
	if (count > MOST_ROWS)
		return reader_overflow(tab->reader, "%.*s: %zu rows, and at most %d are read",
			STR_ARGS(tab->name), count, MOST_ROWS);
	find_twins(tab);
	for (size_t i = 1; i < count; i++)
		if (!is_blank(tab, json_array_get(tab->rows, i)) && !emit_row(tab, i))
			return false;
	return true;
}

bool sheet_parse(const struct stream *stream, struct str page, struct reader *reader) {
	struct tab tab = {.stream = stream, .reader = reader};
	json_auto_t *answer = json_loadb(page.ptr, page.len, 0, NULL);
	if (!json_is_object(answer))
		return reader_fail(reader, "the answer is no whole JSON (%zu bytes)", page.len);
	read_range(&tab, json_string_value(json_object_get(answer, "range")));
	tab.rows = json_object_get(answer, "values");
	tab.arena = arena_create();
	bool good = read_header(&tab) && read_rows(&tab);
	arena_destroy(tab.arena);
	return good;
}
