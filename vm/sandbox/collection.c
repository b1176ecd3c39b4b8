/* Collections: reading, the tree, creating, moving, the trash, and who may see and write them. What
 * they hold is listed in items.c. */
#include <ctype.h>
#include <stdio.h>

#include "runtime/buf.h"
#include "vm/sandbox/check.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

#define GROUP_ALL 1

const struct store_table collection_table = {
	.name = "collection",
	.columns = (const struct store_column[]){
		{"name", STORE_TEXT}, {"slug", STORE_TEXT}, {"description", STORE_TEXT},
		{"archived", STORE_BOOLEAN, "0"}, {"archived_directly", STORE_BOOLEAN, .since = 51},
		{"archive_operation_id", STORE_TEXT, .since = 51}, {"location", STORE_TEXT, "'/'"},
		{"namespace", STORE_TEXT}, {"type", STORE_TEXT}, {"authority_level", STORE_TEXT},
		{"personal_owner_id", STORE_INTEGER}, {"is_sample", STORE_BOOLEAN, "0"},
		{"is_remote_synced", STORE_BOOLEAN, "0", .since = 58}, {"entity_id", STORE_TEXT},
		{"created_at", STORE_TIME}, {0}},
};

const struct store_table access_table = {
	.name = "collection_access",
	.columns = (const struct store_column[]){{"group_id", STORE_INTEGER},
		{"collection_id", STORE_INTEGER}, {"access", STORE_TEXT}, {0}},
	.constraints = ", UNIQUE (group_id, collection_id)",
};

void seed_collections(struct store *store) {
	if (store_count(store, &collection_table, NULL, NULL) > 0)
		return;
	store_insert(store, &collection_table, json_pack("{s:s, s:s, s:s}", "name", "Trash", "slug",
		"trash", "type", "trash"));
	static const char *const owners[] = {"Ada Admin", "Ann Analyst"};
	for (size_t i = 0; i < COUNT_OF(owners); i++)
		store_insert(store, &collection_table,
			json_pack("{s:o, s:s, s:i}", "name",
				json_sprintf("%s's Personal Collection", owners[i]), "slug",
				"personal_collection", "personal_owner_id", (int)i + 1));
}

int64_t trash_id(struct store *store) {
	json_auto_t *trash = store_find(store, &collection_table, "type = 'trash'", NULL);
	return get_id(trash, "id");
}

static const char *access_to(struct request *r, int64_t id) {
	if (r->user.admin)
		return "write";
	json_auto_t *row = store_get(r->store, &collection_table, id);
	if (has_value(row, "personal_owner_id"))
		return get_id(row, "personal_owner_id") == r->user.id ? "write" : "none";
	json_auto_t *access =
		store_find(r->store, &access_table, "group_id = ? AND collection_id = ?",
			json_pack("[i, I]", GROUP_ALL, (json_int_t)id));
	return access ? arena_printf(r->arena, "%s", get_text(access, "access")) : "write";
}

bool collection_may_write(struct request *r, int64_t collection_id) {
	return !strcmp(access_to(r, collection_id), "write");
}

bool collection_may_read(struct request *r, int64_t collection_id) {
	return strcmp(access_to(r, collection_id), "none") != 0;
}

/* Lower case, white space as `_`, other bytes than letters, digits and _ percent-encoded. */
static json_t *slug_of(const char *name) {
	struct buf out = BUF(4000);
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;
		if (isalnum(c) || c == '_' || c == '-')
			buf_putc(&out, (char)tolower(c));
		else if (c < 0x80)
			buf_putc(&out, '_');
		else
			buf_printf(&out, "%%%02X", c);
	}
	json_t *slug = json_string(out.ptr ? out.ptr : "");
	buf_free(&out);
	return slug;
}

/* The last id in "/3/9/", 0 for "/". */
static int64_t parent_of(const json_t *row) {
	struct str rest = str_from(get_text(row, "location")), piece;
	long long id = 0, number;
	while (str_split(&rest, '/', &piece))
		if (str_integer(piece, &number))
			id = number;
	return id;
}

