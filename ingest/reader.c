/* One pass over the bytes: yajl calls back for each value, the tree of paths says whether anybody wants
 * it, and at the end of a record its cells become a row. Values that stand outside the records (the day
 * of a bucket) keep their cells until they are overwritten.
 *
 * Nothing is copied on the way to the row: a cell points into the page, where its text stands as it is
 * to be written; only text with escapes, which yajl decodes elsewhere, moves to a buffer of its cell.
 * Depth and the size of a record are bounded. */
#include "ingest/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "ingest/digest.h"
#include "ingest/paths.h"

#define MOST_CELLS 64
#define MOST_DEPTH 128
#define MOST_ROW MOST_RECORD

/* Cells behind those of the columns: what the answer says about itself. */
enum page_value { PAGE_MORE, PAGE_NEXT, PAGE_PAGES, PAGE_TOTAL, PAGE_REFRESHED, PAGE_VALUES };

/* What there is to know of a cell beside its text. */
struct slot {
	struct str member;              /* of a column: `,"name":` as the row has it */
	unsigned rank;
	bool outside;                   /* the record */
	bool grouped;                   /* and within an item that holds several records */
	struct buf own;                 /* the text, where the page does not have it */
	long long sum;
};

struct reader {
	const struct stream *stream;
	day snapshot;
	record_sink *sink;
	void *context;
	struct arena *arena;
	struct path_node root;
	struct cell cells[MOST_CELLS];
	struct slot slots[MOST_CELLS];
	unsigned columns, inner_columns;
	struct path_node *stack[MOST_DEPTH];    /* NULL: nobody wants what is inside */
	bool in_array[MOST_DEPTH];
	unsigned depth;
	struct path_node *member;       /* of the value that follows a key */
	yajl_handle parser;
	struct str body;
	size_t record_start, records;
	size_t lists, items;            /* that hold records, and that should each have such a list */
	bool dry;                       /* only what stands outside the records */
	bool inside;                    /* of a record */
	bool overflowed;
	struct buf row, inner;
	char problem[512];
};

