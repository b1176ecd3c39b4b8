/* One file in, a tree of nodes out. libyaml's events are taken one by one, since its own document
 * tree knows neither bytes nor duplicate keys. Its marks count characters; they become bytes here,
 * once, by a cursor that walks along the text. Children of the open lists and maps lie on one stack
 * and are copied out when their parent ends, so a node costs no more than its place in the arena.
 */
#include <yaml.h>

#include "compiler/source/compile.h"
#include "compiler/source/yaml_error.h"
#include "runtime/map.h"
#include "runtime/suggest.h"

#define MAX_REPORTS 100 /* duplicate keys and the like, before the rest of a file is not read */
#define FEW_KEYS    12  /* up to here, comparing each with each is quicker than a table */

struct anchor {
	struct node *node;
	size_t size;            /* nodes that an alias to it stands for */
	bool open, used;
	struct span at;         /* & and the name */
};

struct frame {
	struct node *node;
	struct anchor *anchor;
	size_t first;           /* of its children on the stack */
	size_t size;
	bool flow;
};

struct parser {
	struct compile *c;
	uint32_t source;
	struct str text;
	bool ascii;
	bool stop;
	struct {
		size_t characters, bytes;
	} cursor;
	VEC(struct node *) children;
	struct frame frames[NODE_MAX_DEPTH];
	size_t depth;
	size_t node_count, aliased, reports;
	uint32_t
		last_end; /* of what was read last: block maps and lists have no end of their own */
	struct map anchors;
	VEC(struct anchor *) anchor_list;
	uint32_t *slots;        /* scratch of the search for duplicate keys */
	size_t slot_count;
	struct allow_marks marks;       /* found in the text */
	struct allow_marks comments;    /* of these, the ones between the nodes */
	size_t marks_seen;
	bool has_document;
	struct node *root;
};

