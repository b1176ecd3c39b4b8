/* How the dataset's tables differ from sql/tables. */
#pragma once

#include "ingest/warehouse.h"

/* Compares columns (name, type, mode), partitioning and clustering of all tables. Says each difference and
 * keeps the tables' names in warehouse->changed. False when the warehouse could not be asked. */
bool drift_read(struct warehouse *warehouse);

/* Was the table changed by hand? By the last drift_read(). */
bool drift_has(const struct warehouse *warehouse, const char *table);

/* Gives tables and columns the descriptions of sql/tables where they have others. Tables that differ
 * otherwise are left alone. False with the problem said. */
bool drift_describe(struct warehouse *warehouse);
