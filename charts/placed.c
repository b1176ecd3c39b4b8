/* Cards of a dashboard without a query. */
#include "charts/placed.h"

json_t *placed_text(const struct placement *placement) {
	const struct node *content = placement->content;
	struct str text = node_is_scalar(content) ? content->scalar.text : STR("");
	return json_stringn(text.ptr ? text.ptr : "", text.len);
}

void placed_lower(const struct placement *placement, json_t *settings) {
	json_object_set_new(settings, "virtual_card",
		json_pack("{s:n,s:s,s:{},s:{},s:b}", "name", "display", placement->type->name,
			"visualization_settings", "dataset_query", "archived", false));
}
