/* funnel: how many are left at each step. Steps come in the order of the query unless `order` says
 * otherwise, which the server keeps only with the column that it belongs to. */
#include "charts/columns.h"

static const struct word shapes[] = {{"funnel"}, {"bars", "bar"}, {0}};

static const struct key step_keys[] = {
	{"value", KEY_TEXT, .required = true, .doc = "value of the step"},
	{"label", KEY_TEXT, .doc = "how it is shown"},
	{"show", KEY_BOOLEAN, .doc = "false leaves it out"},
	{0}
};

static const struct key keys[] = {
	{"step", KEY_COLUMN, .to = "funnel.dimension", .required = true, .doc = "the column that names the steps"},
	{"value", KEY_COLUMN, .to = "funnel.metric", .required = true, .doc = "how many are left"},
	{"shape", KEY_WORD, .to = "funnel.type", .words = shapes, .doc = "a funnel, or bars"},
	{"order", KEY_MAP, KEY_LIST, .keys = step_keys, .shorthand = "value", .lower = picture_lower_elsewhere,
		.doc = "the steps in their order", .example = "[visit, {value: signup, label: Sign-up}]"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"funnel.dimension", RAW_COLUMN},
	{"funnel.metric", RAW_COLUMN},
	{"funnel.type", RAW_TEXT, "funnel|bar"},
	{"funnel.rows", RAW_LIST},
	{"funnel.order_dimension", RAW_COLUMN},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static void check_order(struct compile *c, const struct value *order) {
	for (size_t i = 1; i < order->list.count; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct value *one = values_get(&order->list.items[i].map, "value");
			const struct value *other = values_get(&order->list.items[j].map, "value");
			if (one && other && str_eq(one->text, other->text))
				diag_note(c,
					diag_add(c, E0410, one->node->at, "`%.*s` is listed twice",
						STR_ARGS(one->text)),
					other->node->at, "first listed here");
		}
	}
}

static void check(struct compile *c, const struct chart *chart) {
	const struct value *step = values_get(&chart->values, "step");
	const struct value *value = values_get(&chart->values, "value");
	const struct value *order = values_get(&chart->values, "order");
	need_measure(c, chart, value, "value");
	need_different(c, step, value);
	if (order)
		check_order(c, order);
	else
		warn_unordered(c, chart, step);
	if (chart->columns->known && chart->columns->count > 2)
		diag_add(c, W0416, chart->key_node->at,
			"a funnel shows two columns, and the query gives %zu",
			chart->columns->count);
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	(void)c;
	const struct value *order = values_get(&chart->values, "order");
	if (!order)
		return;
	json_t *rows = json_array();
	for (size_t i = 0; i < order->list.count; i++) {
		const struct values *step = &order->list.items[i].map;
		struct str value = values_text(step, "value", STR(""));
		json_array_append_new(
			rows, json_pack("{s:o,s:o,s:b}", "key", name_json(value), "name",
				      name_json(values_text(step, "label", value)), "enabled",
				      values_boolean(step, "show", true)));
	}
	json_object_set_new(settings, "funnel.rows", rows);
	json_object_set_new(settings, "funnel.order_dimension",
		name_json(values_text(&chart->values, "step", STR(""))));
}

const struct chart_type chart_funnel = {
	.name = "funnel",
	.doc = "how many are left at each step",
	.example = "type: funnel\n"
		   "title: From order to delivery\n"
		   "sql: SELECT status, COUNT(*) AS orders FROM `shop.orders` GROUP BY status\n"
		   "step: status\n"
		   "value: orders\n"
		   "order: [placed, paid, {value: done, label: Delivered}]\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, 1}, .measures = {1, 1}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
