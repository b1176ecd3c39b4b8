/* Column metadata of cards. The server works it out some time after a write, so it is null first
 * and then appears, with a later `updated_at`, without any client's doing. Here it is what the
 * outermost select list tells; where that tells nothing, it stays null. */
#include "compiler/query/columns.h"
#include "runtime/clock.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/mbql.h"
#include "vm/sandbox/resource.h"
#include "vm/sandbox/sync.h"

static const char *type_of(const struct column *column) {
	if (column->database_type.len)
		return base_type(column->database_type, false);
	switch (column->type) {
	case COLUMN_TEXT:
		return "type/Text";
	case COLUMN_NUMBER:
		return "type/Float";
	case COLUMN_BOOLEAN:
		return "type/Boolean";
	case COLUMN_DATE:
		return "type/Date";
	case COLUMN_DATETIME:
		return "type/DateTime";
	case COLUMN_UNKNOWN:
	case COLUMN_OTHER:
		return "type/*";
	}
	return "type/*";
}

static json_t *metadata_of(const struct column *column) {
	const char *type = type_of(column);
	json_auto_t *name = json_stringn(column->name.ptr, column->name.len);
	return json_pack("{s:O, s:O, s:s, s:s, s:n, s:n, s:[s, O, {s:s}]}", "name", name,
		"display_name", name, "base_type", type, "effective_type", type, "semantic_type",
		"fingerprint", "field_ref", "field", name, "base-type", type);
}

/* The columns of a native query, or null; new. */
static json_t *columns_of(const struct sandbox *sandbox, const json_t *query) {
	struct query_facts facts = query_facts(query);
	if (!facts.sql)
		return json_null();
	struct compile c;
	compile_init(&c);
	struct node node = {
		.type = NODE_SCALAR, .at = SPAN_NONE, .scalar.text = str_from(facts.sql)};
	const struct sql *sql = sql_scan(c.arena, node.scalar.text, true);
	const struct columns *columns = columns_of_query(&c, sql, &node, sandbox->catalogue);
	json_t *list = columns->known ? json_array() : json_null();
	for (size_t i = 0; columns->known && i < columns->count; i++)
		json_array_append_new(list, metadata_of(&columns->items[i]));
	compile_finish(&c);
	return list;
}

void card_metadata_due(struct sandbox *sandbox) {
	long long due = clock_ms() + METADATA_DELAY_MS;
	if (!sandbox->metadata_due_ms || due < sandbox->metadata_due_ms)
		sandbox->metadata_due_ms = due;
}

void card_settle(struct sandbox *sandbox) {
	if (!sandbox->metadata_due_ms || clock_ms() < sandbox->metadata_due_ms)
		return;
	sandbox->metadata_due_ms = 0;
	json_auto_t *rows = store_select(sandbox->store, &card_table, "metadata_due = 1", NULL);
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		store_update(sandbox->store, &card_table, get_id(row, "id"),
			json_pack("{s:o, s:n}", "result_metadata",
				columns_of(sandbox, json_object_get(row, "dataset_query")),
				"metadata_due"));
}
