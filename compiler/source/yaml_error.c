/* A mistake in YAML, as libyaml puts it, in; one message in plain words out. libyaml stops where
 * its rules break, which is often behind the cause. So the line is looked at again, by eye as it
 * were, for what most often goes wrong: a tab, or a value that is meant as text and needs quotes
 * for it. What is left is a table from libyaml's words to ours. */
#include "compiler/source/yaml_error.h"

#include "compiler/source/compile.h"
#include "runtime/buf.h"

/* Characters that begin something else than a plain value. */
#define INDICATORS "*&@%|>!`"

#define LONGEST_LINE 4096

static char byte_at(struct str text, size_t at) {
	return at < text.len ? text.ptr[at] : '\0';
}

/* Behind a quoted text that begins at `at`, or STR_NONE if `line` ends first. */
static size_t skip_quoted(struct str line, size_t at) {
	char quote = line.ptr[at];
	for (at++; at < line.len; at++) {
		if (quote == '"' && line.ptr[at] == '\\')
			at++;
		else if (line.ptr[at] == quote && quote == '\'' && byte_at(line, at + 1) == quote)
			at++;
		else if (line.ptr[at] == quote)
			return at + 1;
	}
	return STR_NONE;
}

/* Behind a `{{…}}` or `${…}` at `at`; `at` itself if there is none. */
static size_t skip_mark(struct str line, size_t at) {
	char next = byte_at(line, at + 1);
	bool tag = line.ptr[at] == '{' && next == '{';
	if (!tag && !(line.ptr[at] == '$' && next == '{'))
		return at;
	size_t end = str_find(line, tag ? "}}" : "}", at + 2);
	return end == STR_NONE ? at : end + (tag ? 2 : 1);
}

static bool is_colon(struct str line, size_t at) {
	return line.ptr[at] == ':' &&
	       (at + 1 == line.len || line.ptr[at + 1] == ' ' || line.ptr[at + 1] == '\t');
}

/* Start of the value on a block line: behind `- ` and behind the first `key: `. */
static size_t value_start(struct str line, size_t at) {
	at = str_skip_blanks(line, at);
	while (byte_at(line, at) == '-' && strchr(" \t", byte_at(line, at + 1)))
		at = str_skip_blanks(line, at + 1);
	size_t start = at, colon = at;
	if (at < line.len && strchr("\"'", line.ptr[at]) && skip_quoted(line, at) != STR_NONE)
		colon = skip_quoted(line, at);
	while (colon < line.len && !is_colon(line, colon))
		colon++;
	return colon < line.len ? str_skip_blanks(line, colon + 1) : start;
}

/* End of a value that goes on to the end of the line, without a comment. */
static size_t value_end(struct str line, size_t start) {
	size_t end = start;
	for (size_t at = start; at < line.len; at++) {
		bool blank = line.ptr[at] == ' ' || line.ptr[at] == '\t';
		if (line.ptr[at] == '#' && at > start && strchr(" \t", line.ptr[at - 1]))
			break;
		if (!blank)
			end = at + 1;
	}
	return end;
}

/* Behind the bracket that closes the one at `at`, or STR_NONE. */
static size_t skip_brackets(struct str line, size_t at) {
	size_t depth = 0;
	while (at < line.len) {
		size_t next = at + 1;
		if (strchr("\"'", line.ptr[at]) && skip_quoted(line, at) != STR_NONE)
			next = skip_quoted(line, at);
		depth += strchr("[{", line.ptr[at]) != NULL;
		if (strchr("]}", line.ptr[at]) && --depth == 0)
			return next;
		at = next;
	}
	return STR_NONE;
}

struct value {
	size_t start, end;
	bool flow;      /* inside [ ] or { } */
};

/* The item of a list or map in brackets that holds `at`. */
static struct value flow_item(struct str line, size_t start, size_t at) {
	struct value item = {.flow = true, .end = start};
	while (item.end < line.len) {
		item.start = item.end = str_skip_blanks(line, item.end);
		while (item.end < line.len) {
			size_t marked = skip_mark(line, item.end);
			if (item.end == item.start && strchr("\"'", byte_at(line, item.end)) &&
				skip_quoted(line, item.end) != STR_NONE)
				item.end = skip_quoted(line, item.end);
			else if (marked > item.end)
				item.end = marked;
			else if (strchr(",[]{}", line.ptr[item.end]) ||
				 (is_colon(line, item.end) && item.end < at))
				break;
			else
				item.end++;
		}
		if (item.end >= at)
			break;
		item.end++;
	}
	while (item.end > item.start && line.ptr[item.end - 1] == ' ')
		item.end--;
	return item;
}

static bool opens_brackets(struct str line, size_t at) {
	return byte_at(line, at) == '[' ||
	       (byte_at(line, at) == '{' && byte_at(line, at + 1) != '{');
}

/* The value that holds `at`; empty if `at` stands before it, or in a line that nobody wrote by
 * hand. */
