/* Whose a key is and who is behind an e-mail, by the rules that facts are attributed by: the
 * sheet's owner, else the key's principal, else its creator. From the seed, whatever tests wrote
 * into the sheet since. */
#include "tests/vendors/owners.h"

#include "tests/vendors/endpoint.h"
#include "tests/vendors/state.h"

/* Somebody who left is not in the list of users any more, so that their id says nothing. */
static bool is_listed(const struct world *world, int person) {
	return person >= 0 && world->people[person].active;
}

/* The first key stands twice in the sheet, with two owners: neither counts. */
static bool is_in_sheet(const struct world *world, const struct key *key) {
	return key->in_sheet && key != &world->keys[0];
}

int owner_of_key(const struct world *world, const struct key *key, const char **basis) {
	if (is_in_sheet(world, key)) {
		*basis = "sheet";
		return key->owner;
	}
	if (is_listed(world, key->principal)) {
		*basis = "principal";
		return key->principal;
	}
	if (is_listed(world, key->creator)) {
		*basis = "creator";
		return key->creator;
	}
	*basis = "none";
	return -1;
}

int owner_of_id(const struct world *world, const char *id) {
	const char *basis;
	for (int i = 0; id && i < world->key_count; i++)
		if (!strcmp(world->keys[i].id, id))
			return owner_of_key(world, &world->keys[i], &basis);
	return -1;
}

int owner_of_name(const struct world *world, const char *name) {
	const struct key *found = NULL;
	const char *basis;
	for (int i = 0; i < world->key_count; i++) {
		if (strcmp(world->keys[i].name, name))
			continue;
		if (found)
			return -1;
		found = &world->keys[i];
	}
	return found ? owner_of_key(world, found, &basis) : -1;
}

static json_t *owner_row(const struct world *world, const struct key *key) {
	const char *basis;
	int person = owner_of_key(world, key, &basis);
	return json_pack("{s:s, s:s}", "email",
		person < 0 ? "(unattributed)" : world->people[person].email, "basis", basis);
}

void control_owners(struct request *r) {
	const struct world *world = r->vendors->world;
	json_t *keys = json_object(), *emails = json_object();
	for (int i = 0; i < world->key_count; i++)
		json_object_set_new(keys, world->keys[i].id, owner_row(world, &world->keys[i]));
	for (int i = 0; i < world->person_count; i++) {
		const struct person *person = &world->people[i];
		json_object_set_new(emails, person->spelled, json_string(person->email));
		json_object_set_new(emails, person->cursor_email, json_string(person->email));
	}
	reply_json(r, 200, json_pack("{s:o, s:o}", "keys", keys, "emails", emails));
}
