/* link: an address on a dashboard. Links to the server's own things need ids that differ between
 * servers, so a link is always an address. */
#include "charts/placed.h"

static void check(struct compile *c, const struct placement *placement) {
	if (!node_is_scalar(placement->content) || placement->content->bad)
		return;
	struct str url = placement->content->scalar.text;
	if (str_starts(url, "https://") || str_starts(url, "http://") || str_starts(url, "/") ||
		str_starts(url, "mailto:"))
		return;
	struct diagnostic *d = diag_add(c, E0437, placement->content->at, "%s is no address",
		node_shown(c, placement->content));
	diag_help(c, d, "write it with `https://`, or from `/` for a page of the server");
}

static void lower(struct compile *c, const struct placement *placement, json_t *settings) {
	(void)c;
	placed_lower(placement, settings);
	json_object_set_new(settings, "link", json_pack("{s:o}", "url", placed_text(placement)));
}

const struct chart_type chart_link = {
	.name = "link",
	.doc = "an address on a dashboard",
	.example = "link: https://example.com/handbook\n",
	.placement = true,
	.size = {8, 1},
	.least = {1, 1},
	.check_placement = check,
	.lower_placement = lower,
};