static struct value value_around(struct str text, uint32_t at) {
	size_t first = str_line_start(text, at), last = str_line_end(text, at);
	struct str line = str_slice(text, 0, last);
	size_t start = last - first < LONGEST_LINE ? value_start(line, first) : last;
	if (at < start)
		return (struct value){0};
	bool flow = opens_brackets(line, start);
	size_t closed = flow ? skip_brackets(line, start) : STR_NONE;
	if (flow && (closed == STR_NONE || at < closed))
		return flow_item(line, start + 1, at);
	return (struct value){start, value_end(line, start), false};
}

static bool contains(struct str text, const char *needle) {
	return str_find(text, needle, 0) != STR_NONE;
}

/* In brackets `1 b: 2` is more likely a missing comma than a text. */
static bool contains_colon(struct str value, bool flow) {
	size_t colon = str_find(value, ": ", 0), blank = str_find(value, " ", 0);
	return colon == STR_NONE ? str_ends(value, ":") : !flow || colon < blank;
}

/* Why the value has to be quoted, or NULL. */
static const char *reason(struct arena *arena, struct str value, bool flow) {
	if (value.len == 0)
		return NULL;
	if (strchr("\"'", *value.ptr)) {
		size_t end = skip_quoted(value, 0);
		return end != STR_NONE && end < value.len ? "goes on behind its closing quote"
							  : NULL;
	}
	if (str_starts(value, "{{"))
		return "begins with `{{`";
	if (strchr(INDICATORS, *value.ptr))
		return arena_printf(arena,
			*value.ptr == '`' ? "begins with a backtick" : "begins with `%c`",
			*value.ptr);
	if (!flow && opens_brackets(value, 0))
		return *value.ptr == '[' ? "goes on behind its closing `]`"
					 : "goes on behind its closing `}`";
	if (flow && contains(value, "${"))
		return "contains `${` inside brackets";
	if (flow && contains(value, "{{"))
		return "contains `{{` inside brackets";
	return contains_colon(value, flow) ? "contains `: `" : NULL;
}

/* In double quotes if nothing in it would have to be escaped there, else in single ones. */
static struct str quoted(struct arena *arena, struct str value) {
	char first = *value.ptr;
	if (value.len > 1 && strchr("\"'", first) && value.ptr[value.len - 1] == first)
		value = str_slice(value, 1, value.len - 1);
	if (!memchr(value.ptr, '"', value.len) && !memchr(value.ptr, '\\', value.len))
		return str_from(arena_printf(arena, "\"%.*s\"", STR_ARGS(value)));
	char *text = arena_alloc(arena, value.len * 2 + 3), *out = text;
	*out++ = '\'';
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\'')
			*out++ = '\'';
		*out++ = value.ptr[i];
	}
	*out++ = '\'';
	return (struct str){text, (size_t)(out - text)};
}

struct str yaml_quoted(struct compile *c, struct span *at) {
	struct str text = c->sources.items[at->source]->text;
	struct value value = value_around(text, at->start);
	if (value.start == at->start && value.end > value.start)
		at->end = (uint32_t)value.end;
	return quoted(c->arena, str_slice(text, at->start, at->end));
}

bool yaml_needs_quotes(struct compile *c, uint32_t source, uint32_t at) {
	struct str text = c->sources.items[source]->text;
	struct value value = value_around(text, at);
	struct str written = str_slice(text, value.start, value.end);
	const char *why = reason(c->arena, written, value.flow);
	if (!why)
		return false;
	struct span span = {source, (uint32_t)value.start, (uint32_t)value.end};
	struct diagnostic *d = diag_add(c, E0105, span, "a value that %s needs quotes", why);
	struct str mended = quoted(c->arena, written);
	if (mended.len <= 80)
		diag_help(c, d, "write `%.*s`", STR_ARGS(mended));
	diag_fix(c, d, span, mended);
	return true;
}

/* A tab among the blanks that a line begins with. */
static bool report_tab(struct compile *c, uint32_t source, uint32_t at) {
	struct str text = c->sources.items[source]->text;
	size_t start = str_line_start(text, at), end = str_skip_blanks(text, start);
	const char *tab = memchr(text.ptr + start, '\t', end - start);
	if (!tab)
		return false;
	size_t from = (size_t)(tab - text.ptr), to = from;
	while (to < end && text.ptr[to] == '\t')
		to++;
	struct span span = {source, (uint32_t)from, (uint32_t)to};
	struct diagnostic *d = diag_add(c, E0106, span, "this line is indented with a tab");
	diag_help(c, d, "YAML takes spaces only: two for each level");
	struct buf spaces = BUF(SOURCE_MAX_BYTES);
	for (size_t i = from; i < to; i++)
		buf_puts(&spaces, "  ");
	diag_fix(c, d, span, buf_str(&spaces));
	buf_free(&spaces);
	return true;
}

/* What libyaml says, and what we say instead. */
struct wording {
	const char *context;    /* NULL: any */
	const char *problem;
	bool at_context; /* the cause stands where the context began, up to the end of that line */
	const char *text;
	const char *note;       /* at the context */
	const char *help;
};

