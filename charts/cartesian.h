/* What charts with an x and a y axis share: their tables of keys, one a concern so that a chart
 * picks what its picture reads, the checks, and the lowering. */
#pragma once

#include "charts/columns.h"

/* Tables of keys, most of one row each. */
extern const struct key cartesian_x[];          /* x */
extern const struct key cartesian_y[];          /* y: columns and axis */
extern const struct key cartesian_standing_y[]; /* y, where the axis always has its zero */
extern const struct key
	cartesian_y_axis[]; /* y: such an axis alone, where others name the columns */
extern const struct key cartesian_lying_x[];    /* x, y and labels of bars that lie */
extern const struct key cartesian_lying_y[];
extern const struct key cartesian_lying_labels[];
extern const struct key cartesian_series[];     /* series: one for each value of a column */
extern const struct key cartesian_right[];      /* right */
extern const struct key cartesian_stack[];      /* stack */
extern const struct key cartesian_panels[];     /* panels */
extern const struct key cartesian_styles[];     /* styles, with `draw` */
extern const struct key cartesian_line_styles[];/* styles, without */
extern const struct key cartesian_plain_styles[];/* styles: colour and label alone */
extern const struct key cartesian_goal[];       /* goal */
extern const struct key cartesian_labels[];     /* labels */
extern const struct key cartesian_stack_labels[];/* labels, with what a stack shows */
extern const struct key cartesian_trend_line[]; /* trend_line */
extern const struct key cartesian_tooltip[];    /* tooltip */

/* Settings of the server, as .reads of a chart type wants them. */
extern const struct raw_key raw_mapping[], raw_series[], raw_axes[], raw_vertical[], raw_stack[],
	raw_panels[], raw_goal[], raw_trend_line[], raw_values[], raw_frequency[],
	raw_stack_values[], raw_tooltip[], raw_timelines[], raw_old_lines[];

/* All of them that lines, bars and areas have in common. */
extern const struct key *const cartesian_vertical[];
extern const struct raw_key *const cartesian_vertical_reads[];

/* How a chart type uses them. */
struct cartesian {
	const char *draw; /* the server's word for one series: line, area, bar; NULL: it has none */
	bool mixed;             /* its series are not alike (combo) */
	bool right;             /* has a right axis */
	bool any_number;        /* y takes keys too (scatter) */
	bool ordinal;           /* the x axis is never anything else */
	bool no_logarithm;      /* the x axis cannot be logarithmic */
};

struct series {
	const struct value *column;
	const char *draw;
	bool right;
};

/* The series of a chart without a split, in the order of the picture: y, or bars, areas, lines. */
struct series_list {
	VEC(struct series) of;
};
struct series_list cartesian_list(struct compile *c, const struct chart *chart,
	const struct cartesian *how);

/* The column that splits the chart, or NULL. */
const struct value *cartesian_split(const struct chart *chart);

void cartesian_check(struct compile *c, const struct chart *chart, const struct cartesian *how);
void cartesian_lower(struct compile *c, const struct chart *chart, const struct cartesian *how,
	json_t *settings);
