/* `${name}` and `${env.NAME}`: ours, resolved when we compile; `$${` is a literal `${`. */
#pragma once

#include "compiler/source/node.h"
#include "runtime/map.h"

struct variables {
	struct map values;       /* name → struct node *, its scalar the value */
	bool environment;        /* may ${env.NAME} be used here? Only in `environments:` */
};

/* Replaces variables in every scalar value below `node`, once each; not in keys, and not in the
 * values of variables themselves. Unknown ones are reported with a suggestion and left as they are.
 */
void variables_resolve(struct compile *c, const struct variables *variables, struct node *node);

/* Reports a variable in the value of the variable `name`, once; false if there is one. Using it is
 * quiet then. A value that was resolved itself, such as one from the environment, may hold
 * anything. */
bool variable_check(struct compile *c, struct str name, struct node *value);
