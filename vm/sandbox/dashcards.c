/* A list of dashcards and tabs in, the difference to what stands there carried out. Tabs go first,
 * and take their dashcards with them; ids that the dashboard does not have are new. */
#include "vm/sandbox/dashcards.h"

#include <stdio.h>

#include "vm/sandbox/check.h"
#include "vm/sandbox/normal.h"
#include "vm/sandbox/resource.h"

const struct store_table tab_table = {
	.name = "dashboard_tab",
	.columns = (const struct store_column[]){{"dashboard_id", STORE_INTEGER},
		{"name", STORE_TEXT}, {"position", STORE_INTEGER}, {"entity_id", STORE_TEXT},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME}, {0}},
	.index = "dashboard_id",
};

const struct store_table dashcard_table = {
	.name = "report_dashboardcard",
	.columns = (const struct store_column[]){{"dashboard_id", STORE_INTEGER},
		{"dashboard_tab_id", STORE_INTEGER}, {"card_id", STORE_INTEGER},
		{"action_id", STORE_INTEGER}, {"row", STORE_INTEGER}, {"col", STORE_INTEGER},
		{"size_x", STORE_INTEGER}, {"size_y", STORE_INTEGER},
		{"parameter_mappings", STORE_JSON}, {"visualization_settings", STORE_JSON},
		{"inline_parameters", STORE_JSON, .since = 56}, {"entity_id", STORE_TEXT},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME},
		{"series", STORE_JSON, .hidden = true}, {0}},
	.constraints =
		", FOREIGN KEY (dashboard_tab_id) REFERENCES dashboard_tab (id) ON DELETE CASCADE",
	.index = "dashboard_id",
};

/* Showing. */

/* A link to an object shows the object as it is now. */
static void refresh_link(struct request *r, json_t *settings) {
	json_t *entity = json_object_get(json_object_get(settings, "link"), "entity");
	const char *model = get_text(entity, "model");
	const struct store_table *table = !strcmp(model, "dashboard") ? &dashboard_table :
		!strcmp(model, "collection") ? &collection_table : !strcmp(model, "card") ||
		!strcmp(model, "question") || !strcmp(model, "dataset") ? &card_table : NULL;
	json_auto_t *row =
		table && entity ? store_get(r->store, table, get_id(entity, "id")) : NULL;
	if (!row)
		return;
	static const char *const current[] = {"name", "description", "display"};
	for (size_t i = 0; i < COUNT_OF(current); i++)
		if (has(row, current[i]))
			json_object_set(entity, current[i], json_object_get(row, current[i]));
}

static json_t *card_of(struct request *r, int64_t id) {
	json_t *card = id ? store_get(r->store, &card_table, id) : NULL;
	if (!card)
		return json_null();
	if (collection_may_read(r, get_id(card, "collection_id")))
		return card_show(r, card, CARD_NESTED);
	json_decref(card);
	return json_pack("{s:I}", "id", (json_int_t)id);
}

static void add_series(struct request *r, json_t *row) {
	json_t *shown = json_array(), *id;
	size_t i;
	json_array_foreach(json_object_get(row, "series"), i, id) {
		json_t *card = card_of(r, json_integer_value(id));
		if (json_is_null(card))
			continue;
		json_array_append_new(shown, card);
	}
	json_object_set_new(row, "shown_series", shown);
}

static json_t *show_dashcard(struct request *r, json_t *row) {
	refresh_link(r, json_object_get(row, "visualization_settings"));
	json_object_set_new(row, "card", card_of(r, get_id(row, "card_id")));
	json_object_set_new(row, "collection_authority_level", json_null());
	add_series(r, row);
	store_show(&dashcard_table, row, r->version);
	json_object_set(row, "series", json_object_get(row, "shown_series"));
	json_object_del(row, "shown_series");
	return row;
}

json_t *dashcards_show(struct request *r, int64_t dashboard_id) {
	json_auto_t *rows = store_select(r->store, &dashcard_table,
		"dashboard_id = ? AND (card_id IS NULL "
		"OR card_id IN (SELECT id FROM report_card WHERE archived = 0)) ORDER BY "
		"created_at, entity_id",
		json_pack("[I]", (json_int_t)dashboard_id));
	json_t *shown = json_array(), *row;
	size_t i;
	json_array_foreach(rows, i, row)
		json_array_append_new(shown, show_dashcard(r, json_incref(row)));
	return shown;
}

