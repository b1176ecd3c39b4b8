/* Names of columns go in, ids come out. One list of the whole database answers most; a table's own
 * metadata is asked only for what the list leaves open: columns that are hidden, nested, or there
 * twice. What the server does not know yet is synced and waited for, with a deadline. */
#include "compiler/metabase/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "compiler/model/project.h"
#include "runtime/json.h"
#include "runtime/log.h"
#include "runtime/suggest.h"

#define SYNC_SECONDS 30

struct column_row {
	long long id, table_id;
	const char *schema, *table, *name;
	const char *base_type, *semantic_type;
	struct column_row *twin;        /* another one of the same name in the same table */
};

struct wanted {
	const char *path;
	struct span at;                 /* where the author wrote it */
	const struct column_row *found;
	bool hidden;
	bool walked;                    /* found in the metadata of its table, not in the list */
};

struct lookup {
	struct server *server;
	struct arena *arena;
	const char *database;           /* id */
	struct map by_path, by_folded;  /* → struct column_row */
	struct map tables; /* "schema.table" → struct column_row, any of its columns */
	struct map tables_folded;
	struct map metadata;            /* id → fields of a table, JSON */
	json_t *table_list;             /* of the database, when it had to be asked */
	VEC(struct wanted) wanted;
	struct map seen;
};

long long database_find(struct server *server, struct names *names) {
	struct compile *c = server->c;
	struct call call = {.api = API_DATABASES};
	if (!server_call(server, &call)) {
		server_report(server, &call, SPAN_NONE);
		return -1;
	}
	const json_t *list = json_is_array(call.json) ? call.json
						      : json_object_get(call.json, "data"),
		     *row;
	struct str name = server->environment->database;
	struct suggest near = suggest_start(name);
	long long found = -1;
	size_t index, matches = 0;
	json_array_foreach((json_t *)list, index, row) {
		const char *called = json_text(row, "name");
		if (!called)
			continue;
		suggest_offer(&near, str_from(called));
		if (!str_is(name, called) || json_is_set(row, "is_saved_questions"))
			continue;
		if (!matches++)
			found = json_number_of(row, "id", -1);
	}
	const struct node *at = server->environment->database_node;
	struct span span = at ? at->at : SPAN_NONE;
	if (!matches) {
		struct diagnostic *d = diag_add(c, E0808, span,
			"the server has no database `%.*s` that this "
			"account can see",
			STR_ARGS(name));
		diag_suggest(c, d, span, &near);
		json_array_foreach((json_t *)list, index, row)
			diag_note(c, d, SPAN_NONE, "there is `%s`", json_text(row, "name"));
		return -1;
	}
	if (matches > 1)
		diag_add(c, E0808, span,
			"the server has %zu databases called `%.*s`: rename one of them", matches,
			STR_ARGS(name));
	if (matches > 1)
		return -1;
	char id[32];
	snprintf(id, sizeof(id), "%lld", found);
	names_add(names, "database", arena_cstr(c->arena, name), NULL, id);
	return found;
}

static struct str folded(struct arena *arena, struct str text) {
	char *copy = arena_cstr(arena, text);
	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 'a' - 'A');
	return (struct str){copy, text.len};
}

static const char *table_path(struct arena *arena, const struct column_row *row) {
	return *row->schema ? arena_printf(arena, "%s.%s", row->schema, row->table)
		: arena_printf(arena, "%s", row->table);
}

static void first(struct arena *arena, struct map *map, struct str key, struct column_row *row) {
	void **slot = map_slot(arena, map, key);
	if (!*slot)
		*slot = row;
}

static void index_row(struct lookup *l, struct column_row *row) {
	struct arena *a = l->arena;
	struct str table = str_from(table_path(a, row));
	struct str path = str_from(arena_printf(a, "%s.%s", table.ptr, row->name));
	void **slot = map_slot(a, &l->by_path, path);
	row->twin = *slot;
	*slot = row;
	first(a, &l->by_folded, folded(a, path), row);
	first(a, &l->tables, table, row);
	first(a, &l->tables_folded, folded(a, table), row);
}

static const char *text_or(const json_t *row, const char *key) {
	const char *text = json_text(row, key);
	return text ? text : "";
}

