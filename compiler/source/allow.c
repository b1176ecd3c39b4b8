/* Comments that allow a warning in, suppressed warnings out. libyaml drops comments, so they are
 * looked for in the text itself; the parser says which of the finds lie in a scalar. */
#include "compiler/source/allow.h"

#include <stdlib.h>

#include "compiler/source/compile.h"
#include "runtime/suggest.h"

/* First of the codes that only a server can cause: without one, a suppression cannot show its
 * effect. */
#define FIRST_SERVER_CODE 800

/* Bytes of a line that a comment speaks of, and how far what begins there reaches. */
struct target {
	uint32_t from, to;
	uint32_t end;
};

struct comment {
	struct span at;         /* from its mark to the end of the line */
	uint32_t word;
	bool alone;
};

/* The mark before an `mbc:` at `at`, if a comment begins there. */
static bool mark_before(struct str text, size_t at, struct allow_mark *mark) {
	while (at > 0 && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\t'))
		at--;
	mark->sql = at >= 2 && text.ptr[at - 1] == '-' && text.ptr[at - 2] == '-';
	if (!mark->sql && !(at >= 1 && text.ptr[at - 1] == '#'))
		return false;
	mark->start = (uint32_t)(at - (mark->sql ? 2 : 1));
	return mark->sql || mark->start == 0 || strchr(" \t\r\n", text.ptr[mark->start - 1]);
}

struct allow_marks allow_find(struct compile *c, uint32_t source) {
	struct allow_marks marks = {0};
	struct str text = c->sources.items[source]->text;
	for (size_t at = 0; (at = str_find(text, "mbc:", at)) != STR_NONE; at += 4) {
		struct allow_mark mark = {.word = (uint32_t)str_skip_blanks(text, at + 4)};
		if (mark_before(text, at, &mark))
			vec_push(c->arena, &marks, mark);
	}
	return marks;
}

/* A word of a comment: up to a blank, a comma or the end of the line. */
static struct span word_at(struct str text, uint32_t source, size_t at, size_t end) {
	size_t stop = at;
	while (stop < end && !strchr(" \t,", text.ptr[stop]))
		stop++;
	return (struct span){source, (uint32_t)at, (uint32_t)stop};
}

static struct str slice(struct str text, struct span span) {
	return str_slice(text, span.start, span.end);
}

/* Is it `allow`? A misspelt one is reported; any other word after `mbc:` is prose. */
static bool says_allow(struct compile *c, struct str text, struct span word) {
	if (str_is(slice(text, word), "allow"))
		return true;
	struct suggest near = suggest_start(slice(text, word));
	suggest_offer(&near, STR("allow"));
	if (suggest_best(&near).len) {
		struct diagnostic *d = diag_add(c, E0119, word, "`mbc: %.*s` is no instruction",
			STR_ARGS(slice(text, word)));
		diag_suggest(c, d, word, &near);
	}
	return false;
}

static const struct diag_row *read_code(struct compile *c, struct str text, struct span at) {
	struct str name = slice(text, at);
	const struct diag_row *row = diag_find(name);
	if (row && row->severity == DIAG_WARNING)
		return row;
	if (row) {
		diag_add(c, E0119, at, "`%s` is an error, and only warnings can be allowed",
			row->name);
		return NULL;
	}
	struct diagnostic *d =
		diag_add(c, E0119, at, "no warning has the code `%.*s`", STR_ARGS(name));
	struct suggest near = suggest_start(name);
	for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
		if (diag_rows[i].severity == DIAG_WARNING) {
			suggest_offer(&near, str_from(diag_rows[i].name));
			suggest_offer(&near, str_from(diag_rows[i].slug));
		}
	}
	diag_suggest(c, d, at, &near);
	return NULL;
}

static void no_reason(struct compile *c, struct span comment, struct str codes) {
	struct diagnostic *d = diag_add(c, E0119, comment, "the suppression gives no reason");
	diag_help(c, d, "say why: `mbc: allow %.*s reason`", STR_ARGS(codes));
}

