/* SQL text in, Metabase's marks out, read as the server's template parser reads them, which knows
 * far less than SQL: single quotes (but no escapes, double quotes or backticks), and comments only
 * outside
 * [[ ]] and outside '…'. Inside [[ ]] a comment mark is text, which makes `[[ {{x}} --]] default`
 * work. In '…' a malformed mark is text as well, and a good one still counts.
 *
 * One pass, a stack of open clauses instead of recursion. Where the server would try a clause in a
 * string and go back when it turns out malformed, we look ahead for `{{` before `]]`. */
#include "compiler/query/marks.h"

#define MAX_CLAUSES 60000u      /* more are read as text: indexes are 16 bits wide */

struct frame {
	uint32_t clause;
	bool outer_string;      /* quotes inside a clause do not count outside it */
};

struct reader {
	struct arena *arena;
	struct sql *sql;
	struct marks *marks;
	VEC(struct frame) frames;
	bool in_string;
	size_t next_open, next_close;   /* of `{{` and `]]`, as last looked for */
};

static bool at_is(struct str text, size_t at, const char *two) {
	return at + 1 < text.len && text.ptr[at] == two[0] && text.ptr[at + 1] == two[1];
}

static void problem(struct reader *r, enum sql_problem_type type, size_t start, size_t end) {
	struct sql_problem p = {type, (uint32_t)start, (uint32_t)end};
	vec_push(r->arena, &r->sql->problems, p);
}

static void mark(struct reader *r, enum mark_type type, size_t start, size_t end, uint32_t index) {
	struct mark m = {type, (uint32_t)start, (uint32_t)end, index};
	vec_push(r->arena, &r->marks->list, m);
}

static bool is_letter(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool all_of(struct str name, const char *extra) {
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!is_letter(c) && !is_digit(c) && !(c && strchr(extra, c)))
			return false;
	}
	return name.len > 0;
}

bool mark_tag(struct str inside, struct sql_tag *tag) {
	struct str name = str_trim(inside);
	tag->type = SQL_TAG_VARIABLE;
	if (str_starts(name, "snippet:")) {
		tag->type = SQL_TAG_SNIPPET;
		tag->name = str_trim(str_slice(name, strlen("snippet:"), name.len));
		return tag->name.len > 0 && !memchr(tag->name.ptr, '}', tag->name.len);
	}
	if (str_starts(name, "#")) {
		tag->type = SQL_TAG_CARD;
		tag->name = str_slice(name, 1, name.len);
		return all_of(tag->name, "_-/");
	}
	tag->name = name;
	return all_of(name, "_.");
}

static void add_tag(struct reader *r, struct sql_tag *tag) {
	tag->name_start = (uint32_t)(tag->name.ptr - r->sql->text.ptr);
	mark(r, MARK_TAG, tag->start, tag->end, (uint32_t)r->sql->tags.count);
	vec_push(r->arena, &r->sql->tags, *tag);
}

/* Counts a tag for the clause around it. */
static uint16_t enter_clause(struct reader *r) {
	if (r->frames.count == 0)
		return 0;
	uint32_t clause = r->frames.items[r->frames.count - 1].clause;
	r->sql->clauses.items[clause].tags++;
	return (uint16_t)(clause + 1);
}

/* From the braces up to the end of the first word: where a caret says "this one". */
static size_t end_of_word(struct str text, size_t at) {
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	while (at < text.len && (is_letter(text.ptr[at]) || is_digit(text.ptr[at]) ||
			strchr("_.#:-", text.ptr[at])) && text.ptr[at])
		at++;
	return at;
}

static size_t skip_blank(struct str text, size_t at) {
	while (at < text.len && strchr(" \t\r\n", text.ptr[at]) && text.ptr[at])
		at++;
	return at;
}

/* A tag without `}}` before `stop`: nested if that is another one that closes right before ours
 * does. */
static size_t tag_unclosed(struct reader *r, size_t start, size_t stop) {
	struct str text = r->sql->text;
	size_t resume = start + 2;
	if (r->in_string)
		return resume;
	if (at_is(text, stop, "{{")) {
		size_t inner = stop + 2;
		while (inner < text.len && !at_is(text, inner, "}}") && !at_is(text, inner, "{{"))
			inner++;
		size_t outer = skip_blank(text, inner + 2);
		if (at_is(text, inner, "}}") && at_is(text, outer, "}}")) {
			problem(r, SQL_NESTED_TAG, start, outer + 2);
			mark(r, MARK_TAG, start, outer + 2, MARK_NO_TAG);
			enter_clause(r);
			return outer + 2;
		}
	}
	size_t end = end_of_word(text, resume);
	end = end > stop ? stop : end;
	struct sql_tag tag = {.start = (uint32_t)start, .end = (uint32_t)end, .token = UINT32_MAX,
		.clause = enter_clause(r), .malformed = true};
	problem(r, SQL_UNCLOSED_TAG, start, end);
	if (!mark_tag(str_slice(text, resume, end), &tag)) {
		mark(r, MARK_TAG, start, end, MARK_NO_TAG);
		return end;
	}
	add_tag(r, &tag);
	return end;
}

