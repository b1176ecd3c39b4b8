/* Snippets of SQL. */
#include "vm/sandbox/check.h"
#include "vm/sandbox/resource.h"

const struct store_table snippet_table = {
	.name = "native_query_snippet",
	.columns = (const struct store_column[]){{"name", STORE_TEXT}, {"content", STORE_TEXT},
		{"description", STORE_TEXT}, {"archived", STORE_BOOLEAN, "0"},
		{"collection_id", STORE_INTEGER}, {"creator_id", STORE_INTEGER},
		{"entity_id", STORE_TEXT}, {"created_at", STORE_TIME}, {"updated_at", STORE_TIME},
		{0}},
};

static json_t *show(struct request *r, json_t *row) {
	store_show(&snippet_table, row, r->version);
	json_t *creator = user_brief(r, get_id(row, "creator_id"));
	json_object_set_new(row, "creator", creator ? creator : json_null());
	if (r->version >= 58)
		json_object_set_new(row, "template_tags", json_object());
	return row;
}

void snippet_list(struct request *r) {
	json_t *rows =
		store_select(r->store, &snippet_table, "archived = ? ORDER BY lower(name), id",
			json_pack("[b]", (int)query_flag(r, "archived")));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		show(r, row);
	reply_json(r, 200, rows);
}

void snippet_read(struct request *r) {
	json_t *row = path_row(r, &snippet_table);
	if (row)
		reply_json(r, 200, show(r, row));
}

/* No `}`, no leading space, and unlike the names of all others. */
static bool check_name(struct request *r, int64_t own) {
	if (!has_value(r->body, "name"))
		return true;
	const char *name = get_text(r->body, "name");
	if (strchr(name, '}') || *name == ' ') {
		reply_error(r, "name", "snippet names cannot include '}' or start with spaces");
		return false;
	}
	if (store_count(r->store, &snippet_table, "name = ? AND id != ?",
		    json_pack("[s, I]", name, (json_int_t)own)) == 0)
		return true;
	reply_text(r, 400,
		arena_printf(r->arena, "A snippet with that name already exists. Please pick a "
				       "different name."));
	return false;
}

static json_t *take(struct request *r, const struct rule *rules) {
	json_t *values = json_object();
	for (const struct rule *rule = rules; rule->name; rule++) {
		bool null_counts =
			!strcmp(rule->name, "description") || !strcmp(rule->name, "collection_id");
		if (null_counts ? has(r->body, rule->name) : has_value(r->body, rule->name))
			json_object_set(values, rule->name, json_object_get(r->body, rule->name));
	}
	return values;
}

void snippet_create(struct request *r) {
	static const struct rule rules[] = {
		{"name", RULE_NONBLANK, REQUIRED},
		{"content", RULE_STRING, REQUIRED},
		{"description", RULE_STRING, NULLABLE},
		{"collection_id", RULE_POSITIVE, NULLABLE},
		{0},
	};
	if (!check_body(r, rules) || !check_name(r, 0))
		return;
	json_t *values = take(r, rules);
	json_object_set_new(values, "creator_id", json_integer(r->user.id));
	int64_t id = store_insert(r->store, &snippet_table, values);
	reply_json(r, 200, show(r, store_get(r->store, &snippet_table, id)));
}

void snippet_update(struct request *r) {
	static const struct rule rules[] = {
		{"name", RULE_NONBLANK, NULLABLE}, {"content", RULE_STRING, NULLABLE},
		{"description", RULE_STRING, NULLABLE}, {"collection_id", RULE_POSITIVE, NULLABLE},
		{"archived", RULE_BOOLEAN, NULLABLE}, {0},
	};
	json_auto_t *row = path_row(r, &snippet_table);
	if (!row || !check_body(r, rules) || !check_name(r, get_id(row, "id")))
		return;
	store_update(r->store, &snippet_table, get_id(row, "id"), take(r, rules));
	reply_json(r, 200, show(r, store_get(r->store, &snippet_table, get_id(row, "id"))));
}
