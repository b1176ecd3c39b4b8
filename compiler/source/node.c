/* Questions to nodes, and the way back from a scalar's text to the bytes of the file that it came
 * from: first over the variables that were replaced in it, then over what its style leaves out
 * (quotes, the indent of a block). Where that is not one to one, the answer is the whole scalar. */
#include "compiler/source/node.h"

#include "compiler/source/compile.h"

/* The same file may be the SQL of several charts. */
static void read_allows(struct compile *c, uint32_t source, struct span whole) {
	if (c->sources.items[source]->allows_read)
		return;
	c->sources.items[source]->allows_read = true;
	struct allow_marks marks = allow_find(c, source);
	allow_sql(c, whole, &marks);
}

struct node *node_from_source(struct compile *c, uint32_t source) {
	struct str text = c->sources.items[source]->text;
	struct node *node = arena_new(c->arena, struct node);
	*node = (struct node){
		.type = NODE_SCALAR, .style = NODE_FILE, .at = {source, 0, (uint32_t)text.len}};
	node->scalar.text = text;
	read_allows(c, source, node->at);
	return node;
}

struct node *node_get(const struct node *map, const char *key) {
	for (size_t i = 0; i < map->map.count; i++) {
		if (str_is(map->map.pairs[i].key->scalar.text, key))
			return map->map.pairs[i].value;
	}
	return NULL;
}

const char *node_type_name(const struct node *node) {
	switch (node->type) {
	case NODE_SCALAR:
		return "a text";
	case NODE_SEQ:
		return "a list";
	case NODE_MAP:
		return "a map";
	}
	return "a value";
}

bool node_is_null(const struct node *node) {
	if (node->type != NODE_SCALAR || node->style != NODE_PLAIN)
		return false;
	struct str text = node->scalar.text;
	return text.len == 0 || str_is(text, "~") || str_is(text, "null");
}

/* Offset in the text as it stood in the file. Inside of what a variable brought, the start of a
 * part goes to the variable's start and an end to its end. */
static size_t before_edits(const struct node *scalar, size_t at, bool end) {
	size_t grown = 0, shrunk = 0;
	const struct edits *edits = scalar->scalar.edits;
	for (size_t i = 0; edits && i < edits->count; i++) {
		const struct edit *edit = &edits->items[i];
		if (at < edit->at || (end && at == edit->at))
			break;
		size_t start = edit->at + shrunk - grown;
		if (at < (size_t)edit->at + edit->len ||
			(end && at == (size_t)edit->at + edit->len))
			return end ? start + edit->source_len : start;
		grown += edit->len;
		shrunk += edit->source_len;
	}
	return at + shrunk - grown;
}

static size_t next_line(struct str text, size_t at) {
	at = str_line_end(text, at);
	if (at + 1 < text.len && text.ptr[at] == '\r' && text.ptr[at + 1] == '\n')
		at++;
	return at < text.len ? at + 1 : at;
}

/* Columns of the first line with something on it; 0 when a number after | or > says the indent,
 * which counts from a parent that is not known here. */
static size_t block_indent(struct str text, size_t start, size_t first, size_t end) {
	for (size_t i = start + 1; i < first && text.ptr[i] != '#' && text.ptr[i] != '\n'; i++) {
		if (text.ptr[i] >= '1' && text.ptr[i] <= '9')
			return 0;
	}
	for (size_t at = first; at < end; at = next_line(text, at)) {
		size_t content = at;
		while (content < end && text.ptr[content] == ' ')
			content++;
		if (content < str_line_end(text, at))
			return content - at;
	}
	return 0;
}

/* Where the byte `wanted` of a literal scalar's text stands in the file, or STR_NONE. */
static size_t in_block(const struct node *scalar, struct str text, size_t wanted, bool end) {
	size_t at = next_line(text, scalar->at.start);
	size_t indent = block_indent(text, scalar->at.start, at, scalar->at.end);
	if (indent == 0)
		return STR_NONE;
	for (size_t seen = 0; at <= scalar->at.end;) {
		size_t stop = str_line_end(text, at), content = at;
		while (content < stop && content < at + indent && text.ptr[content] == ' ')
			content++;
		if (scalar->style == NODE_FOLDED && content == stop)
			return STR_NONE;
		if (wanted <= seen + (stop - content))
			return content + (wanted - seen);
		if (end && wanted == seen + (stop - content) + 1)
			return stop;
		seen += stop - content + 1;
		at = next_line(text, at);
		if (at >= text.len)
			break;
	}
	return STR_NONE;
}

/* Was nothing between start and end left out or changed? Then bytes count one to one. */
static bool as_written(struct str text, size_t start, size_t end, struct str without) {
	for (size_t i = start; i < end; i++) {
		if (memchr(without.ptr, text.ptr[i], without.len))
			return false;
	}
	return true;
}

static size_t in_file(const struct node *scalar, struct str text, size_t at, bool end) {
	size_t start = scalar->at.start, stop = scalar->at.end;
	switch (scalar->style) {
	case NODE_FILE:
		return start + at;
	case NODE_PLAIN:
		return as_written(text, start, stop, STR("\n\r")) ? start + at : STR_NONE;
	case NODE_SINGLE_QUOTED:
		return as_written(text, start + 1, stop - 1, STR("\n\r'")) ? start + 1 + at
									   : STR_NONE;
	case NODE_DOUBLE_QUOTED:
		return as_written(text, start + 1, stop - 1, STR("\n\r\\")) ? start + 1 + at
									    : STR_NONE;
	case NODE_LITERAL:
	case NODE_FOLDED:
		return in_block(scalar, text, at, end);
	}
	return STR_NONE;
}

struct span node_span(struct compile *c, const struct node *scalar, size_t start, size_t end) {
	const struct source *source = source_of(c, scalar->at);
	if (!source || scalar->type != NODE_SCALAR || start > end || end > scalar->scalar.text.len)
		return scalar->at;
	size_t from = in_file(scalar, source->text, before_edits(scalar, start, false), false);
	size_t to = start == end ? from
		: in_file(scalar, source->text, before_edits(scalar, end, true), true);
	if (from == STR_NONE || to == STR_NONE || from > to || to > scalar->at.end)
		return scalar->at;
	return (struct span){scalar->at.source, (uint32_t)from, (uint32_t)to};
}
