/* Dashboards: header, parameters, and through dashcards.c what stands on them. Creating takes only
 * a few keys; everything else is a later update. */
#include <stdio.h>

#include "vm/sandbox/check.h"
#include "vm/sandbox/dashcards.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/normal.h"
#include "vm/sandbox/resource.h"

const struct store_table dashboard_table = {
	.name = "report_dashboard",
	.columns = (const struct store_column[]){{"name", STORE_TEXT}, {"description", STORE_TEXT},
		{"caveats", STORE_TEXT}, {"points_of_interest", STORE_TEXT},
		{"show_in_getting_started", STORE_BOOLEAN, "0"},
		{"enable_embedding", STORE_BOOLEAN, "0"}, {"embedding_params", STORE_JSON},
		{"embedding_type", STORE_TEXT, .since = 58}, {"parameters", STORE_JSON},
		{"position", STORE_INTEGER}, {"width", STORE_TEXT, "'fixed'"},
		{"auto_apply_filters", STORE_BOOLEAN, "1"}, {"archived", STORE_BOOLEAN, "0"},
		{"archived_directly", STORE_BOOLEAN, "0", .since = 51},
		{"collection_id", STORE_INTEGER}, {"collection_position", STORE_INTEGER},
		{"cache_ttl", STORE_INTEGER}, {"creator_id", STORE_INTEGER},
		{"public_uuid", STORE_TEXT}, {"made_public_by_id", STORE_INTEGER},
		{"initially_published_at", STORE_TIME}, {"view_count", STORE_INTEGER, "0"},
		{"last_viewed_at", STORE_TIME, .since = 51},
		{"is_remote_synced", STORE_BOOLEAN, "0", .since = 58},
		{"dependency_analysis_version", STORE_INTEGER, "0", .since = 58},
		{"entity_id", STORE_TEXT}, {"created_at", STORE_TIME}, {"updated_at", STORE_TIME},
		{0}},
	.index = "collection_id",
};

static const char *const widths[] = {"fixed", "full", NULL};

static const struct rule create_rules[] = {
	{"name", RULE_NONBLANK, REQUIRED},
	{"description", RULE_STRING, NULLABLE},
	{"parameters", RULE_PARAMETERS, NULLABLE},
	{"cache_ttl", RULE_POSITIVE, NULLABLE},
	{"collection_id", RULE_POSITIVE, NULLABLE},
	{"collection_position", RULE_POSITIVE, NULLABLE},
	{0},
};

static const struct rule update_rules[] = {
	{"name", RULE_NONBLANK, NULLABLE},
	{"description", RULE_STRING, NULLABLE},
	{"caveats", RULE_STRING, NULLABLE},
	{"points_of_interest", RULE_STRING, NULLABLE},
	{"show_in_getting_started", RULE_BOOLEAN, NULLABLE},
	{"enable_embedding", RULE_BOOLEAN, NULLABLE},
	{"embedding_type", RULE_STRING, NULLABLE},
	{"embedding_params", RULE_MAP, NULLABLE},
	{"parameters", RULE_PARAMETERS, NULLABLE},
	{"position", RULE_POSITIVE, NULLABLE},
	{"width", RULE_CHOICE, OPTIONAL, widths},
	{"archived", RULE_BOOLEAN, NULLABLE},
	{"auto_apply_filters", RULE_BOOLEAN, NULLABLE},
	{"collection_id", RULE_POSITIVE, NULLABLE},
	{"collection_position", RULE_POSITIVE, NULLABLE},
	{"cache_ttl", RULE_POSITIVE, NULLABLE},
	{"dashcards", RULE_LIST, NULLABLE},
	{"tabs", RULE_LIST, NULLABLE},
	{0},
};

/* Showing. */

static void add_versioned(struct request *r, json_t *row) {
	bool trashed = get_flag(row, "archived_directly");
	if (r->version >= 51) {
		json_object_set_new(row, "can_restore", json_boolean(trashed));
		json_object_set_new(row, "can_delete", json_boolean(get_flag(row, "archived")));
		json_object_set_new(row, "moderation_reviews", json_array());
	} else {
		json_object_set_new(row, "param_values", json_null());
	}
}

static json_t *show_header(struct request *r, json_t *row) {
	int64_t collection = get_id(row, "collection_id");
	json_object_set_new(row, "can_write", json_boolean(collection_may_write(r, collection)));
	json_object_set_new(
		row, "last-edit-info", revision_last_edit(r, "Dashboard", get_id(row, "id")));
	json_object_set_new(
		row, "parameters", shown_parameters(json_object_get(row, "parameters")));
	show_trashed(r, row);
	store_show(&dashboard_table, row, r->version);
	return row;
}

