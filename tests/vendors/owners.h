/* Who stands behind keys and e-mails, by the rules that facts are attributed by. */
#pragma once

#include "tests/vendors/world.h"

/* The owner of a key: a person, or -1 for nobody; `*basis` is why. */
int owner_of_key(const struct world *world, const struct key *key, const char **basis);

/* The owner of the only key of that name, else -1. */
int owner_of_name(const struct world *world, const char *name);

/* The owner of the key with that id, or -1. */
int owner_of_id(const struct world *world, const char *id);
