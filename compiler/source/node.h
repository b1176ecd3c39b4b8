/* YAML as a tree in which every value knows its bytes in the file. Scalars keep the author's text:
 * what `no`, `1:30` or `0123` mean is decided by the key that wants them, never by YAML. */
#pragma once

#include "compiler/source/source.h"

#define NODE_MAX_DEPTH   100     /* levels of nesting */
#define NODE_MAX_ALIASES 10000 /* nodes that aliases may stand for in one file, each counted anew \
				*/
#define NODE_MAX_COUNT   2000000 /* nodes in one file */

enum node_type { NODE_SCALAR, NODE_SEQ, NODE_MAP };

enum node_style {
	NODE_PLAIN,
	NODE_SINGLE_QUOTED,
	NODE_DOUBLE_QUOTED,
	NODE_LITERAL,   /* | */
	NODE_FOLDED,    /* > */
	NODE_FILE,      /* the text of a whole file, as sql_file brings it */
};

/* One `${name}` that was replaced: `len` bytes at `at` of the scalar's text came from `source_len`
 * bytes of what stood there. */
struct edit {
	uint32_t at, len, source_len;
};

/* In order. */
struct edits {
	struct edit *items;
	size_t count;
	size_t capacity;
};

struct pair {
	struct node *key;       /* always a scalar */
	struct node *value;
};

/* Kept small: a project has many, and what is not written need not be fetched. */
struct node {
	enum node_type type : 8;
	enum node_style style : 8;      /* scalars */
	bool bad : 1;           /* already reported: stay quiet about it */
	bool resolved : 1;      /* variables in it were replaced */
	struct span at;         /* with its quotes; a block scalar from its | to its last line */
	union {
		struct {
			struct str text;
			const struct edits *edits;      /* or NULL */
		} scalar;
		struct {
			struct node **items;
			size_t count;
		} seq;
		struct {
			struct pair *pairs;     /* in file order, merged keys (<<) last */
			size_t count;
		} map;
	};
};

/* Parses one document. NULL for an empty one (reported as a warning) and after a syntax error
 * (reported, with what to quote where libyaml stumbled over `{{`, `${`, `: ` and the like). */
struct node *yaml_parse(struct compile *c, uint32_t source);

/* A scalar that stands for a whole source, as if it were a block scalar. */
struct node *node_from_source(struct compile *c, uint32_t source);

/* The value of a key, or NULL. For maps only. */
struct node *node_get(const struct node *map, const char *key);

/* Bytes of the file behind a part of a scalar's text: exact for plain, literal and file scalars and
 * for quoted ones without escapes, with variables counted back; else the whole scalar. */
struct span node_span(struct compile *c, const struct node *scalar, size_t start, size_t end);

/* "a text", "a list", "a map": for messages. */
const char *node_type_name(const struct node *node);

static inline bool node_is_scalar(const struct node *node) {
	return node && node->type == NODE_SCALAR;
}

/* Nothing, `~` or `null`, unquoted. */
bool node_is_null(const struct node *node);
