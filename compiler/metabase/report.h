/* A plan for people and for programs. */
#pragma once

#include <stdio.h>

#include "compiler/metabase/execute.h"

struct report_style {
	bool colour;
	bool verbose;           /* also what is the same */
};

/* `+ card finance/spend "Spend"` …, the fields that differ, and a line that counts. */
void plan_print_text(const struct plan *plan, FILE *out, const struct report_style *style);
/* For a comment on a pull request. */
void plan_print_markdown(const struct plan *plan, FILE *out);
/* {"changes": [{"kind", "key", "change", "fields": [{"path", "live", "code"}] …}], "counts": {…}}.
 */
void plan_print_json(const struct plan *plan, FILE *out);
/* What was done, and what was not. */
void plan_print_outcome(const struct plan *plan, const struct outcome_counts *counts, FILE *out);
