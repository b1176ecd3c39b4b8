/* The endpoints that run queries. They keep the server's form: 202 whatever happens, a body in
 * chunks, the connection closed, failures told inside. Answers themselves are not here yet, and the
 * body says so. */
#include "vm/sandbox/resource.h"

static void refuse(struct request *r, const char *context, int64_t database, const json_t *query) {
	static const char *const text = "this sandbox has no answers to queries yet";
	r->streamed = true;
	reply_json(r, 202,
		json_pack("{s:s, s:s, s:s, s:s, s:[], s:O?, s:i, s:i, s:{s:[], s:[]}, s:I, s:s, "
			  "s:[]}",
			"status", "failed", "class", "class clojure.lang.ExceptionInfo", "error",
			text, "error_type", "driver", "via", "json_query", query, "row_count", 0,
			"running_time", 0, "data", "rows", "cols", "database_id",
			(json_int_t)database, "context", context, "stacktrace"));
}

void card_query(struct request *r) {
	json_auto_t *card = path_row_or_entity(r, &card_table);
	if (!card)
		return;
	if (collection_may_read(r, get_id(card, "collection_id")))
		refuse(r, "question", get_id(card, "database_id"),
			json_object_get(card, "dataset_query"));
	else
		reply_forbidden(r);
}

void dataset_query(struct request *r) {
	if (!r->body || get_id(r->body, "database") <= 0) {
		reply_json(r, 400, json_pack("{s:{s:[s]}, s:{s:s}}", "specific-errors", "database",
			"missing required key", "errors", "database", "value must be an integer."));
		return;
	}
	refuse(r, "ad-hoc", get_id(r->body, "database"), r->body);
}

/* Each parameter that the request names must be one of the dashboard's. */
static bool check_parameters(struct request *r, const json_t *dashboard) {
	size_t i, k;
	json_t *sent, *known;
	json_array_foreach(json_object_get(r->body, "parameters"), i, sent) {
		bool found = false;
		json_array_foreach(json_object_get(dashboard, "parameters"), k, known) found |=
			json_equal(json_object_get(sent, "id"), json_object_get(known, "id"));
		if (found)
			continue;
		reply_text(r, 400,
			arena_printf(r->arena,
				"Dashboard does not have a parameter with ID \"%s\".",
				get_text(sent, "id")));
		return false;
	}
	return true;
}

void dashcard_query(struct request *r) {
	int64_t dashcard_id, card_id;
	json_auto_t *dashboard = path_row(r, &dashboard_table);
	if (!dashboard || !path_id(r, 1, &dashcard_id) || !path_id(r, 2, &card_id) ||
	    !check_parameters(r, dashboard))
		return;
	json_auto_t *dashcard = store_get(r->store, &dashcard_table, dashcard_id);
	json_auto_t *card = store_get(r->store, &card_table, card_id);
	if (!dashcard || !card || get_id(dashcard, "dashboard_id") != get_id(dashboard, "id"))
		reply_not_found(r);
	else
		refuse(r, "dashboard", get_id(card, "database_id"),
			json_object_get(card, "dataset_query"));
}
