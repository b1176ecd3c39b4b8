/* Names behind ids: keys, workspaces, users, the organisation. Paged by the id of the last row. */
#include "tests/vendors/anthropic.h"
#include "tests/vendors/endpoint.h"

#define ORGANIZATION "00000000-0000-4000-8000-000000000001"

static const char *row_id(const json_t *rows, size_t i) {
	return json_string_value(json_object_get(json_array_get(rows, i), "id"));
}

/* Where after_id or before_id says to begin and end; false with a reply for an unknown id. */
static bool find_range(
	struct request *r, const json_t *rows, int64_t limit, size_t *from, size_t *to) {
	const char *after = query_text(r, "after_id"), *before = query_text(r, "before_id");
	size_t count = json_array_size(rows), at = 0;
	const char *id = after ? after : before;
	while (id && at < count && strcmp(row_id(rows, at), id))
		at++;
	if (id && at == count)
		return anthropic_refuse(r, after ? "after_id" : "before_id", "Unknown id");
	*from = after ? at + 1 : 0;
	*to = before && !after ? at : count;
	if (before && !after && *to - *from > (size_t)limit)
		*from = *to - (size_t)limit;
	else if (*to - *from > (size_t)limit)
		*to = *from + (size_t)limit;
	return true;
}

/* Replies with a page of rows, which it takes. */
static void reply_page(struct request *r, json_t *rows) {
	int64_t limit = 20;
	size_t from = 0, to = 0, count = json_array_size(rows);
	arena_own_json(r->arena, rows);
	if (!query_number(r, "limit", 1, 1000, &limit)) {
		anthropic_refuse(r, "limit", "Input should be between 1 and 1000");
		return;
	}
	if (!find_range(r, rows, limit, &from, &to))
		return;
	json_t *data = json_array();
	for (size_t i = from; i < to; i++)
		json_array_append(data, json_array_get(rows, i));
	bool back = query_text(r, "before_id") && !query_text(r, "after_id");
	reply_json(r, 200,
		json_pack("{s:o, s:b, s:o, s:o}", "data", data, "has_more",
			back ? from > 0 : to < count, "first_id",
			text_or_null(from < to ? row_id(rows, from) : NULL), "last_id",
			text_or_null(from < to ? row_id(rows, to - 1) : NULL)));
}

/* Does the request ask for another value of this member? */
static bool is_filtered(const struct request *r, const char *name, const char *value) {
	const char *wanted = query_text(r, name);
	return wanted && (!value || strcmp(wanted, value));
}

static json_t *creator(const struct world *world, const struct key *key) {
	if (key->made_by_service)
		return json_pack("{s:s, s:s}", "id", "svac_01Deploy", "type", "service_account");
	if (key->creator < 0)
		return json_null();
	return json_pack("{s:s, s:s}", "id", world->people[key->creator].user_id, "type", "user");
}

static json_t *principal(const struct world *world, const struct key *key) {
	if (key->principal < 0)
		return json_null();
	return json_pack("{s:s, s:s}", "type", "user_actor", "user_id",
		world->people[key->principal].user_id);
}

static json_t *key_row(struct request *r, const struct key *key) {
	const struct world *world = r->vendors->world;
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:{s:s, s:s}}", "id",
		key->id, "type", "api_key", "name", key->name, "status", key->status, "created_at",
		moment_text(r->arena, key->created_at), "expires_at",
		text_or_null(key->expires_at ? moment_text(r->arena, key->expires_at) : NULL),
		"partial_key_hint", "sk-ant-api03-abc...wxyz", "created_by", creator(world, key),
		"principal", principal(world, key), "scope", "type", "workspace", "workspace_id",
		world->workspaces[key->workspace].id);
}

void anthropic_keys(struct request *r) {
	const struct world *world = r->vendors->world;
	json_t *rows = json_array();
	for (int i = 0; i < world->key_count; i++) {
		const struct key *key = &world->keys[i];
		const char *user = key->creator < 0 ? NULL : world->people[key->creator].user_id;
		if (!is_filtered(r, "status", key->status) &&
			!is_filtered(r, "workspace_id", world->workspaces[key->workspace].id) &&
			!is_filtered(r, "created_by_user_id", user))
			json_array_append_new(rows, key_row(r, key));
	}
	reply_page(r, rows);
}

void anthropic_workspaces(struct request *r) {
	const struct world *world = r->vendors->world;
	const char *archived = query_text(r, "include_archived");
	char *made = moment_text(r->arena, (world->first_day - 400) * DAY_S);
	char *ended = moment_text(r->arena, (world->first_day - 10) * DAY_S);
	json_t *rows = json_array();
	/* The default workspace is not in the list. */
	for (int i = 1; i < world->workspace_count; i++) {
		const struct workspace *workspace = &world->workspaces[i];
		if (workspace->archived && (!archived || strcmp(archived, "true")))
			continue;
		json_array_append_new(rows,
			json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "id", workspace->id, "type",
				"workspace", "name", workspace->name, "created_at", made,
				"archived_at", text_or_null(workspace->archived ? ended : NULL),
				"display_color", "#6C5BB9"));
	}
	reply_page(r, rows);
}

void anthropic_users(struct request *r) {
	static const char *const roles[] = {
		"user", "developer", "claude_code_user", "billing", "admin"};
	const struct world *world = r->vendors->world;
	char *added = moment_text(r->arena, (world->first_day - 100) * DAY_S);
	json_t *rows = json_array();
	for (int i = 0; i < world->person_count; i++) {
		const struct person *person = &world->people[i];
		if (!person->user_id || !person->active || is_filtered(r, "email", person->spelled))
			continue;
		json_array_append_new(rows,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", person->user_id, "type",
				"user", "email", person->spelled, "name", person->name, "role",
				roles[(size_t)i % COUNT_OF(roles)], "added_at", added));
	}
	reply_page(r, rows);
}

void anthropic_me(struct request *r) {
	reply_json(r, 200,
		json_pack("{s:s, s:s, s:s}", "id", ORGANIZATION, "type", "organization", "name",
			"Example"));
}
