/* SQL functions whose result we can tell. For expression.c only. */
#pragma once

#include "compiler/query/columns.h"

struct sql_function {
	const char *name;       /* upper case */
	enum column_type type;  /* of the result, whatever it is given */
	unsigned like; /* UNKNOWN above: the argument, counted from 1, that has the result's type */
	bool or_later;          /* … or the first one after it whose type can be told */
	bool aggregate;
};

/* The row of a name, in any case, or NULL. */
const struct sql_function *sql_function(struct str name);