/* The whole line, if nothing else stands on it. */
static struct span removal(struct str text, const struct comment *comment) {
	struct span span = comment->at;
	if (comment->alone) {
		span.start = (uint32_t)str_line_start(text, span.start);
		while (span.end < text.len && text.ptr[span.end] == '\r')
			span.end++;
		span.end += span.end < text.len && text.ptr[span.end] == '\n';
	}
	while (!comment->alone && span.start > 0 && strchr(" \t", text.ptr[span.start - 1]))
		span.start--;
	return span;
}

/* Adds an allow for each code of a comment. */
static void read_comment(struct compile *c, struct str text, const struct comment *comment,
	struct span covers) {
	uint32_t source = comment->at.source;
	size_t end = comment->at.end, first = c->allows.count;
	struct span word = word_at(text, source, comment->word, end);
	if (!says_allow(c, text, word))
		return;
	size_t at = str_skip_blanks(text, word.end), codes = at;
	bool more = at < end, good = more;
	if (!more)
		diag_add(c, E0119, comment->at, "the suppression names no warning");
	while (more) {
		word = word_at(text, source, at, end);
		const struct diag_row *row = read_code(c, text, word);
		good = good && row;
		struct allow allow = {
			.at = word, .comment = removal(text, comment), .covers = covers};
		allow.code = row ? (enum diag_code)(row - diag_rows) : DIAG_CODE_COUNT;
		vec_push(c->arena, &c->allows, allow);
		at = str_skip_blanks(text, word.end);
		more = at < end && text.ptr[at] == ',';
		at = more ? str_skip_blanks(text, at + 1) : at;
	}
	struct str reason = str_trim(str_slice(text, at, end));
	if (good && reason.len == 0)
		no_reason(c, comment->at, str_slice(text, codes, word.end));
	if (!good || reason.len == 0)
		c->allows.count = first;
	for (size_t i = first; i < c->allows.count; i++) {
		c->allows.items[i].reason = arena_cstr(c->arena, reason);
		if (c->allows.count - first > 1)
			c->allows.items[i].comment.end = c->allows.items[i].comment.start;
	}
}

static struct comment comment_at(struct str text, uint32_t source, const struct allow_mark *mark) {
	size_t start = str_line_start(text, mark->start);
	return (struct comment){
		.at = {source, mark->start, (uint32_t)str_line_end(text, mark->start)},
		.word = mark->word,
		.alone = str_skip_blanks(text, start) == mark->start,
	};
}

static bool is_comment(struct str text, size_t at, bool sql) {
	return text.ptr[at] == '#' || (sql && str_starts(str_slice(text, at, text.len), "--"));
}

/* Start of the first line behind `at` that is neither empty nor a comment. */
static size_t next_line_of_code(struct str text, size_t at, bool sql) {
	for (at = str_line_end(text, at); at < text.len; at = str_line_end(text, at)) {
		at++;
		size_t first = str_skip_blanks(text, at);
		if (first < text.len && !strchr("\r\n", text.ptr[first]) &&
			!is_comment(text, first, sql))
			return at;
		at = first;
	}
	return text.len;
}

struct targets {
	struct target *items;
	size_t count;
	size_t capacity;
};

/* The target of a comment, which is the one before it when comments stand below each other. */
static struct target target_of(
	const struct targets *targets, struct str text, const struct comment *comment) {
	if (comment->alone && targets->count &&
		targets->items[targets->count - 1].from > comment->at.start)
		return targets->items[targets->count - 1];
	size_t from = comment->alone ? next_line_of_code(text, comment->at.end, false)
		: str_line_start(text, comment->at.start);
	size_t to = str_line_end(text, from);
	return (struct target){(uint32_t)from, (uint32_t)to, (uint32_t)to};
}

static void reach(struct targets *targets, const struct node *first, const struct node *last) {
	uint32_t start = first->at.start,
		 end = last->at.start >= start ? last->at.end : first->at.end;
	size_t low = 0, high = targets->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (targets->items[middle].to < start)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < targets->count && targets->items[low].from <= start &&
		targets->items[low].end < end)
		targets->items[low].end = end;
}