json_t *tabs_show(struct request *r, int64_t dashboard_id) {
	json_t *tabs = store_select(r->store, &tab_table, "dashboard_id = ? ORDER BY position, id",
		json_pack("[I]", (json_int_t)dashboard_id));
	size_t i;
	json_t *tab;
	json_array_foreach(tabs, i, tab)
		store_show(&tab_table, tab, r->version);
	return tabs;
}

/* Checking. */

static void nest_error(json_t *errors, const char *list, const char *field, const char *sentence) {
	json_t *held = json_object_get(errors, list);
	if (!held && (held = json_object()))
		json_object_set_new(errors, list, held);
	json_object_set_new(held, field, json_string(sentence));
}

static bool whole_at_least(const json_t *value, json_int_t least) {
	return json_is_integer(value) && json_integer_value(value) >= least;
}

static void check_dashcard(json_t *errors, const json_t *card, int version) {
	static const struct {
		const char *name;
		json_int_t least;
		const char *sentence;
	} numbers[] = {
		{"size_x", 1, "value must be an integer greater than zero."},
		{"size_y", 1, "value must be an integer greater than zero."},
		{"row", 0, "value must be an integer greater or equal to than zero."},
		{"col", 0, "value must be an integer greater or equal to than zero."},
	};
	if (!json_is_integer(json_object_get(card, "id")))
		nest_error(errors, "dashcards", "id", "value must be an integer.");
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (!whole_at_least(json_object_get(card, numbers[i].name), numbers[i].least))
			nest_error(errors, "dashcards", numbers[i].name, numbers[i].sentence);
	const json_t *settings = json_object_get(card, "visualization_settings");
	const json_t *click = json_object_get(settings, "click_behavior");
	if (version >= 63 && has(click, "targetId") &&
		!json_is_integer(json_object_get(click, "targetId")))
		nest_error(errors, "dashcards", "visualization_settings",
			"Click behavior target id must be an integer");
}

static bool ids_unique(const json_t *list) {
	size_t i, k;
	json_t *a, *b;
	json_array_foreach(list, i, a)
		for (k = 0; k < i && (b = json_array_get(list, k)); k++)
			if (json_equal(json_object_get(a, "id"), json_object_get(b, "id")))
				return false;
	return true;
}

static bool check_lists(struct request *r, const json_t *dashcards, const json_t *tabs) {
	json_auto_t *errors = json_object();
	size_t i;
	json_t *item;
	if (!json_is_array(dashcards) || !ids_unique(dashcards))
		json_object_set_new(errors, "dashcards",
			json_string("value must be seq of maps in which ids are unique"));
	json_array_foreach(dashcards, i, item)
		check_dashcard(errors, item, r->version);
	if (tabs && !json_is_null(tabs) && (!json_is_array(tabs) || !ids_unique(tabs)))
		json_object_set_new(errors, "tabs",
			json_string("value must be seq of maps in which ids are unique"));
	json_array_foreach(tabs, i, item) {
		if (!json_is_integer(json_object_get(item, "id")))
			nest_error(errors, "tabs", "id", "value must be an integer.");
		if (str_trim(str_from(get_text(item, "name"))).len == 0)
			nest_error(errors, "tabs", "name", "value must be a non-blank string.");
	}
	if (json_object_size(errors) == 0)
		return true;
	reply_json(r, 400, json_pack("{s:{}, s:O}", "specific-errors", "errors", errors));
	return false;
}

/* With tabs every dashcard needs one; a single tab takes those that name none. */
static bool check_tab_ids(struct request *r, const json_t *dashcards, const json_t *tabs) {
	size_t i;
	json_t *card;
	if (json_array_size(tabs) == 0)
		return true;
	json_array_foreach(dashcards, i, card) {
		if (has_value(card, "dashboard_tab_id"))
			continue;
		if (json_array_size(tabs) > 1 || r->version < 52) {
			reply_text(
				r, 400, "This dashboard has tab, makes sure every card has a tab");
			return false;
		}
		json_object_set(
			card, "dashboard_tab_id", json_object_get(json_array_get(tabs, 0), "id"));
	}
	return true;
}