static size_t read_tag(struct reader *r, size_t start) {
	struct str text = r->sql->text;
	size_t at = start + 2;
	while (at < text.len && !at_is(text, at, "}}") && !at_is(text, at, "{{") &&
			!(r->frames.count && at_is(text, at, "]]")))
		at++;
	if (!at_is(text, at, "}}"))
		return tag_unclosed(r, start, at);

	struct str inside = str_slice(text, start + 2, at);
	size_t end = at + 2;
	struct sql_tag tag = {.start = (uint32_t)start, .end = (uint32_t)end, .token = UINT32_MAX};
	if (str_trim(inside).len == 0 && r->in_string)
		return start + 2;
	tag.clause = enter_clause(r);
	if (!mark_tag(inside, &tag)) {
		problem(r, str_trim(inside).len ? SQL_BAD_TAG_NAME : SQL_EMPTY_TAG, start, end);
		mark(r, MARK_TAG, start, end, MARK_NO_TAG);
		return end;
	}
	add_tag(r, &tag);
	return end;
}

/* First `two` at or after `at`, remembered in *cache so that looking often stays linear. */
static size_t look(struct str text, size_t *cache, const char *two, size_t at) {
	if (*cache < at)
		*cache = str_find(text, two, at);
	return *cache;
}

static size_t open_clause(struct reader *r, size_t start) {
	struct str text = r->sql->text;
	if (r->sql->clauses.count == MAX_CLAUSES)
		return start + 2;
	if (r->in_string) {
		size_t close = look(text, &r->next_close, "]]", start + 2);
		if (close == STR_NONE || look(text, &r->next_open, "{{", start + 2) > close)
			return start + 2;
	}
	struct sql_clause clause = {.start = (uint32_t)start, .end = (uint32_t)text.len};
	struct frame frame = {(uint32_t)r->sql->clauses.count, r->in_string};
	if (r->frames.count)
		clause.parent = (uint16_t)(r->frames.items[r->frames.count - 1].clause + 1);
	vec_push(r->arena, &r->sql->clauses, clause);
	vec_push(r->arena, &r->frames, frame);
	mark(r, MARK_OPEN, start, start + 2, frame.clause);
	return start + 2;
}

static size_t close_clause(struct reader *r, size_t at) {
	if (r->frames.count == 0)
		return at + 2;
	struct frame frame = r->frames.items[--r->frames.count];
	struct sql_clause *clause = &r->sql->clauses.items[frame.clause];
	clause->end = (uint32_t)(at + 2);
	if (clause->tags == 0 && !frame.outer_string)
		problem(r, SQL_CLAUSE_WITHOUT_TAG, clause->start, clause->end);
	r->in_string = frame.outer_string;
	mark(r, MARK_CLOSE, at, at + 2, frame.clause);
	return at + 2;
}

/* End of a comment that starts at `start`. The server looks for slash-star before star-slash, so in
 * "star slash star" it sees no end. */
static size_t comment_end(struct str text, size_t start) {
	size_t at = start + 2;
	if (text.ptr[start] == '-') {
		while (at < text.len && text.ptr[at] != '\n')
			at++;
		return at;
	}
	while (at < text.len && !(at_is(text, at, "*/") && !at_is(text, at + 1, "/*")))
		at++;
	return at < text.len ? at + 2 : at;
}

static size_t skip_comment(struct reader *r, size_t start) {
	struct str text = r->sql->text;
	size_t end = comment_end(text, start);
	for (size_t at = start; at + 1 < end; at++) {
		if (!at_is(text, at, "{{") || at_is(text, at + 1, "{{"))
			continue;
		size_t close = at + 2;
		while (close < end && !at_is(text, close, "}}") && text.ptr[close] != '{')
			close++;
		if (close + 1 < end && at_is(text, close, "}}"))
			mark(r, MARK_HIDDEN, at, close + 2, MARK_NO_TAG);
		at = close - 1;
	}
	return end;
}

static size_t step(struct reader *r, size_t at) {
	struct str text = r->sql->text;
	bool comments = !r->in_string && r->frames.count == 0;
	switch (text.ptr[at]) {
	case '\'':
		r->in_string = !r->in_string;
		break;
	case '-':
		if (comments && at_is(text, at, "--"))
			return skip_comment(r, at);
		break;
	case '/':
		if (comments && at_is(text, at, "/*"))
			return skip_comment(r, at);
		break;
	case '[':
		if (at_is(text, at, "[["))
			return open_clause(r, at);
		break;
	case ']':
		if (at_is(text, at, "]]"))
			return close_clause(r, at);
		break;
	case '{':
		if (at_is(text, at, "{{") && !at_is(text, at + 1, "{{"))
			return read_tag(r, at);
		break;
	}
	return at + 1;
}

void marks_find(struct arena *arena, struct sql *sql, struct marks *marks) {
	struct reader r = {.arena = arena, .sql = sql, .marks = marks};
	for (size_t at = 0; at < sql->text.len;) {
		char c = sql->text.ptr[at];
		at = is_letter(c) || c == ' ' ? at + 1 : step(&r, at);
	}
	for (size_t i = 0; i < r.frames.count; i++) {
		const struct sql_clause *clause = &sql->clauses.items[r.frames.items[i].clause];
		if (!r.frames.items[i].outer_string)
			problem(&r, SQL_UNCLOSED_CLAUSE, clause->start, clause->start + 2);
	}
}