static json_t *id_or_null(int64_t id) {
	return id ? json_integer(id) : json_null();
}

static json_t *root_object(struct request *r) {
	json_t *root = json_pack("{s:s, s:s, s:b, s:b, s:n, s:b, s:[], s:s}", "id", "root", "name",
		"Our analytics", "can_write", (int)collection_may_write(r, 0), "is_personal", 0,
		"parent_id",
		r->version >= 55 ? "metabase.collections.models.collection.root/is-root?"
				 : "metabase.models.collection.root/is-root?",
		1, "effective_ancestors", "effective_location", "");
	json_object_set_new(root, "authority_level", json_null());
	json_object_set_new(root, "archived", json_false());
	return root;
}

/* What was archived by itself lies in the trash. */
static void move_shown(struct request *r, json_t *row) {
	if (r->version >= 51 && get_flag(row, "archived_directly"))
		json_object_set_new(
			row, "location", json_sprintf("/%lld/", (long long)trash_id(r->store)));
}

/* Adds what every shown collection has; steals nothing. */
static void hydrate(struct request *r, json_t *row) {
	move_shown(r, row);
	int64_t id = get_id(row, "id");
	bool write = collection_may_write(r, id);
	bool trash = !strcmp(get_text(row, "type"), "trash");
	json_object_set_new(row, "parent_id", id_or_null(parent_of(row)));
	json_object_set_new(row, "is_personal", json_boolean(has_value(row, "personal_owner_id")));
	json_object_set_new(row, "can_write", json_boolean(write && !trash));
	if (r->version >= 51) {
		json_object_set_new(
			row, "can_delete", json_boolean(write && get_flag(row, "archived")));
		json_object_set_new(row, "can_restore",
			json_boolean(write && get_flag(row, "archived_directly")));
	}
}

static json_t *ancestors(struct request *r, const json_t *row) {
	json_t *list = json_array();
	json_array_append_new(list, root_object(r));
	struct str rest = str_from(get_text(row, "location")), piece;
	long long id;
	while (str_split(&rest, '/', &piece)) {
		if (!str_integer(piece, &id))
			continue;
		json_auto_t *above = store_get(r->store, &collection_table, id);
		if (above && collection_may_read(r, id))
			json_array_append_new(
				list, json_pack("{s:I, s:O, s:O, s:b}", "id", (json_int_t)id,
					      "name", json_object_get(above, "name"), "location",
					      json_object_get(above, "location"), "can_write",
					      (int)collection_may_write(r, id)));
	}
	return list;
}

static json_t *show_whole(struct request *r, json_t *row) {
	hydrate(r, row);
	json_object_set_new(row, "effective_ancestors", ancestors(r, row));
	json_object_set(row, "effective_location", json_object_get(row, "location"));
	store_show(&collection_table, row, r->version);
	return row;
}

json_t *collection_brief(struct request *r, int64_t collection_id) {
	if (collection_id == 0)
		return root_object(r);
	json_t *row = store_get(r->store, &collection_table, collection_id);
	if (!row)
		return json_null();
	json_object_set_new(row, "is_personal", json_boolean(has_value(row, "personal_owner_id")));
	store_show(&collection_table, row, r->version);
	return row;
}

void show_trashed(struct request *r, json_t *row) {
	if (r->version >= 51 && get_flag(row, "archived_directly"))
		json_object_set_new(row, "collection_id", json_integer(trash_id(r->store)));
}

bool check_collection(struct request *r) {
	const json_t *value = json_object_get(r->body, "collection_id");
	int64_t id = json_integer_value(value);
	json_auto_t *row = id ? store_get(r->store, &collection_table, id) : NULL;
	if (id && !row) {
		reply_not_found(r);
		return false;
	}
	if (collection_may_write(r, id) && strcmp(get_text(row, "type"), "trash"))
		return true;
	reply_forbidden(r);
	return false;
}

