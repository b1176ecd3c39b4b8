/* A chart: a card of the server with its picture. A chart type is one file in charts/: a table of
 * keys, a rule about columns, and what the rows cannot say. */
#pragma once

#include "compiler/model/keys.h"
#include "compiler/query/catalogue.h"
#include "compiler/query/columns.h"

#define MANY 100        /* series in one chart, the server's limit */

struct dashboard;
struct filter;
struct chart;
struct placement;
struct raw_key;         /* compiler/model/picture.h */

/* One `{{tag}}` of a chart's SQL and the filter that it means. */
struct binding {
	const struct sql_tag *tag;      /* first use; NULL: a chart of the query builder has none */
	struct filter *filter;
	/* Field filters and time groupings: the column, with the dataset that the SQL names. Of a
	 * chart of the query builder: `column` alone, one of its SQL's result. */
	struct str schema, table, column;       /* column may be a path a.b.c */
	struct str alias;               /* raw SQL that stands for the column, or empty */
	const struct catalogue_column *known;   /* or NULL */
	struct node *at;                /* where the column was written */
};

struct chart {
	struct str key;
	struct node *key_node;
	struct node *node;
	struct dashboard *dashboard;    /* NULL: shared */
	const struct chart_type *type;
	struct str title, description;
	struct str was;                 /* or empty; as written */
	struct node *was_node;
	struct values values;           /* everything bound, by the common and the type's keys */
	struct node *sql_node;          /* scalar with the SQL, inline or the file's */
	struct sql *sql;
	struct columns *columns;        /* never NULL after check */
	VEC(struct binding) bindings;   /* one a tag name, in order of first use */
	VEC(struct filter *) filters;   /* of the chart's own (a map with `type:` under filters:) */
	bool selected;                  /* by PATHs on the command line */
	unsigned char state;            /* while references are followed */
	bool placed;                    /* on some dashboard */
	bool referenced;                /* by a filter's values, `{{#chart}}`, a click */
};

/* Which result columns a type needs, counted over the keys that name them. */
struct column_rule {
	struct {
		unsigned least, most;
	} dimensions, measures;
};

struct chart_type {
	const char *name;               /* `type:` in YAML */
	const char *display;            /* the server's name; NULL: the same */
	const char *doc;                /* one line, no full stop */
	const char *example;            /* YAML of a chart of this type, for manual and tests */
	bool placement; /* heading, text, link, iframe: an item of a layout, not a chart */
	bool query_builder;             /* pivot: a query-builder card over a SQL card */
	int since;                      /* oldest server major, 0: all */
	struct {
		unsigned width, height;
	} size, least;                  /* default and minimum on the grid of 24 columns */
	struct column_rule columns;
	const struct key *const *groups;/* its tables of keys; the list ends with NULL */

	/* Settings of the server that its picture reads, beside those of every card: what
	 * `settings:` may hold. The list ends with NULL. */
	const struct raw_key *const *reads;
	/* Its list key whose entries carry `click`, as `columns` of a table; NULL: one for the
	 * whole chart. */
	const char *clicks;

	/* After keys and columns were checked; called by picture_check. May be NULL. */
	void (*check)(struct compile *c, const struct chart *chart);
	/* After values_lower: what the rows cannot say; called by picture_settings. May be NULL. */
	void (*lower)(struct compile *c, const struct chart *chart, json_t *settings);
	/* query_builder: the MBQL (new) in legacy form, over {"$ref": "card:…#source"}. */
	json_t *(*query)(struct compile *c, const struct chart *chart);
	/* query_builder: does its result, which is not its SQL's, have a column of that name? */
	bool (*gives)(const struct chart *chart, struct str column);
	/* Placements: what is wrong with the item, and its settings; called by
	 * picture_check_placement and picture_placement_settings. */
	void (*check_placement)(struct compile *c, const struct placement *placement);
	void (*lower_placement)(
		struct compile *c, const struct placement *placement, json_t *settings);
};

/* Keys that every chart has beside its picture: type title description sql sql_file yields filters
 * was. */
extern const struct key chart_keys[];

const struct chart_type *chart_type_find(const struct compile *c, struct str name);

/* Column of the result that a value names, or NULL when columns are unknown or it was reported. */
const struct column *chart_column(const struct chart *chart, const struct value *value);

/* Reports (E04xx) unless `value` names a column of the result of the type wanted; COLUMN_UNKNOWN
 * takes any. True when nothing was reported. */
bool chart_need_column(struct compile *c, const struct chart *chart, const struct value *value,
	enum column_type type, const char *what);
