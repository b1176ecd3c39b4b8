/* Names in a query, held against the catalogue: what no table has, the warehouse would refuse, but only
 * when somebody opens the dashboard. */
#pragma once

#include "compiler/query/catalogue.h"

/* Reports columns and qualifiers that nothing in sight has (E0622), tables that the catalogue lacks though
 * it knows others of their dataset (W0623), and views that name such a thing themselves (E0624). `node` is
 * the scalar that holds the text. Where something cannot be seen from here (a snippet, another card, a
 * table with unknown columns), nothing is said. */
void names_check(struct compile *c, const struct sql *sql, const struct node *node,
	const struct catalogue *catalogue);