static json_t *show_whole(struct request *r, int64_t id) {
	json_t *row = store_get(r->store, &dashboard_table, id);
	json_object_set_new(row, "collection", collection_brief(r, get_id(row, "collection_id")));
	json_object_set_new(row, "dashcards", dashcards_show(r, id));
	json_object_set_new(row, "tabs", tabs_show(r, id));
	json_object_set_new(row, "collection_authority_level", json_null());
	json_object_set_new(row, "last_used_param_values", json_object());
	json_object_set_new(row, "param_fields", param_fields(r, row));
	add_versioned(r, row);
	return show_header(r, row);
}

/* Reading. */

static json_t *own_row(struct request *r, bool write) {
	json_t *row =
		write ? path_row(r, &dashboard_table) : path_row_or_entity(r, &dashboard_table);
	int64_t collection = get_id(row, "collection_id");
	if (!row ||
		(write ? collection_may_write(r, collection) : collection_may_read(r, collection)))
		return row;
	json_decref(row);
	reply_forbidden(r);
	return NULL;
}

void dashboard_read(struct request *r) {
	json_auto_t *row = own_row(r, false);
	if (!row)
		return;
	int64_t id = get_id(row, "id");
	store_run(r->store,
		"UPDATE report_dashboard SET view_count = view_count + 1, last_viewed_at = ? "
		"WHERE id = ?",
		json_pack("[s, I]", store_now(r->store), (json_int_t)id));
	reply_json(r, 200, show_whole(r, id));
}

void dashboard_list(struct request *r) {
	const char *which = query_text(r, "f");
	json_auto_t *rows = store_select(r->store, &dashboard_table,
		"archived = ? AND (? OR creator_id = ?) ORDER BY lower(name), id",
		json_pack("[b, b, I]", which && !strcmp(which, "archived"),
			!which || strcmp(which, "mine") != 0, (json_int_t)r->user.id));
	json_t *list = json_array(), *row;
	size_t i;
	json_array_foreach(rows, i, row)
		if (collection_may_read(r, get_id(row, "collection_id")))
			json_array_append_new(list, show_header(r, json_incref(row)));
	reply_json(r, 200, list);
}

void dashboard_items(struct request *r) {
	json_auto_t *row = own_row(r, false);
	if (!row)
		return;
	json_t *cards = store_select(r->store, &card_table,
		"dashboard_id = ? AND archived = 0 ORDER BY lower(name), id",
		json_pack("[I]", (json_int_t)get_id(row, "id")));
	size_t i;
	json_t *card;
	json_array_foreach(cards, i, card) {
		card_show(r, card, CARD_NESTED);
		json_object_set_new(card, "model", json_string("card"));
	}
	reply_json(r, 200, json_pack("{s:o, s:I, s:[s]}", "data", cards, "total",
		(json_int_t)json_array_size(cards), "models", "card"));
}

/* Writing. */

static void add_revision(struct request *r, int64_t id, bool creation) {
	json_auto_t *row = store_get(r->store, &dashboard_table, id);
	static const char *const left_out[] = {"id", "entity_id", "created_at", "updated_at",
		"creator_id", "view_count", "last_viewed_at"};
	for (size_t i = 0; i < COUNT_OF(left_out); i++)
		json_object_del(row, left_out[i]);
	json_auto_t *cards = store_select(r->store, &dashcard_table, "dashboard_id = ? ORDER BY id",
		json_pack("[I]", (json_int_t)id));
	json_object_set(row, "cards", cards);
	json_object_set_new(row, "tabs", tabs_show(r, id));
	revision_add(r, "Dashboard", id, creation, row);
}

void dashboard_create(struct request *r) {
	if (!check_body(r, create_rules) || !check_collection(r))
		return;
	json_t *values = json_pack("{s:I}", "creator_id", (json_int_t)r->user.id);
	for (const struct rule *rule = create_rules; rule->name; rule++)
		if (has(r->body, rule->name))
			json_object_set(values, rule->name, json_object_get(r->body, rule->name));
	json_object_set_new(values, "parameters",
		normal_parameters(json_object_get(r->body, "parameters"), r->version));
	collection_shift(r, json_object_get(values, "collection_id"),
		json_object_get(values, "collection_position"));
	int64_t id = store_insert(r->store, &dashboard_table, values);
	add_revision(r, id, true);
	reply_json(r, 200, show_whole(r, id));
}

void dashboard_archive(struct request *r, int64_t id, bool archived, bool directly) {
	store_update(r->store, &dashboard_table, id,
		json_pack("{s:b, s:b}", "archived", (int)archived, "archived_directly",
			(int)(archived && directly)));
	if (archived)
		pulses_delete(r, id);
	json_auto_t *own = store_select(r->store, &card_table, "dashboard_id = ?",
		json_pack("[I]", (json_int_t)id));
	size_t i;
	json_t *card;
	json_array_foreach(own, i, card)
		card_archive(r, get_id(card, "id"), archived, false);
}

