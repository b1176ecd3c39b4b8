/* text: Markdown on a dashboard. */
#include "charts/placed.h"

static const struct raw_key alignment[] = {
	{"text.align_vertical", RAW_TEXT, "top|middle|bottom"},
	{"text.align_horizontal", RAW_TEXT, "left|center|right"},
	{0}
};

static const struct raw_key *const reads[] = {alignment, NULL};

static void lower(struct compile *c, const struct placement *placement, json_t *settings) {
	(void)c;
	placed_lower(placement, settings);
	json_object_set_new(settings, "text", placed_text(placement));
}

const struct chart_type chart_text = {
	.name = "text",
	.doc = "Markdown on a dashboard; `{{filter}}` shows a filter's value",
	.example = "text: \"Numbers are **final** after a day.\"\n",
	.placement = true,
	.size = {12, 3},
	.least = {1, 1},
	.reads = reads,
	.lower_placement = lower,
};
