/* Paths as text go in, a tree comes out. Members are looked up by comparing: a node has a handful. */
#include "ingest/paths.h"

static struct path_node *add_child(struct arena *arena, struct path_node *node, struct str name) {
	for (size_t i = 0; i < node->children.count; i++)
		if (str_eq(node->children.items[i]->name, name))
			return node->children.items[i];
	struct path_node *child = arena_new(arena, struct path_node);
	child->name = arena_str(arena, name);
	child->adds = node->adds || str_is(name, "*");
	vec_push(arena, &node->children, child);
	return child;
}

struct path_node *paths_node(struct arena *arena, struct path_node *root, struct str path) {
	struct str piece;
	while (str_split(&path, '.', &piece)) {
		size_t brackets = str_find(piece, "[]", 0);
		root = add_child(arena, root,
			str_slice(piece, 0, brackets == STR_NONE ? piece.len : brackets));
		for (; brackets != STR_NONE && brackets < piece.len; brackets += 2)
			root = add_child(arena, root, STR("[]"));
	}
	return root;
}

void paths_add(struct arena *arena, struct path_node *root, const char *path, unsigned cell) {
	struct str rest = str_from(path), alternative;
	for (unsigned rank = 0; str_split(&rest, '|', &alternative); rank++) {
		struct path_node *node = paths_node(arena, root, alternative);
		vec_push(arena, &node->uses, ((struct path_use){cell, rank}));
	}
}

struct path_node *path_child(const struct path_node *node, struct str name) {
	for (size_t i = 0; i < node->children.count; i++) {
		struct path_node *child = node->children.items[i];
		if (str_eq(child->name, name) || str_is(child->name, "*"))
			return child;
	}
	return NULL;
}