static struct column_row *row_of(struct arena *arena, const json_t *json) {
	struct column_row *row = arena_new(arena, struct column_row);
	row->id = json_number_of(json, "id", 0);
	row->table_id = json_number_of(json, "table_id", 0);
	row->schema = text_or(json, "schema");
	row->table = text_or(json, "table_name");
	row->name = text_or(json, "name");
	row->base_type =
		text_or(json, json_text(json, "effective_type") ? "effective_type" : "base_type");
	row->semantic_type = text_or(json, "semantic_type");
	return row;
}

static bool read_list(struct lookup *l) {
	struct call call = {.api = API_FIELDS, .id = l->database};
	if (!server_call(l->server, &call)) {
		server_report(l->server, &call, SPAN_NONE);
		return false;
	}
	l->by_path = l->by_folded = l->tables = l->tables_folded = l->metadata = (struct map){0};
	l->table_list = NULL;
	size_t index;
	json_t *json;
	json_array_foreach(call.json, index, json)
		index_row(l, row_of(l->arena, json));
	return true;
}

/* The id of a table that has columns in the list, as text; NULL when the server will not tell. */
static const char *table_id(struct lookup *l, const struct column_row *any) {
	if (any->table_id)
		return arena_printf(l->arena, "%lld", any->table_id);
	if (!l->table_list) {
		struct call call = {.api = API_TABLES,
			.id = l->database,
			.query = "skip_fields=true&remove_inactive=true"};
		if (!server_call(l->server, &call))
			return NULL;
		l->table_list = json_object_get(call.json, "tables");
	}
	size_t index;
	json_t *table;
	json_array_foreach(l->table_list, index,
		table) if (strcmp(text_or(table, "name"), any->table) == 0 &&
			   strcmp(text_or(table, "schema"), any->schema) == 0 &&
			   !json_is_false(
				   json_object_get(table, "active"))) return arena_printf(l->arena,
		"%lld", json_number_of(table, "id", 0));
	return NULL;
}

static const json_t *table_fields(struct lookup *l, const struct column_row *any) {
	const char *id = table_id(l, any);
	if (!id)
		return NULL;
	void **slot = map_slot(l->arena, &l->metadata, str_from(id));
	if (!*slot) {
		struct call call = {.api = API_TABLE, .id = id,
			.query = "include_hidden_fields=true&include_sensitive_fields=true"};
		*slot = server_call(l->server, &call) ? json_object_get(call.json, "fields")
						      : json_null();
	}
	return *slot;
}

static bool same_name(const char *name, struct str wanted, bool exact) {
	return exact ? str_is(wanted, name) : str_eq_fold(wanted, str_from(name));
}

/* The active field of that name below `parent` (0: at the top), or NULL. */
static const json_t *child(const json_t *fields, long long parent, struct str name) {
	for (int exact = 1; exact >= 0; exact--) {
		size_t index;
		json_t *field;
		json_array_foreach((json_t *)fields, index,
			field) if (json_number_of(field, "parent_id", 0) == parent &&
				   same_name(text_or(field, "name"), name, exact) &&
				   !json_is_false(json_object_get(field, "active"))) return field;
	}
	return NULL;
}

/* Walks `path` (a.b.c) through the metadata of a table. */
static const struct column_row *walk(
	struct lookup *l, const struct column_row *table, struct str path, bool *hidden) {
	const json_t *fields = table_fields(l, table), *field = NULL;
	struct str part;
	long long parent = 0;
	while (str_split(&path, '.', &part)) {
		field = child(fields, parent, part);
		if (!field)
			return NULL;
		parent = json_number_of(field, "id", 0);
	}
	const char *visible = json_text(field, "visibility_type");
	*hidden = visible && (strcmp(visible, "hidden") == 0 || strcmp(visible, "sensitive") == 0 ||
		strcmp(visible, "retired") == 0);
	return field ? row_of(l->arena, field) : NULL;
}

/* Splits schema.table.column… by what the server has: the longest table name that it knows. */
static const struct column_row *find_table(const struct lookup *l, struct str path, bool exact,
	struct str *column) {
	size_t dot = str_find(path, ".", 0);
	const struct column_row *best = NULL;
	for (int parts = 0; parts < 2 && dot != STR_NONE;
		parts++, dot = str_find(path, ".", dot + 1)) {
		struct str table = str_slice(path, 0, dot);
		const struct column_row *row = exact ? map_get(&l->tables, table)
			: map_get(&l->tables_folded, folded(l->arena, table));
		if (row) {
			best = row;
			*column = str_slice(path, dot + 1, path.len);
		}
	}
	return best;
}

