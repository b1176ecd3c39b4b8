/* iframe: another page on a dashboard. The server shows only hosts on its own list, which nobody
 * but its administrator can read. */
#include "charts/placed.h"

static void check(struct compile *c, const struct placement *placement) {
	if (!node_is_scalar(placement->content) || placement->content->bad)
		return;
	struct str url = str_trim(placement->content->scalar.text);
	if (str_starts(url, "https://") ||
		(str_starts(url, "<iframe") && str_find(url, "https://", 0) != STR_NONE))
		return;
	struct diagnostic *d = diag_add(c, E0437, placement->content->at,
		"an iframe takes an address with `https://`, found %s",
		node_shown(c, placement->content));
	diag_help(c, d, "browsers refuse a page without TLS inside one that has it");
}

static void lower(struct compile *c, const struct placement *placement, json_t *settings) {
	(void)c;
	placed_lower(placement, settings);
	json_object_set_new(settings, "iframe", placed_text(placement));
}

const struct chart_type chart_iframe = {
	.name = "iframe",
	.doc = "another page on a dashboard",
	.example = "iframe: https://example.com/status\n",
	.placement = true,
	.size = {12, 8},
	.least = {4, 3},
	.check_placement = check,
	.lower_placement = lower,
};