void collection_shift(struct request *r, const json_t *collection_id, const json_t *position) {
	if (!json_is_integer(position))
		return;
	static const char *const statements[] = {
		"UPDATE report_card SET collection_position = collection_position + 1 WHERE "
		"collection_id IS ? "
		"AND collection_position >= ?",
		"UPDATE report_dashboard SET collection_position = collection_position + 1 WHERE "
		"collection_id IS ? AND collection_position >= ?",
	};
	for (size_t i = 0; i < COUNT_OF(statements); i++)
		store_run(r->store, statements[i], json_pack("[O?, O]", collection_id, position));
}

static const char *listed_where(struct request *r) {
	bool archived = query_flag(r, "archived");
	if (r->version >= 58 && archived)
		return "type = 'trash'";
	if (r->version >= 51 && archived)
		return "archived = 1 OR type = 'trash'";
	return archived ? "archived = 1 AND type IS NULL" : "archived = 0 AND type IS NULL";
}

/* Readable ones in the asked namespace, in order of their names. */
static json_t *readable(struct request *r, const char *where) {
	char sql[300];
	const char *other = query_flag(r, "exclude-other-user-collections") ?
		"(personal_owner_id IS NULL OR personal_owner_id = ?)" : "?";
	snprintf(sql, sizeof(sql), "(%s) AND %s AND namespace IS ? ORDER BY lower(name), id", where,
		other);
	const char *name = query_text(r, "namespace");
	json_auto_t *rows = store_select(r->store, &collection_table, sql,
		json_pack(
			"[I, o]", (json_int_t)r->user.id, name ? json_string(name) : json_null()));
	json_t *kept = json_array();
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row)
		if (collection_may_read(r, get_id(row, "id")))
			json_array_append(kept, row);
	return kept;
}

void collection_list(struct request *r) {
	json_auto_t *rows = readable(r, listed_where(r));
	json_t *list = json_array();
	if (!query_flag(r, "archived") && !query_flag(r, "personal-only"))
		json_array_append_new(list, root_object(r));
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row) {
		if (query_flag(r, "personal-only") && !has_value(row, "personal_owner_id"))
			continue;
		hydrate(r, row);
		if (r->version < 51)
			json_object_del(row, "parent_id");
		store_show(&collection_table, row, r->version);
		json_array_append(list, row);
	}
	reply_json(r, 200, list);
}

static json_t *branch(struct request *r, json_t *rows, int64_t parent) {
	json_t *children = json_array();
	size_t i;
	json_t *row;
	json_array_foreach(rows, i, row) {
		if (parent_of(row) != parent)
			continue;
		json_t *node = json_deep_copy(row);
		hydrate(r, node);
		store_show(&collection_table, node, r->version);
		json_object_set_new(node, "here", json_array());
		json_object_set_new(node, "below", json_array());
		json_object_set_new(node, "children", branch(r, rows, get_id(row, "id")));
		json_array_append_new(children, node);
	}
	return children;
}

void collection_tree(struct request *r) {
	const char *where = query_flag(r, "exclude-archived") ? "archived = 0 AND type IS NULL" :
		r->version >= 51 ? "archived = 0" : "type IS NULL";
	json_auto_t *rows = readable(r, where);
	reply_json(r, 200, branch(r, rows, 0));
}

void collection_root(struct request *r) {
	reply_json(r, 200, root_object(r));
}

void collection_trash(struct request *r) {
	reply_json(
		r, 200, show_whole(r, store_get(r->store, &collection_table, trash_id(r->store))));
}

/* The row of the path if the user may read it. */
static json_t *readable_row(struct request *r) {
	json_t *row = path_row_or_entity(r, &collection_table);
	if (!row || collection_may_read(r, get_id(row, "id")))
		return row;
	json_decref(row);
	reply_forbidden(r);
	return NULL;
}

void collection_read(struct request *r) {
	json_t *row = readable_row(r);
	if (row)
		reply_json(r, 200, show_whole(r, row));
}

