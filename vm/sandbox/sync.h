/* Tables and columns as a sync brings them. Ids stay with (schema, table) and (table, parent,
 * name); what is gone becomes inactive and revives under its old id. */
#pragma once

#include "vm/sandbox/sandbox.h"

struct sync_column {
	struct str name;
	struct str database_type;       /* INT64, STRUCT, … */
	struct str description;
	bool repeated, key, required, partition;
	int position;
	int64_t parent;                 /* field id of the STRUCT, 0: none */
	json_t *path;                   /* names from the top, of what lies in a STRUCT; borrowed */
};

/* What the server makes of one of BigQuery's types. */
const char *base_type(struct str database_type, bool repeated);

/* Both give the id. */
int64_t sync_table(struct store *store, int64_t database, struct str schema, struct str name,
	struct str description);
int64_t sync_column(struct store *store, int64_t table, const struct sync_column *column);

/* From BigQuery's REST API, or a stand-in: every table of the dataset. False, with a line on
 * stderr, when it cannot be read. */
bool sync_bigquery(struct sandbox *sandbox, int64_t database);
