/* A dashboard: filters, charts, tabs of rows on a grid of 24 columns. */
#pragma once

#include "compiler/model/chart.h"
#include "compiler/model/filter.h"
#include "runtime/map.h"

#define GRID_COLUMNS 24

/* One card on the grid, or a virtual one. */
struct placement {
	struct str name;                /* `as:`, else the chart's key; virtual ones: "" */
	struct node *node;              /* the item */
	struct chart *chart;            /* NULL: virtual */
	const struct chart_type *type;  /* virtual: heading, text, …; else the chart's */
	struct node *content;           /* virtual: the text or URL */
	struct values values;           /* overrides of the long form */
	unsigned width, height;         /* as written, 0: not; final after layout */
	unsigned column, row;           /* after layout */
	bool fixed;                     /* by `at:` */
	unsigned order;                 /* among those of its tab, as written */
	struct node *size_node, *at_node;       /* where size and place were written, or NULL */
	VEC(struct filter *) text_tags; /* filters that a text or heading names as {{filter}} */
};

/* A row of a layout; `stack` of an item is a column of placements. */
struct layout_item {
	struct placement *placement;    /* or */
	VEC(struct placement *) stack;
};
struct layout_row {
	struct node *node;
	VEC(struct layout_item) items;
};

struct tab {
	struct str title;               /* empty: the only layout of a dashboard without tabs */
	struct node *title_node;
	struct str was;
	VEC(struct layout_row) rows;
	bool packed; /* no layout was written: charts fill rows at their default size */
	VEC(struct placement *) placements;     /* in reading order after layout */
};

struct dashboard {
	struct str key;
	struct node *key_node;          /* or the node of the title */
	struct node *node;
	uint32_t source;
	struct str title, description;
	struct str collection;          /* below the project's, or empty */
	struct node *collection_node;
	struct str charts_collection;   /* or empty: the project's */
	struct str was;
	struct values values;           /* width auto_apply cache pinned embedding … */
	bool has_tabs;
	VEC(struct tab *) tabs;         /* at least one after binding */
	VEC(struct filter *) filters; /* its own and copies of the project filters its charts use */
	VEC(struct chart *) charts;
	struct map filters_by_key;
	struct map charts_by_key;
	bool selected;
};

extern const struct key dashboard_keys[];
extern const struct key placement_keys[];
/* The long form of a tab. */
extern const struct key tab_keys[];

/* "90s", "30m", "6h", "1d" as seconds; false for anything else. */
bool duration_parse(struct str text, long long *seconds);

/* Gives every placement of a tab its place and size: rows flow down, items without a size share
 * what is left of a row, leftover columns going leftmost. Reports what does not fit or overlaps. */
void layout_tab(struct compile *c, struct dashboard *dashboard, struct tab *tab);
