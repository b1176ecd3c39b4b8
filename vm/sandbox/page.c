/* The pages that a browser sees: what this is and holds, and the outline of a dashboard or
 * question. Plain HTML without scripts; nothing is loaded from elsewhere. Pictures need answers to
 * queries, which are not here yet, and the pages say so. */
#include <stdlib.h>

#include "runtime/buf.h"
#include "vm/sandbox/dashcards.h"
#include "vm/sandbox/mbql.h"
#include "vm/sandbox/resource.h"

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
		{&field_table,
			"active = 1 AND table_id IN (SELECT id FROM metabase_table WHERE db_id = "
			"1)",
			"fields"},
	};
	buf_puts(page, "<table>");
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		buf_printf(page, "<tr><td>%lld<td>%s",
			(long long)store_count(r->store, rows[i].table, rows[i].where, NULL),
			rows[i].label);
	buf_puts(page, "</table>");
}

static void add_dashboards(struct request *r, struct buf *page) {
	json_auto_t *dashboards =
		store_select(r->store, &dashboard_table, "archived = 0 ORDER BY name", NULL);
	size_t i;
	json_t *dashboard;
	if (json_array_size(dashboards) == 0)
		return;
	buf_puts(page, "<h2>Dashboards</h2><ul>");
	json_array_foreach(dashboards, i, dashboard) {
		buf_printf(page, "<li><a href=\"/dashboard/%lld\">",
			(long long)get_id(dashboard, "id"));
		add_escaped(page, get_text(dashboard, "name"));
		buf_puts(page, "</a>");
	}
	buf_puts(page, "</ul>");
}

static void open_page(struct buf *page, const char *title) {
	buf_puts(page, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
	add_escaped(page, title);
	buf_puts(page, "</title><style>body{font:16px/1.5 "
		       "system-ui,sans-serif;max-width:60rem;margin:3rem "
		       "auto;padding:0 1rem}td{padding:0 1rem 0 "
		       "0;vertical-align:top}pre{overflow:auto;padding:.5rem;"
		       "background:#8882}small{opacity:.7}</style><h1>");
	add_escaped(page, title);
	buf_puts(page, "</h1>");
}

static void reply_page(struct request *r, struct buf *page) {
	reply_text(r, 200, page->ptr);
	r->content_type = "text/html;charset=utf-8";
	buf_free(page);
}

void root_page(struct request *r) {
	struct buf page = BUF(4 << 20);
	open_page(&page, "mbc-sandbox");
	buf_puts(&page, "<p>A stand-in for Metabase <b>");
	add_escaped(&page, r->sandbox->settings->tag);
	buf_puts(&page,
		"</b>, for development and tests. It speaks the REST API below <code>/api/</code>, "
		"keeps what it is given, and runs no queries yet. It is not Metabase, and it "
		"listens on this "
		"machine only.</p><h2>It holds</h2>");
	add_counts(r, &page);
	add_dashboards(r, &page);
	buf_puts(&page,
		"<p>Sign in with the API key it was started with (header <code>x-api-key</code>), "
		"or as <code>admin@example.com</code> or "
		"<code>analyst@example.com</code>.</p></html>\n");
	reply_page(r, &page);
}

static void add_parameters(struct buf *page, const json_t *parameters) {
	size_t i;
	json_t *parameter;
	if (json_array_size(parameters) == 0)
		return;
	buf_puts(page, "<h2>Filters</h2><ul>");
	json_array_foreach(parameters, i, parameter) {
		buf_puts(page, "<li>");
		add_escaped(page, get_text(parameter, "name"));
		buf_puts(page, " <small>");
		add_escaped(page, get_text(parameter, "type"));
		buf_puts(page, "</small>");
	}
	buf_puts(page, "</ul>");
}

/* One line of the outline: where it lies, and what it is. */
static void add_dashcard(struct buf *page, const json_t *dashcard) {
	const json_t *settings = json_object_get(dashcard, "visualization_settings");
	const json_t *card = json_object_get(dashcard, "card");
	const char *title = get_text(settings, "card.title");
	buf_printf(page, "<tr><td><small>row %lld, column %lld, %lld×%lld</small><td>",
		(long long)get_id(dashcard, "row"), (long long)get_id(dashcard, "col"),
		(long long)get_id(dashcard, "size_x"), (long long)get_id(dashcard, "size_y"));
	if (!json_is_object(card)) {
		add_escaped(page, get_text(settings, "text"));
		return;
	}
	buf_printf(page, "<a href=\"/question/%lld\">", (long long)get_id(card, "id"));
	add_escaped(page, *title ? title : get_text(card, "name"));
	buf_puts(page, "</a> <small>");
	add_escaped(page, get_text(card, "display"));
	buf_puts(page, "</small>");
}

static void add_outline(struct buf *page, const json_t *dashcards, const json_t *tab) {
	size_t i;
	json_t *dashcard;
	if (tab) {
		buf_puts(page, "<h2>");
		add_escaped(page, get_text(tab, "name"));
		buf_puts(page, "</h2>");
	}
	buf_puts(page, "<table>");
	json_array_foreach(dashcards, i, dashcard)
		if (!tab || get_id(dashcard, "dashboard_tab_id") == get_id(tab, "id"))
			add_dashcard(page, dashcard);
	buf_puts(page, "</table>");
}

static int by_place(const void *a, const void *b) {
	const json_t *const *one = a, *const *two = b;
	int64_t down = get_id(*one, "row") - get_id(*two, "row");
	int64_t across = get_id(*one, "col") - get_id(*two, "col");
	return down ? (down < 0 ? -1 : 1) : across < 0 ? -1 : across > 0;
}

static json_t *in_reading_order(struct request *r, const json_t *dashcards) {
	size_t count = json_array_size(dashcards);
	json_t **rows = arena_array(r->arena, json_t *, count + 1);
	for (size_t i = 0; i < count; i++)
		rows[i] = json_array_get(dashcards, i);
	qsort(rows, count, sizeof(*rows), by_place);
	json_t *sorted = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, rows[i]);
	return sorted;
}

