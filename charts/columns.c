/* Rules about columns that many chart types share: what counts as a measure, what must differ,
 * which queries fit pictures of one row or of ordered rows. Nothing is said about a column of
 * unknown type. */
#include "charts/columns.h"

enum column_type type_of(const struct chart *chart, const struct value *value) {
	const struct column *column = value ? chart_column(chart, value) : NULL;
	return column ? column->type : COLUMN_UNKNOWN;
}

bool is_date(enum column_type type) {
	return type == COLUMN_DATE || type == COLUMN_DATETIME;
}

static bool is_key_name(struct str name) {
	struct str last = str_slice(name, name.len >= 3 ? name.len - 3 : 0, name.len);
	return str_eq_fold(name, STR("id")) || str_eq_fold(last, STR("_id")) ||
	       str_eq_fold(last, STR("-id"));
}

void need_number(struct compile *c, const struct chart *chart, const struct value *value,
	const char *what) {
	if (type_of(chart, value) != COLUMN_UNKNOWN)
		chart_need_column(c, chart, value, COLUMN_NUMBER, what);
}

void need_measure(struct compile *c, const struct chart *chart, const struct value *value,
	const char *what) {
	if (!value)
		return;
	if (!is_key_name(value->text)) {
		need_number(c, chart, value, what);
		return;
	}
	struct diagnostic *d = diag_add(c, E0412, value->node->at,
		"`%.*s` is a key by its name, and never a measure", STR_ARGS(value->text));
	diag_help(c, d, "give the column another name in the query: `… AS %.*s_count`",
		(int)(value->text.len > 3 ? value->text.len - 3 : value->text.len),
		value->text.ptr);
}

void need_different(struct compile *c, const struct value *value, const struct value *other) {
	if (!value || !other || value->node->bad || other->node->bad ||
		!str_eq(value->text, other->text))
		return;
	bool first = value->node->at.start > other->node->at.start;
	const struct value *later = first ? value : other, *earlier = first ? other : value;
	struct diagnostic *d = diag_add(c, E0410, later->node->at,
		"`%.*s` is used twice in one picture", STR_ARGS(later->text));
	diag_note(c, d, earlier->node->at, "first used here");
}

void need_distinct(struct compile *c, const struct value *list) {
	for (size_t i = 1; list && i < list->list.count; i++) {
		for (size_t j = 0; j < i; j++)
			need_different(c, &list->list.items[i], &list->list.items[j]);
	}
}

bool list_has(const struct value *list, struct str name) {
	for (size_t i = 0; list && i < list->list.count; i++) {
		if (str_eq(list->list.items[i].text, name))
			return true;
	}
	return false;
}

void warn_many_rows(struct compile *c, const struct chart *chart) {
	const struct columns *columns = chart->columns;
	if (!columns->known || columns->declared || columns->aggregated || columns->limited ||
		!chart->sql)
		return;
	if (sql_tables(c->arena, chart->sql).count == 0)
		return;
	struct diagnostic *d = diag_add(c, W0410, chart->key_node->at,
		"a `%s` shows the first row, and this query may give many", chart->type->name);
	diag_help(c, d,
		"add up the rows (`SUM(…)` without `GROUP BY`), or end with `ORDER BY … LIMIT 1`");
}

void warn_unordered(struct compile *c, const struct chart *chart, const struct value *value) {
	const struct columns *columns = chart->columns;
	if (!value || !columns->known || columns->declared || columns->ordered)
		return;
	struct diagnostic *d = diag_add(c, W0411, value->node->at,
		"nothing says in what order `%.*s` comes", STR_ARGS(value->text));
	diag_help(c, d, "end the query with `ORDER BY …`: the picture keeps the order of the rows");
}

json_t *name_json(struct str name) {
	return json_stringn(name.ptr ? name.ptr : "", name.len);
}

const char *palette(size_t index) {
	return colour_words[index % 8].raw;
}