static bool check_embedding(struct request *r, const json_t *row) {
	static const char *const keys[] = {"enable_embedding", "embedding_params"};
	bool changed = false;
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		changed |= has_value(r->body, keys[i]) &&
			   !json_equal(json_object_get(r->body, keys[i]),
				   json_object_get(row, keys[i]));
	if (!changed)
		return true;
	json_auto_t *enabled = setting_value(r->store, "enable-embedding");
	json_auto_t *enabled_static = setting_value(r->store, "enable-embedding-static");
	if (!json_is_true(enabled) && !json_is_true(enabled_static))
		reply_text(r, 400, "Embedding is not enabled.");
	else if (!r->user.admin)
		reply_forbidden(r);
	else
		return true;
	return false;
}

/* The columns that the body sets: null counts for some, for the others it is as if absent. */
static json_t *header_values(struct request *r) {
	static const char *const storing_null[] = {"description", "position", "collection_id",
		"collection_position", "cache_ttl", "embedding_type"};
	json_t *values = json_object();
	for (const struct rule *rule = update_rules; rule->name; rule++) {
		json_t *value = json_object_get(r->body, rule->name);
		if (!value || !store_has_column(&dashboard_table, rule->name) ||
			!strcmp(rule->name, "archived"))
			continue;
		bool keep = !json_is_null(value);
		for (size_t i = 0; i < COUNT_OF(storing_null); i++)
			keep |= !strcmp(rule->name, storing_null[i]);
		if (keep)
			json_object_set(values, rule->name, value);
	}
	const json_t *parameters = json_object_get(values, "parameters");
	if (parameters)
		json_object_set_new(
			values, "parameters", normal_parameters(parameters, r->version));
	return values;
}

/* Ids of parameters that `row` has and the body's list has not. */
static json_t *gone_parameters(const struct request *r, const json_t *row) {
	json_t *gone = json_array(), *old, *new;
	const json_t *list = json_object_get(r->body, "parameters");
	if (!json_is_array(list))
		return gone;
	size_t i, k;
	json_array_foreach(json_object_get(row, "parameters"), i, old) {
		bool found = false;
		json_array_foreach(list, k, new)
			found |= json_equal(json_object_get(old, "id"), json_object_get(new, "id"));
		if (!found)
			json_array_append(gone, json_object_get(old, "id"));
	}
	return gone;
}

/* Cards that a static source of values newly names must be there. */
static bool check_sources(struct request *r) {
	size_t i;
	json_t *parameter;
	json_array_foreach(json_object_get(r->body, "parameters"), i, parameter) {
		if (strcmp(get_text(parameter, "values_source_type"), "card"))
			continue;
		int64_t id = get_id(json_object_get(parameter, "values_source_config"), "card_id");
		json_auto_t *card = store_get(r->store, &card_table, id);
		if (card && collection_may_read(r, get_id(card, "collection_id")))
			continue;
		if (card)
			reply_forbidden(r);
		else
			reply_not_found(r);
		return false;
	}
	return true;
}

static void move_questions(struct request *r, int64_t id) {
	if (has(r->body, "collection_id"))
		store_run(r->store,
			"UPDATE report_card SET collection_id = ? WHERE dashboard_id = ?",
			json_pack("[O, I]", json_object_get(r->body, "collection_id"),
				(json_int_t)id));
}

static void write_header(struct request *r, const json_t *row) {
	json_t *values = header_values(r);
	json_auto_t *gone = gone_parameters(r, row);
	int64_t id = get_id(row, "id");
	if (has_value(values, "collection_position"))
		collection_shift(r,
			has(values, "collection_id") ? json_object_get(values, "collection_id")
						     : json_object_get(row, "collection_id"),
			json_object_get(values, "collection_position"));
	store_update(r->store, &dashboard_table, id, values);
	move_questions(r, id);
	if (has_value(r->body, "archived") &&
		get_flag(r->body, "archived") != get_flag(row, "archived"))
		dashboard_archive(r, id, get_flag(r->body, "archived"), true);
	pulses_without(r, id, gone);
}

/* An archived dashboard takes no write but the one that brings it back. */
static bool check_alive(struct request *r, const json_t *row) {
	bool restoring = has_value(r->body, "archived") && !get_flag(r->body, "archived");
	if (!get_flag(row, "archived") || restoring)
		return true;
	reply_archived(r);
	return false;
}

