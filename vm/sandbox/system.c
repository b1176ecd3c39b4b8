/* What the server says of itself: health, properties, settings. */
#include "vm/sandbox/check.h"
#include "vm/sandbox/resource.h"

const struct store_table setting_table = {
	.name = "setting",
	.columns = (const struct store_column[]){{"key", STORE_TEXT}, {"value", STORE_JSON}, {0}},
	.constraints = ", UNIQUE (key)",
};

/* Settings that exist, with the JSON of their defaults. */
static const struct setting {
	const char *key, *initial;
	bool public;
} known[] = {
	{"admin-email", "\"admin@example.com\"", false},
	{"enable-embedding", "false", false},
	{"enable-embedding-static", "false", false},
	{"enable-public-sharing", "true", true},
	{"report-timezone", "null", true},
	{"site-locale", "\"en\"", true},
	{"site-name", "\"mbc-sandbox\"", true},
	{"site-url", "null", true},
};

static const struct setting *find_setting(const char *key) {
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (!strcmp(known[i].key, key))
			return &known[i];
	return NULL;
}

json_t *setting_value(struct store *store, const char *key) {
	json_auto_t *row = store_find(store, &setting_table, "key = ?", json_pack("[s]", key));
	const json_t *value = json_object_get(row, "value");
	if (value)
		return json_incref((json_t *)value);
	const struct setting *setting = find_setting(key);
	return json_loads(setting ? setting->initial : "null", JSON_DECODE_ANY, NULL);
}

void health(struct request *r) {
	reply_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

void session_properties(struct request *r) {
	json_t *all = json_pack("{s:{s:s, s:s, s:s}, s:n, s:b, s:{}, s:[[s, s], [s, s]]}",
		"version", "tag", r->sandbox->settings->tag, "date", "2026-01-05", "hash",
		"5a4db0c", "setup-token", "has-user-setup", 1, "token-features",
		"available-locales", "en", "English", "de", "Deutsch");
	static const char *const features[] = {"advanced_permissions", "official_collections",
		"remote_sync", "serialization", "snippet_collections"};
	for (size_t i = 0; i < COUNT_OF(features); i++)
		json_object_set_new(
			json_object_get(all, "token-features"), features[i], json_false());
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (known[i].public || r->user.admin)
			json_object_set_new(
				all, known[i].key, setting_value(r->store, known[i].key));
	reply_json(r, 200, all);
}

void setting_list(struct request *r) {
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT_OF(known); i++)
		json_array_append_new(list,
			json_pack("{s:s, s:o, s:b, s:s, s:s, s:o}", "key", known[i].key, "value",
				setting_value(r->store, known[i].key), "is_env_setting", 0,
				"env_name", "", "description", "", "default",
				json_loads(known[i].initial, JSON_DECODE_ANY, NULL)));
	reply_json(r, 200, list);
}

void setting_read(struct request *r) {
	if (!find_setting(r->captures[0])) {
		reply_not_found(r);
		return;
	}
	json_t *value = setting_value(r->store, r->captures[0]);
	if (json_is_null(value))
		reply_nothing(r);
	else if (json_is_string(value))
		reply_text(r, 200, json_string_value(value));
	else {
		reply_json(r, 200, value);
		return;
	}
	json_decref(value);
}

void setting_write(struct request *r) {
	const char *key = r->captures[0];
	if (!find_setting(key)) {
		reply_not_found(r);
		return;
	}
	store_run(r->store, "DELETE FROM setting WHERE key = ?", json_pack("[s]", key));
	if (has_value(r->body, "value"))
		store_insert(r->store, &setting_table,
			json_pack("{s:s, s:O}", "key", key, "value",
				json_object_get(r->body, "value")));
	reply_nothing(r);
}
