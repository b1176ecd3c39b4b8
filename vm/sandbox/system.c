/* What the server says of itself: health, properties, settings, and the page at its root. */
#include <stdio.h>

#include "runtime/buf.h"
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
	json_t *all = json_pack("{s:{s:s, s:s, s:s}, s:n, s:b, s:{}, s:[[s, s], [s, s]]}", "version", "tag",
		r->sandbox->settings->tag, "date", "2026-01-05", "hash", "5a4db0c", "setup-token",
		"has-user-setup", 1, "token-features", "available-locales", "en", "English", "de", "Deutsch");
	static const char *const features[] = {"advanced_permissions", "official_collections",
		"remote_sync", "serialization", "snippet_collections"};
	for (size_t i = 0; i < COUNT_OF(features); i++)
		json_object_set_new(json_object_get(all, "token-features"), features[i], json_false());
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (known[i].public || r->user.admin)
			json_object_set_new(all, known[i].key, setting_value(r->store, known[i].key));
	reply_json(r, 200, all);
}

void setting_list(struct request *r) {
	json_t *list = json_array();
	for (size_t i = 0; i < COUNT_OF(known); i++)
		json_array_append_new(list, json_pack("{s:s, s:o, s:b, s:s, s:s, s:o}", "key", known[i].key,
			"value", setting_value(r->store, known[i].key), "is_env_setting", 0, "env_name", "",
			"description", "", "default", json_loads(known[i].initial, JSON_DECODE_ANY, NULL)));
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
			json_pack("{s:s, s:O}", "key", key, "value", json_object_get(r->body, "value")));
	reply_nothing(r);
}

static void add_escaped(struct buf *out, const char *text) {
	for (; *text; text++) {
		switch (*text) {
		case '<': buf_puts(out, "&lt;"); break;
		case '>': buf_puts(out, "&gt;"); break;
		case '&': buf_puts(out, "&amp;"); break;
		case '"': buf_puts(out, "&quot;"); break;
		default: buf_putc(out, *text);
		}
	}
}

static void add_counts(struct request *r, struct buf *page) {
	static const struct {
		const struct store_table *table;
		const char *where, *label;
	} rows[] = {
		{&dashboard_table, "archived = 0", "dashboards"},
		{&card_table, "archived = 0", "questions"},
		{&collection_table, "archived = 0 AND type IS NULL AND personal_owner_id IS NULL",
			"collections"},
		{&snippet_table, "archived = 0", "snippets"},
		{&table_table, "active = 1 AND db_id = 1", "tables"},
		{&field_table, "active = 1 AND table_id IN (SELECT id FROM metabase_table WHERE db_id = 1)",
			"fields"},
	};
	buf_puts(page, "<table>");
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		buf_printf(page, "<tr><td>%lld<td>%s",
			(long long)store_count(r->store, rows[i].table, rows[i].where, NULL), rows[i].label);
	buf_puts(page, "</table>");
}

static void add_dashboards(struct request *r, struct buf *page) {
	json_auto_t *dashboards = store_select(r->store, &dashboard_table, "archived = 0 ORDER BY name",
		NULL);
	size_t i;
	json_t *dashboard;
	if (json_array_size(dashboards) == 0)
		return;
	buf_puts(page, "<h2>Dashboards</h2><ul>");
	json_array_foreach(dashboards, i, dashboard) {
		buf_printf(page, "<li><code>/api/dashboard/%lld</code> ", (long long)get_id(dashboard, "id"));
		add_escaped(page, get_text(dashboard, "name"));
	}
	buf_puts(page, "</ul>");
}

void root_page(struct request *r) {
	struct buf page = BUF(4 << 20);
	buf_puts(&page, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>mbc-sandbox</title>"
		"<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}"
		"td{padding:0 1rem 0 0}td:first-child{text-align:right}</style><h1>mbc-sandbox</h1>");
	buf_puts(&page, "<p>A stand-in for Metabase <b>");
	add_escaped(&page, r->sandbox->settings->tag);
	buf_puts(&page, "</b>, for development and tests. It speaks the REST API below <code>/api/</code>, "
		"keeps what it is given, and runs no queries yet. It is not Metabase, and it listens on this "
		"machine only.</p><h2>It holds</h2>");
	add_counts(r, &page);
	add_dashboards(r, &page);
	buf_puts(&page, "<p>Sign in with the API key it was started with (header <code>x-api-key</code>), "
		"or as <code>admin@example.com</code> or <code>analyst@example.com</code>.</p></html>\n");
	reply_text(r, 200, page.ptr);
	r->content_type = "text/html;charset=utf-8";
	buf_free(&page);
}