/* Cards that come onto the dashboard must be readable, alive, and no other dashboard's own. */
static bool check_new_card(struct request *r, int64_t dashboard_id, int64_t card_id) {
	json_auto_t *card = store_get(r->store, &card_table, card_id);
	int64_t home = get_id(card, "dashboard_id");
	if (!card)
		reply_not_found(r);
	else if (!collection_may_read(r, get_id(card, "collection_id")))
		reply_forbidden(r);
	else if (get_flag(card, "archived") && home != dashboard_id)
		reply_archived(r);
	else if (r->version >= 53 && home && home != dashboard_id)
		reply_text(r, 400, "Invalid Request.");
	else if (has_value(card, "document_id"))
		reply_text(r, 400, "Invalid Request.");
	else
		return true;
	return false;
}

static const json_t *find_by_id(const json_t *list, const json_t *id) {
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
		if (json_equal(json_object_get(item, "id"), id))
			return item;
	return NULL;
}

static bool holds_card(const json_t *dashcards, int64_t card_id) {
	size_t i, k;
	json_t *card, *id;
	json_array_foreach(dashcards, i, card) {
		if (get_id(card, "card_id") == card_id)
			return true;
		json_array_foreach(json_object_get(card, "series"), k, id)
			if (json_integer_value(id) == card_id || get_id(id, "id") == card_id)
				return true;
	}
	return false;
}

static bool check_cards(struct request *r, int64_t dashboard_id, const json_t *dashcards,
	const json_t *before) {
	size_t i, k;
	json_t *card, *series;
	json_array_foreach(dashcards, i, card) {
		int64_t id = get_id(card, "card_id");
		if (id && !holds_card(before, id) && !check_new_card(r, dashboard_id, id))
			return false;
		json_array_foreach(json_object_get(card, "series"), k, series) {
			id = get_id(series, "id");
			if (!holds_card(before, id) && !check_new_card(r, dashboard_id, id))
				return false;
		}
	}
	return true;
}

/* Tabs. */

/* Carries out the difference; gives, for each tab sent, its real id. */
static json_t *replace_tabs(struct request *r, int64_t dashboard_id, const json_t *tabs) {
	json_auto_t *before = store_select(r->store, &tab_table, "dashboard_id = ?",
		json_pack("[I]", (json_int_t)dashboard_id));
	json_t *ids = json_array(), *tab;
	size_t i;
	json_array_foreach(tabs, i, tab) {
		const json_t *id = json_object_get(tab, "id");
		json_t *values = json_pack("{s:O, s:I, s:I}", "name", json_object_get(tab, "name"),
			"position", (json_int_t)i, "dashboard_id", (json_int_t)dashboard_id);
		if (find_by_id(before, id)) {
			store_update(r->store, &tab_table, json_integer_value(id), values);
			json_array_append(ids, (json_t *)id);
		} else {
			json_array_append_new(
				ids, json_integer(store_insert(r->store, &tab_table, values)));
		}
	}
	json_array_foreach(before, i, tab)
		if (!find_by_id(tabs, json_object_get(tab, "id")))
			store_delete(r->store, &tab_table, get_id(tab, "id"));
	return ids;
}

/* The id that a dashcard's tab really has. */
static json_t *real_tab(const json_t *card, const json_t *tabs, const json_t *ids) {
	json_t *wanted = json_object_get(card, "dashboard_tab_id");
	size_t i;
	json_t *tab;
	json_array_foreach(tabs, i, tab)
		if (json_equal(json_object_get(tab, "id"), wanted))
			return json_incref(json_array_get(ids, i));
	return wanted ? json_incref(wanted) : json_null();
}

/* Dashcards. */

static json_t *series_ids(const json_t *card) {
	json_t *ids = json_array(), *series;
	size_t i;
	json_array_foreach(json_object_get(card, "series"), i, series)
		json_array_append(ids, json_object_get(series, "id"));
	return ids;
}

