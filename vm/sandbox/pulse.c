/* Dashboard subscriptions (the server calls them pulses) and alerts. Nothing is ever sent; they are
 * here because writes to cards and dashboards archive or delete them. */
#include "vm/sandbox/check.h"
#include "vm/sandbox/resource.h"

const struct store_table pulse_table = {
	.name = "pulse",
	.columns = (const struct store_column[]){{"name", STORE_TEXT},
		{"dashboard_id", STORE_INTEGER}, {"skip_if_empty", STORE_BOOLEAN, "0"},
		{"archived", STORE_BOOLEAN, "0"}, {"parameters", STORE_JSON}, {"cards", STORE_JSON},
		{"channels", STORE_JSON}, {"collection_id", STORE_INTEGER},
		{"creator_id", STORE_INTEGER}, {"entity_id", STORE_TEXT},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME}, {0}},
};

const struct store_table notification_table = {
	.name = "notification",
	.columns = (const struct store_column[]){{"payload_type", STORE_TEXT},
		{"payload", STORE_JSON}, {"subscriptions", STORE_JSON}, {"handlers", STORE_JSON},
		{"active", STORE_BOOLEAN, "1"}, {"creator_id", STORE_INTEGER},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME},
		{"card_id", STORE_INTEGER, .hidden = true}, {0}},
};

static json_t *show(struct request *r, const struct store_table *table, json_t *row) {
	json_t *creator = user_brief(r, get_id(row, "creator_id"));
	json_object_set_new(row, "creator", creator ? creator : json_null());
	store_show(table, row, r->version);
	return row;
}

static void reply_list(struct request *r, const struct store_table *table, json_t *rows) {
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		show(r, table, row);
	reply_json(r, 200, rows);
}

void pulse_list(struct request *r) {
	const char *text = query_text(r, "dashboard_id");
	long long dashboard = 0;
	if (text)
		str_integer(str_from(text), &dashboard);
	reply_list(r, &pulse_table,
		store_select(r->store, &pulse_table,
			"archived = ? AND (? = 0 OR dashboard_id = ?) ORDER BY id",
			json_pack("[b, I, I]", (int)query_flag(r, "archived"),
				(json_int_t)dashboard, (json_int_t)dashboard)));
}

void pulse_read(struct request *r) {
	json_t *row = path_row(r, &pulse_table);
	if (row)
		reply_json(r, 200, show(r, &pulse_table, row));
}

static const struct rule pulse_rules[] = {
	{"name", RULE_NONBLANK, NULLABLE}, {"dashboard_id", RULE_POSITIVE, NULLABLE},
	{"skip_if_empty", RULE_BOOLEAN, NULLABLE}, {"archived", RULE_BOOLEAN, NULLABLE},
	{"parameters", RULE_LIST, NULLABLE}, {"cards", RULE_LIST, NULLABLE},
	{"channels", RULE_LIST, NULLABLE}, {"collection_id", RULE_POSITIVE, NULLABLE}, {0},
};

/* What is left out of a write takes its default: such a write brings an archived one back. */
static json_t *take_pulse(struct request *r) {
	json_t *values = json_pack("{s:b, s:b}", "archived", 0, "skip_if_empty", 0);
	for (const struct rule *rule = pulse_rules; rule->name; rule++)
		if (has_value(r->body, rule->name))
			json_object_set(values, rule->name, json_object_get(r->body, rule->name));
	return values;
}

void pulse_create(struct request *r) {
	static const struct rule required[] = {
		{"name", RULE_NONBLANK, REQUIRED}, {"cards", RULE_LIST, REQUIRED},
		{"channels", RULE_LIST, REQUIRED}, {0},
	};
	if (!check_body(r, required) || !check_body(r, pulse_rules))
		return;
	json_t *values = take_pulse(r);
	json_object_set_new(values, "creator_id", json_integer(r->user.id));
	if (!has(values, "parameters"))
		json_object_set_new(values, "parameters", json_array());
	int64_t id = store_insert(r->store, &pulse_table, values);
	reply_json(r, 200, show(r, &pulse_table, store_get(r->store, &pulse_table, id)));
}

void pulse_update(struct request *r) {
	json_auto_t *row = path_row(r, &pulse_table);
	if (!row || !check_body(r, pulse_rules))
		return;
	store_update(r->store, &pulse_table, get_id(row, "id"), take_pulse(r));
	reply_json(r, 200,
		show(r, &pulse_table, store_get(r->store, &pulse_table, get_id(row, "id"))));
}

static bool uses(const json_t *pulse, const json_t *ids) {
	size_t i, k;
	json_t *parameter, *id;
	json_array_foreach(json_object_get(pulse, "parameters"), i, parameter)
		json_array_foreach(ids, k, id)
			if (json_equal(json_object_get(parameter, "id"), id))
				return true;
	return false;
}