/* Checks the parent; 0 is the top. */
static bool parent_location(struct request *r, int64_t parent, char **location) {
	json_auto_t *row = parent ? store_get(r->store, &collection_table, parent) : NULL;
	if (parent && !row) {
		reply_not_found(r);
		return false;
	}
	if (!collection_may_write(r, parent)) {
		reply_forbidden(r);
		return false;
	}
	*location = arena_printf(r->arena, "%s", "/");
	if (row)
		*location = arena_printf(
			r->arena, "%s%lld/", get_text(row, "location"), (long long)parent);
	return true;
}

/* A new collection is open to those who its parent is open to. */
static void inherit_access(struct request *r, int64_t parent, int64_t id) {
	store_run(r->store,
		"INSERT INTO collection_access (group_id, collection_id, access) SELECT group_id, "
		"?, access FROM collection_access WHERE collection_id = ?",
		json_pack("[I, I]", (json_int_t)id, (json_int_t)parent));
}

void collection_create(struct request *r) {
	static const struct rule rules[] = {
		{"name", RULE_NONBLANK, REQUIRED}, {"description", RULE_NONBLANK, NULLABLE},
		{"parent_id", RULE_POSITIVE, NULLABLE}, {"namespace", RULE_NONBLANK, NULLABLE},
		{"authority_level", RULE_NONBLANK, NULLABLE}, {0},
	};
	char *location;
	if (!check_body(r, rules))
		return;
	if (has_value(r->body, "authority_level")) {
		reply_text(r, 402,
			"Official Collections is a paid feature not currently available to your "
			"instance.");
		return;
	}
	int64_t parent = get_id(r->body, "parent_id");
	if (!parent_location(r, parent, &location))
		return;
	json_t *values = json_pack(
		"{s:o, s:s}", "slug", slug_of(get_text(r->body, "name")), "location", location);
	static const char *const kept[] = {"name", "description", "namespace"};
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		if (has(r->body, kept[i]))
			json_object_set(values, kept[i], json_object_get(r->body, kept[i]));
	int64_t id = store_insert(r->store, &collection_table, values);
	inherit_access(r, parent, id);
	reply_json(r, 200, show_whole(r, store_get(r->store, &collection_table, id)));
}

/* Archives or restores what lies in a collection: only what went with the collection comes back. */
static void archive_contents(struct request *r, int64_t id, bool archived) {
	static const struct {
		const struct store_table *table;
		void (*archive)(struct request *r, int64_t id, bool archived, bool directly);
	} contents[] = {{&card_table, card_archive}, {&dashboard_table, dashboard_archive}};
	for (size_t k = 0; k < COUNT_OF(contents); k++) {
		json_auto_t *rows = store_select(r->store, contents[k].table,
			"collection_id = ? AND archived = ? AND coalesce(archived_directly, 0) = 0",
			json_pack("[I, b]", (json_int_t)id, (int)!archived));
		size_t i;
		json_t *row;
		json_array_foreach(rows, i, row)
			contents[k].archive(r, get_id(row, "id"), archived, false);
	}
}

static void archive(struct request *r, const json_t *row, bool archived) {
	char operation[UUID_SIZE];
	make_uuid(operation);
	json_auto_t *below = store_select(r->store, &collection_table,
		"(id = ? OR location LIKE ?) AND (id = ? OR archived = ?)",
		json_pack("[I, s, I, b]", (json_int_t)get_id(row, "id"),
			arena_printf(r->arena, "%s%lld/%%", get_text(row, "location"),
				(long long)get_id(row, "id")),
			(json_int_t)get_id(row, "id"), (int)!archived));
	size_t i;
	json_t *each;
	json_array_foreach(below, i, each) {
		bool self = get_id(each, "id") == get_id(row, "id");
		if (!self && get_flag(each, "archived_directly"))
			continue;
		store_update(r->store, &collection_table, get_id(each, "id"),
			json_pack("{s:b, s:o, s:s?}", "archived", (int)archived,
				"archived_directly", archived ? json_boolean(self) : json_null(),
				"archive_operation_id", archived ? operation : NULL));
		archive_contents(r, get_id(each, "id"), archived);
	}
}

