/* Google Sheets: ranges of cells in, rows out, without what is empty at their ends. */
#include <stdlib.h>

#include "runtime/json.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/moment.h"
#include "tests/vendors/state.h"

#define GRID_ROWS 1000

/* Columns from 0, rows from 1; the last ones count. */
struct area {
	const char *tab;
	size_t first_column, last_column, first_row, last_row;
};

/* Reads "A", "A1" or "12"; what is not there stays as it is. */
static bool read_corner(struct str text, size_t *column, size_t *row) {
	size_t i = 0, number = 0;
	for (; i < text.len && text.ptr[i] >= 'A' && text.ptr[i] <= 'Z'; i++)
		number = number * 26 + (size_t)(text.ptr[i] - 'A' + 1);
	if (number)
		*column = number - 1;
	long long line;
	if (i == text.len)
		return i > 0 && i < 4;
	if (!str_integer(str_slice(text, i, text.len), &line) || line < 1)
		return false;
	*row = (size_t)line;
	return true;
}

/* "tab", "tab!A:F", "'a tab'!A1:F20", "tab!B2". */
static bool read_area(struct arena *arena, const char *text, struct area *area) {
	const char *mark = strrchr(text, '!');
	struct str tab = mark ? (struct str){text, (size_t)(mark - text)} : str_from(text);
	if (tab.len > 1 && tab.ptr[0] == '\'' && tab.ptr[tab.len - 1] == '\'')
		tab = str_slice(tab, 1, tab.len - 1);
	*area = (struct area){arena_cstr(arena, tab), 0, 25, 1, GRID_ROWS};
	if (!mark)
		return true;
	struct str rest = str_from(mark + 1), from, to;
	if (!str_split(&rest, ':', &from) ||
		!read_corner(from, &area->first_column, &area->first_row))
		return false;
	if (str_split(&rest, ':', &to))
		return read_corner(to, &area->last_column, &area->last_row) && rest.len == 0;
	area->last_column = area->first_column;
	area->last_row = area->first_row;
	return true;
}

/* What a cell holds rather than what it shows. */
static json_t *unformatted(const char *text) {
	double number;
	int64_t day;
	if (str_number(str_from(text), &number))
		return number_text(text);
	if (!strcmp(text, "TRUE") || !strcmp(text, "FALSE"))
		return json_boolean(*text == 'T');
	if (day_parse(text, &day))
		return json_integer(day + 25569);
	return json_string(text);
}

static bool is_blank(const json_t *cell) {
	return !json_is_string(cell) || !*json_string_value(cell);
}

static json_t *cut_row(const json_t *cells, const struct area *area, bool raw) {
	json_t *row = json_array();
	size_t end = json_array_size(cells);
	if (end > area->last_column + 1)
		end = area->last_column + 1;
	while (end > area->first_column && is_blank(json_array_get(cells, end - 1)))
		end--;
	for (size_t i = area->first_column; i < end; i++) {
		const char *text = json_string_value(json_array_get(cells, i));
		json_array_append_new(
			row, raw && text ? unformatted(text) : json_string(text ? text : ""));
	}
	return row;
}

static json_t *cut_area(struct request *r, const json_t *rows, const struct area *area) {
	const char *option = query_text(r, "valueRenderOption");
	bool raw = option && !strcmp(option, "UNFORMATTED_VALUE");
	size_t end = json_array_size(rows);
	if (end > area->last_row)
		end = area->last_row;
	json_t *values = json_array();
	for (size_t i = area->first_row - 1; i < end; i++)
		json_array_append_new(values, cut_row(json_array_get(rows, i), area, raw));
	while (json_array_size(values) &&
		!json_array_size(json_array_get(values, json_array_size(values) - 1)))
		json_array_remove(values, json_array_size(values) - 1);
	return values;
}

/* One range as Google gives it back, or NULL with the reply set. */
static json_t *read_range(struct request *r, const char *range) {
	struct area area;
	const json_t *rows;
	if (!read_area(r->arena, range, &area) ||
		!(rows = json_object_get(r->vendors->sheets, area.tab))) {
		reply_google(r, 400, "INVALID_ARGUMENT", NULL,
			arena_printf(r->arena, "Unable to parse range: %s", range));
		return NULL;
	}
	json_t *values = cut_area(r, rows, &area);
	json_t *answer = json_pack("{s:s, s:s}", "range",
		arena_printf(r->arena, "%s!%c%zu:%c%zu", area.tab,
			(char)('A' + area.first_column % 26), area.first_row,
			(char)('A' + area.last_column % 26), area.last_row),
		"majorDimension", "ROWS");
	if (json_array_size(values)) /* nothing there: no member at all */
		json_object_set(answer, "values", values);
	json_decref(values);
	return answer;
}

static bool is_known(struct request *r) {
	if (!strcmp(r->captures[0], SHEET_ID))
		return true;
	reply_google(r, 404, "NOT_FOUND", NULL, "Requested entity was not found.");
	return false;
}

void sheets_values(struct request *r) {
	json_t *answer = is_known(r) ? read_range(r, r->captures[1]) : NULL;
	if (answer)
		reply_json(r, 200, answer);
}

void sheets_batch(struct request *r) {
	const json_t *range, *ranges = query_values(r, "ranges");
	size_t i;
	if (!is_known(r))
		return;
	json_t *answers = arena_own_json(r->arena, json_array());
	json_array_foreach(ranges, i, range) {
		json_t *answer = read_range(r, json_string_value(range));
		if (!answer)
			return;
		json_array_append_new(answers, answer);
	}
	reply_json(
		r, 200, json_pack("{s:s, s:O}", "spreadsheetId", SHEET_ID, "valueRanges", answers));
}

void sheets_about(struct request *r) {
	json_t *tabs = json_array(), *rows;
	const char *name;
	if (!is_known(r)) {
		json_decref(tabs);
		return;
	}
	json_object_foreach(r->vendors->sheets, name, rows)
		json_array_append_new(
			tabs, json_pack("{s:{s:s, s:i, s:{s:i, s:i}}}", "properties", "title", name,
				      "sheetId", (int)json_array_size(tabs), "gridProperties",
				      "rowCount", GRID_ROWS, "columnCount", 26));
	reply_json(r, 200,
		json_pack("{s:{s:s, s:s}, s:o}", "properties", "title", "AI keys", "timeZone",
			"Etc/UTC", "sheets", tabs));
}

/* {"tab": …, "rows": [[…]]} replaces a tab (or removes it, with null); {"tab", "row", "column",
 * "value"} changes one cell, counted from 0. */
void control_sheet(struct request *r) {
	const char *tab = json_text(r->json, "tab"), *value = json_text(r->json, "value");
	json_t *rows = json_object_get(r->json, "rows"), *sheets = r->vendors->sheets;
	json_t *row = json_array_get(json_object_get(sheets, tab ? tab : ""),
		(size_t)json_number_of(r->json, "row", -1));
	if (tab && json_is_null(rows)) {
		json_object_del(sheets, tab);
	} else if (tab && json_is_array(rows)) {
		json_object_set_new(sheets, tab, json_deep_copy(rows));
	} else if (row && value) {
		size_t column = (size_t)json_number_of(r->json, "column", 0);
		while (json_array_size(row) <= column && json_array_size(row) < 26)
			json_array_append_new(row, json_string(""));
		json_array_set_new(row, column, json_string(value));
	} else {
		reply_json(
			r, 400, json_pack("{s:s}", "error", "expected a tab and rows or a cell"));
		return;
	}
	reply_json(r, 200, json_pack("{s:b}", "done", true));
}