static const struct column_row *find(struct lookup *l, struct wanted *w) {
	struct str path = str_from(w->path), column;
	const struct column_row *row = map_get(&l->by_path, path), *table;
	if (row && !row->twin)
		return row;
	if (!row) {
		row = map_get(&l->by_folded, folded(l->arena, path));
		if (row && !row->twin)
			return row;
	}
	table = find_table(l, path, true, &column);
	if (!table)
		table = find_table(l, path, false, &column);
	w->walked = true;
	return table ? walk(l, table, column, &w->hidden) : NULL;
}

static size_t find_all(struct lookup *l) {
	size_t missing = 0;
	for (size_t i = 0; i < l->wanted.count; i++) {
		struct wanted *w = &l->wanted.items[i];
		if (!w->found)
			w->found = find(l, w);
		missing += !w->found;
	}
	return missing;
}

struct collecting {
	struct lookup *lookup;
	const struct object *object;
};

static void collect(void *context, const char *name) {
	struct collecting *collecting = context;
	struct lookup *l = collecting->lookup;
	if (!str_starts(str_from(name), "field:"))
		return;
	void **slot = map_slot(l->arena, &l->seen, str_from(name));
	if (*slot)
		return;
	*slot = l;
	struct wanted w = {.path = name + strlen("field:"), .at = collecting->object->at};
	for (size_t i = 0; i < collecting->object->fields.count; i++)
		if (strcmp(collecting->object->fields.items[i].name, w.path) == 0)
			w.at = collecting->object->fields.items[i].at;
	vec_push(l->arena, &l->wanted, w);
}

/* Asks for a sync and reads the list again until nothing is missing or the time is over. */
static bool wait_for_sync(struct lookup *l) {
	struct call call = {.api = API_SYNC, .id = l->database};
	if (!server_call(l->server, &call)) {
		log_line(LOG_DEBUG, "no sync: %s", call.problem);
		return true;
	}
	log_line(LOG_INFO, "waiting for Metabase to read the warehouse's tables");
	time_t end = time(NULL) + SYNC_SECONDS;
	size_t missing = 1;
	for (unsigned pause = 200000; missing && time(NULL) < end;
		pause = pause < 1600000 ? pause * 2 : pause) {
		usleep(pause);
		if (!read_list(l))
			return false;
		missing = find_all(l);
	}
	return true;
}

static void report_missing(struct lookup *l, const struct wanted *w) {
	struct compile *c = l->server->c;
	struct str column, path = str_from(w->path);
	const struct column_row *table = find_table(l, path, true, &column);
	if (table) {
		struct diagnostic *d = diag_add(c, E0809, w->at,
			"Metabase knows table `%s`, but no column "
			"`%.*s` in it",
			table_path(l->arena, table), STR_ARGS(column));
		diag_help(c, d,
			"if the column is new, sync the database under Admin settings > Databases "
			"and "
			"apply again");
		return;
	}
	struct suggest near = suggest_start(path);
	for (size_t i = 0; i < l->by_path.capacity; i++)
		if (l->by_path.entries[i].used)
			suggest_offer(&near, l->by_path.entries[i].key);
	struct diagnostic *d =
		diag_add(c, E0809, w->at, "Metabase does not know the table of `%s`", w->path);
	if (suggest_best(&near).len)
		diag_note(c, d, SPAN_NONE, "the nearest it knows is `%.*s`",
			STR_ARGS(suggest_best(&near)));
	diag_help(c, d,
		"is the dataset among those that the connection `%.*s` shows, and has it been "
		"synced?",
		STR_ARGS(l->server->environment->database));
}

static void add_name(struct lookup *l, struct names *names, const struct wanted *w) {
	struct compile *c = l->server->c;
	char id[32];
	snprintf(id, sizeof(id), "%lld", w->found->id);
	names_add(names, "field", w->path, NULL, id);
	size_t dot = (size_t)(strrchr(w->path, '.') - w->path) + 1;
	if (strcmp(w->path + dot, w->found->name) != 0)
		diag_add(c, W0803, w->at, "column `%s` is spelled `%s` in Metabase", w->path,
			w->found->name);
	if (w->hidden)
		diag_add(c, W0804, w->at,
			"column `%s` is hidden in Metabase: its filter may offer no values",
			w->path);
}