/* The columns that a dashcard of the body sets. */
static json_t *dashcard_values(struct request *r, const json_t *card, json_t *tab_id) {
	static const char *const plain[] = {
		"card_id", "action_id", "row", "col", "size_x", "size_y", "inline_parameters"};
	json_t *values = json_pack("{s:o}", "dashboard_tab_id", tab_id);
	for (size_t i = 0; i < COUNT_OF(plain); i++)
		if (has(card, plain[i]))
			json_object_set(values, plain[i], json_object_get(card, plain[i]));
	if (has(card, "parameter_mappings"))
		json_object_set_new(values, "parameter_mappings",
			normal_mappings(json_object_get(card, "parameter_mappings"), r->version));
	if (has(card, "visualization_settings"))
		json_object_set_new(values, "visualization_settings",
			normal_settings(json_object_get(card, "visualization_settings")));
	if (has(card, "series"))
		json_object_set_new(values, "series", series_ids(card));
	return values;
}

/* Servers before the one that strips undeclared keys insert every key of a new dashcard as a
 * column. */
static bool check_columns(struct request *r, const json_t *card) {
	static const char *const removed[] = {"id", "created_at", "updated_at", "entity_id",
		"series", "card", "collection_authority_level"};
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)card, key, value) {
		bool known = store_has_column(&dashcard_table, key);
		for (size_t i = 0; i < COUNT_OF(removed); i++)
			known |= !strcmp(key, removed[i]);
		if (!strcmp(key, "inline_parameters") && r->version < 56)
			known = false;
		if (known)
			continue;
		reply_exception(r, arena_printf(r->arena, "Column \"%s\" not found", key));
		return false;
	}
	return true;
}

static bool insert_dashcard(struct request *r, int64_t dashboard_id, const json_t *card,
	json_t *values) {
	if (!check_columns(r, card)) {
		json_decref(values);
		return false;
	}
	json_object_set_new(values, "dashboard_id", json_integer(dashboard_id));
	static const char *const lists[] = {"parameter_mappings", "series", "inline_parameters"};
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		if (!has_value(values, lists[i]) && (i < 2 || r->version >= 56))
			json_object_set_new(values, lists[i], json_array());
	if (!has_value(values, "visualization_settings"))
		json_object_set_new(values, "visualization_settings", json_object());
	store_insert(r->store, &dashcard_table, values);
	return !store_error(r->store);
}

/* A positive id that another dashboard has is refused. */
static bool check_foreign(struct request *r, int64_t dashboard_id, const json_t *card) {
	int64_t id = get_id(card, "id");
	json_auto_t *row = id > 0 ? store_get(r->store, &dashcard_table, id) : NULL;
	if (!row || get_id(row, "dashboard_id") == dashboard_id)
		return true;
	char *text =
		arena_printf(r->arena, "Dashboard %lld does not have a DashboardCard with ID %lld",
			(long long)dashboard_id, (long long)id);
	if (r->version >= 59)
		reply_json(r, 404, json_pack("{s:s}", "message", text));
	else
		reply_text(r, 404, text);
	return false;
}

/* A parameter shown inside a dashcard goes with it. */
static void drop_inline_parameters(
	struct request *r, int64_t dashboard_id, const json_t *dashcard) {
	const json_t *gone = json_object_get(dashcard, "inline_parameters");
	if (r->version < 56 || json_array_size(gone) == 0)
		return;
	json_auto_t *dashboard = store_get(r->store, &dashboard_table, dashboard_id);
	json_t *kept = json_array(), *parameter;
	size_t i, k;
	json_array_foreach(json_object_get(dashboard, "parameters"), i, parameter) {
		bool drop = false;
		for (k = 0; k < json_array_size(gone); k++)
			drop |= json_equal(
				json_array_get(gone, k), json_object_get(parameter, "id"));
		if (!drop)
			json_array_append(kept, parameter);
	}
	store_update(
		r->store, &dashboard_table, dashboard_id, json_pack("{s:o}", "parameters", kept));
}

static bool write_dashcards(struct request *r, int64_t dashboard_id, const json_t *dashcards,
	const json_t *tabs, const json_t *tab_ids, const json_t *before) {
	size_t i;
	json_t *card;
	json_array_foreach(before, i, card) {
		if (find_by_id(dashcards, json_object_get(card, "id")))
			continue;
		store_delete(r->store, &dashcard_table, get_id(card, "id"));
		drop_inline_parameters(r, dashboard_id, card);
	}
	json_array_foreach(dashcards, i, card) {
		json_t *values = dashcard_values(r, card, real_tab(card, tabs, tab_ids));
		if (find_by_id(before, json_object_get(card, "id")))
			store_update(r->store, &dashcard_table, get_id(card, "id"), values);
		else if (!insert_dashcard(r, dashboard_id, card, values))
			return false;
	}
	return true;
}

