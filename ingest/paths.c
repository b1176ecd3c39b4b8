/* Paths as text go in, a tree comes out. Most members of a record are looked up and half of them are
 * unknown, so a lookup is one step of a hash in nearly all cases, and the hash looks at three bytes. */
#include "ingest/paths.h"

static uint32_t hash_name(struct str name) {
	if (!name.len)
		return 0;
	const unsigned char *bytes = (const unsigned char *)name.ptr;
	uint32_t hash = (uint32_t)name.len;
	hash = hash * 31 + bytes[0];
	hash = hash * 31 + bytes[name.len / 2];
	return hash * 31 + bytes[name.len - 1];
}

static void put_in_table(struct path_node *node, struct path_node *member) {
	uint32_t at = hash_name(member->name) & node->mask;
	while (node->table[at])
		at = (at + 1) & node->mask;
	node->table[at] = member;
}

/* The table stays at most a quarter full. */
static void add_to_table(struct arena *arena, struct path_node *node, struct path_node *member) {
	vec_push(arena, &node->members, member);
	if (node->table && node->members.count * 4 <= node->mask + 1) {
		put_in_table(node, member);
		return;
	}
	node->mask = node->table ? node->mask * 4 + 3 : 15;
	node->table = arena_array(arena, struct path_node *, node->mask + 1);
	for (size_t i = 0; i < node->members.count; i++)
		put_in_table(node, node->members.items[i]);
}

static struct path_node *make_node(struct arena *arena, const struct path_node *parent) {
	struct path_node *node = arena_new(arena, struct path_node);
	node->adds = parent->adds;
	return node;
}

static struct path_node *items_of(struct arena *arena, struct path_node *node) {
	if (!node->items)
		node->items = make_node(arena, node);
	return node->items;
}

static struct path_node *add_member(struct arena *arena, struct path_node *node, struct str name) {
	struct path_node *member = path_member(node, name);
	if (str_is(name, "*")) {
		if (!node->any)
			node->any = make_node(arena, node);
		node->any->adds = true;
		return node->any;
	}
	if (member && member != node->any)
		return member;
	member = make_node(arena, node);
	member->name = arena_str(arena, name);
	add_to_table(arena, node, member);
	return member;
}

struct path_node *paths_node(struct arena *arena, struct path_node *root, struct str path) {
	struct str piece;
	while (str_split(&path, '.', &piece)) {
		size_t brackets = str_find(piece, "[]", 0);
		root = add_member(arena, root, str_slice(piece, 0, brackets));
		for (; brackets != STR_NONE && brackets < piece.len; brackets += 2)
			root = items_of(arena, root);
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

struct path_node *path_member(const struct path_node *node, struct str name) {
	if (!node->table)
		return node->any;
	for (uint32_t at = hash_name(name) & node->mask; node->table[at]; at = (at + 1) & node->mask)
		if (str_eq(node->table[at]->name, name))
			return node->table[at];
	return node->any;
}
