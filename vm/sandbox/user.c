/* Users and API keys. A key acts as a user of its own, as on the server. */
#include <stdio.h>

#include "vm/sandbox/check.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

#define GROUP_ALL 1
#define GROUP_ADMIN 2

const struct store_table user_table = {
	.name = "core_user",
	.columns = (const struct store_column[]){{"email", STORE_TEXT}, {"first_name", STORE_TEXT},
		{"last_name", STORE_TEXT}, {"is_superuser", STORE_BOOLEAN, "0"},
		{"is_active", STORE_BOOLEAN, "1"}, {"is_qbnewb", STORE_BOOLEAN, "0"},
		{"locale", STORE_TEXT}, {"date_joined", STORE_TIME}, {"last_login", STORE_TIME},
		{"type", STORE_TEXT, "'personal'", .hidden = true},
		{"password", STORE_TEXT, .hidden = true},
		{"password_salt", STORE_TEXT, .hidden = true}, {0}},
};

const struct store_table api_key_table = {
	.name = "api_key",
	.columns = (const struct store_column[]){
		{"name", STORE_TEXT}, {"group_id", STORE_INTEGER}, {"masked_key", STORE_TEXT},
		{"created_at", STORE_TIME}, {"updated_at", STORE_TIME},
		{"user_id", STORE_INTEGER, .hidden = true}, {"key", STORE_TEXT, .hidden = true},
		{"updated_by_id", STORE_INTEGER, .hidden = true}, {0}},
	.constraints = ", UNIQUE (name)",
};

static int64_t add_user(struct store *store, const char *email, const char *first, const char *last,
	bool admin, const char *type) {
	return store_insert(store, &user_table,
		json_pack("{s:s, s:s, s:s, s:b, s:s, s:s}", "email", email, "first_name", first,
			"last_name", last, "is_superuser", (int)admin, "type", type, "date_joined",
			store_now(store)));
}

static void set_password(struct store *store, int64_t id, const char *password) {
	char salt[UUID_SIZE], hash[HASH_SIZE];
	make_uuid(salt);
	hash_secret(salt, password, hash);
	store_update(store, &user_table, id,
		json_pack("{s:s, s:s}", "password", hash, "password_salt", salt));
}

static int64_t add_key(struct store *store, const char *name, const char *key, int64_t group,
	int64_t by) {
	char uuid[UUID_SIZE], email[128], hash[HASH_SIZE], masked[16];
	make_uuid(uuid);
	snprintf(email, sizeof(email), "api-key-user-%s@api-key.invalid", uuid);
	hash_secret("", key, hash);
	snprintf(masked, sizeof(masked), "%.7s***", key);
	int64_t user = add_user(store, email, name, "", group == GROUP_ADMIN, "api-key");
	return store_insert(store, &api_key_table,
		json_pack("{s:s, s:I, s:s, s:I, s:s, s:I}", "name", name, "group_id",
			(json_int_t)group, "masked_key", masked, "user_id", (json_int_t)user, "key",
			hash, "updated_by_id", (json_int_t)by));
}

void seed_users(struct store *store, const struct settings *settings) {
	if (store_count(store, &user_table, NULL, NULL) == 0) {
		int64_t admin =
			add_user(store, "admin@example.com", "Ada", "Admin", true, "personal");
		int64_t analyst =
			add_user(store, "analyst@example.com", "Ann", "Analyst", false, "personal");
		set_password(store, admin, "metabase1");
		set_password(store, analyst, "metabase1");
	}
	char hash[HASH_SIZE];
	hash_secret("", settings->api_key, hash);
	if (store_count(store, &api_key_table, "key = ?", json_pack("[s]", hash)) > 0)
		return;
	int64_t count = store_count(store, &api_key_table, NULL, NULL);
	char name[32] = "CI";
	if (count > 0)
		snprintf(name, sizeof(name), "CI %lld", (long long)count + 1);
	add_key(store, name, settings->api_key, GROUP_ADMIN, 1);
}

static void set_common_name(json_t *user) {
	const char *first = get_text(user, "first_name"), *last = get_text(user, "last_name");
	json_object_set_new(user, "common_name",
		json_sprintf("%s%s%s", first, *first && *last ? " " : "", last));
}

json_t *user_brief(struct request *r, int64_t id) {
	json_t *user = store_get(r->store, &user_table, id);
	if (!user)
		return NULL;
	store_show(&user_table, user, r->version);
	set_common_name(user);
	json_object_del(user, "is_active");
	json_object_del(user, "locale");
	return user;
}

static json_t *group_ids(bool admin) {
	return admin ? json_pack("[i, i]", GROUP_ALL, GROUP_ADMIN) : json_pack("[i]", GROUP_ALL);
}

static json_t *personal_collection(struct request *r, int64_t user_id) {
	json_auto_t *own = store_find(r->store, &collection_table, "personal_owner_id = ?",
		json_pack("[I]", (json_int_t)user_id));
	return own ? json_integer(get_id(own, "id")) : json_null();
}