/* Questions that live in the dashboard are archived when they leave it, and come back with it. */
static void settle_questions(struct request *r, int64_t dashboard_id) {
	if (r->version < 53)
		return;
	json_auto_t *own = store_select(r->store, &card_table, "dashboard_id = ?",
		json_pack("[I]", (json_int_t)dashboard_id));
	json_auto_t *placed = store_select(r->store, &dashcard_table, "dashboard_id = ?",
		json_pack("[I]", (json_int_t)dashboard_id));
	size_t i;
	json_t *card;
	json_array_foreach(own, i, card) {
		bool here = holds_card(placed, get_id(card, "id"));
		if (here == get_flag(card, "archived"))
			card_archive(r, get_id(card, "id"), !here, true);
	}
}

bool dashcards_replace(struct request *r, int64_t dashboard_id, const json_t *dashcards,
	const json_t *tabs) {
	if (!dashcards || json_is_null(dashcards))
		return true;
	if (!check_lists(r, dashcards, tabs) || !check_tab_ids(r, dashcards, tabs))
		return false;
	json_auto_t *before = store_select(r->store, &dashcard_table, "dashboard_id = ?",
		json_pack("[I]", (json_int_t)dashboard_id));
	size_t i;
	json_t *card;
	json_array_foreach(dashcards, i, card)
		if (!check_foreign(r, dashboard_id, card))
			return false;
	if (!check_cards(r, dashboard_id, dashcards, before))
		return false;
	json_auto_t *tab_ids = replace_tabs(r, dashboard_id, tabs);
	json_auto_t *left = store_select(r->store, &dashcard_table, "dashboard_id = ?",
		json_pack("[I]", (json_int_t)dashboard_id));
	if (!write_dashcards(r, dashboard_id, dashcards, tabs, tab_ids, left))
		return false;
	settle_questions(r, dashboard_id);
	return !store_error(r->store);
}

/* Auto-placement of a new dashboard question. */

static const struct {
	const char *display;
	int width, height;
} sizes[] = {
	{"table", 12, 9}, {"pivot", 12, 9}, {"object", 12, 9}, {"list", 12, 9}, {"pie", 12, 8},
	{"waterfall", 14, 6}, {"sankey", 16, 10}, {"scalar", 6, 3}, {"smartscalar", 6, 3},
};

void dashboard_place(
	struct request *r, int64_t dashboard_id, const json_t *tab_id, int64_t card_id) {
	json_auto_t *here =
		store_find(r->store, &dashcard_table, "dashboard_id = ? AND card_id = ?",
			json_pack("[I, I]", (json_int_t)dashboard_id, (json_int_t)card_id));
	if (here)
		return;
	json_auto_t *first = store_find(r->store, &tab_table, "dashboard_id = ? ORDER BY position",
		json_pack("[I]", (json_int_t)dashboard_id));
	json_t *tab = json_is_integer(tab_id) ? json_incref((json_t *)tab_id) :
		first ? json_integer(get_id(first, "id")) : json_null();
	json_auto_t *last = store_find(r->store, &dashcard_table,
		"dashboard_id = ? AND dashboard_tab_id IS ? ORDER BY \"row\" + size_y DESC",
		json_pack("[I, O]", (json_int_t)dashboard_id, tab));
	json_auto_t *card = store_get(r->store, &card_table, card_id);
	int width = 12, height = 6;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		if (strcmp(sizes[i].display, get_text(card, "display")))
			continue;
		width = sizes[i].width;
		height = sizes[i].height;
	}
	store_insert(r->store, &dashcard_table,
		json_pack("{s:I, s:o, s:I, s:I, s:i, s:i, s:i, s:[], s:{}, s:[], s:[]}",
			"dashboard_id", (json_int_t)dashboard_id, "dashboard_tab_id", tab,
			"card_id", (json_int_t)card_id, "row",
			(json_int_t)(get_id(last, "row") + get_id(last, "size_y")), "col", 0,
			"size_x", width, "size_y", height, "parameter_mappings",
			"visualization_settings", "series", "inline_parameters"));
}