/* Moves a collection with everything below it. */
static bool move(struct request *r, const json_t *row, int64_t parent) {
	char *location;
	if (!parent_location(r, parent, &location))
		return false;
	long long id = get_id(row, "id");
	char *old = arena_printf(r->arena, "%s%lld/", get_text(row, "location"), id);
	char *new = arena_printf(r->arena, "%s%lld/", location, id);
	if (str_starts(str_from(location), old)) {
		reply_text(r, 400, "You cannot move a Collection into itself.");
		return false;
	}
	store_run(r->store,
		"UPDATE collection SET location = ? || substr(location, ?) WHERE location LIKE ? "
		"|| '%'",
		json_pack("[s, I, s]", new, (json_int_t)strlen(old) + 1, old));
	store_run(r->store, "UPDATE collection SET location = ? WHERE id = ?",
		json_pack("[s, I]", location, (json_int_t)id));
	return true;
}

static bool parent_in_trash(struct request *r, const json_t *row) {
	json_auto_t *parent = store_get(r->store, &collection_table, parent_of(row));
	return get_flag(parent, "archived");
}

/* `archived` left out means false from 0.55 on: such a write takes a collection out of the trash.
 */
static bool update_archived(struct request *r, const json_t *row) {
	bool given = has_value(r->body, "archived");
	bool wanted = given ? get_flag(r->body, "archived") :
		r->version < 55 && get_flag(row, "archived");
	if (wanted == get_flag(row, "archived"))
		return true;
	if (has_value(row, "personal_owner_id")) {
		reply_text(r, 400, "You cannot archive a Personal Collection.");
		return false;
	}
	if (!wanted && r->version >= 51 && parent_in_trash(r, row)) {
		reply_text(r, 400,
			"The original location is in the trash: choose another `parent_id`.");
		return false;
	}
	archive(r, row, wanted);
	return true;
}

static void write_texts(struct request *r, const json_t *row) {
	json_t *values = json_object();
	if (has_value(r->body, "name")) {
		json_object_set(values, "name", json_object_get(r->body, "name"));
		json_object_set_new(values, "slug", slug_of(get_text(r->body, "name")));
	}
	if (has(r->body, "description"))
		json_object_set(values, "description", json_object_get(r->body, "description"));
	if (json_object_size(values) > 0)
		store_update(r->store, &collection_table, get_id(row, "id"), values);
	else
		json_decref(values);
}

void collection_update(struct request *r) {
	static const struct rule rules[] = {
		{"name", RULE_NONBLANK, NULLABLE},
		{"description", RULE_STRING, NULLABLE},
		{"parent_id", RULE_POSITIVE, NULLABLE},
		{"archived", RULE_BOOLEAN, NULLABLE},
		{"authority_level", RULE_NONBLANK, NULLABLE},
		{"type", RULE_NONBLANK, NULLABLE},
		{0},
	};
	json_auto_t *row = path_row(r, &collection_table);
	if (!row || !check_body(r, rules))
		return;
	int64_t id = get_id(row, "id");
	if (!collection_may_write(r, id) || !strcmp(get_text(row, "type"), "trash")) {
		reply_forbidden(r);
		return;
	}
	write_texts(r, row);
	int64_t parent = get_id(r->body, "parent_id");
	bool moved = has(r->body, "parent_id") && parent != parent_of(row);
	if (moved && has_value(row, "personal_owner_id")) {
		reply_text(r, 400, "You cannot move a Personal Collection.");
		return;
	}
	if (moved && !move(r, row, parent))
		return;
	json_auto_t *now = store_get(r->store, &collection_table, id);
	if (update_archived(r, now))
		reply_json(r, 200, show_whole(r, store_get(r->store, &collection_table, id)));
}

void collection_delete(struct request *r) {
	json_auto_t *row = path_row(r, &collection_table);
	if (!row)
		return;
	if (has_value(row, "personal_owner_id"))
		reply_text(r, 400, "Personal collections cannot be deleted.");
	else if (has_value(row, "namespace"))
		reply_text(r, 400, "Collections in non-nil namespaces cannot be deleted.");
	else if (!get_flag(row, "archived"))
		reply_text(r, 400, "Collection must be trashed before deletion.");
	else {
		json_int_t id = get_id(row, "id");
		store_run(r->store, "DELETE FROM report_card WHERE collection_id = ?",
			json_pack("[I]", id));
		store_run(r->store, "DELETE FROM report_dashboard WHERE collection_id = ?",
			json_pack("[I]", id));
		store_delete(r->store, &collection_table, id);
		reply_nothing(r);
	}
}