static const struct wording wordings[] = {
	{"while scanning a simple key", "could not find expected ':'", true,
		"this line is no `key: value`", NULL, "write `: ` with a space behind the key, or indent what"
		" belongs to the value above"},
	{"while scanning a quoted scalar", "found unexpected end of stream", true,
		"this quote is never closed", NULL, NULL},
	{"while scanning a quoted scalar", "found unexpected document indicator", true,
		"this quote is not closed before the document ends", NULL, NULL},
	{NULL, "found unknown escape character", false,
		"this escape is unknown in double quotes", NULL,
		"write `\\\\` for a backslash, or use single quotes"},
	{NULL, "did not find expected hexdecimal number", false,
		"hexadecimal digits are missing in this escape", NULL,
		"write `\\\\` for a backslash, or use single quotes"},
	{NULL, "found invalid Unicode character escape code", false,
		"this escape is no Unicode character", NULL, NULL},
	{"while parsing a block mapping", "did not find expected key", false,
		"a key of the map should stand here", "the map begins here", "check the indentation of this line"},
	{"while parsing a block collection", "did not find expected '-' indicator", false,
		"an item `- ` of the list should stand here", "the list begins here",
		"check the indentation of this line"},
	{"while parsing a flow sequence", "did not find expected ',' or ']'", false,
		"`,` or `]` should stand here", "the list begins here", NULL},
	{"while parsing a flow mapping", "did not find expected ',' or '}'", false,
		"`,` or `}` should stand here", "the map begins here", NULL},
	{NULL, "did not find expected node content", false, "a value should stand here", NULL, NULL},
	{NULL, "mapping values are not allowed in this context", false,
		"a key is not expected here", NULL, "check the indentation of this line against the one above"},
	{NULL, "block sequence entries are not allowed in this context", false,
		"a list item is not expected here", NULL, "begin the list on a line of its own below its key"},
	{NULL, "mapping keys are not allowed in this context", false,
		"`?` is not expected here", NULL, "put quotes around a value that begins with it"},
	{NULL, "did not find expected <document start>", false,
		"the definition has ended above, so nothing is expected here", NULL,
		"check the indentation of this line against the first one"},
	{NULL, "found undefined tag handle", false, "tags are not part of the language", NULL,
		"put quotes around a value that begins with `!`"},
	{NULL, "found an indentation indicator equal to 0", false,
		"the number behind `|` or `>` cannot be 0", NULL, "leave it out"},
	{"while scanning a directive", NULL, true, "a `%` at the start of a line begins a YAML directive", NULL,
		"put quotes around a key that begins with it"},
	{NULL, "found incompatible YAML document", false, "only YAML 1.1 and 1.2 can be read", NULL, NULL},
	{NULL, "found character that cannot start any token", false, "this character cannot begin a value", NULL,
		"put the value in quotes"},
};

static bool matches(const struct wording *wording, const struct yaml_error *error) {
	return (!wording->context ||
		       (error->context && strcmp(wording->context, error->context) == 0)) &&
	       (!wording->problem || strcmp(wording->problem, error->problem) == 0);
}

/* The character at `at`, or nothing at the end of a line. */
static struct span character_at(struct str text, uint32_t source, uint32_t at) {
	size_t len = at < text.len && !strchr("\r\n", text.ptr[at])
			     ? utf8_length(text.ptr + at, text.len - at)
			     : 0;
	return (struct span){source, at, at + (uint32_t)len};
}

static void report_wording(struct compile *c, uint32_t source, const struct yaml_error *error,
	const struct wording *wording) {
	struct str text = c->sources.items[source]->text;
	struct span at = character_at(text, source, error->at);
	if (wording->at_context)
		at = (struct span){source, error->context_at,
			(uint32_t)value_end(str_slice(text, 0, str_line_end(text, error->context_at)),
				error->context_at)};
	struct diagnostic *d = diag_add(c, E0104, at, "%s", wording->text);
	if (wording->note)
		diag_note(c, d, character_at(text, source, error->context_at), "%s", wording->note);
	if (wording->help)
		diag_help(c, d, "%s", wording->help);
}

static void report_character(struct compile *c, uint32_t source, const struct yaml_error *error) {
	struct span at = {source, error->at, error->at + 1};
	if (contains(str_from(error->problem), "UTF-8"))
		diag_add(c, E0103, at, "byte 0x%02x is not valid UTF-8 here",
			(unsigned)error->value);
	else
		diag_add(c, E0103, at, "the character U+%04X is not allowed in YAML",
			(unsigned)error->value);
}

void yaml_report(struct compile *c, uint32_t source, const struct yaml_error *error) {
	if (error->value) {
		report_character(c, source, error);
		return;
	}
	struct str text = c->sources.items[source]->text;
	bool directive = byte_at(text, str_line_start(text, error->at)) == '%';
	if (report_tab(c, source, error->at) ||
		(!directive && yaml_needs_quotes(c, source, error->at)))
		return;
	for (size_t i = 0; i < COUNT_OF(wordings); i++) {
		if (matches(&wordings[i], error)) {
			report_wording(c, source, error, &wordings[i]);
			return;
		}
	}
	struct span at = character_at(text, source, error->at);
	diag_add(c, E0104, at, "this is not well-formed YAML: %s%s%s", error->problem,
		error->context ? " " : "", error->context ? error->context : "");
}