void pulses_without(struct request *r, int64_t dashboard_id, const json_t *gone) {
	if (json_array_size(gone) == 0)
		return;
	json_auto_t *rows = store_select(r->store, &pulse_table,
		"dashboard_id = ? AND archived = 0", json_pack("[I]", (json_int_t)dashboard_id));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row) if (uses(row, gone)) store_update(
		r->store, &pulse_table, get_id(row, "id"), json_pack("{s:b}", "archived", 1));
}

void pulses_delete(struct request *r, int64_t dashboard_id) {
	store_run(r->store, "DELETE FROM pulse WHERE dashboard_id = ?",
		json_pack("[I]", (json_int_t)dashboard_id));
}

/* Alerts: a resource of their own from 0.54, at /api/alert before. */

void notifications_delete(struct request *r, int64_t card_id) {
	store_run(r->store, "DELETE FROM notification WHERE card_id = ?",
		json_pack("[I]", (json_int_t)card_id));
}

void notification_list(struct request *r) {
	const char *text = query_text(r, "card_id");
	long long card = 0;
	if (text)
		str_integer(str_from(text), &card);
	reply_list(r, &notification_table,
		store_select(r->store, &notification_table, "? = 0 OR card_id = ? ORDER BY id",
			json_pack("[I, I]", (json_int_t)card, (json_int_t)card)));
}

void notification_read(struct request *r) {
	json_t *row = path_row(r, &notification_table);
	if (row)
		reply_json(r, 200, show(r, &notification_table, row));
}

void notification_create(struct request *r) {
	static const struct rule rules[] = {
		{"payload_type", RULE_NONBLANK, REQUIRED}, {"payload", RULE_MAP, OPTIONAL},
		{"subscriptions", RULE_LIST, OPTIONAL}, {"handlers", RULE_LIST, OPTIONAL}, {0},
	};
	if (!check_body(r, rules))
		return;
	json_t *values = json_pack("{s:I, s:I}", "creator_id", (json_int_t)r->user.id, "card_id",
		(json_int_t)get_id(json_object_get(r->body, "payload"), "card_id"));
	for (const struct rule *rule = rules; rule->name; rule++)
		if (has(r->body, rule->name))
			json_object_set(values, rule->name, json_object_get(r->body, rule->name));
	int64_t id = store_insert(r->store, &notification_table, values);
	reply_json(
		r, 200, show(r, &notification_table, store_get(r->store, &notification_table, id)));
}

static json_t *alert_show(struct request *r, json_t *row) {
	json_t *alert = json_copy(json_object_get(row, "payload"));
	if (!alert)
		alert = json_object();
	json_object_set(alert, "id", json_object_get(row, "id"));
	json_auto_t *card = store_get(r->store, &card_table, get_id(row, "card_id"));
	json_object_set_new(alert, "card",
		json_pack("{s:O, s:O?}", "id", json_object_get(row, "card_id"), "name",
			json_object_get(card, "name")));
	json_t *creator = user_brief(r, get_id(row, "creator_id"));
	json_object_set_new(alert, "creator", creator ? creator : json_null());
	return alert;
}

void alert_list(struct request *r) {
	json_auto_t *rows = store_select(r->store, &notification_table, NULL, NULL);
	json_t *list = json_array(), *row;
	size_t i;
	json_array_foreach(rows, i, row)
		json_array_append_new(list, alert_show(r, row));
	reply_json(r, 200, list);
}

void alert_of_card(struct request *r) {
	int64_t card;
	if (!path_id(r, 0, &card))
		return;
	json_auto_t *rows = store_select(r->store, &notification_table, "card_id = ? ORDER BY id",
		json_pack("[I]", (json_int_t)card));
	json_t *list = json_array(), *row;
	size_t i;
	json_array_foreach(rows, i, row)
		json_array_append_new(list, alert_show(r, row));
	reply_json(r, 200, list);
}

void alert_create(struct request *r) {
	static const struct rule rules[] = {
		{"card", RULE_MAP, REQUIRED}, {"channels", RULE_LIST, REQUIRED}, {0}};
	if (!check_body(r, rules))
		return;
	int64_t id = store_insert(r->store, &notification_table,
		json_pack("{s:s, s:I, s:I, s:O}", "payload_type", "notification/card", "creator_id",
			(json_int_t)r->user.id, "card_id",
			(json_int_t)get_id(json_object_get(r->body, "card"), "id"), "payload",
			r->body));
	json_auto_t *row = store_get(r->store, &notification_table, id);
	reply_json(r, 200, alert_show(r, row));
}
