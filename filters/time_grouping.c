/* time-grouping: the reader picks whether a chart counts by day, week or month. Its tag stands for
 * the column, cut to that unit, in SELECT and GROUP BY. */
#include "filters/values.h"

static const struct word units[] = {
	{"minute"}, {"hour"}, {"day"}, {"week"}, {"month"}, {"quarter"}, {"year"},
	{"minute-of-hour"}, {"hour-of-day"}, {"day-of-week"}, {"day-of-month"}, {"day-of-year"},
	{"week-of-year"}, {"month-of-year"}, {"quarter-of-year"}, {0}
};

static const struct key keys[] = {
	{"units", KEY_WORD, KEY_LIST, .words = units, .example = "[day, week, month]",
		.doc = "what the reader can pick; day, week, month, quarter and year if not said"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	return (struct filter_wire){
		.tag_type = "temporal-unit", .parameter_type = "temporal-unit", .section = "temporal-unit"};
}

static json_t *offered(const struct filter *filter) {
	const struct value *written = values_get(&filter->values, "units");
	return written ? value_json(written) :
		json_pack("[s,s,s,s,s]", "day", "week", "month", "quarter", "year");
}

static json_t *value(struct compile *c, const struct filter *filter, const struct node *node) {
	json_auto_t *words = offered(filter);
	const char *list = "";
	size_t i;
	json_t *word;
	json_array_foreach(words, i, word) {
		if (node_is_scalar(node) && str_is(node->scalar.text, json_string_value(word)))
			return json_incref(word);
		list = arena_printf(
			c->arena, "%s%s`%s`", list, i ? " " : "", json_string_value(word));
	}
	struct diagnostic *d = node_is_scalar(node) ?
		diag_add(c, E0519, node->at, "`%.*s` is not a unit that the filter offers",
			STR_ARGS(node->scalar.text)) :
		diag_add(c, E0513, node->at, "`time-grouping` takes one value here, found %s",
			node_type_name(node));
	diag_note(c, d, SPAN_NONE, "the filter offers %s", list);
	return NULL;
}

static bool needs_time(const struct word *unit) {
	return strncmp(unit->name, "minute", 6) == 0 || strncmp(unit->name, "hour", 4) == 0;
}

static void check(struct compile *c, const struct filter *filter) {
	const struct value *written = values_get(&filter->values, "units");
	if (!written || filter->column_type != COLUMN_DATE)
		return;
	for (size_t i = 0; i < written->list.count; i++) {
		const struct value *unit = &written->list.items[i];
		if (!unit->bad && needs_time(unit->word))
			diag_add(c, E0518, unit->node->at,
				"`%s` needs a time of day, and the column holds days",
				unit->word->name);
	}
}

static void lower(const struct filter *filter, json_t *parameter) {
	json_object_set_new(parameter, "temporal_units", offered(filter));
}

const struct filter_type filter_time_grouping = {
	.name = "time-grouping",
	.doc = "the unit of time that a chart counts by",
	.example = "{type: time-grouping, field: orders.ordered_on, units: [day, week, month], default: week}",
	.field = FILTER_FIELD_REQUIRED,
	.since = 56,
	.multi_fixed = true,
	.accepts = ACCEPTS_DATES,
	.groups = groups,
	.wire = wire,
	.value = value,
	.check = check,
	.lower = lower,
};
