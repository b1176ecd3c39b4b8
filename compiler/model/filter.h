/* A filter: a parameter of a dashboard, or of one chart. A filter type is one file in filters/: how
 * the author's words become a tag, a parameter and a value on the wire. */
#pragma once

#include "compiler/model/keys.h"
#include "compiler/query/catalogue.h"

struct dashboard;
struct chart;
struct filter;

/* A column that a filter may mean: table.column, or schema.table.column. */
struct field_reference {
	struct str schema, table, column;
	struct node *node;
};

enum filter_source { FILTER_VALUES_NONE, FILTER_VALUES_LIST, FILTER_VALUES_CHART };

struct filter {
	struct str key;                 /* the tag's name and the parameter's slug */
	struct node *key_node;
	struct node *node;
	struct dashboard *dashboard;    /* NULL: the project's, or a chart's own */
	struct chart *chart;            /* a chart's own */
	const struct filter_type *type;
	struct str label;
	struct str was;
	bool required;
	bool multi;
	struct values values;           /* everything bound */
	VEC(struct field_reference) fields;
	struct node *default_node;      /* or NULL */
	json_t *default_value;          /* borrowed, on the wire; NULL: none */
	VEC(struct filter *) linked_to;
	enum filter_source source;
	json_t *static_values; /* FILTER_VALUES_LIST: borrowed, as values_source_config wants */
	struct chart *source_chart;     /* FILTER_VALUES_CHART */
	struct str source_column, source_label;
	enum column_type
		column_type; /* of the columns it means: decides the widget; UNKNOWN: text */
	VEC(struct field_reference)
	columns;                        /* after check: what its charts' tags mean, else `fields` */
	const struct value *links;      /* `linked_to` as written, or NULL */
	struct node *values_node;       /* `values` as written, or NULL */
	unsigned char state;            /* while links are followed */
	bool used;                      /* some chart's tag means it */
	const struct filter *overrides; /* a dashboard's copy of a project filter: the original */
};

/* How a filter looks on the server: the reference of every shape is the vendor's parameter schema.
 */
struct filter_wire {
	const char
		*tag_type; /* "dimension", "text", "number", "date", "boolean", "temporal-unit" */
	const char *widget_type;        /* of a dimension tag, else NULL */
	const char *parameter_type;     /* "string/=" … */
	const char *section;            /* sectionId */
	const char *values_query_type;  /* "list", "search", "none", or NULL */
	bool case_insensitive;          /* options: {"case-sensitive": false} */
	bool says_multi;                /* isMultiSelect is written */
};

enum filter_field { FILTER_FIELD_REQUIRED, FILTER_FIELD_OPTIONAL, FILTER_FIELD_NONE };

struct filter_type {
	const char *name;               /* `type:` in YAML */
	const char *doc;
	const char *example;
	enum filter_field field;
	int since;
	bool multi_default, multi_fixed;/* `multi:` may be written unless fixed */
	unsigned accepts;               /* bits 1 << COLUMN_…: columns that it can filter; 0: any */
	const struct key *const *groups;/* its own keys beside filter_keys; ends with NULL */

	struct filter_wire (*wire)(const struct filter *filter);
	/* The author's value (a scalar, or a list where multi) as it goes on the wire (new), or
	 * NULL when it was reported. Called for defaults. */
	json_t *(*value)(struct compile *c, const struct filter *filter, const struct node *node);
	void (*check)(struct compile *c, const struct filter *filter);  /* may be NULL */
	/* What the wire cannot say, into the parameter of card and dashboard. May be NULL. */
	void (*lower)(const struct filter *filter, json_t *parameter);
};

/* Keys of every filter: type label field default required multi linked_to values value was. */
extern const struct key filter_keys[];

/* What a dashboard may say about a filter of the project: label default required linked_to values.
 */
extern const struct key filter_override_keys[];

const struct filter_type *filter_type_find(const struct compile *c, struct str name);

/* Does the filter mean a column (a field filter or a time grouping), not a plain variable? */
bool filter_is_field(const struct filter *filter);
