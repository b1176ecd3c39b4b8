/* sankey: flows between places. */
#include "charts/columns.h"

static const struct word aligns[] = {{"left"}, {"right"}, {"justify"}, {0}};
static const struct word colours[] = {{"grey", "gray"}, {"source"}, {"target"}, {0}};

static void lower_compact(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	json_object_set_new(
		settings, value->key->to, json_string(value->boolean ? "compact" : "full"));
}

static const struct key keys[] = {
	{"source", KEY_COLUMN, .to = "sankey.source", .required = true, .doc = "where a flow begins"},
	{"target", KEY_COLUMN, .to = "sankey.target", .required = true, .doc = "where it ends"},
	{"value", KEY_COLUMN, .to = "sankey.value", .required = true, .doc = "how wide it is"},
	{"align", KEY_WORD, .to = "sankey.node_align", .words = aligns, .doc = "to what side places move"},
	{"labels", KEY_BOOLEAN, .to = "sankey.show_edge_labels", .doc = "write the values on the flows"},
	{"compact", KEY_BOOLEAN, .to = "sankey.label_value_formatting", .lower = lower_compact,
		.doc = "12k instead of 12,345"},
	{"color", KEY_WORD, .to = "sankey.edge_color", .words = colours, .doc = "whose colour a flow has"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"sankey.source", RAW_COLUMN},
	{"sankey.target", RAW_COLUMN},
	{"sankey.value", RAW_COLUMN},
	{"sankey.node_align", RAW_TEXT, "left|right|justify"},
	{"sankey.show_edge_labels", RAW_BOOLEAN},
	{"sankey.label_value_formatting", RAW_TEXT, "auto|compact|full"},
	{"sankey.edge_color", RAW_TEXT, "gray|source|target"},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static void check(struct compile *c, const struct chart *chart) {
	const struct value *source = values_get(&chart->values, "source");
	const struct value *target = values_get(&chart->values, "target");
	const struct value *value = values_get(&chart->values, "value");
	need_measure(c, chart, value, "value");
	need_different(c, source, target);
	need_different(c, source, value);
	need_different(c, target, value);
}

const struct chart_type chart_sankey = {
	.name = "sankey",
	.doc = "flows between places",
	.example = "type: sankey\n"
		   "title: From channel to status\n"
		   "sql: |\n"
		   "  SELECT channel, status, COUNT(*) AS orders\n"
		   "  FROM `shop.orders`\n"
		   "  GROUP BY channel, status\n"
		   "source: channel\n"
		   "target: status\n"
		   "value: orders\n",
	.size = {16, 10},
	.least = {4, 3},
	.columns = {.dimensions = {2, 2}, .measures = {1, 1}},
	.groups = groups,
	.reads = reads,
	.check = check,
};
