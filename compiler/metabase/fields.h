/* Columns of the warehouse as the server knows them: from `schema.table.column` to the id that a
 * field filter needs. */
#pragma once

#include "compiler/ir/object.h"
#include "compiler/metabase/names.h"
#include "compiler/metabase/server.h"

/* Finds the environment's database by name and adds it to `names`; -1, reported, without one. */
long long database_find(struct server *server, struct names *names);

/* Reads the server's columns and adds every one that `objects` name to `names`, both under the name
 * they use and, for reading, under the server's own. What is missing is waited for after a sync,
 * then reported at the object. False if something was reported as an error. */
bool fields_resolve(struct server *server, long long database, const struct objects *objects,
	struct names *names);

/* Does the type of a column (base type) suit the widget of a field filter? NULL if so, else what
 * the widget needs, in words. */
const char *field_unsuited(const char *base_type, const char *semantic_type, const char *widget);