static void note_problem(struct reader *reader, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void note_problem(struct reader *reader, const char *format, va_list args) {
	size_t used = 0;
	if (reader->problem[0])
		return;
	if (reader->inside)
		used = (size_t)snprintf(reader->problem, sizeof(reader->problem), "record %zu: ",
			reader->records + 1);
	vsnprintf(reader->problem + used, sizeof(reader->problem) - used, format, args);
}

bool reader_fail(struct reader *reader, const char *format, ...) {
	va_list args;
	va_start(args, format);
	note_problem(reader, format, args);
	va_end(args);
	return false;
}

bool reader_overflow(struct reader *reader, const char *format, ...) {
	va_list args;
	va_start(args, format);
	note_problem(reader, format, args);
	va_end(args);
	reader->overflowed = true;
	return false;
}

const char *reader_problem(const struct reader *reader) {
	return reader->problem;
}

bool reader_overflowed(const struct reader *reader) {
	return reader->overflowed;
}

/* --- rows ---------------------------------------------------------------------------------------- */

static bool refuse_value(
	struct reader *reader, const struct column *column, const struct cell *cell) {
	struct str text = text_shown(cell->text);
	return reader_fail(reader, "`%s` is `%.*s`, expected %s",
		column->path ? column->path : column->name, STR_ARGS(text), column_expects(column));
}

static bool add_up_record(struct reader *reader, const struct column *column, struct str value,
	struct record *record) {
	long long count = 0;
	money amount = 0;
	switch (column->role) {
	case COLUMN_DAY:
		return day_read(str_slice(value, 1, value.len - 1), &record->day);
	case COLUMN_TOKENS:
		return (str_integer(value, &count) &&
			       !__builtin_add_overflow(record->tokens, count, &record->tokens)) ||
		       reader_fail(reader, "`%s`: more tokens than can be counted", column->path);
	case COLUMN_USD:
		return (money_read(str_slice(value, 1, value.len - 1), 0, MONEY_TEXT_ONLY, &amount) &&
			       money_add(&record->usd, amount)) ||
		       reader_fail(reader, "`%s`: more dollars than can be counted", column->path);
	case COLUMN_PLAIN:
	case COLUMN_KEY:
	case COLUMN_HASH:
		break;
	}
	return true;
}

static bool take_column(struct reader *reader, unsigned index, const struct cell *cell,
	struct record *record) {
	const struct column *column = &reader->stream->columns[index];
	struct buf *row = &reader->row;
	size_t start = row->len;
	buf_add_str(row, reader->slots[index].member);
	size_t value = row->len;
	if (!column->read(cell, row))
		return row->full || refuse_value(reader, column, cell);
	if (row->len - value > MOST_VALUE)
		return reader_overflow(reader, "`%s` is longer than %u MiB", column->path,
			MOST_VALUE >> 20);
	if (row->len > value)
		return add_up_record(
			reader, column, str_slice(buf_str(row), value, row->len), record);
	if (column->required && !reader->stream->parse && !row->full)
		return reader_fail(reader, "`%s` is missing or null, expected %s", column->path,
			column_expects(column));
	row->len = start;
	return true;
}

static bool is_key(const struct column *column) {
	return column->role == COLUMN_KEY || column->role == COLUMN_DAY;
}

static uint64_t mix(uint64_t a, uint64_t b) {
	__extension__ const unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t mix_text(uint64_t hash, struct str text) {
	for (size_t at = 0; at < text.len; at += sizeof(hash)) {
		uint64_t word = 0;
		size_t rest = text.len - at;
		memcpy(&word, text.ptr + at, rest < sizeof(word) ? rest : sizeof(word));
		hash = mix(hash ^ word, 0x9e3779b97f4a7c15);
	}
	return hash;
}

/* The keys of a row in 64 bits, so that equal ones are told apart by their ordinal. */
static uint64_t mix_keys(const struct stream *stream, const struct cell *cells) {
	uint64_t hash = 0x2545f4914f6cdd1d;
	for (unsigned i = 0; stream->columns[i].name; i++)
		if (is_key(&stream->columns[i]))
			hash = mix_text(mix(hash ^ cells[i].kind ^ cells[i].text.len << 3,
						0xd6e8feb86659fd93),
				cells[i].text);
	return hash;
}

static void digest_key(struct digest *digest, const struct cell *cell) {
	unsigned char head[5] = {(unsigned char)cell->kind, (unsigned char)cell->text.len,
		(unsigned char)(cell->text.len >> 8), (unsigned char)(cell->text.len >> 16),
		(unsigned char)(cell->text.len >> 24)};
	digest_add(digest, (struct str){(const char *)head, sizeof(head)});
	digest_add(digest, cell->text);
}

/* SHA-256 of the keys: it is written, so it must never change. */
static void add_hash(struct reader *reader, unsigned index, const struct cell *cells) {
	const struct column *columns = reader->stream->columns;
	char text[HASH_TEXT];
	struct digest digest;
	digest_begin(&digest);
	for (unsigned i = 0; columns[i].name; i++)
		if (is_key(&columns[i]))
			digest_key(&digest, &cells[i]);
	digest_end(&digest, text);
	buf_add_str(&reader->row, reader->slots[index].member);
	json_quote(&reader->row, str_from(text));
}

static bool take_columns(struct reader *reader, const struct cell *cells, struct record *record) {
	const struct column *columns = reader->stream->columns;
	for (unsigned i = 0; columns[i].name; i++) {
		if (columns[i].role == COLUMN_HASH)
			add_hash(reader, i, cells);
		else if (!take_column(reader, i, &cells[i], record))
			return false;
	}
	return true;
}

static void add_inner(struct reader *reader) {
	buf_puts(&reader->row, ",\"");
	buf_puts(&reader->row, reader->stream->inner_name);
	buf_puts(&reader->row, "\":[");
	if (reader->inner.len)
		buf_add(&reader->row, reader->inner.ptr + 1, reader->inner.len - 1);
	buf_putc(&reader->row, ']');
}

/* A record that is wrong costs its own day, if that is known, and no other. */
static bool hand_on_wrong(struct reader *reader, struct record *record) {
	char problem[sizeof(reader->problem)];
	if (reader->stream->snapshot || record->day == NO_DAY)
		return false;
	memcpy(problem, reader->problem, sizeof(problem));
	reader->problem[0] = '\0';
	record->problem = problem;
	record->too_large = reader->overflowed;
	reader->overflowed = false;
	reader->records++;
	return reader->sink(reader->context, record);
}

static bool is_too_large(const struct reader *reader, struct str payload) {
	return payload.len > MOST_RECORD || reader->row.full || reader->inner.full;
}

bool reader_emit(struct reader *reader, const struct cell *cells, struct str payload) {
	const struct stream *stream = reader->stream;
	struct record record = {
		.day = stream->snapshot ? reader->snapshot : NO_DAY, .payload = payload};
	char text[DAY_TEXT];
	buf_clear(&reader->row);
	if (stream->snapshot)
		buf_printf(&reader->row, ",\"snapshot_date\":\"%s\"",
			day_print(reader->snapshot, text));
	bool good = take_columns(reader, cells, &record);
	if (good && stream->inner)
		add_inner(reader);
	if (good && is_too_large(reader, payload))
		good = reader_overflow(reader, "larger than %u MiB", MOST_RECORD >> 20);
	if (!good)
		return hand_on_wrong(reader, &record);
	reader->row.ptr[0] = '{';
	record.json = buf_str(&reader->row);
	record.key = mix_keys(stream, cells);
	reader->records++;
	return reader->sink(reader->context, &record);
}

/* --- cells --------------------------------------------------------------------------------------- */

static void clear_cell(struct reader *reader, unsigned index) {
	reader->cells[index] = (struct cell){.kind = CELL_ABSENT, .text = STR("")};
	reader->slots[index].sum = 0;
}

static void clear_cells(struct reader *reader, unsigned first, unsigned count) {
	for (unsigned i = first; i < first + count; i++)
		if (!reader->slots[i].outside)
			clear_cell(reader, i);
}

static bool add_up(struct reader *reader, unsigned index, struct str text) {
	struct slot *slot = &reader->slots[index];
	struct str shown = text_shown(text);
	long long value;
	if (!str_integer(text, &value) || __builtin_add_overflow(slot->sum, value, &slot->sum))
		return reader_fail(reader, "`%.*s` is no whole number", STR_ARGS(shown));
	buf_clear(&slot->own);
	buf_printf(&slot->own, "%lld", slot->sum);
	reader->cells[index] = (struct cell){CELL_NUMBER, buf_str(&slot->own), true};
	return true;
}

static bool is_in_page(const struct reader *reader, const char *text) {
	return (uintptr_t)text - (uintptr_t)reader->body.ptr < reader->body.len;
}

/* Half of a surrogate pair may stand in an escape, but in no text: U+FFFD takes its place. */
static void copy_text(struct buf *to, struct str text) {
	buf_clear(to);
	for (size_t at = 0, length; at < text.len; at += length) {
		length = utf8_length(text.ptr + at, text.len - at);
		if (length)
			buf_add(to, text.ptr + at, length);
		else
			buf_puts(to, "\xef\xbf\xbd");
		length += !length;
	}
}

static bool set_cell(struct reader *reader, struct path_use use, enum cell_kind kind, struct str text) {
	struct slot *slot = &reader->slots[use.cell];
	struct cell *cell = &reader->cells[use.cell];
	if (cell->kind != CELL_ABSENT && slot->rank < use.rank && !slot->outside)
		return true;
	bool plain = is_in_page(reader, text.ptr);
	if (!plain) {
		copy_text(&slot->own, text);
		text = buf_str(&slot->own);
	}
	*cell = (struct cell){kind, text, plain};
	slot->rank = use.rank;
	return !slot->own.full ||
		reader_overflow(reader, "a value is larger than %zu KiB", slot->own.max >> 10);
}

static bool inner_record(struct reader *reader) {
	const struct column *columns = reader->stream->inner_columns;
	struct buf *inner = &reader->inner;
	size_t start = inner->len + 1;
	buf_putc(inner, ',');
	for (unsigned i = 0; columns[i].name; i++) {
		unsigned index = reader->columns + i;
		size_t before = inner->len;
		buf_add_str(inner, reader->slots[index].member);
		size_t value = inner->len;
		if (!columns[i].read(&reader->cells[index], inner) && !inner->full)
			return refuse_value(reader, &columns[i], &reader->cells[index]);
		if (inner->len == value)
			inner->len = before;
	}
	if (inner->len > start)
		inner->ptr[start] = '{';
	else
		buf_putc(inner, '{');
	buf_putc(inner, '}');
	return true;
}

static bool outer_record(struct reader *reader, size_t end) {
	struct str payload = str_slice(reader->body, reader->record_start, end);
	bool good = reader->dry || reader_emit(reader, reader->cells, payload);
	reader->inside = false;
	return good;
}

/* --- yajl's events ------------------------------------------------------------------------------- */

static struct path_node *target(const struct reader *reader) {
	if (!reader->depth)
		return (struct path_node *)&reader->root;
	struct path_node *top = reader->stack[reader->depth - 1];
	if (!reader->in_array[reader->depth - 1])
		return reader->member;
	return top ? top->items : NULL;
}

static int take_value(struct reader *reader, enum cell_kind kind, struct str text) {
	struct path_node *node = target(reader);
	if (node && node->list)
		return reader_fail(reader, "`%.*s` is no list", STR_ARGS(node->name));
	if (!node || kind == CELL_ABSENT)
		return 1;
	if (node->record)
		return reader_fail(reader, "a record is no object");
	for (size_t i = 0; i < node->uses.count; i++) {
		struct path_use use = node->uses.items[i];
		if (!(node->adds ? add_up(reader, use.cell, text)
				 : set_cell(reader, use, kind, text)))
			return 0;
	}
	return 1;
}

static int on_null(void *context) {
	return take_value(context, CELL_ABSENT, STR(""));
}

static int on_boolean(void *context, int value) {
	return take_value(context, CELL_BOOL, value ? STR("true") : STR("false"));
}

static int on_number(void *context, const char *text, size_t len) {
	return take_value(context, CELL_NUMBER, (struct str){text, len});
}

static int on_string(void *context, const unsigned char *text, size_t len) {
	return take_value(context, CELL_TEXT, (struct str){(const char *)text, len});
}

static int push(struct reader *reader, bool array) {
	struct path_node *node = target(reader);
	if (reader->depth == MOST_DEPTH)
		return reader_fail(reader, "more than %d levels", MOST_DEPTH);
	if (node && (node->uses.count || (node->list && !array)))
		return reader_fail(reader, "`%.*s` is %s", STR_ARGS(node->name),
			array ? "a list, expected a value" : node->list ? "an object, expected a list" : "an object, expected a value");
	if (node && array && (node->record || node->inner))
		return reader_fail(reader, "a record is no object");
	reader->stack[reader->depth] = node;
	reader->in_array[reader->depth++] = array;
	reader->member = NULL;
	return 1;
}

static int on_start_map(void *context) {
	struct reader *reader = context;
	if (!push(reader, false))
		return 0;
	struct path_node *node = reader->stack[reader->depth - 1];
	reader->items += node && node->item;
	if (node && node->record) {
		reader->inside = true;
		reader->record_start = yajl_get_bytes_consumed(reader->parser) - 1;
		clear_cells(reader, 0, reader->columns + reader->inner_columns);
		buf_clear(&reader->inner);
	}
	if (node && node->inner)
		clear_cells(reader, reader->columns, reader->inner_columns);
	for (unsigned i = 0; node && node->group && i < reader->columns; i++)
		if (reader->slots[i].grouped)
			clear_cell(reader, i);
	return 1;
}

static int on_key(void *context, const unsigned char *name, size_t len) {
	struct reader *reader = context;
	struct path_node *top = reader->stack[reader->depth - 1];
	reader->member = top ? path_member(top, (struct str){(const char *)name, len}) : NULL;
	return 1;
}

static int on_end_map(void *context) {
	struct reader *reader = context;
	struct path_node *node = reader->stack[--reader->depth];
	if (node && node->inner)
		return inner_record(reader);
	if (node && node->record)
		return outer_record(reader, yajl_get_bytes_consumed(reader->parser));
	return 1;
}

static int on_start_array(void *context) {
	struct reader *reader = context;
	int good = push(reader, true);
	struct path_node *node = good ? reader->stack[reader->depth - 1] : NULL;
	reader->lists += node && node->list;
	return good;
}

static int on_end_array(void *context) {
	struct reader *reader = context;
	reader->depth--;
	return 1;
}

static yajl_callbacks callbacks = {
	.yajl_null = on_null, .yajl_boolean = on_boolean, .yajl_number = on_number, .yajl_string = on_string,
	.yajl_start_map = on_start_map, .yajl_map_key = on_key, .yajl_end_map = on_end_map,
	.yajl_start_array = on_start_array, .yajl_end_array = on_end_array,
};

/* --- pages --------------------------------------------------------------------------------------- */

static bool parse(struct reader *reader, struct str body) {
	reader->depth = 0;
	reader->member = NULL;
	reader->inside = false;
	reader->lists = 0;
	reader->items = 1;
	reader->body = body;
	reader->parser = yajl_alloc(&callbacks, NULL, reader);
	if (!reader->parser)
		out_of_memory();
	yajl_status status = yajl_parse(reader->parser, (const unsigned char *)body.ptr, body.len);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(reader->parser);
	if (status != yajl_status_ok)
		reader_fail(reader, "the answer is no whole JSON (%zu bytes)", body.len);
	yajl_free(reader->parser);
	reader->parser = NULL;
	reader->inside = false;
	if (reader->lists != reader->items)
		reader_fail(reader, "the answer has no list `%s`", reader->stream->records);
	return reader->problem[0] == '\0';
}

static bool page_number(const struct reader *reader, enum page_value which, long long *value) {
	const struct cell *cell = &reader->cells[reader->columns + reader->inner_columns + which];
	*value = -1;
	return cell->kind == CELL_NUMBER && str_integer(cell->text, value) && *value >= 0;
}

static bool take_page(struct reader *reader, struct page *page) {
	const struct cell *cells = &reader->cells[reader->columns + reader->inner_columns];
	const struct paging *paging = reader->stream->paging;
	*page = (struct page){.records = reader->records, .pages = -1, .total = -1};
	page->more_is_told = cells[PAGE_MORE].kind == CELL_BOOL;
	page->has_more = page->more_is_told && str_is(cells[PAGE_MORE].text, "true");
	if (paging->more && !page->more_is_told)
		return reader_fail(reader, "the answer has no `%s`", paging->more);
	if (!page_number(reader, PAGE_PAGES, &page->pages) && paging->pages)
		return reader_fail(reader, "the answer has no `%s`", paging->pages);
	page_number(reader, PAGE_TOTAL, &page->total);
	if (cells[PAGE_REFRESHED].kind == CELL_TEXT)
		moment_read(cells[PAGE_REFRESHED].text, &page->refreshed);
	struct str next = cells[PAGE_NEXT].text;
	if (next.len >= sizeof(page->next))
		return reader_fail(reader, "the token of the next page has %zu bytes", next.len);
	memcpy(page->next, next.len ? next.ptr : "", next.len);
	if (paging->next && page->has_more && !next.len)
		return reader_fail(
			reader, "there are more pages, but there is no `%s`", paging->next);
	return true;
}

/* yajl lets some bytes through that are no UTF-8, and then the warehouse would refuse the whole day. */
static bool check_bytes(struct reader *reader, struct str body) {
	for (size_t at = 0, length; at < body.len; at += length) {
		uint64_t word;
		length = sizeof(word);
		if (body.len - at >= length) {
			memcpy(&word, body.ptr + at, length);
			if (!(word & 0x8080808080808080))
				continue;
		}
		length = utf8_length(body.ptr + at, body.len - at);
		if (!length)
			return reader_fail(reader, "byte %zu is no UTF-8", at);
	}
	return true;
}

bool reader_read(struct reader *reader, struct str body, struct page *page) {
	reader->problem[0] = '\0';
	reader->overflowed = false;
	reader->records = 0;
	for (unsigned i = 0; i < MOST_CELLS; i++)
		clear_cell(reader, i);
	if (!check_bytes(reader, body))
		return false;
	if (reader->stream->parse) {
		*page = (struct page){.pages = -1, .total = -1};
		bool good = reader->stream->parse(reader->stream, body, reader);
		page->records = reader->records;
		return good;
	}
	reader->dry = reader->stream->late;
	if (reader->dry && !parse(reader, body))
		return false;
	reader->dry = false;
	return parse(reader, body) && take_page(reader, page);
}

/* What stands beside the records in an item of an array goes with that item. */
static void mark_group(struct reader *reader, struct slot *slot, const char *path) {
	const char *last = strrchr(path, '.');
	slot->grouped = slot->outside && last && strstr(path, "[]");
	if (slot->grouped)
		paths_node(reader->arena, &reader->root, (struct str){path, (size_t)(last - path)})
			->group = true;
}

/* "data[].results[]": `data` is a list, each of its items has a list `results`, each of those a record. */
static void mark_lists(struct reader *reader, const char *records) {
	const char *at = records;
	while ((at = strstr(at, "[]")) != NULL) {
		struct str list = {records, (size_t)(at - records)};
		paths_node(reader->arena, &reader->root, list)->list = true;
		at += 2;
		if (*at)
			paths_node(reader->arena, &reader->root,
				(struct str){records, (size_t)(at - records)})
				->item = true;
	}
}

/* `within`: the path of a record; NULL for a stream that finds its cells itself. */
static unsigned add_columns(
	struct reader *reader, const struct column *columns, unsigned first, const char *within) {
	unsigned count = 0;
	for (; columns && columns[count].name; count++) {
		struct slot *slot = &reader->slots[first + count];
		slot->member =
			str_from(arena_printf(reader->arena, ",\"%s\":", columns[count].name));
		slot->own = BUF(MOST_ROW);
		slot->outside = within && columns[count].path &&
				strncmp(columns[count].path, within, strlen(within)) != 0;
		if (!within || !columns[count].path)
			continue;
		paths_add(reader->arena, &reader->root, columns[count].path, first + count);
		mark_group(reader, slot, columns[count].path);
	}
	return count;
}

static void add_page_values(struct reader *reader) {
	const struct paging *paging = reader->stream->paging;
	const char *const values[PAGE_VALUES] = {
		[PAGE_MORE] = paging->more,
		[PAGE_NEXT] = paging->next,
		[PAGE_PAGES] = paging->pages,
		[PAGE_TOTAL] = paging->total,
		[PAGE_REFRESHED] = paging->refreshed,
	};
	for (unsigned i = 0; i < PAGE_VALUES; i++) {
		unsigned cell = reader->columns + reader->inner_columns + i;
		reader->slots[cell].own = BUF(64 * 1024);
		reader->slots[cell].outside = true;
		if (values[i])
			paths_add(reader->arena, &reader->root, values[i], cell);
	}
}

struct reader *reader_open(
	const struct stream *stream, day snapshot, record_sink *sink, void *context) {
	struct reader *reader = calloc(1, sizeof(*reader));
	if (!reader)
		out_of_memory();
	reader->stream = stream;
	reader->snapshot = snapshot;
	reader->sink = sink;
	reader->context = context;
	reader->arena = arena_create();
	reader->row = BUF(MOST_ROW);
	reader->inner = BUF(MOST_ROW);
	reader->columns = add_columns(
		reader, stream->columns, 0, stream->parse ? NULL : stream->records);
	if (stream->parse)
		return reader;
	if (stream->inner)
		reader->inner_columns =
			add_columns(reader, stream->inner_columns, reader->columns, stream->inner);
	add_page_values(reader);
	mark_lists(reader, stream->records);
	paths_node(reader->arena, &reader->root, str_from(stream->records))->record = true;
	if (stream->inner)
		paths_node(reader->arena, &reader->root, str_from(stream->inner))->inner = true;
	return reader;
}

void reader_close(struct reader *reader) {
	if (!reader)
		return;
	for (unsigned i = 0; i < MOST_CELLS; i++)
		buf_free(&reader->slots[i].own);
	buf_free(&reader->row);
	buf_free(&reader->inner);
	arena_destroy(reader->arena);
	free(reader);
}
