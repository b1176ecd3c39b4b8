/* The tables that the language is made of. A row is one key: its name, what it takes, which setting
 * of the server it becomes and what the manual says. The parser, the emitter, `mbc explain`, the
 * JSON Schema and docs/language.md all read the same rows, so a key cannot exist in one of them
 * alone. */
#pragma once

#include <jansson.h>

#include "compiler/source/compile.h"

enum key_type {
	KEY_TEXT,       /* a scalar as it stands */
	KEY_WORD,       /* one of `words` */
	KEY_BOOLEAN,    /* true false yes no on off */
	KEY_INTEGER,
	KEY_NUMBER,
	KEY_COLUMN,     /* the name of a column that the query gives */
	KEY_COLOUR,     /* blue … bad, white, grey, #rgb, #rrggbb → #RRGGBB */
	KEY_SIZE,       /* 6x4 */
	KEY_FIELD,      /* table.column or schema.table.column */
	KEY_MAP,        /* a map of `keys` */
	KEY_ANY,        /* left to whoever owns the key, which says in .schema what it takes */
};

enum key_shape {
	KEY_ONE,
	KEY_LIST,       /* a list of them; one alone is a list of one */
	KEY_ENTRIES,    /* a map from names of the author's to them */
};

/* A word of the language (kebab-case) and what the server calls it; .raw NULL: the same. */
struct word {
	const char *name;
	const char *raw;
	int since;      /* oldest server that knows it, 0: all */
};

struct value;

struct key {
	const char *name;
	enum key_type type;
	enum key_shape shape;
	const char *to;                 /* the server's own setting */
	const struct word *words;       /* KEY_WORD: ends with an empty row */
	const struct key *keys;         /* KEY_MAP: ends with an empty row */
	const char *shorthand;          /* KEY_MAP: the key that a bare scalar or list stands for */
	bool required;
	bool allow_null;                /* `key:` with nothing is a value of its own */
	double min, max; /* numbers; both 0: any; only max 0: no upper end (INFINITY too) */
	int since;                      /* oldest server that knows it, 0: all */
	const char *doc;                /* one line for the manual, no full stop */
	const char *example;            /* YAML of the value, where the type does not say it */

	/* What the rows cannot say. Both may be NULL. */
	void (*check)(struct compile *c, const struct value *value);
	void (*lower)(struct compile *c, const struct value *value, json_t *settings);
	/* KEY_ANY: its JSON Schema (new); NULL: anything. */
	json_t *(*schema)(void);
};

/* Values bound from a map: only the keys that were written, in file order. */
struct values {
	struct value *items;
	size_t count;
	struct node *node;              /* the map, or the scalar of a shorthand */
};

struct value {
	const struct key *key;
	struct node *name; /* the key as written; in entries the author's name; may be NULL */
	struct node *node;
	bool bad;                       /* reported; the rest is not set */
	bool item; /* one of a list or of entries: a single value whatever the row's shape */
	union {
		struct str text;        /* KEY_TEXT, KEY_COLUMN, KEY_FIELD, KEY_COLOUR (#RRGGBB) */
		const struct word *word;
		bool boolean;
		long long integer;
		double number;
		struct {
			unsigned width, height;
		} size;
		struct values map;      /* KEY_ONE of KEY_MAP */
		struct values list; /* KEY_LIST, KEY_ENTRIES: items of the key's type, their .key
				       the same row */
	};
};

/* Binds a map to the rows of `groups` (tables, the list ends with NULL). Unknown keys, wrong types,
 * words not allowed and missing required keys are reported with suggestions; `what` names the thing
 * in messages ("chart `spend`"). False if something was reported; what could be bound is in `out`.
 */
bool keys_bind(struct compile *c, const struct key *const *groups, struct node *map,
	const char *what, struct values *out);

/* The same; a missing key is reported at `name`, what the author called the thing. */
bool keys_bind_named(struct compile *c, const struct key *const *groups, const struct node *name,
	struct node *map, const char *what, struct values *out);

/* The same for a thing of some kind: the chart `spend` is called "chart" and named by its key. */
bool keys_bind_thing(struct compile *c, const struct key *const *groups, const char *kind,
	const struct node *name, struct node *map, struct values *out);

/* Binds one value to a row, as keys_bind does for each pair. */
void key_bind(struct compile *c, const struct key *key, struct node *name, struct node *node,
	struct value *out);

/* The value of a key that was written and is good, or NULL. */
const struct value *values_get(const struct values *values, const char *name);
/* The same when something in it was reported: of a list or of entries some may be good. */
const struct value *values_written(const struct values *values, const char *name);
/* A path of names through maps: values_path(v, "goal", "value", NULL). */
const struct value *values_path(const struct values *values, const char *name, ...)
	__attribute__((sentinel));

/* Shorthands for what is usually wanted; the fallback stands for a key that was not written. */
struct str values_text(const struct values *values, const char *name, struct str fallback);
bool values_boolean(const struct values *values, const char *name, bool fallback);
/* Name of the word written, or NULL. */
const char *values_word(const struct values *values, const char *name);

/* A bound value as the server wants it (new): words in their raw spelling, columns as names, lists
 * as arrays, maps as objects by their keys' `to`. */
json_t *value_json(const struct value *value);

/* Writes every value into `settings`: by the row's `lower`, else by its `to`; maps without either
 * are gone into. */
void values_lower(struct compile *c, const struct values *values, json_t *settings);

/* Any YAML as JSON (new): plain scalars as JSON spells them (true, 5, null), all others as text. */
json_t *node_json(const struct node *node);

/* Calls `visit` for each KEY_COLUMN value written anywhere in `values`. */
void values_each_column(const struct values *values,
	void (*visit)(void *context, const struct value *value), void *context);

/* Row of a name in the groups, or NULL. */
const struct key *keys_find(const struct key *const *groups, struct str name);

/* JSON Schema (draft 2020-12, new) of a map with the keys of `groups`: what an editor offers.
 * Wherever a scalar may stand, a text with `${name}` may too. */
json_t *keys_schema(const struct key *const *groups);
/* The same of the value of one key. */
json_t *key_schema(const struct key *key);

/* The words for colours with their #RRGGBB, and any colour as #RRGGBB; false if it is none. */
extern const struct word colour_words[];
bool colour_parse(struct arena *arena, struct str text, struct str *hex);

/* "`text`" cut to one line, or "a list": a value in a message. */
const char *node_shown(struct compile *c, const struct node *node);

/* Reports (E0203) a scalar that is none of `words`, with the nearest and the list. */
void report_word(
	struct compile *c, const struct node *node, const char *key, const struct word *words);

/* False, with E0207 reported at `at`, when `what` needs a newer server than the project's
 * `metabase:`. */
bool need_version(struct compile *c, int since, struct span at, const char *what);
