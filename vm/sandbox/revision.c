/* Who wrote what when. A write that changes nothing leaves no revision, and only the last fifteen
 * of an object are kept. */
#include "vm/sandbox/check.h"
#include "vm/sandbox/resource.h"

#define KEPT 15

const struct store_table revision_table = {
	.name = "revision",
	.columns = (const struct store_column[]){
		{"model", STORE_TEXT, .hidden = true}, {"model_id", STORE_INTEGER, .hidden = true},
		{"user_id", STORE_INTEGER, .hidden = true}, {"timestamp", STORE_TIME},
		{"message", STORE_TEXT}, {"is_creation", STORE_BOOLEAN, "0"},
		{"is_reversion", STORE_BOOLEAN, "0"}, {"object", STORE_JSON, .hidden = true}, {0}},
	.index = "model, model_id",
};

/* The same without the object, which may be large. */
static const struct store_table edit_rows = {
	.name = "revision",
	.columns = (const struct store_column[]){
		{"user_id", STORE_INTEGER}, {"timestamp", STORE_TIME}, {0}},
};

static json_t *key_of(const char *model, int64_t id) {
	return json_pack("[s, I]", model, (json_int_t)id);
}

/* Sometimes only what the server mints differs. */
static bool same_object(const json_t *a, const json_t *b) {
	json_auto_t *one = json_deep_copy(a), *two = json_deep_copy(b);
	size_t i;
	json_t *card;
	json_array_foreach(json_object_get(one, "cards"), i, card)
		json_object_del(card, "updated_at");
	json_array_foreach(json_object_get(two, "cards"), i, card)
		json_object_del(card, "updated_at");
	json_object_del(one, "tabs");
	json_object_del(two, "tabs");
	return json_equal(one, two) && json_array_size(json_object_get(a, "tabs")) ==
		json_array_size(json_object_get(b, "tabs"));
}

void revision_add(struct request *r, const char *model, int64_t id, bool creation,
	const json_t *object) {
	json_auto_t *last = store_find(r->store, &revision_table,
		"model = ? AND model_id = ? ORDER BY id DESC LIMIT 1", key_of(model, id));
	if (last && same_object(json_object_get(last, "object"), object))
		return;
	store_insert(r->store, &revision_table,
		json_pack("{s:s, s:I, s:I, s:s, s:b, s:O}", "model", model, "model_id",
			(json_int_t)id, "user_id", (json_int_t)r->user.id, "timestamp",
			store_now(r->store), "is_creation", (int)creation, "object", object));
	store_run(r->store,
		"DELETE FROM revision WHERE model = ? AND model_id = ? AND id NOT IN (SELECT id "
		"FROM revision WHERE model = ? AND model_id = ? ORDER BY id DESC LIMIT ?)",
		json_pack("[s, I, s, I, i]", model, (json_int_t)id, model, (json_int_t)id, KEPT));
}

json_t *revision_last_edit(struct request *r, const char *model, int64_t id) {
	json_t *last = store_find(r->store, &edit_rows,
		"model = ? AND model_id = ? ORDER BY id DESC LIMIT 1", key_of(model, id));
	json_auto_t *user = last ? store_get(r->store, &user_table, get_id(last, "user_id")) : NULL;
	json_t *info = json_null();
	if (user) {
		store_show(&edit_rows, last, r->version);
		info = json_pack("{s:O, s:O, s:O, s:O, s:O}", "id", json_object_get(user, "id"),
			"email", json_object_get(user, "email"), "first_name",
			json_object_get(user, "first_name"), "last_name",
			json_object_get(user, "last_name"), "timestamp",
			json_object_get(last, "timestamp"));
	}
	json_decref(last);
	return info;
}

/* {before: {...}, after: {...}} of the members that differ. */
static json_t *diff_of(const json_t *before, const json_t *after) {
	json_t *old = json_object(), *new = json_object(), *value;
	const char *key;
	json_object_foreach((json_t *)after, key, value) {
		const json_t *was = json_object_get(before, key);
		if (was && json_equal(was, value))
			continue;
		json_object_set(new, key, value);
		if (was)
			json_object_set(old, key, (json_t *)was);
	}
	return json_pack("{s:o, s:o}", "before", old, "after", new);
}

static json_t *show(struct request *r, const json_t *row, const json_t *before) {
	json_t *shown = json_copy((json_t *)row);
	json_auto_t *user = user_brief(r, get_id(row, "user_id"));
	bool creation = get_flag(row, "is_creation");
	store_show(&revision_table, shown, r->version);
	json_object_set_new(shown, "user",
		json_pack("{s:O?, s:O?, s:O?, s:O?}", "id", json_object_get(user, "id"),
			"first_name", json_object_get(user, "first_name"), "last_name",
			json_object_get(user, "last_name"), "common_name",
			json_object_get(user, "common_name")));
	json_object_set_new(shown, "description",
		json_string(creation                        ? "created this."
			    : get_flag(row, "is_reversion") ? "reverted to an earlier version."
							    : "edited this."));
	json_object_set_new(shown, "has_multiple_changes", json_false());
	json_object_set_new(shown, "diff",
		before && !creation
			? diff_of(json_object_get(before, "object"), json_object_get(row, "object"))
			: json_null());
	return shown;
}

static void reply_revisions(struct request *r, const char *entity, int64_t id) {
	const char *model = entity && !strcmp(entity, "dashboard") ? "Dashboard" : "Card";
	if (!entity || (strcmp(entity, "dashboard") && strcmp(entity, "card"))) {
		reply_error(r, "entity", "enum of :card, :dashboard");
		return;
	}
	json_auto_t *object =
		store_get(r->store, *model == 'C' ? &card_table : &dashboard_table, id);
	if (!object) {
		reply_not_found(r);
		return;
	}
	json_auto_t *rows = store_select(r->store, &revision_table,
		"model = ? AND model_id = ? ORDER BY id DESC", key_of(model, id));
	json_t *list = json_array(), *row;
	size_t i;
	json_array_foreach(rows, i, row)
		json_array_append_new(list, show(r, row, json_array_get(rows, i + 1)));
	reply_json(r, 200, list);
}

void revision_list(struct request *r) {
	const char *id = query_text(r, "id");
	long long number = 0;
	if (id && str_integer(str_from(id), &number))
		reply_revisions(r, query_text(r, "entity"), number);
	else
		reply_error(r, "id", "value must be an integer greater than zero.");
}

void revision_list_of(struct request *r) {
	int64_t id;
	if (path_id(r, 1, &id))
		reply_revisions(r, r->captures[0], id);
}
