/* Carries out a plan. */
#pragma once

#include "compiler/metabase/plan.h"

struct outcome_counts {
	size_t created, changed, failed, skipped;
};

/* Writes every step that may be written, in order; each object is read again right before and
 * compared right after. Failures are reported at the definition and keep what depends on them from
 * being written; everything else goes on. */
struct outcome_counts plan_execute(struct plan *plan);

/* What a dashboard's PUT says (new), from its definition and its live body in our terms with ids;
 * names gets the ids of new tabs (negative). NULL, with a name in `*missing`, when something it
 * refers to is not there. With `keep_tabs` tabs that the definition lacks stay, behind the others.
 */
json_t *dashboard_body(struct names *names, const struct object *object, const char *scope,
	const json_t *live, bool keep_tabs, const char **missing);

/* Would tabs vanish that hold cards which stay? */
bool dashboard_needs_two(struct arena *arena, const struct object *object, const json_t *live);
