/* The catalogue as a file, for people whose tables are not made by DDL that we can read: written
 * from Metabase's own metadata, read like any definition, with places for notes. */
#include "compiler/query/catalogue.h"
#include "compiler/query/reading.h"

#define FILE_VERSION 1

static json_t *text_of(struct str text) {
	return json_stringn(text.len ? text.ptr : "", text.len);
}

static json_t *column_json(const struct catalogue_column *column) {
	json_t *json = json_pack("{s:o, s:o}", "name", text_of(column->name), "type",
		text_of(column->database_type));
	struct str schema = column->references_schema, table = column->references_table;
	if (table.len)
		json_object_set_new(json, "references", json_sprintf("%.*s%s%.*s", STR_ARGS(schema),
			schema.len ? "." : "", STR_ARGS(table)));
	if (column->repeated)
		json_object_set_new(json, "repeated", json_true());
	if (column->key)
		json_object_set_new(json, "key", json_true());
	for (size_t i = 0; i < column->field_count; i++) {
		if (i == 0)
			json_object_set_new(json, "fields", json_array());
		json_array_append_new(
			json_object_get(json, "fields"), column_json(&column->fields[i]));
	}
	return json;
}

json_t *catalogue_json(const struct catalogue *catalogue) {
	json_t *tables = json_array();
	for (size_t i = 0; i < catalogue->tables.count; i++) {
		const struct catalogue_table *table = catalogue->tables.items[i];
		json_t *json = json_pack("{s:o, s:o}", "schema", text_of(table->schema), "name",
			text_of(table->name));
		if (table->view)
			json_object_set_new(json, "view", json_true());
		if (table->columns_known)
			json_object_set_new(json, "columns", json_array());
		for (size_t k = 0; table->columns_known && k < table->column_count; k++)
			json_array_append_new(
				json_object_get(json, "columns"), column_json(&table->columns[k]));
		json_array_append_new(tables, json);
	}
	return json_pack("{s:i, s:o}", "mbc_catalogue", FILE_VERSION, "tables", tables);
}

static void wrong(struct compile *c, const struct node *at, const char *what) {
	struct diagnostic *d = diag_add(c, E0620, at->at, "a catalogue file needs %s here", what);
	diag_help(c, d, "let `mbc catalogue` write the file again");
}

/* The text of a key, empty if it is not there. */
static struct str text_at(const struct node *map, const char *key) {
	const struct node *node = node_get(map, key);
	return node_is_scalar(node) ? node->scalar.text : STR("");
}

static bool yes_at(const struct node *map, const char *key) {
	return str_is(text_at(map, key), "true");
}

/* The items of a list under `key`, each a map; NULL if there is no such list. */
static const struct node *list_at(struct compile *c, const struct node *map, const char *key) {
	const struct node *list = node_get(map, key);
	if (!list)
		return NULL;
	if (list->type != NODE_SEQ) {
		wrong(c, list, "a list");
		return NULL;
	}
	for (size_t i = 0; i < list->seq.count; i++) {
		if (list->seq.items[i]->type != NODE_MAP ||
			text_at(list->seq.items[i], "name").len == 0) {
			wrong(c, list->seq.items[i], "a map with a `name`");
			return NULL;
		}
	}
	return list;
}

static struct catalogue_column *read_columns(
	struct compile *c, const struct node *list, size_t *count) {
	struct catalogue_column *columns =
		arena_array(c->arena, struct catalogue_column, list->seq.count);
	for (size_t i = 0; i < list->seq.count; i++) {
		const struct node *map = list->seq.items[i];
		struct catalogue_column *column = &columns[i];
		struct str other = text_at(map, "references");
		size_t dot = str_find(other, ".", 0);
		*column = (struct catalogue_column){.name = text_at(map, "name"),
			.at = node_get(map, "name")->at,
			.database_type = text_at(map, "type"),
			.repeated = yes_at(map, "repeated"),
			.key = yes_at(map, "key"),
			.references_schema = dot == STR_NONE ? STR("") : str_slice(other, 0, dot),
			.references_table =
				dot == STR_NONE ? other : str_slice(other, dot + 1, other.len)};
		column->type =
			column->repeated ? COLUMN_OTHER : column_type_of(column->database_type);
		const struct node *fields = list_at(c, map, "fields");
		if (fields)
			column->fields = read_columns(c, fields, &column->field_count);
	}
	*count = list->seq.count;
	return columns;
}

static void read_table(struct compile *c, const struct node *map, struct catalogue *catalogue) {
	struct catalogue_table *table = catalogue_add(c, catalogue, text_at(map, "schema"),
		text_at(map, "name"), false);
	table->at = node_get(map, "name")->at;
	table->view = yes_at(map, "view");
	const struct node *columns = list_at(c, map, "columns");
	if (!columns)
		return;
	table->columns_known = true;
	table->columns = read_columns(c, columns, &table->column_count);
}

void catalogue_file_read(struct compile *c, const struct node *node, struct catalogue *catalogue) {
	const struct node *version =
		node->type == NODE_MAP ? node_get(node, "mbc_catalogue") : NULL;
	if (!version)
		return;
	if (!node_is_scalar(version) || !str_is(version->scalar.text, "1")) {
		struct diagnostic *d = diag_add(
			c, E0620, version->at, "the catalogue file has a form that is not known");
		diag_help(c, d,
			"this mbc reads form 1: let its `mbc catalogue` write the file again");
		return;
	}
	const struct node *tables = list_at(c, node, "tables");
	for (size_t i = 0; tables && i < tables->seq.count; i++)
		read_table(c, tables->seq.items[i], catalogue);
}