/* The number that begins the last part of a path: clients write `/dashboard/7-finance` too. */
static json_t *page_row(struct request *r, const struct store_table *table) {
	json_t *row = store_get(r->store, table, strtoll(r->captures[0], NULL, 10));
	if (!row)
		reply_not_found(r);
	return row;
}

void dashboard_page(struct request *r) {
	json_auto_t *row = page_row(r, &dashboard_table);
	if (!row)
		return;
	r->user.admin = true;
	json_auto_t *shown = dashcards_show(r, get_id(row, "id"));
	json_auto_t *dashcards = in_reading_order(r, shown),
		    *tabs = tabs_show(r, get_id(row, "id"));
	struct buf page = BUF(4 << 20);
	open_page(&page, get_text(row, "name"));
	buf_puts(&page, "<p>");
	add_escaped(&page, get_text(row, "description"));
	buf_puts(&page, "<p><small>An outline: this sandbox runs no queries yet, so there are no "
		"pictures.</small>");
	add_parameters(&page, json_object_get(row, "parameters"));
	size_t i;
	json_t *tab;
	json_array_foreach(tabs, i, tab)
		add_outline(&page, dashcards, tab);
	if (json_array_size(tabs) == 0)
		add_outline(&page, dashcards, NULL);
	reply_page(r, &page);
}

void question_page(struct request *r) {
	json_auto_t *row = page_row(r, &card_table);
	if (!row)
		return;
	struct query_facts facts = query_facts(json_object_get(row, "dataset_query"));
	struct buf page = BUF(4 << 20);
	open_page(&page, get_text(row, "name"));
	buf_puts(&page, "<p>");
	add_escaped(&page, get_text(row, "description"));
	buf_puts(&page, "<p>Shown as <b>");
	add_escaped(&page, get_text(row, "display"));
	buf_puts(&page, "</b>.<pre>");
	add_escaped(&page, facts.sql ? facts.sql : "made by the query builder");
	buf_puts(&page, "</pre>");
	reply_page(r, &page);
}