/* The server's own names: what is read from it is called so, and equal names mean equal columns. */
static void add_list(struct lookup *l, struct names *names) {
	for (size_t i = 0; i < l->by_path.capacity; i++) {
		const struct map_entry *entry = &l->by_path.entries[i];
		const struct column_row *row = entry->used ? entry->value : NULL;
		bool twins = row && row->twin;
		for (; row; row = row->twin) {
			const char *id = arena_printf(l->arena, "%lld", row->id);
			names_add(names, "field",
				twins ? arena_printf(l->arena, "%s#%s", entry->key.ptr, id)
				      : entry->key.ptr,
				NULL, id);
		}
	}
}

/* Columns found by walking a table are called as the definitions call them, the others as the list
 * does. */
static void add_names(struct lookup *l, struct names *names) {
	for (int walked = 1; walked >= 0; walked--) {
		for (size_t i = 0; i < l->wanted.count; i++)
			if (l->wanted.items[i].found && l->wanted.items[i].walked == walked)
				add_name(l, names, &l->wanted.items[i]);
		if (walked)
			add_list(l, names);
	}
}

const char *field_unsuited(const char *base_type, const char *semantic_type, const char *widget) {
	static const char *const temporal[] = {"type/Date", "type/Time", "type/Instant", NULL};
	static const char *const numeric[] = {"type/Integer", "type/BigInteger", "type/Float",
		"type/Decimal", "type/Number", NULL};
	static const struct {
		const char *widget;
		const char *const *types;
		const char *needs;
	} rules[] = {
		{"date/", temporal, "a date or a time"},
		{"number/", numeric, "a number"},
	};
	bool text = str_starts(str_from(base_type), "type/Text");
	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		if (!str_starts(str_from(widget), rules[i].widget))
			continue;
		for (const char *const *type = rules[i].types; *type; type++)
			if (str_starts(str_from(base_type), *type))
				return NULL;
		return strcmp(base_type, "type/*") == 0 ? NULL : rules[i].needs;
	}
	bool number_or_date = !text && field_unsuited(base_type, "", "number/=") == NULL;
	number_or_date |= !text && field_unsuited(base_type, "", "date/single") == NULL;
	(void)semantic_type;
	return str_starts(str_from(widget), "string/") && strcmp(base_type, "type/*") != 0 &&
			       number_or_date
		       ? "a text"
		       : NULL;
}

static void check_tag(struct lookup *l, const char *name, const json_t *tag) {
	const char *widget = json_text(tag, "widget-type");
	const char *path =
		json_single(json_array_get(json_object_get(tag, "dimension"), 1), "$field");
	if (!widget || !path)
		return;
	for (size_t i = 0; i < l->wanted.count; i++) {
		const struct wanted *w = &l->wanted.items[i];
		if (!w->found || strcmp(w->path, path) != 0)
			continue;
		const char *needs =
			field_unsuited(w->found->base_type, w->found->semantic_type, widget);
		if (!needs)
			return;
		struct diagnostic *d = diag_add(l->server->c, E0810, w->at,
			"filter `%s` needs %s, but Metabase "
			"has column `%s` as %s",
			name, needs, path, w->found->base_type + strlen("type/"));
		diag_help(l->server->c, d,
			"another filter type, or a cast of the column under Admin settings > "
			"Table metadata");
	}
}

static void check_types(struct lookup *l, const struct objects *objects) {
	for (size_t i = 0; i < objects->items.count; i++) {
		const struct object *object = objects->items.items[i];
		const json_t *native =
			json_object_get(json_object_get(object->body, "dataset_query"), "native");
		const char *name;
		json_t *tag;
		json_object_foreach(json_object_get(native, "template-tags"), name, tag)
			check_tag(l, name, tag);
	}
}

bool fields_resolve(struct server *server, long long database, const struct objects *objects,
	struct names *names) {
	struct arena *arena = server->c->arena;
	struct lookup l = {.server = server,
		.arena = arena,
		.database = arena_printf(arena, "%lld", database)};
	for (size_t i = 0; i < objects->items.count; i++) {
		struct collecting collecting = {&l, objects->items.items[i]};
		names_each(arena, objects->items.items[i]->body, collect, &collecting);
	}
	if (!l.wanted.count)
		return true;
	if (!read_list(&l) || (find_all(&l) && !wait_for_sync(&l)))
		return false;
	size_t errors = diag_errors(server->c);
	for (size_t i = 0; i < l.wanted.count; i++)
		if (!l.wanted.items[i].found)
			report_missing(&l, &l.wanted.items[i]);
	add_names(&l, names);
	check_types(&l, objects);
	return diag_errors(server->c) == errors;
}
