/* Settings of the server that charts with axes read, grouped as the chart types share them. */
#include "charts/cartesian.h"

const struct raw_key raw_mapping[] = {
	{"graph.dimensions", RAW_LIST},
	{"graph.metrics", RAW_LIST},
	{"graph.series_order", RAW_LIST},
	{"graph.series_order_dimension", RAW_COLUMN},
	{"graph.max_categories_enabled", RAW_ANY, .ignored = "the server switched it off; group in the query"},
	{"graph.max_categories", RAW_ANY, .ignored = "the server switched it off; group in the query"},
	{"graph.other_category_aggregation_fn", RAW_ANY, .ignored = "it goes with `graph.max_categories`"},
	{"graph.other_category_color", RAW_ANY, .ignored = "it goes with `graph.max_categories`"},
	{0}
};

const struct raw_key raw_series[] = {
	{"series_settings", RAW_MAP},
	{"graph.colors", RAW_LIST},
	{"graph.series_labels", RAW_LIST},
	{"legend.is_reversed", RAW_BOOLEAN},
	{0}
};

const struct raw_key raw_axes[] = {
	{"graph.x_axis.scale", RAW_TEXT, "timeseries|linear|pow|log|histogram|ordinal"},
	{"graph.x_axis.axis_enabled", RAW_ANY, "true|false|compact|rotate-45|rotate-90"},
	{"graph.x_axis.labels_enabled", RAW_ANY, "true|false|auto"},
	{"graph.x_axis.title_text", RAW_TEXT},
	{"graph.y_axis.scale", RAW_TEXT, "linear|pow|log"},
	{"graph.y_axis.axis_enabled", RAW_BOOLEAN},
	{"graph.y_axis.labels_enabled", RAW_ANY, "true|false|auto"},
	{"graph.y_axis.title_text", RAW_TEXT},
	{"graph.y_axis.auto_range", RAW_BOOLEAN},
	{"graph.y_axis.min", RAW_NUMBER},
	{"graph.y_axis.max", RAW_NUMBER},
	{0}
};

const struct raw_key raw_vertical[] = {
	{"graph.y_axis.right.title_text", RAW_TEXT, .since = 63},
	{"graph.y_axis.unpin_from_zero", RAW_BOOLEAN},
	{"graph.y_axis.auto_split", RAW_BOOLEAN},
	{"graph.y_axis.split_number", RAW_NUMBER},
	{0}
};

const struct raw_key raw_stack[] = {
	{"stackable.stack_type", RAW_ANY, "null|stacked|normalized"},
	{"stackable.stacked", RAW_ANY, "null|stacked|normalized"},
	{"stackable.stack_display", RAW_ANY, .ignored = "the server removed it; write `type: area` or `bar`"},
	{0}
};

const struct raw_key raw_panels[] = {
	{"graph.split_panels", RAW_BOOLEAN},
	{0}
};

const struct raw_key raw_goal[] = {
	{"graph.show_goal", RAW_BOOLEAN},
	{"graph.goal_value", RAW_NUMBER},
	{"graph.goal_label", RAW_TEXT},
	{0}
};

const struct raw_key raw_trend_line[] = {
	{"graph.show_trendline", RAW_BOOLEAN},
	{0}
};

const struct raw_key raw_values[] = {
	{"graph.show_values", RAW_BOOLEAN},
	{"graph.label_value_formatting", RAW_TEXT, "auto|compact|full"},
	{0}
};

const struct raw_key raw_frequency[] = {
	{"graph.label_value_frequency", RAW_TEXT, "fit|all"},
	{0}
};

const struct raw_key raw_stack_values[] = {
	{"graph.show_stack_values", RAW_TEXT, "total|series|all"},
	{"graph.stack_value_format", RAW_TEXT, "value|percentage"},
	{0}
};

const struct raw_key raw_tooltip[] = {
	{"graph.tooltip_type", RAW_TEXT, "default|series_comparison"},
	{"graph.tooltip_columns", RAW_LIST},
	{0}
};

const struct raw_key raw_timelines[] = {
	{"timeline.selected_timeline_ids", RAW_LIST, .since = 63},
	{"timeline.excluded_timeline_event_ids", RAW_LIST, .since = 63},
	{0}
};

const struct raw_key raw_old_lines[] = {
	{"line.interpolate", RAW_TEXT, "linear|cardinal|step-after"},
	{"line.marker_enabled", RAW_ANY, "null|true|false"},
	{"line.missing", RAW_TEXT, "interpolate|zero|none"},
	{0}
};

const struct raw_key *const cartesian_vertical_reads[] = {raw_mapping, raw_series, raw_axes,
	raw_vertical, raw_stack, raw_panels, raw_goal, raw_trend_line, raw_values, raw_frequency,
	raw_stack_values, raw_tooltip, raw_timelines, raw_old_lines, NULL};
