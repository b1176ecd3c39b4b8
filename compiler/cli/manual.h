/* The manual's tables, printed from the rows that the parser reads: `mbc explain line` for people,
 * and the tables of docs/language.md. */
#pragma once

#include <stdio.h>

#include "compiler/model/chart.h"
#include "compiler/model/filter.h"

/* Text for a terminal: what it is, its keys, an example. */
void manual_chart(FILE *out, const struct chart_type *type);
void manual_filter(FILE *out, const struct filter_type *type);

/* Keys that are not of one type: "charts", "layout" … False for a name that is none of
 * manual_topics. */
extern const char *const manual_topics[];
bool manual_topic(FILE *out, struct str name);

/* The tables of docs/language.md, in Markdown. NAME is one of manual_tables; false for another. */
extern const char *const manual_tables[];
bool manual_table(FILE *out, const char *name);