/* Lets every target reach to the end of the keys and items that begin on its line. */
static void reach_all(struct targets *targets, const struct node *node) {
	switch (node->type) {
	case NODE_SCALAR:
		break;
	case NODE_SEQ:
		for (size_t i = 0; i < node->seq.count; i++) {
			reach(targets, node->seq.items[i], node->seq.items[i]);
			reach_all(targets, node->seq.items[i]);
		}
		break;
	case NODE_MAP:
		for (size_t i = 0; i < node->map.count; i++) {
			reach(targets, node->map.pairs[i].key, node->map.pairs[i].value);
			reach_all(targets, node->map.pairs[i].value);
		}
		break;
	}
}

void allow_yaml(
	struct compile *c, uint32_t source, const struct allow_marks *marks, struct node *root) {
	struct str text = c->sources.items[source]->text;
	struct targets targets = {0};
	size_t *indexes = arena_array(c->arena, size_t, marks->count);
	for (size_t i = 0; i < marks->count; i++) {
		struct comment comment = comment_at(text, source, &marks->items[i]);
		struct target target = target_of(&targets, text, &comment);
		if (targets.count == 0 || targets.items[targets.count - 1].from != target.from)
			vec_push(c->arena, &targets, target);
		indexes[i] = targets.count - 1;
	}
	if (marks->count)
		reach_all(&targets, root);
	for (size_t i = 0; i < marks->count; i++) {
		struct comment comment = comment_at(text, source, &marks->items[i]);
		const struct target *target = &targets.items[indexes[i]];
		read_comment(c, text, &comment, (struct span){source, target->from, target->end});
	}
}

/* Does only white space or comments stand before the line at `until`? A block begins below its |
 * line. */
static bool at_top(struct str text, size_t from, size_t until) {
	bool block = from < text.len && strchr("|>", text.ptr[from]);
	size_t first = str_skip_blanks(text, from);
	if (!block && first < until && !strchr("\r\n", text.ptr[first]) &&
		!is_comment(text, first, true))
		return false;
	return next_line_of_code(text, from, true) > until;
}

void allow_sql(struct compile *c, struct span whole, const struct allow_marks *marks) {
	struct str text = str_slice(c->sources.items[whole.source]->text, 0, whole.end);
	size_t next = 0;
	for (size_t i = 0; i < marks->count; i++) {
		struct comment comment = comment_at(text, whole.source, &marks->items[i]);
		size_t start = str_line_start(text, comment.at.start), end = comment.at.end;
		bool top = i == 0 && at_top(text, whole.start, start);
		if (comment.alone && next <= start)
			next = next_line_of_code(text, end, true);
		if (comment.alone)
			end = str_line_end(text, next);
		read_comment(c, text, &comment,
			(struct span){whole.source, top ? whole.start : (uint32_t)start,
				(uint32_t)end + 1});
	}
}

static bool covers(const struct allow *allow, const struct diagnostic *d) {
	return allow->code == d->code && allow->covers.source == d->at.source &&
		d->at.start >= allow->covers.start && d->at.start < allow->covers.end;
}

static void unused(struct compile *c, const struct allow *allow) {
	const struct diag_row *row = &diag_rows[allow->code];
	if (atoi(row->name + 1) >= FIRST_SERVER_CODE)
		return;
	struct diagnostic *d =
		diag_add(c, W0101, allow->at, "`%s` is not reported here", row->name);
	diag_help(c, d, "remove the suppression");
	if (allow->comment.end > allow->comment.start)
		diag_fix(c, d, allow->comment, STR(""));
}

void allow_apply(struct compile *c) {
	for (size_t i = 0; i < c->diagnostics.count && c->allows.count; i++) {
		struct diagnostic *d = c->diagnostics.items[i];
		for (size_t j = 0; j < c->allows.count && !d->suppressed; j++) {
			if (!covers(&c->allows.items[j], d))
				continue;
			d->suppressed = c->allows.items[j].reason;
			c->allows.items[j].used = true;
		}
	}
	for (size_t i = 0; i < c->allows.count && c->error_count == 0; i++) {
		if (!c->allows.items[i].used)
			unused(c, &c->allows.items[i]);
	}
}
