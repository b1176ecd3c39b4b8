/* What the resources show each other: their tables, and how a row becomes what clients see; and
 * the handlers, which endpoints.inc lists. */
#pragma once

#include "vm/sandbox/sandbox.h"

extern const struct store_table user_table, session_table, api_key_table, database_table,
	table_table, field_table, collection_table, card_table, dashboard_table, dashcard_table,
	tab_table, snippet_table, revision_table, pulse_table, notification_table, setting_table,
	access_table;

/* All of the above, ends with NULL. */
extern const struct store_table *const resource_tables[];

/* Rows that a fresh state starts with: users, the key, the trash. Called within a request. */
void seed_users(struct store *store, const struct settings *settings);
void seed_collections(struct store *store);

/* Who asks, by session or API key; false if nobody. */
bool find_user(struct request *r);

/* The user as shown in other objects: id, names, email. NULL if there is none; new. */
json_t *user_brief(struct request *r, int64_t id);

/* Collections. Id 0 stands for the root. */
bool collection_may_write(struct request *r, int64_t collection_id);
bool collection_may_read(struct request *r, int64_t collection_id);
int64_t trash_id(struct store *store);
/* As nested in a card or dashboard, the root included; new. */
json_t *collection_brief(struct request *r, int64_t collection_id);
/* Checks `collection_id` of a body: 404 when there is none, 403 when it cannot be written. */
bool check_collection(struct request *r);
/* Moves what stands at `position` or behind it in the collection one further (a null is no
 * position). */
void collection_shift(struct request *r, const json_t *collection_id, const json_t *position);
/* A collection as listed among items; steals the row. */
json_t *collection_item(struct request *r, json_t *row);
/* The `collection_id` to show: the trash for what was archived by itself. */
void show_trashed(struct request *r, json_t *row);

/* Cards. */
#define METADATA_DELAY_MS 1500   /* after a write, until result metadata is there */
enum card_show { CARD_WHOLE, CARD_LEGACY, CARD_NESTED };
/* Steals the row; new. */
json_t *card_show(struct request *r, json_t *row, enum card_show how);
/* Sets members and revision, with what follows from them; steals. */
void card_archive(struct request *r, int64_t id, bool archived, bool directly);
/* A card was written: its metadata follows later. Fills in what is due; runs before each request.
 */
void card_metadata_due(struct sandbox *sandbox);
void card_settle(struct sandbox *sandbox);

/* Puts a new dashboard question on its dashboard, below what is there. */
void dashboard_place(
	struct request *r, int64_t dashboard_id, const json_t *tab_id, int64_t card_id);
void dashboard_archive(struct request *r, int64_t id, bool archived, bool directly);

/* Revisions. `object` is what the row was made of (borrowed). */
void revision_add(struct request *r, const char *model, int64_t id, bool creation,
	const json_t *object);
/* {id, email, first_name, last_name, timestamp} of the newest one, or null; new. */
json_t *revision_last_edit(struct request *r, const char *model, int64_t id);

/* Subscriptions of a dashboard: those that use one of `gone` (an array of parameter ids) are
 * archived; all of them deleted. */
void pulses_without(struct request *r, int64_t dashboard_id, const json_t *gone);
void pulses_delete(struct request *r, int64_t dashboard_id);
void notifications_delete(struct request *r, int64_t card_id);

/* A setting's value, borrowed by nobody: new. */
json_t *setting_value(struct store *store, const char *key);

/* The fields behind each parameter of a dashboard that has its `dashcards`; new. */
json_t *param_fields(struct request *r, const json_t *dashboard);

/* Tables and fields. `table_show` steals the row. */
json_t *table_show(struct request *r, json_t *row, bool with_fields, bool hidden);
json_t *field_show(struct request *r, json_t *row);
json_t *database_show(struct request *r, json_t *row);
/* Reads DDL and the warehouse again; and lets go of what it keeps of them. */
void sync_schema(struct sandbox *sandbox);
void sync_finish(struct sandbox *sandbox);
/* Why the warehouse cannot be reached, in the arena, or NULL. */
const char *sync_trouble(struct sandbox *sandbox, struct arena *arena);

/* The handlers. */
#define ENDPOINT(method, path, handle, ...) void handle(struct request *r);
#include "vm/sandbox/endpoints.inc"
#undef ENDPOINT
