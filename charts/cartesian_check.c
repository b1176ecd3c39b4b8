/* Checks of charts with axes. One name that does not fit makes the server drop the whole mapping,
 * and what contradicts something else it passes over without a word; both are found here. */
#include "charts/cartesian.h"

static const char *written(const struct chart *chart, const char *name) {
	return values_word(&chart->values, name);
}

static bool word_is(const char *word, const char *other) {
	return word && strcmp(word, other) == 0;
}

static void report_useless(struct compile *c, const struct value *value, const char *why) {
	diag_add(c, E0415, value->name ? value->name->at : value->node->at, "`%s` has no effect %s",
		value->key->name, why);
}

static void check_columns(struct compile *c, const struct chart *chart, const struct cartesian *how,
	const struct series_list *list) {
	const struct value *x = values_path(&chart->values, "x", "column", NULL);
	const struct value *split = cartesian_split(chart);
	need_different(c, x, split);
	for (size_t i = 0; i < list->of.count; i++) {
		const struct value *column = list->of.items[i].column;
		if (how->any_number)
			need_number(c, chart, column, column->key->name);
		else
			need_measure(c, chart, column, column->key->name);
		need_different(c, x, column);
		need_different(c, split, column);
		for (size_t j = 0; j < i; j++)
			need_different(c, list->of.items[j].column, column);
	}
	if (!split || list->of.count < 2)
		return;
	struct diagnostic *d = diag_add(c, E0411, list->of.items[1].column->node->at,
		"a chart with `series` takes one column to measure, found %zu", list->of.count);
	diag_note(c, d, split->node->at, "split here");
	diag_help(c, d, "leave out `series`, or turn the columns into rows in the query");
}

static bool scale_fits(const char *scale, enum column_type type) {
	if (word_is(scale, "category"))
		return true;
	if (is_date(type))
		return word_is(scale, "time");
	return type == COLUMN_NUMBER && !word_is(scale, "time");
}

static void check_x(struct compile *c, const struct chart *chart, const struct cartesian *how) {
	const struct value *x = values_path(&chart->values, "x", "column", NULL);
	const struct value *scale = values_path(&chart->values, "x", "scale", NULL);
	enum column_type type = type_of(chart, x);
	bool category = how->ordinal || type == COLUMN_TEXT || type == COLUMN_BOOLEAN ||
		(scale && word_is(scale->word->name, "category"));
	if (category && x)
		warn_unordered(c, chart, x);
	if (!scale)
		return;
	const char *name = scale->word->name;
	if (how->no_logarithm && (word_is(name, "log") || word_is(name, "pow")))
		diag_add(c, E0413, scale->node->at,
			"the x axis of a `%s` cannot have the scale `%s`", chart->type->name, name);
	else if (type != COLUMN_UNKNOWN && !scale_fits(name, type))
		diag_add(c, E0413, scale->node->at,
			"an axis of scale `%s` cannot show `%.*s`, which is a %s", name,
			STR_ARGS(x->text), column_type_name(type));
}

static bool has_filled(const struct series_list *list) {
	for (size_t i = 0; i < list->of.count; i++) {
		const char *draw = list->of.items[i].draw;
		if (word_is(draw, "bar") || word_is(draw, "area"))
			return true;
	}
	return false;
}

static void check_y(struct compile *c, const struct chart *chart, const struct cartesian *how,
	const struct series_list *list) {
	const struct value *min = values_path(&chart->values, "y", "min", NULL);
	const struct value *max = values_path(&chart->values, "y", "max", NULL);
	const struct value *from_zero = values_path(&chart->values, "y", "from_zero", NULL);
	const struct value *scale = values_path(&chart->values, "y", "scale", NULL);
	if (min && !max) {
		struct diagnostic *d =
			diag_add(c, E0417, min->name->at, "`min` needs `max` beside it");
		diag_help(c, d, "the server would end the axis at 100");
	}
	double bottom = min ? min->number : 0;
	if (max && bottom >= max->number)
		diag_add(c, E0414, max->node->at, "the axis ends at %g and begins at %g",
			max->number, bottom);
	if (from_zero && max)
		report_useless(c, from_zero, "beside `max`, which fixes the axis");
	else if (from_zero && how->draw && has_filled(list))
		report_useless(c, from_zero, "with bars or areas, which always stand on zero");
	if (scale && word_is(scale->word->name, "log") &&
		word_is(written(chart, "stack"), "percent"))
		diag_add(c, E0413, scale->node->at,
			"a stack in percent cannot have a logarithmic axis");
}

static void check_right(
	struct compile *c, const struct chart *chart, const struct series_list *list) {
	const struct value *row = values_get(&chart->values, "right");
	const struct value *right = values_path(&chart->values, "right", "columns", NULL);
	size_t count = 0;
	for (size_t i = 0; right && i < right->list.count; i++) {
		const struct value *name = &right->list.items[i];
		bool found = false;
		for (size_t j = 0; j < list->of.count; j++)
			found = found || str_eq(list->of.items[j].column->text, name->text);
		count += found;
		if (!found)
			diag_add(c, E0416, name->node->at,
				"`right` names `%.*s`, which is not drawn", STR_ARGS(name->text));
	}
	if (!row)
		return;
	if (cartesian_split(chart))
		report_useless(c, row, "with `series`: there is one column to measure");
	else if (values_boolean(&chart->values, "panels", false))
		report_useless(c, row, "with `panels`: each has its own axis");
	else if (count > 0 && count == list->of.count)
		diag_add(c, W0412, row->name->at, "every series is on the right axis");
}