static bool continues(char byte) {
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Marks hardly ever go back, so this is linear over a file. */
static uint32_t byte_of(struct parser *p, size_t characters) {
	if (p->ascii)
		return (uint32_t)(characters < p->text.len ? characters : p->text.len);
	size_t at = p->cursor.bytes, count = p->cursor.characters;
	while (count < characters && at < p->text.len) {
		at++;
		while (at < p->text.len && continues(p->text.ptr[at]))
			at++;
		count++;
	}
	while (count > characters && at > 0) {
		at--;
		while (at > 0 && continues(p->text.ptr[at]))
			at--;
		count--;
	}
	p->cursor.bytes = at;
	p->cursor.characters = count;
	return (uint32_t)at;
}

static struct span span_between(struct parser *p, yaml_mark_t start, yaml_mark_t end) {
	uint32_t from = byte_of(p, start.index);
	return (struct span){p->source, from, byte_of(p, end.index)};
}

static bool is_space(char c) {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* An anchor or a tag before a value is no part of it. */
static void skip_properties(struct parser *p, struct span *at) {
	while (at->start < at->end && strchr("&!", p->text.ptr[at->start])) {
		while (at->start < at->end && !is_space(p->text.ptr[at->start]))
			at->start++;
		while (at->start < at->end && is_space(p->text.ptr[at->start]))
			at->start++;
	}
}

/* libyaml marks a block scalar up to whatever comes after it. */
static void trim_block(struct parser *p, struct span *at) {
	while (at->end > at->start && is_space(p->text.ptr[at->end - 1]))
		at->end--;
}

/* The value as it stands in the file, if it does stand there, else a copy. */
static struct str scalar_text(
	struct parser *p, const struct node *node, const yaml_event_t *event) {
	struct str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
	size_t quote = node->style == NODE_SINGLE_QUOTED || node->style == NODE_DOUBLE_QUOTED;
	struct str written = {p->text.ptr + node->at.start + quote, node->at.end - node->at.start};
	written.len -= written.len >= 2 * quote ? 2 * quote : written.len;
	return str_eq(value, written) ? written : arena_str(p->c->arena, value);
}

static enum node_style style_of(yaml_scalar_style_t style) {
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return NODE_SINGLE_QUOTED;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return NODE_DOUBLE_QUOTED;
	case YAML_LITERAL_SCALAR_STYLE:
		return NODE_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return NODE_FOLDED;
	case YAML_PLAIN_SCALAR_STYLE:
	case YAML_ANY_SCALAR_STYLE:
		return NODE_PLAIN;
	}
	return NODE_PLAIN;
}

static bool wants_key(const struct parser *p) {
	if (p->depth == 0)
		return false;
	const struct frame *top = &p->frames[p->depth - 1];
	return top->node->type == NODE_MAP && (p->children.count - top->first) % 2 == 0;
}

/* Stops after a mistake that leaves nothing sensible to read. */
static struct diagnostic *stopped(struct parser *p, struct diagnostic *d) {
	p->stop = true;
	return d;
}

static void key_not_text(struct parser *p, const struct node *key, struct span at) {
	if (yaml_needs_quotes(p->c, p->source, at.start)) {
		p->stop = true;
		return;
	}
	stopped(p, diag_add(p->c, E0108, at, "a key has to be a text, this is %s",
			   node_type_name(key)));
}

static void attach(struct parser *p, struct node *node, size_t size) {
	if (p->depth == 0) {
		p->root = node;
		return;
	}
	if (node->type != NODE_SCALAR && wants_key(p)) {
		key_not_text(p, node, node->at);
		return;
	}
	p->frames[p->depth - 1].size += size;
	vec_push(p->c->arena, &p->children, node);
}

static struct anchor *add_anchor(struct parser *p, const yaml_char_t *name, yaml_mark_t start,
	struct node *node) {
	if (!name)
		return NULL;
	struct anchor *anchor = arena_new(p->c->arena, struct anchor);
	struct str key = arena_str(p->c->arena, str_from((const char *)name));
	uint32_t at = byte_of(p, start.index);
	while (at < node->at.start && p->text.ptr[at] != '&')
		at++;
	*anchor = (struct anchor){
		.node = node, .size = 1, .at = {p->source, at, at + 1 + (uint32_t)key.len}};
	vec_push(p->c->arena, &p->anchor_list, anchor);
	*map_slot(p->c->arena, &p->anchors, key) = anchor;
	return anchor;
}

/* The tags of YAML's own types say what the keys of the language know better; others mean nothing.
 */
static void check_tag(struct parser *p, const yaml_char_t *tag, yaml_mark_t start) {
	static const char own[] = "tag:yaml.org,2002:";
	static const char *const known[] = {"str", "int", "float", "bool", "null", "map", "seq"};
	if (!tag || strcmp((const char *)tag, "!") == 0)
		return;
	const char *name = (const char *)tag;
	for (size_t i = 0; i < COUNT_OF(known) && strncmp(name, own, sizeof(own) - 1) == 0; i++) {
		if (strcmp(name + sizeof(own) - 1, known[i]) == 0)
			return;
	}
	uint32_t at = byte_of(p, start.index), end;
	while (at < p->text.len && p->text.ptr[at] != '!')
		at++;
	for (end = at; end < p->text.len && !is_space(p->text.ptr[end]);)
		end++;
	struct diagnostic *d = diag_add(p->c, E0113, (struct span){p->source, at, end},
		"the tag `%.*s` is not part of the language", (int)(end - at), p->text.ptr + at);
	diag_help(p->c, d, "leave it out: what a value means is decided by its key");
	p->stop |= ++p->reports >= MAX_REPORTS;
}

static struct node *new_node(struct parser *p, enum node_type type, const yaml_event_t *event,
	bool properties) {
	struct node *node = arena_new(p->c->arena, struct node);
	node->type = type;
	node->at = span_between(p, event->start_mark, event->end_mark);
	if (properties)
		skip_properties(p, &node->at);
	if (++p->node_count > NODE_MAX_COUNT)
		stopped(p, diag_add(p->c, E0109, node->at, "more than %d values in one file",
			NODE_MAX_COUNT));
	return node;
}

/* Sorts the marks up to the end of `at`: those before it stand in comments, those in it in its
 * text, which is taken for SQL if it is a block. */
static void pass_marks(struct parser *p, struct span at, bool block) {
	struct allow_marks inside = {0};
	for (; p->marks_seen < p->marks.count; p->marks_seen++) {
		struct allow_mark mark = p->marks.items[p->marks_seen];
		if (mark.start >= at.end)
			break;
		if (mark.start < at.start && !mark.sql)
			vec_push(p->c->arena, &p->comments, mark);
		if (mark.start >= at.start && block)
			vec_push(p->c->arena, &inside, mark);
	}
	allow_sql(p->c, at, &inside);
}

static void take_scalar(struct parser *p, const yaml_event_t *event) {
	const yaml_char_t *anchor = event->data.scalar.anchor, *tag = event->data.scalar.tag;
	struct node *node = new_node(p, NODE_SCALAR, event, anchor || tag);
	node->style = style_of(event->data.scalar.style);
	bool block = node->style == NODE_LITERAL || node->style == NODE_FOLDED;
	if (block)
		trim_block(p, &node->at);
	if (p->marks_seen < p->marks.count)
		pass_marks(p, node->at, block);
	node->scalar.text = scalar_text(p, node, event);
	p->last_end = node->at.end;
	check_tag(p, tag, event->start_mark);
	add_anchor(p, anchor, event->start_mark, node);
	attach(p, node, 1);
}

static void open_container(struct parser *p, enum node_type type, const yaml_event_t *event) {
	bool map = type == NODE_MAP;
	const yaml_char_t *anchor =
		map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
	const yaml_char_t *tag =
		map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	struct node *node = new_node(p, type, event, false);
	node->at.end = (uint32_t)p->text.len;
	if (anchor || tag)
		skip_properties(p, &node->at);
	check_tag(p, tag, event->start_mark);
	if (p->depth == NODE_MAX_DEPTH) {
		node->at.end = node->at.start + 1;
		stopped(p, diag_add(p->c, E0109, node->at, "nested more than %d levels deep",
			NODE_MAX_DEPTH));
		return;
	}
	bool flow = map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
		: event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	if (wants_key(p)) {
		node->at.end = node->at.start + 1;
		key_not_text(p, node, node->at);
		return;
	}
	struct anchor *added = add_anchor(p, anchor, event->start_mark, node);
	if (added)
		added->open = true;
	p->frames[p->depth++] = (struct frame){node, added, p->children.count, 1, flow};
}

static struct frame *close_container(struct parser *p, const yaml_event_t *event) {
	struct frame *frame = &p->frames[--p->depth];
	if (frame->flow)
		p->last_end = byte_of(p, event->end_mark.index);
	frame->node->at.end =
		p->last_end > frame->node->at.start ? p->last_end : frame->node->at.start;
	if (frame->anchor) {
		frame->anchor->open = false;
		frame->anchor->size = frame->size;
	}
	return frame;
}

static void end_list(struct parser *p, const yaml_event_t *event) {
	struct frame *frame = close_container(p, event);
	struct node *node = frame->node;
	node->seq.count = p->children.count - frame->first;
	node->seq.items = arena_array(p->c->arena, struct node *, node->seq.count);
	if (node->seq.count)
		memcpy(node->seq.items, p->children.items + frame->first,
			node->seq.count * sizeof(struct node *));
	p->children.count = frame->first;
	attach(p, node, frame->size);
}

/* Empties the table of keys for `count` of them. */
static void prepare_slots(struct parser *p, size_t count) {
	size_t wanted = 64;
	while (wanted < count * 2)
		wanted *= 2;
	if (wanted > p->slot_count)
		p->slots = arena_array(p->c->arena, uint32_t, wanted);
	else
		memset(p->slots, 0, wanted * sizeof(*p->slots));
	p->slot_count = wanted > p->slot_count ? wanted : p->slot_count;
}

static const struct pair *find_among_few(const struct node *map, struct str key) {
	for (size_t i = 0; i < map->map.count; i++) {
		if (str_eq(map->map.pairs[i].key->scalar.text, key))
			return &map->map.pairs[i];
	}
	return NULL;
}

/* Adds a pair to a map with room for `room` of them; gives the one that has the key already. */
static const struct pair *add_pair(struct parser *p, struct node *map, struct pair pair, size_t room) {
	struct str key = pair.key->scalar.text;
	if (room <= FEW_KEYS) {
		const struct pair *found = find_among_few(map, key);
		if (found)
			return found;
	} else {
		size_t mask = p->slot_count - 1, slot = str_hash(key) & mask;
		for (; p->slots[slot]; slot = (slot + 1) & mask) {
			const struct pair *other = &map->map.pairs[p->slots[slot] - 1];
			if (str_eq(other->key->scalar.text, key))
				return other;
		}
		p->slots[slot] = (uint32_t)map->map.count + 1;
	}
	map->map.pairs[map->map.count++] = pair;
	return NULL;
}

static bool is_merge(const struct node *key) {
	return key->style == NODE_PLAIN && str_is(key->scalar.text, "<<");
}

/* Pairs that a `<<` brings at most; other values than maps are reported and bring none. */
static size_t merge_room(struct parser *p, struct node *map, const struct node *value) {
	size_t room = 0;
	if (value->type == NODE_MAP)
		return value->map.count;
	bool good = value->type == NODE_SEQ;
	for (size_t i = 0; good && i < value->seq.count; i++) {
		good = value->seq.items[i]->type == NODE_MAP;
		room += good ? value->seq.items[i]->map.count : 0;
	}
	if (good)
		return room;
	struct diagnostic *d =
		diag_add(p->c, E0114, value->at, "`<<` takes a map or a list of maps");
	diag_help(p->c, d, "name one with an alias: `<<: *defaults`");
	map->bad = true;
	return 0;
}

static void merge(struct parser *p, struct node *map, const struct node *value, size_t room) {
	if (value->type == NODE_SEQ) {
		for (size_t i = 0; i < value->seq.count; i++)
			merge(p, map, value->seq.items[i], room);
	} else if (value->type == NODE_MAP) {
		for (size_t i = 0; i < value->map.count; i++)
			add_pair(p, map, value->map.pairs[i], room);
	}
}

static void duplicate_key(struct parser *p, const struct node *key, const struct node *first) {
	struct diagnostic *d = diag_add(p->c, E0107, key->at,
		"the key `%.*s` stands twice in this map", STR_ARGS(key->scalar.text));
	diag_note(p->c, d, first->at, "first written here");
	p->stop |= ++p->reports >= MAX_REPORTS;
}

static void end_map(struct parser *p, const yaml_event_t *event) {
	struct frame *frame = close_container(p, event);
	struct node *map = frame->node, **children = p->children.items + frame->first;
	size_t count = (p->children.count - frame->first) / 2, room = count;
	const struct node *merged = NULL;
	for (size_t i = 0; i < count; i++) {
		if (is_merge(children[2 * i]))
			room += merge_room(p, map, children[2 * i + 1]);
	}
	map->map.pairs = arena_array(p->c->arena, struct pair, room);
	if (room > FEW_KEYS)
		prepare_slots(p, room);
	for (size_t i = 0; i < count; i++) {
		struct pair pair = {children[2 * i], children[2 * i + 1]};
		const struct pair *first = is_merge(pair.key) ? NULL : add_pair(p, map, pair, room);
		if (first)
			duplicate_key(p, pair.key, first->key);
		if (is_merge(pair.key) && merged)
			duplicate_key(p, pair.key, merged);
		if (is_merge(pair.key))
			merged = pair.key;
	}
	for (size_t i = 0; merged && i < count; i++) {
		if (is_merge(children[2 * i]) && room > count)
			merge(p, map, children[2 * i + 1], room);
	}
	p->children.count = frame->first;
	attach(p, map, frame->size);
}

static void no_anchor(struct parser *p, struct str name, struct span at) {
	struct diagnostic *d =
		stopped(p, diag_add(p->c, E0110, at, "no anchor `&%.*s` stands above this alias",
				   STR_ARGS(name)));
	struct suggest near = suggest_start(name);
	for (size_t i = 0; i < p->anchors.capacity; i++) {
		if (p->anchors.entries[i].used)
			suggest_offer(&near, p->anchors.entries[i].key);
	}
	if (suggest_best(&near).len) {
		diag_suggest(p->c, d, (struct span){at.source, at.start + 1, at.end}, &near);
	} else {
		struct str quoted = yaml_quoted(p->c, &at);
		diag_help(p->c, d, "a text that begins with `*` needs quotes: write `%.*s`",
			STR_ARGS(quoted));
		diag_fix(p->c, d, at, quoted);
	}
}

static void take_alias(struct parser *p, const yaml_event_t *event) {
	struct str name = str_from((const char *)event->data.alias.anchor);
	struct span at = span_between(p, event->start_mark, event->end_mark);
	struct anchor *anchor = map_get(&p->anchors, name);
	p->last_end = at.end;
	if (!anchor) {
		no_anchor(p, name, at);
		return;
	}
	if (anchor->open) {
		stopped(p,
			diag_add(p->c, E0110, at, "the alias `*%.*s` stands inside its own anchor",
				STR_ARGS(name)));
		return;
	}
	anchor->used = true;
	p->aliased += anchor->size;
	if (p->aliased > NODE_MAX_ALIASES) {
		stopped(p, diag_add(p->c, E0111, at,
				   "the aliases of this file stand for more than %d values",
				   NODE_MAX_ALIASES));
		return;
	}
	attach(p, anchor->node, anchor->size);
}

static void start_document(struct parser *p, const yaml_event_t *event) {
	if (p->has_document) {
		struct span at = span_between(p, event->start_mark, event->end_mark);
		struct diagnostic *d =
			stopped(p, diag_add(p->c, E0112, at, "a second document begins here"));
		diag_help(p->c, d, "write one document a file");
	}
	p->has_document = true;
}

static void take(struct parser *p, const yaml_event_t *event) {
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		take_scalar(p, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		open_container(p, NODE_SEQ, event);
		break;
	case YAML_SEQUENCE_END_EVENT:
		end_list(p, event);
		break;
	case YAML_MAPPING_START_EVENT:
		open_container(p, NODE_MAP, event);
		break;
	case YAML_MAPPING_END_EVENT:
		end_map(p, event);
		break;
	case YAML_ALIAS_EVENT:
		take_alias(p, event);
		break;
	case YAML_DOCUMENT_START_EVENT:
		start_document(p, event);
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
}

/* libyaml's place of a mistake, which the reader gives in bytes and the others in characters. */
static void syntax_error(struct parser *p, const yaml_parser_t *yaml) {
	struct yaml_error error = {.problem = yaml->problem, .context = yaml->context};
	if (yaml->error == YAML_MEMORY_ERROR)
		out_of_memory();
	if (yaml->error == YAML_READER_ERROR) {
		error.at = (uint32_t)(yaml->problem_offset < p->text.len ? yaml->problem_offset
									 : p->text.len);
		error.value = yaml->problem_value;
	} else {
		error.at = byte_of(p, yaml->problem_mark.index);
		error.context_at = yaml->context ? byte_of(p, yaml->context_mark.index) : error.at;
	}
	p->stop = true;
	yaml_report(p->c, p->source, &error);
}

static void read_events(struct parser *p, yaml_parser_t *yaml) {
	for (bool last = false; !last && !p->stop;) {
		yaml_event_t event;
		if (!yaml_parser_parse(yaml, &event)) {
			syntax_error(p, yaml);
			return;
		}
		take(p, &event);
		last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
}

/* `title: &Sales figures` is the text `figures`, which hardly anybody means. */
static void report_unused_anchors(struct parser *p) {
	for (size_t i = 0; i < p->anchor_list.count; i++) {
		const struct anchor *anchor = p->anchor_list.items[i];
		if (anchor->used)
			continue;
		struct str name = str_slice(p->text, anchor->at.start, anchor->at.end);
		struct diagnostic *d = diag_add(
			p->c, W0103, anchor->at, "the anchor `%.*s` is never used", STR_ARGS(name));
		diag_help(p->c, d, "put quotes around the value if `%.*s` is part of it",
			STR_ARGS(name));
		if (++p->reports >= MAX_REPORTS)
			return;
	}
}

struct node *yaml_parse(struct compile *c, uint32_t source) {
	const struct source *file = c->sources.items[source];
	struct parser p = {.c = c, .source = source, .text = file->text, .ascii = file->ascii};
	yaml_parser_t yaml;
	if (!yaml_parser_initialize(&yaml))
		out_of_memory();
	yaml_parser_set_encoding(&yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&yaml, (const unsigned char *)file->text.ptr, file->text.len);
	p.marks = allow_find(c, source);
	read_events(&p, &yaml);
	yaml_parser_delete(&yaml);
	if (p.stop)
		return NULL;
	if (!p.root || (node_is_null(p.root) && p.root->scalar.text.len == 0)) {
		diag_add(c, W0102, (struct span){source, 0, 0}, "the file is empty");
		return NULL;
	}
	report_unused_anchors(&p);
	pass_marks(&p, (struct span){source, UINT32_MAX, UINT32_MAX}, false);
	allow_yaml(c, source, &p.comments, p.root);
	return p.root;
}
