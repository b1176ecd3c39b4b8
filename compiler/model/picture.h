/* The picture of a card, apart from its type: keys that every chart has (format, click, settings,
 * hide_if_empty), what a placement may override, and the two objects of settings that come of it,
 * one for the card and one for each of its places on a dashboard. */
#pragma once

#include "compiler/model/dashboard.h"

/* Bound for every chart beside chart_keys and the tables of its type. */
extern const struct key picture_keys[];

/* What the long form of a placement may say beside placement_keys: title description click
 * hide_if_empty settings. */
extern const struct key picture_placement_keys[];

/* Keys of a click, and a row's `lower` that writes nothing: a click is lowered for each placement.
 */
extern const struct key picture_click_keys[];
void picture_lower_elsewhere(struct compile *c, const struct value *value, json_t *settings);

/* Keys of one column's look, as in `format: {column: …}`. */
extern const struct key picture_format_keys[];

enum raw_type {
	RAW_ANY,
	RAW_BOOLEAN,
	RAW_INTEGER,
	RAW_NUMBER,
	RAW_TEXT,
	RAW_COLOUR,
	RAW_COLUMN,
	RAW_LIST,
	RAW_MAP,
};

/* A setting of the server under its own name, as `settings:` may write it. Tables end with an empty
 * row. */
struct raw_key {
	const char *name;
	enum raw_type type;
	const char
		*words; /* values allowed, with a bar between them; `null` and `true` are JSON's */
	const char *ignored;    /* it has no effect: why, or what to write instead */
	int since;              /* oldest server that knows it, 0: all */
};

/* Everything about the picture of a chart whose keys and columns were checked, its type's own check
 * included. Reports E04xx and W04xx. */
void picture_check(struct compile *c, const struct chart *chart);

/* The same for one item of a dashboard, after filters and charts were bound. */
void picture_check_placement(struct compile *c, const struct dashboard *dashboard,
	const struct placement *placement);

/* visualization_settings of the card (new). */
json_t *picture_settings(struct compile *c, const struct chart *chart);

/* visualization_settings of the dashcard (new): overrides, clicks, and for a virtual card all of
 * it. */
json_t *picture_placement_settings(struct compile *c, const struct dashboard *dashboard,
	const struct placement *placement);

/* `["name","cost_usd"]`: how the server keys what it knows of a column, without blanks. */
const char *picture_column_key(struct arena *arena, struct str column);

/* The object below column_settings that belongs to a column (borrowed), made if it is not there. */
json_t *picture_column_settings(struct arena *arena, json_t *settings, struct str column);
