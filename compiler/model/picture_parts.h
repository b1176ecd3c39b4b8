/* What the files of picture_*.c say to each other. */
#pragma once

#include "compiler/model/picture.h"

/* Members that fit the type of their column, currencies that exist; reports. */
void format_check(struct compile *c, const struct chart *chart, const struct value *format);
void format_lower(struct compile *c, const struct value *format, json_t *settings);

/* One click, written on a chart or on a placement of it. Without a dashboard (a shared chart,
 * before it is placed) what depends on one is not looked at. */
void click_check(struct compile *c, const struct chart *chart, const struct dashboard *dashboard,
	const struct value *click);
/* click_behavior (new). */
json_t *click_lower(
	struct compile *c, const struct dashboard *dashboard, const struct value *click);

/* `settings:` of a chart or, if `placed`, of a placement of that type; `chart` NULL: a virtual
 * card. */
void raw_check(struct compile *c, const struct chart_type *type, const struct chart *chart,
	bool placed, const struct value *settings);
/* Merges them over what is there: column_settings and series_settings by column and series. */
void raw_merge(const struct chart_type *type, const struct value *settings, json_t *into);
/* Warns of each setting that a key of the language has set in `lowered` already. */
void raw_check_twice(struct compile *c, const struct value *settings, const json_t *lowered);

/* Reports a name that is no column of the chart's result. False if it did. */
bool result_has_column(
	struct compile *c, const struct chart *chart, struct node *name, const char *what);
