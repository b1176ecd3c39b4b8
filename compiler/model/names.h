/* Names that authors give: their grammar, who has them already, and what was meant by one that
 * nobody has. */
#pragma once

#include "compiler/source/compile.h"
#include "runtime/map.h"

enum name_kind { NAME_DASHBOARD, NAME_CHART, NAME_FILTER, NAME_SNIPPET };

/* Who has which name within one scope. Names that differ only in `_` and `-` are told apart badly
 * by people, so they may not stand beside each other. */
struct names {
	struct map taken;       /* with - for _ → struct name * */
};

struct name {
	struct str text;
	struct span at;
};

/* False, with E0302 reported at `at`, when `name` does not have the form of its kind. */
bool name_check(struct compile *c, enum name_kind kind, struct str name, struct span at);

/* Enters a name. False, with E0303 or E0304 reported at `at`, when it is taken; `what` is "chart",
 * "dashboard", … */
bool name_take(
	struct compile *c, struct names *names, struct str name, struct span at, const char *what);

/* Offers every key of a map to a search; not once hundreds of errors were reported, so that a
 * broken project costs no more than a good one. */
struct suggest;
void suggest_map(struct compile *c, struct suggest *suggest, const struct map *map);
