/* Cards of a dashboard without a query. */
#include "charts/placed.h"

bool placed_check(struct compile *c, const struct placement *placement, const char *needs) {
	const struct node *content = placement->content;
	if (!content || content->bad || content->type != NODE_SCALAR)
		return false;
	if (!node_is_null(content) && str_trim(content->scalar.text).len > 0)
		return true;
	diag_add(c, E0438, content->at, "a %s needs %s", placement->type->name, needs);
	return false;
}

json_t *placed_text(const struct placement *placement) {
	const struct node *content = placement->content;
	struct str text = node_is_scalar(content) ? content->scalar.text : STR("");
	return json_stringn(text.ptr ? text.ptr : "", text.len);
}

void placed_lower(const struct placement *placement, json_t *settings) {
	json_object_set_new(settings, "virtual_card", json_pack("{s:n,s:s,s:{},s:{},s:b}", "name", "display",
		placement->type->name, "visualization_settings", "dataset_query", "archived", false));
}
