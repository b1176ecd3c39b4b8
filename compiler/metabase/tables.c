/* One answer of the server goes in, a catalogue comes out. Columns of a RECORD hang below it, as in
 * DDL; what is inactive is left out, since nothing can be built on it. */
#include "compiler/metabase/tables.h"

#include <stdlib.h>

#include "runtime/json.h"

static struct str text_of(const json_t *object, const char *key) {
	const char *text = json_text(object, key);
	return text ? str_from(text) : STR("");
}

static bool is_active(const json_t *object) {
	return !json_is_false(json_object_get(object, "active"));
}

static bool is_child(const json_t *field, long long parent) {
	return is_active(field) && json_number_of(field, "parent_id", 0) == parent;
}

static struct str upper(struct arena *arena, struct str text) {
	char *copy = arena_cstr(arena, text);
	for (char *p = copy; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return (struct str){copy, text.len};
}

static struct str target_table(const json_t *field, struct str *schema) {
	const json_t *table = json_object_get(json_object_get(field, "target"), "table");
	*schema = text_of(table, "schema");
	return text_of(table, "name");
}

static void fill(struct arena *arena, const json_t *fields, long long parent, unsigned depth,
	struct catalogue_column **columns, size_t *count) {
	size_t index, used = 0;
	json_t *field;
	json_array_foreach((json_t *)fields, index, field)
		*count += is_child(field, parent);
	*columns = arena_array(arena, struct catalogue_column, *count);
	json_array_foreach((json_t *)fields, index, field) {
		if (!is_child(field, parent))
			continue;
		struct catalogue_column *column = &(*columns)[used++];
		struct str type = upper(arena, text_of(field, "database_type")),
			   semantic = text_of(field, "semantic_type");
		column->name = text_of(field, "name");
		column->database_type = type;
		column->key = str_is(semantic, "type/PK") || json_is_set(field, "database_is_pk");
		column->repeated =
			str_is(type, "ARRAY") || str_is(text_of(field, "base_type"), "type/Array");
		column->references_table = target_table(field, &column->references_schema);
		long long id = json_number_of(field, "id", -1);
		if (depth < 15)
			fill(arena, fields, id, depth + 1, &column->fields, &column->field_count);
	}
}

static int by_name(const void *a, const void *b) {
	const struct catalogue_table *left = *(struct catalogue_table *const *)a;
	const struct catalogue_table *right = *(struct catalogue_table *const *)b;
	int order = str_cmp(left->schema, right->schema);
	return order ? order : str_cmp(left->name, right->name);
}

struct catalogue *server_catalogue(struct server *server, long long database) {
	struct arena *arena = server->c->arena;
	struct call call = {.api = API_TABLES, .id = arena_printf(arena, "%lld", database),
		.query = "remove_inactive=true&include_hidden=true"};
	if (!server_call(server, &call)) {
		server_report(server, &call, SPAN_NONE);
		return NULL;
	}
	struct catalogue *catalogue = arena_new(arena, struct catalogue);
	size_t index;
	json_t *json;
	json_array_foreach(json_object_get(call.json, "tables"), index, json) {
		if (!is_active(json))
			continue;
		struct catalogue_table *table = arena_new(arena, struct catalogue_table);
		table->schema = text_of(json, "schema");
		table->name = text_of(json, "name");
		table->columns_known = json_array_size(json_object_get(json, "fields")) > 0;
		fill(arena, json_object_get(json, "fields"), 0, 0, &table->columns,
			&table->column_count);
		vec_push(arena, &catalogue->tables, table);
	}
	if (catalogue->tables.count)
		qsort(catalogue->tables.items, catalogue->tables.count,
			sizeof(struct catalogue_table *), by_name);
	return catalogue;
}
