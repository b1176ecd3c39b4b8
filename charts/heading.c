/* heading: one line of plain text across a dashboard. */
#include "charts/placed.h"

static void lower(struct compile *c, const struct placement *placement, json_t *settings) {
	(void)c;
	placed_lower(placement, settings);
	json_object_set_new(settings, "text", placed_text(placement));
}

const struct chart_type chart_heading = {
	.name = "heading",
	.doc = "one line of text across a dashboard; `{{filter}}` shows a filter's value",
	.example = "heading: This month\n",
	.placement = true,
	.size = {24, 1},
	.least = {1, 1},
	.lower_placement = lower,
};
