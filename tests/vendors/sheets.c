/* People and keys as rows of cells, ragged as Google serves them, with the mistakes that people
 * make. */
#include "tests/vendors/sheets.h"

#include "tests/vendors/moment.h"

static void add_row(json_t *rows, const char *const *cells, size_t count) {
	json_t *row = json_array();
	while (count > 0 && (!cells[count - 1] || !*cells[count - 1]))
		count--;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(row, json_string(cells[i] ? cells[i] : ""));
	json_array_append_new(rows, row);
}

#define ROW(rows, ...)                                    \
	add_row(rows, (const char *const[]){__VA_ARGS__}, \
		COUNT_OF(((const char *const[]){__VA_ARGS__})))

static json_t *keys(const struct world *world) {
	json_t *rows = json_array();
	ROW(rows, "API_Key_ID ", "Email", "api_key_name", "Platform", "Purpose", "Team", "Project",
		"valid_from");
	for (int i = 0; i < world->key_count; i++) {
		const struct key *key = &world->keys[i];
		const struct person *owner = &world->people[key->owner];
		if (!key->in_sheet)
			continue;
		if (i == 8) /* somebody left a line empty */
			ROW(rows, "");
		ROW(rows, key->id, i % 5 == 1 ? owner->spelled : owner->email, key->name,
			"anthropic", i % 3 ? "production" : NULL, i % 4 ? owner->team : NULL,
			i % 2 ? "search" : NULL,
			i == 12 ? day_text(world->arena, world->first_day + world->days - 20)
				: NULL);
	}
	const struct key *twice = &world->keys[0];
	ROW(rows, twice->id, world->people[(twice->owner + 1) % world->person_count].email);
	ROW(rows, "apikey_01NobodyKnowsThisOne", world->people[0].email, "old-laptop");
	ROW(rows, "#N/A", world->people[0].email);
	return rows;
}

static json_t *people(const struct world *world) {
	json_t *rows = json_array();
	ROW(rows, "email", "department", "first_name", "last_name", "team", "aliases", "is_active");
	for (int i = 0; i < world->person_count; i++) {
		const struct person *person = &world->people[i];
		bool alias = strcmp(person->cursor_email, person->spelled) != 0;
		if (i == world->person_count - 1) /* the newest is not there yet */
			break;
		ROW(rows, i % 9 == 4 ? person->spelled : person->email, person->department,
			person->first, person->last, person->team,
			alias ? person->cursor_email : NULL,
			person->active ? i % 3 ? NULL : "TRUE" : "FALSE");
	}
	return rows;
}

static json_t *subscriptions(const struct world *world) {
	json_t *rows = json_array();
	const char *start = day_text(world->arena, month_start(world->first_day));
	const char *raise = day_text(world->arena, month_start(world->first_day + world->days));
	char *seats = arena_printf(world->arena, "%d", world->person_count * 9 / 10);
	ROW(rows, "platform", "plan", "seats", "monthly_usd", "valid_from", "valid_to");
	ROW(rows, "cursor", "Business", seats, "40.00", start, raise);
	ROW(rows, "cursor", "Business", seats, "42.50", raise);
	ROW(rows, "anthropic", "Claude Team", "7", "29.99", start);
	return rows;
}

json_t *sheets_create(const struct world *world) {
	return json_pack("{s:o, s:o, s:o, s:[]}", "api_keys", keys(world), "people", people(world),
		"subscriptions", subscriptions(world), "empty");
}