static json_t *user_whole(struct request *r, json_t *user) {
	store_show(&user_table, user, r->version);
	set_common_name(user);
	json_object_set_new(user, "group_ids", group_ids(get_flag(user, "is_superuser")));
	json_object_set_new(
		user, "personal_collection_id", personal_collection(r, get_id(user, "id")));
	return user;
}

void user_current(struct request *r) {
	reply_json(r, 200, user_whole(r, store_get(r->store, &user_table, r->user.id)));
}

void user_list(struct request *r) {
	json_t *users = store_select(r->store, &user_table, "type = 'personal' ORDER BY id", NULL);
	size_t i;
	json_t *user;
	json_array_foreach(users, i, user)
		user_whole(r, user);
	reply_json(r, 200, json_pack("{s:o, s:I, s:n, s:n}", "data", users, "total",
		(json_int_t)json_array_size(users), "limit", "offset"));
}

void user_read(struct request *r) {
	json_t *user = path_row(r, &user_table);
	if (user)
		reply_json(r, 200, user_whole(r, user));
}

/* API keys. */

static json_t *key_show(struct request *r, json_t *row) {
	json_auto_t *by = user_brief(r, get_id(row, "updated_by_id"));
	int64_t group = get_id(row, "group_id");
	json_object_set_new(row, "group", json_pack("{s:I, s:s}", "id", (json_int_t)group, "name",
		group == GROUP_ADMIN ? "Administrators" : "All Users"));
	json_object_set_new(row, "updated_by",
		json_pack("{s:I, s:s}", "id", (json_int_t)get_id(by, "id"), "common_name",
			get_text(by, "common_name")));
	json_object_del(row, "group_id");
	store_show(&api_key_table, row, r->version);
	return row;
}

void api_key_list(struct request *r) {
	json_t *keys = store_select(r->store, &api_key_table, NULL, NULL);
	size_t i;
	json_t *key;
	json_array_foreach(keys, i, key)
		key_show(r, key);
	reply_json(r, 200, keys);
}

static void make_key(char out[64]) {
	char first[ENTITY_ID_SIZE], second[ENTITY_ID_SIZE];
	make_entity_id(first);
	make_entity_id(second);
	snprintf(out, 64, "mb_%s%s", first, second);
}

static void reply_new_key(struct request *r, int64_t id, const char *key) {
	json_t *row = key_show(r, store_get(r->store, &api_key_table, id));
	json_object_set_new(row, "unmasked_key", json_string(key));
	reply_json(r, 200, row);
}

void api_key_create(struct request *r) {
	static const struct rule rules[] = {
		{"name", RULE_NONBLANK, REQUIRED}, {"group_id", RULE_POSITIVE, REQUIRED}, {0},
	};
	if (!check_body(r, rules))
		return;
	const char *name = get_text(r->body, "name");
	if (store_count(r->store, &api_key_table, "name = ?", json_pack("[s]", name)) > 0) {
		reply_error(r, "name", "An API key with this name already exists.");
		return;
	}
	char key[64];
	make_key(key);
	reply_new_key(
		r, add_key(r->store, name, key, get_id(r->body, "group_id"), r->user.id), key);
}

void api_key_regenerate(struct request *r) {
	json_auto_t *row = path_row(r, &api_key_table);
	if (!row)
		return;
	char key[64], hash[HASH_SIZE], masked[16];
	make_key(key);
	hash_secret("", key, hash);
	snprintf(masked, sizeof(masked), "%.7s***", key);
	store_update(r->store, &api_key_table, get_id(row, "id"),
		json_pack("{s:s, s:s}", "key", hash, "masked_key", masked));
	reply_new_key(r, get_id(row, "id"), key);
}

void api_key_update(struct request *r) {
	static const struct rule rules[] = {
		{"name", RULE_NONBLANK, OPTIONAL}, {"group_id", RULE_POSITIVE, OPTIONAL}, {0},
	};
	json_auto_t *row = path_row(r, &api_key_table);
	if (!row || !check_body(r, rules))
		return;
	json_t *values = json_object();
	if (has(r->body, "name"))
		json_object_set(values, "name", json_object_get(r->body, "name"));
	if (has(r->body, "group_id")) {
		json_object_set(values, "group_id", json_object_get(r->body, "group_id"));
		store_update(r->store, &user_table, get_id(row, "user_id"),
			json_pack("{s:b}", "is_superuser",
				get_id(r->body, "group_id") == GROUP_ADMIN));
	}
	store_update(r->store, &api_key_table, get_id(row, "id"), values);
	reply_json(r, 200, key_show(r, store_get(r->store, &api_key_table, get_id(row, "id"))));
}

void api_key_delete(struct request *r) {
	json_auto_t *row = path_row(r, &api_key_table);
	if (!row)
		return;
	store_update(
		r->store, &user_table, get_id(row, "user_id"), json_pack("{s:b}", "is_active", 0));
	store_delete(r->store, &api_key_table, get_id(row, "id"));
	reply_nothing(r);
}
