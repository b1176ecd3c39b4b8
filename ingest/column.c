/* One function a way of reading: a cell of an answer goes in, a JSON value for the load goes out. Money
 * and numbers never leave their text. */
#include "ingest/column.h"

#include <stdio.h>

#include "ingest/day.h"
#include "runtime/arena.h"

static bool is_plain(unsigned char c) {
	return c >= 0x20 && c != '"' && c != '\\';
}

static void put_escape(struct buf *out, unsigned char c) {
	static const char digits[] = "0123456789abcdef";
	if (c == '"' || c == '\\')
		buf_add(out, (const char[]){'\\', (char)c}, 2);
	else
		buf_add(out, (const char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
}

bool json_quote(struct buf *out, struct str text) {
	buf_putc(out, '"');
	for (size_t at = 0, end = 0; at < text.len; at = end) {
		while (end < text.len && is_plain((unsigned char)text.ptr[end]))
			end++;
		buf_add(out, text.ptr + at, end - at);
		if (end < text.len)
			put_escape(out, (unsigned char)text.ptr[end++]);
	}
	return buf_putc(out, '"');
}

struct str text_shown(struct str text) {
	size_t end = text.len < 60 ? text.len : 60;
	while (end < text.len && end > 56 && ((unsigned char)text.ptr[end] & 0xc0) == 0x80)
		end--;
	return str_slice(text, 0, end);
}

static bool put_quoted(struct buf *out, const char *text) {
	buf_putc(out, '"');
	buf_puts(out, text);
	return buf_putc(out, '"');
}

bool read_text(const struct cell *cell, struct buf *out) {
	if (cell->kind == CELL_ABSENT)
		return true;
	if (cell->kind == CELL_BOOL)
		return false;
	if (!cell->plain)
		return json_quote(out, cell->text);
	buf_putc(out, '"');
	buf_add_str(out, cell->text);
	return buf_putc(out, '"');
}

/* The digits as they are, unless they are written in an unusual way. */
bool read_count(const struct cell *cell, struct buf *out) {
	long long value = 0;
	if (cell->kind == CELL_ABSENT)
		return buf_putc(out, '0');
	if (cell->kind == CELL_BOOL || !str_integer(cell->text, &value))
		return false;
	bool usual = cell->text.len == 1 || (cell->text.ptr[0] >= '1' && cell->text.ptr[0] <= '9');
	return usual ? buf_add_str(out, cell->text) : buf_printf(out, "%lld", value);
}

bool read_bool(const struct cell *cell, struct buf *out) {
	if (cell->kind == CELL_ABSENT)
		return true;
	return cell->kind == CELL_BOOL && buf_add_str(out, cell->text);
}

bool read_flag(const struct cell *cell, struct buf *out) {
	static const struct {
		const char *word;
		bool value;
	} words[] = {{"true", true}, {"yes", true}, {"1", true}, {"false", false}, {"no", false},
		{"0", false}};
	if (cell->kind == CELL_ABSENT)
		return true;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_eq_fold(cell->text, str_from(words[i].word)))
			return buf_puts(out, words[i].value ? "true" : "false");
	return false;
}

bool read_day(const struct cell *cell, struct buf *out) {
	day value;
	moment instant;
	char text[DAY_TEXT];
	if (cell->kind == CELL_ABSENT)
		return true;
	if (cell->kind == CELL_NUMBER)
		return read_millis_day(cell, out);
	if (moment_read(cell->text, &instant))
		value = moment_day(instant);
	else if (!day_read(cell->text, &value))
		return false;
	return put_quoted(out, day_print(value, text));
}

bool read_moment(const struct cell *cell, struct buf *out) {
	moment value;
	char text[MOMENT_TEXT];
	if (cell->kind == CELL_ABSENT)
		return true;
	return cell->kind == CELL_TEXT && moment_read(cell->text, &value) &&
		put_quoted(out, moment_print(value, text));
}

static bool millis_of(const struct cell *cell, moment *value) {
	return cell->kind != CELL_BOOL && moment_read_millis(cell->text, value);
}

bool read_millis_day(const struct cell *cell, struct buf *out) {
	moment value;
	char text[DAY_TEXT];
	if (cell->kind == CELL_ABSENT)
		return true;
	return millis_of(cell, &value) &&
	       put_quoted(out, day_print(moment_day(value), text));
}

bool read_millis(const struct cell *cell, struct buf *out) {
	moment value;
	char text[MOMENT_TEXT];
	if (cell->kind == CELL_ABSENT)
		return true;
	return millis_of(cell, &value) && put_quoted(out, moment_print(value, text));
}

static bool read_amount(const struct cell *cell, unsigned shift, struct buf *out) {
	money amount;
	char text[MONEY_TEXT];
	enum money_source source = cell->kind == CELL_NUMBER ? MONEY_JSON_NUMBER : MONEY_TEXT_ONLY;
	if (cell->kind == CELL_ABSENT)
		return true;
	return cell->kind != CELL_BOOL && money_read(cell->text, shift, source, &amount) &&
		put_quoted(out, money_print(amount, text));
}

bool read_cents(const struct cell *cell, struct buf *out) {
	return read_amount(cell, 2, out);
}

bool read_decimal(const struct cell *cell, struct buf *out) {
	return read_amount(cell, 0, out);
}

bool read_dollars(const struct cell *cell, struct buf *out) {
	return cell->kind == CELL_TEXT && str_is(cell->text, "USD") && buf_puts(out, "\"USD\"");
}

const char *column_expects(const struct column *column) {
	static const struct {
		column_reader *read;
		const char *text;
	} rows[] = {{read_text, "text"}, {read_count, "a whole number"}, {read_bool, "true or false"},
		{read_flag, "TRUE or FALSE"}, {read_day, "a day such as 2026-11-20"},
		{read_moment, "a moment such as 2026-11-20T10:00:00Z"},
		{read_millis_day, "milliseconds since 1970"}, {read_millis, "milliseconds since 1970"},
		{read_cents, "a decimal number of cents"}, {read_decimal, "a decimal number"},
		{read_dollars, "USD"}};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].read == column->read)
			return rows[i].text;
	return column->type;
}
