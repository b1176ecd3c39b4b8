/* What a card or dashboard needs of the warehouse, in one answer; and which tables the state has.
 */
#include <stdio.h>

#include "vm/sandbox/mbql.h"
#include "vm/sandbox/resource.h"

const struct store_table *const resource_tables[] = {
	&user_table, &session_table, &api_key_table, &setting_table, &database_table, &table_table,
	&field_table, &collection_table, &access_table, &card_table, &dashboard_table, &tab_table,
	&dashcard_table, &snippet_table, &revision_table, &pulse_table, &notification_table, NULL,
};

/* Ids of what was found, each once. */
struct needs {
	json_t *databases, *tables, *fields, *cards;
};

static struct needs needs_open(void) {
	return (struct needs){json_object(), json_object(), json_object(), json_object()};
}

static void need(struct request *r, json_t *found, const struct store_table *table, int64_t id,
	json_t *(*show)(struct request *r, json_t *row)) {
	const char *key = arena_printf(r->arena, "%lld", (long long)id);
	if (id <= 0 || json_object_get(found, key))
		return;
	json_t *row = store_get(r->store, table, id);
	if (row)
		json_object_set_new(found, key, show(r, row));
}

static json_t *show_table(struct request *r, json_t *row) {
	return table_show(r, row, true, false);
}

static json_t *show_card(struct request *r, json_t *row) {
	return card_show(r, row, CARD_NESTED);
}

static void need_card(struct request *r, struct needs *needs, const json_t *card) {
	struct query_facts facts = query_facts(json_object_get(card, "dataset_query"));
	need(r, needs->databases, &database_table, facts.database, database_show);
	need(r, needs->tables, &table_table, facts.table, show_table);
	const char *name;
	json_t *tag;
	json_object_foreach((json_t *)facts.tags, name, tag) {
		json_auto_t *field = store_get(r->store, &field_table, tag_field(tag));
		if (!field)
			continue;
		need(r, needs->fields, &field_table, get_id(field, "id"), field_show);
		need(r, needs->tables, &table_table, get_id(field, "table_id"), show_table);
	}
}

static json_t *values_of(json_t *found) {
	json_t *list = json_array(), *value;
	const char *key;
	json_object_foreach(found, key, value)
		json_array_append(list, value);
	json_decref(found);
	return list;
}

static void reply_needs(struct request *r, struct needs *needs) {
	reply_json(r, 200,
		json_pack("{s:o, s:o, s:o, s:o, s:[]}", "databases", values_of(needs->databases),
			"tables", values_of(needs->tables), "fields", values_of(needs->fields),
			"cards", values_of(needs->cards), "snippets"));
}

void card_metadata(struct request *r) {
	json_auto_t *card = path_row_or_entity(r, &card_table);
	if (!card)
		return;
	struct needs needs = needs_open();
	need_card(r, &needs, card);
	reply_needs(r, &needs);
}

void dashboard_metadata(struct request *r) {
	json_auto_t *dashboard = path_row_or_entity(r, &dashboard_table);
	if (!dashboard)
		return;
	json_auto_t *cards = store_select(r->store, &card_table,
		"id IN (SELECT card_id FROM report_dashboardcard WHERE dashboard_id = ?)",
		json_pack("[I]", (json_int_t)get_id(dashboard, "id")));
	struct needs needs = needs_open();
	size_t i;
	json_t *card;
	json_array_foreach(cards, i, card) {
		need_card(r, &needs, card);
		need(r, needs.cards, &card_table, get_id(card, "id"), show_card);
	}
	reply_needs(r, &needs);
}
