/* A tree of the paths that a stream's columns name, so that an answer is read in one pass. */
#pragma once

#include <stdint.h>

#include "runtime/arena.h"

/* A value is wanted at this place: by which cell, and, among the alternatives of one, how much. */
struct path_use {
	unsigned cell;
	unsigned rank;                  /* 0 is preferred */
};

struct path_node {
	struct str name;                /* of a member */
	VEC(struct path_node *) members;
	struct path_node **table;       /* the members by hash, with room to spare; NULL: none */
	uint32_t mask;
	struct path_node *items;        /* "[]", of an array; or NULL */
	struct path_node *any;          /* "*", a member of any other name; or NULL */
	VEC(struct path_use) uses;
	bool record, inner;             /* a record begins here */
	bool list;                      /* an array on the way to the records */
	bool item;                      /* of such an array, with another one in it */
	bool group;                     /* holds records and what they share */
	bool adds;                      /* below a `*` */
};

/* Adds "data[].results[].model" or alternatives "a|b", used by `cell`. */
void paths_add(struct arena *arena, struct path_node *root, const char *path, unsigned cell);

/* The node of a path, added if need be. */
struct path_node *paths_node(struct arena *arena, struct path_node *root, struct str path);

/* The node of an object's member; NULL when nobody wants it. */
struct path_node *path_member(const struct path_node *node, struct str name);
