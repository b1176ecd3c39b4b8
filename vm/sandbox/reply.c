/* What every handler says and asks: replies in the forms that clients meet, and members of
 * requests. */
#include <stdio.h>
#include <stdlib.h>

#include "vm/sandbox/ident.h"
#include "vm/sandbox/sandbox.h"

void reply_json(struct request *r, int status, json_t *value) {
	json_decref(r->json);
	r->status = status;
	r->json = value;
	r->content_type = "application/json;charset=utf-8";
}

void reply_text(struct request *r, int status, const char *text) {
	json_decref(r->json);
	r->json = NULL;
	r->status = status;
	r->text = arena_printf(r->arena, "%s", translate(r, text));
	r->content_type = "text/plain;charset=utf-8";
}

void reply_nothing(struct request *r) {
	reply_text(r, 204, "");
}

void reply_not_found(struct request *r) {
	if (r->version >= 59)
		reply_json(r, 404, json_pack("{s:s}", "message", translate(r, "Not found.")));
	else
		reply_text(r, 404, "Not found.");
}

void reply_archived(struct request *r) {
	reply_json(r, 404, json_pack("{s:s, s:s}", "message",
		translate(r, "The object has been archived."), "error_code", "archived"));
}

void reply_forbidden(struct request *r) {
	reply_text(r, 403, "You don't have permissions to do that.");
}

void reply_error(struct request *r, const char *field, const char *sentence) {
	reply_json(r, 400, json_pack("{s:{s:s}}", "errors", field, translate(r, sentence)));
}

void reply_exception(struct request *r, const char *message) {
	reply_json(r, 500,
		json_pack("{s:s, s:[], s:[], s:s}", "message", message, "via", "trace", "cause",
			message));
}

const json_t *query_values(const struct request *r, const char *name) {
	return json_object_get(r->query, name);
}

const char *query_text(const struct request *r, const char *name) {
	return json_string_value(json_array_get(query_values(r, name), 0));
}

bool query_flag(const struct request *r, const char *name) {
	const char *text = query_text(r, name);
	return text && !strcmp(text, "true");
}

bool path_id(struct request *r, size_t capture, int64_t *id) {
	long long number;
	if (str_integer(str_from(r->captures[capture]), &number) && number > 0) {
		*id = number;
		return true;
	}
	reply_json(r, 400, json_pack("{s:{s:[s]}, s:{s:s}}", "specific-errors", "id",
		"should be a positive int", "errors", "id",
		translate(r, "value must be an integer greater than zero.")));
	return false;
}

json_t *path_row(struct request *r, const struct store_table *table) {
	int64_t id;
	if (!path_id(r, 0, &id))
		return NULL;
	json_t *row = store_get(r->store, table, id);
	if (!row)
		reply_not_found(r);
	return row;
}

json_t *path_row_or_entity(struct request *r, const struct store_table *table) {
	if (r->version < 56 || !is_entity_id(r->captures[0]))
		return path_row(r, table);
	json_t *row =
		store_find(r->store, table, "entity_id = ?", json_pack("[s]", r->captures[0]));
	if (!row)
		reply_not_found(r);
	return row;
}

int64_t get_id(const json_t *object, const char *name) {
	return json_integer_value(json_object_get(object, name));
}

const char *get_text(const json_t *object, const char *name) {
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

bool get_flag(const json_t *object, const char *name) {
	return json_is_true(json_object_get(object, name));
}

bool has(const json_t *object, const char *name) {
	return json_object_get(object, name) != NULL;
}

bool has_value(const json_t *object, const char *name) {
	const json_t *value = json_object_get(object, name);
	return value && !json_is_null(value);
}