/* The permissions graph: only what differs from write for everybody is kept. */
void collection_graph(struct request *r) {
	json_auto_t *rows = store_select(r->store, &access_table, NULL, NULL);
	json_auto_t *collections = store_select(r->store, &collection_table,
		"personal_owner_id IS NULL AND archived = 0 AND type IS NULL", NULL);
	json_t *all = json_pack("{s:s}", "root", "write"),
	       *admins = json_pack("{s:s}", "root", "write");
	size_t i;
	json_t *row;
	json_array_foreach(collections, i, row) {
		const char *key = arena_printf(r->arena, "%lld", (long long)get_id(row, "id"));
		json_object_set_new(all, key, json_string("write"));
		json_object_set_new(admins, key, json_string("write"));
	}
	json_array_foreach(rows, i, row) {
		int64_t id = get_id(row, "collection_id");
		const char *key = id ? arena_printf(r->arena, "%lld", (long long)id) : "root";
		const char *access = get_text(row, "access");
		if (r->version >= 56 && !strcmp(access, "none"))
			json_object_del(all, key);
		else
			json_object_set_new(all, key, json_string(access));
	}
	json_auto_t *revision = setting_value(r->store, "collection-graph-revision");
	reply_json(r, 200, json_pack("{s:I, s:{s:o, s:o}}", "revision",
		(json_int_t)json_integer_value(revision), "groups", "1", all, "2", admins));
}

static void set_access(struct request *r, const char *key, const char *access) {
	long long id = 0;
	if (strcmp(key, "root") && !str_integer(str_from(key), &id))
		return;
	store_run(r->store,
		"INSERT INTO collection_access (group_id, collection_id, access) VALUES (1, ?, ?) "
		"ON CONFLICT (group_id, collection_id) DO UPDATE SET access = excluded.access",
		json_pack("[I, s]", (json_int_t)id, access));
}

void collection_graph_update(struct request *r) {
	static const struct rule rules[] = {
		{"revision", RULE_INTEGER, NULLABLE}, {"groups", RULE_MAP, REQUIRED}, {0},
	};
	if (!check_body(r, rules))
		return;
	json_auto_t *revision = setting_value(r->store, "collection-graph-revision");
	if (!query_flag(r, "force") &&
		get_id(r->body, "revision") != json_integer_value(revision)) {
		reply_text(r, 409,
			"Looks like someone else edited the permissions and your data is out of "
			"date. "
			"Please fetch new data and try again.");
		return;
	}
	const char *key;
	json_t *access;
	json_object_foreach(json_object_get(json_object_get(r->body, "groups"), "1"), key, access)
		set_access(r, key, json_is_string(access) ? json_string_value(access) : "none");
	store_run(r->store, "DELETE FROM setting WHERE key = 'collection-graph-revision'", NULL);
	store_insert(r->store, &setting_table,
		json_pack("{s:s, s:I}", "key", "collection-graph-revision", "value",
			(json_int_t)json_integer_value(revision) + 1));
	collection_graph(r);
}

void permissions_graph(struct request *r) {
	json_auto_t *databases = store_select(r->store, &database_table, NULL, NULL);
	json_t *groups = json_pack("{s:{}, s:{}}", "1", "2");
	const char *group;
	json_t *held, *row;
	size_t i;
	json_object_foreach(groups, group, held) json_array_foreach(databases, i, row)
		json_object_set_new(held,
			arena_printf(r->arena, "%lld", (long long)get_id(row, "id")),
			json_pack("{s:s, s:s}", "view-data", "unrestricted", "create-queries",
				"query-builder-and-native"));
	reply_json(r, 200, json_pack("{s:i, s:o}", "revision", 0, "groups", groups));
}