void dashboard_update(struct request *r) {
	json_auto_t *row = own_row(r, true);
	if (!row || !check_body(r, update_rules) || !check_alive(r, row))
		return;
	if ((has(r->body, "collection_id") && !check_collection(r)) || !check_embedding(r, row) ||
	    !check_sources(r))
		return;
	int64_t id = get_id(row, "id");
	write_header(r, row);
	if (!dashcards_replace(r, id, json_object_get(r->body, "dashcards"),
		    json_object_get(r->body, "tabs")))
		return;
	add_revision(r, id, false);
	reply_json(r, 200, show_whole(r, id));
}

/* The older way to write dashcards alone. */
void dashboard_cards(struct request *r) {
	static const struct rule rules[] = {
		{"cards", RULE_LIST, REQUIRED}, {"tabs", RULE_LIST, NULLABLE}, {0},
	};
	json_auto_t *row = own_row(r, true);
	if (!row || !check_body(r, rules) || !check_alive(r, row))
		return;
	int64_t id = get_id(row, "id");
	if (!dashcards_replace(
		    r, id, json_object_get(r->body, "cards"), json_object_get(r->body, "tabs")))
		return;
	add_revision(r, id, false);
	reply_json(r, 200, json_pack("{s:o, s:o}", "cards", dashcards_show(r, id), "tabs",
		tabs_show(r, id)));
}

void dashboard_delete(struct request *r) {
	json_auto_t *row = own_row(r, true);
	if (!row)
		return;
	json_int_t id = get_id(row, "id");
	store_run(r->store, "DELETE FROM report_dashboardcard WHERE dashboard_id = ?",
		json_pack("[I]", id));
	store_run(
		r->store, "DELETE FROM dashboard_tab WHERE dashboard_id = ?", json_pack("[I]", id));
	store_run(r->store, "DELETE FROM report_card WHERE dashboard_id = ?", json_pack("[I]", id));
	pulses_delete(r, id);
	store_delete(r->store, &dashboard_table, id);
	reply_nothing(r);
}

/* A copy has the same cards; its tabs and dashcards get ids of their own. */
static void copy_contents(struct request *r, int64_t from, int64_t to) {
	json_auto_t *tabs = store_select(r->store, &tab_table, "dashboard_id = ? ORDER BY position",
		json_pack("[I]", (json_int_t)from));
	json_auto_t *cards = store_select(r->store, &dashcard_table, "dashboard_id = ?",
		json_pack("[I]", (json_int_t)from));
	size_t i, k;
	json_t *tab, *card;
	json_array_foreach(tabs, i, tab) {
		int64_t id = store_insert(r->store, &tab_table,
			json_pack("{s:I, s:O, s:O}", "dashboard_id", (json_int_t)to, "name",
				json_object_get(tab, "name"), "position",
				json_object_get(tab, "position")));
		json_array_foreach(cards, k, card)
			if (get_id(card, "dashboard_tab_id") == get_id(tab, "id"))
				json_object_set_new(card, "new_tab", json_integer(id));
	}
	static const char *const own[] = {"id", "entity_id", "created_at", "updated_at"};
	json_array_foreach(cards, k, card) {
		for (i = 0; i < COUNT_OF(own); i++)
			json_object_del(card, own[i]);
		json_object_set_new(card, "dashboard_id", json_integer(to));
		if (has(card, "new_tab"))
			json_object_set(card, "dashboard_tab_id", json_object_get(card, "new_tab"));
		store_insert(r->store, &dashcard_table, json_incref(card));
	}
}

void dashboard_copy(struct request *r) {
	static const struct rule rules[] = {
		{"name", RULE_NONBLANK, NULLABLE},
		{"description", RULE_STRING, NULLABLE},
		{"collection_id", RULE_POSITIVE, NULLABLE},
		{"collection_position", RULE_POSITIVE, NULLABLE},
		{"is_deep_copy", RULE_BOOLEAN, NULLABLE},
		{0},
	};
	json_auto_t *row = own_row(r, false);
	if (!row || !check_body(r, rules) || !check_collection(r))
		return;
	json_t *values = json_object();
	static const char *const kept[] = {"name", "description", "parameters", "width",
		"auto_apply_filters", "cache_ttl"};
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		json_object_set(values, kept[i], json_object_get(row, kept[i]));
	for (const struct rule *rule = rules; rule->name; rule++)
		if (has(r->body, rule->name) && store_has_column(&dashboard_table, rule->name))
			json_object_set(values, rule->name, json_object_get(r->body, rule->name));
	json_object_set_new(values, "creator_id", json_integer(r->user.id));
	int64_t id = store_insert(r->store, &dashboard_table, values);
	copy_contents(r, get_id(row, "id"), id);
	add_revision(r, id, true);
	reply_json(r, 200, show_whole(r, id));
}