static bool all_areas(const struct series_list *list) {
	for (size_t i = 0; i < list->of.count; i++) {
		if (!word_is(list->of.items[i].draw, "area"))
			return false;
	}
	return true;
}

static size_t count_filled(const struct series_list *list) {
	size_t count = 0;
	for (size_t i = 0; i < list->of.count; i++)
		count += word_is(list->of.items[i].draw, "bar") ||
			 word_is(list->of.items[i].draw, "area");
	return count;
}

static void check_stack(struct compile *c, const struct chart *chart, const struct cartesian *how,
	const struct series_list *list) {
	const struct value *stack = values_get(&chart->values, "stack");
	const struct value *shown = values_path(&chart->values, "labels", "stack", NULL);
	bool stacked = stack && !word_is(stack->word->name, "none");
	bool split = cartesian_split(chart) != NULL;
	bool area = word_is(how->draw, "area") && !how->mixed;
	if (shown && !stacked && !(area && (split || list->of.count > 1)))
		diag_add(c, E0415, shown->name->at,
			"`stack` of the labels has no effect where nothing is stacked");
	else if (shown && area && all_areas(list))
		diag_add(c, E0415, shown->name->at,
			"`stack` of the labels has no effect where all is areas");
	if (!stacked)
		return;
	if (values_boolean(&chart->values, "panels", false))
		report_useless(c, stack, "with `panels`: nothing is piled up");
	else if (how->draw && count_filled(list) == 0 && list->of.count > 0)
		report_useless(c, stack, "on lines; write `type: area`");
	else if (!split && (how->draw ? count_filled(list) : list->of.count) < 2)
		report_useless(c, stack, "with a single series");
}

static bool is_series(const struct series_list *list, struct str name) {
	for (size_t i = 0; i < list->of.count; i++) {
		if (str_eq(list->of.items[i].column->text, name))
			return true;
	}
	return false;
}

static void check_styles(
	struct compile *c, const struct chart *chart, const struct series_list *list) {
	const struct value *styles = values_get(&chart->values, "styles");
	bool split = cartesian_split(chart) != NULL;
	for (size_t i = 0; styles && i < styles->list.count; i++) {
		const struct node *name = styles->list.items[i].name;
		bool drawn = is_series(list, name->scalar.text);
		if (split && drawn) {
			struct diagnostic *d = diag_add(c, E0416, name->at,
				"`styles` names the column `%.*s`", STR_ARGS(name->scalar.text));
			diag_help(c, d, "with `series` its entries are values of that column");
		} else if (!split && !drawn && list->of.count > 0) {
			struct diagnostic *d = diag_add(c, E0416, name->at,
				"`styles` names `%.*s`, which is not drawn",
				STR_ARGS(name->scalar.text));
			diag_help(c, d, "its entries are the columns that are measured");
		}
	}
}

static void check_goal(struct compile *c, const struct chart *chart) {
	const struct value *goal = values_path(&chart->values, "goal", "value", NULL);
	const struct value *scale = values_path(&chart->values, "y", "scale", NULL);
	if (!goal)
		return;
	if (word_is(written(chart, "stack"), "percent") && (goal->number < 0 || goal->number > 100))
		diag_add(c, W0414, goal->node->at,
			"the goal is %g, and a stack in percent goes from 0 to 100", goal->number);
	if (scale && word_is(scale->word->name, "log") && goal->number <= 0)
		diag_add(c, W0414, goal->node->at, "a logarithmic axis never comes to %g",
			goal->number);
}

static void check_trend_line(struct compile *c, const struct chart *chart) {
	const struct value *trend = values_get(&chart->values, "trend_line");
	const struct value *x = values_path(&chart->values, "x", "column", NULL);
	enum column_type type = type_of(chart, x);
	if (!trend || !trend->boolean)
		return;
	if (cartesian_split(chart))
		report_useless(c, trend, "with `series`");
	else if (type != COLUMN_UNKNOWN && !is_date(type))
		report_useless(c, trend, "where the x axis is no date");
}

static void check_labels(struct compile *c, const struct chart *chart, const struct cartesian *how,
	const struct series_list *list) {
	const struct value *labels = values_get(&chart->values, "labels");
	if (labels && how->draw && all_areas(list) && word_is(written(chart, "stack"), "percent"))
		report_useless(c, labels, "on areas that are stacked in percent");
}

void cartesian_check(struct compile *c, const struct chart *chart, const struct cartesian *how) {
	struct series_list list = cartesian_list(c, chart, how);
	check_columns(c, chart, how, &list);
	check_x(c, chart, how);
	check_y(c, chart, how, &list);
	check_right(c, chart, &list);
	check_stack(c, chart, how, &list);
	check_styles(c, chart, &list);
	check_goal(c, chart);
	check_trend_line(c, chart);
	check_labels(c, chart, how, &list);
}
