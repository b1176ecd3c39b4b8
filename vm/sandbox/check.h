/* Request bodies against tables of rules, refused in the server's words. */
#pragma once

#include "vm/sandbox/sandbox.h"

enum rule_type {
	RULE_NONBLANK,
	RULE_STRING,
	RULE_POSITIVE,
	RULE_INTEGER,
	RULE_NATURAL,
	RULE_BOOLEAN,
	RULE_MAP,
	RULE_LIST,
	RULE_CHOICE,
	RULE_PARAMETERS,
	RULE_MAPPINGS,
};

enum rule_need { OPTIONAL, NULLABLE, REQUIRED };

/* A member of the body. OPTIONAL and NULLABLE may be absent, only NULLABLE may be null. */
struct rule {
	const char *name;
	enum rule_type type;
	enum rule_need need;
	const char *const *choices;     /* RULE_CHOICE; ends with NULL */
};

/* Checks the body; false with the 400 set. Rules end with an empty row. */
bool check_body(struct request *r, const struct rule *rules);

/* A value as the server prints it in `specific-errors`; in the arena. */
const char *check_print(struct arena *arena, const json_t *value);

/* Is it a parameter type of the closed list? */
bool is_parameter_type(const char *type);
