/* Binding: a YAML map and the tables of keys it may hold go in, values by row come out. Every rule
 * that a row can say (type, words, range, shorthand, oldest server) is kept here, once, so that a
 * chart or a filter is a table and a mistake is reported in the same words wherever it is made. */
#include "compiler/model/keys.h"

#include <math.h>
#include <stdarg.h>

#include "compiler/model/project.h"
#include "runtime/buf.h"
#include "runtime/suggest.h"

#define SHOWN_BYTES 40  /* of a value, in a message */

const struct word colour_words[] = {
	{"blue", "#509EE3"},
	{"green", "#88BF4D"},
	{"purple", "#A989C5"},
	{"red", "#EF8C8C"},
	{"yellow", "#F9D45C"},
	{"orange", "#F2A86F"},
	{"cyan", "#98D9D9"},
	{"indigo", "#7172AD"},
	{"good", "#689735"},
	{"warn", "#E8B921"},
	{"bad", "#E3595E"},
	{"white", "#FFFFFF"},
	{"grey", "#F2F2F3"},
	{0}
};

static bool is_name(const char *name, struct str text) {
	return strncmp(name, text.ptr, text.len) == 0 && name[text.len] == '\0';
}

const struct key *keys_find(const struct key *const *groups, struct str name) {
	if (name.len == 0)
		return NULL;
	for (; *groups; groups++) {
		for (const struct key *key = *groups; key->name; key++) {
			if (key->name[0] == name.ptr[0] && is_name(key->name, name))
				return key;
		}
	}
	return NULL;
}

static const struct word *word_find(const struct word *words, struct str name) {
	if (name.len == 0)
		return NULL;
	for (; words->name; words++) {
		if (is_name(words->name, name))
			return words;
	}
	return NULL;
}

const char *node_shown(struct compile *c, const struct node *node) {
	if (node->type != NODE_SCALAR)
		return node_type_name(node);
	struct str text = str_trim(node->scalar.text);
	size_t len = 0;
	while (len < text.len && len < SHOWN_BYTES && text.ptr[len] != '\n') {
		size_t step = utf8_length(text.ptr + len, text.len - len);
		len += step ? step : 1;
	}
	return arena_printf(c->arena, "`%.*s%s`", (int)len, text.ptr ? text.ptr : "",
		len < text.len ? "…" : "");
}

/* "a whole number from 0 to 20", "one of …": what a key takes, for a message. */
static const char *type_phrase(struct compile *c, const struct key *key) {
	switch (key->type) {
	case KEY_TEXT:
		return "a text";
	case KEY_WORD:
		return "a word";
	case KEY_BOOLEAN:
		return "`true` or `false`";
	case KEY_INTEGER:
		return "a whole number";
	case KEY_NUMBER:
		return "a number";
	case KEY_COLUMN:
		return "the name of a column";
	case KEY_COLOUR:
		return "a colour";
	case KEY_SIZE:
		return "a size such as `6x4`";
	case KEY_FIELD:
		return "`table.column`";
	case KEY_MAP:
		return key->shorthand
			       ? arena_printf(c->arena, "a map, or its `%s` alone", key->shorthand)
			       : "a map";
	case KEY_ANY:
		return "a value";
	}
	return "a value";
}

/* The key as it is written: `goal: high` is about `goal`, though it is short for `goal: {value:
 * high}`. */
static const char *written_name(struct compile *c, const struct key *key, const struct value *value) {
	if (value->item || !value->name)
		return key->name;
	return arena_cstr(c->arena, value->name->scalar.text);
}

static struct diagnostic *wrong_type(
	struct compile *c, const struct key *key, struct value *value) {
	value->bad = true;
	return diag_add(c, E0202, value->node->at, "`%s` takes %s, found %s",
		written_name(c, key, value), type_phrase(c, key), node_shown(c, value->node));
}

bool need_version(struct compile *c, int since, struct span at, const char *what) {
	if (since == 0 || !c->project || c->project->metabase >= since)
		return true;
	struct diagnostic *d =
		diag_add(c, E0207, at, "%s needs Metabase 0.%d, the project says `metabase: 0.%d`",
			what, since, c->project->metabase);
	diag_help(c, d,
		"leave it out, or raise `metabase:` in `mbc.yaml` if every server is new enough");
	return false;
}

static void list_words(struct compile *c, struct diagnostic *d, const struct word *words) {
	struct buf list = BUF(1 << 12);
	for (const struct word *word = words; word->name; word++)
		buf_printf(&list, "%s`%s`", list.len ? ", " : "", word->name);
	diag_help(c, d, "allowed: %.*s", STR_ARGS(buf_str(&list)));
	buf_free(&list);
}

void report_word(
	struct compile *c, const struct node *node, const char *key, const struct word *words) {
	struct suggest near = suggest_start(node->scalar.text);
	for (const struct word *word = words; word->name; word++)
		suggest_offer(&near, str_from(word->name));
	struct diagnostic *d =
		diag_add(c, E0203, node->at, "`%s` does not take %s", key, node_shown(c, node));
	diag_suggest(c, d, node->at, &near);
	list_words(c, d, words);
}

static void bind_word(struct compile *c, const struct key *key, struct value *out) {
	out->word = word_find(key->words, out->node->scalar.text);
	if (!out->word) {
		report_word(c, out->node, written_name(c, key, out), key->words);
		out->bad = true;
		return;
	}
	if (out->word->since)
		out->bad = !need_version(c, out->word->since, out->node->at,
			arena_printf(c->arena, "`%s: %s`", key->name, out->word->name));
}

static void bind_boolean(struct compile *c, const struct key *key, struct value *out) {
	static const struct {
		const char *name;
		bool value;
	} spellings[] = {
		{"true", true}, {"false", false}, {"yes", true}, {"no", false}, {"on", true}, {"off", false},
	};
	struct suggest near = suggest_start(out->node->scalar.text);
	for (size_t i = 0; i < COUNT_OF(spellings); i++) {
		if (str_is(out->node->scalar.text, spellings[i].name)) {
			out->boolean = spellings[i].value;
			return;
		}
	}
	for (size_t i = 0; i < COUNT_OF(spellings); i++)
		suggest_offer(&near, str_from(spellings[i].name));
	diag_suggest(c, wrong_type(c, key, out), out->node->at, &near);
}

static void check_range(
	struct compile *c, const struct key *key, double number, struct value *out) {
	bool open = key->max == 0 || isinf(key->max);
	if ((key->min == 0 && key->max == 0) ||
		(number >= key->min && (open || number <= key->max)))
		return;
	out->bad = true;
	const char *shown = node_shown(c, out->node);
	if (open)
		diag_add(c, E0204, out->node->at, "`%s` is at least %g, found %s",
			written_name(c, key, out), key->min, shown);
	else
		diag_add(c, E0204, out->node->at, "`%s` is between %g and %g, found %s",
			written_name(c, key, out), key->min, key->max, shown);
}

static void bind_integer(struct compile *c, const struct key *key, struct value *out) {
	struct str text = out->node->scalar.text;
	if (str_integer(text, &out->integer)) {
		check_range(c, key, (double)out->integer, out);
		return;
	}
	struct diagnostic *d = wrong_type(c, key, out);
	double number;
	if (!str_number(text, &number) || number != floor(number) || fabs(number) > 1e15)
		return;
	const char *whole = arena_printf(c->arena, "%.0f", number);
	diag_help(c, d, "write `%s`", whole);
	diag_fix(c, d, out->node->at, str_from(whole));
}

static void bind_number(struct compile *c, const struct key *key, struct value *out) {
	if (str_number(out->node->scalar.text, &out->number))
		check_range(c, key, out->number, out);
	else
		wrong_type(c, key, out);
}

static bool all_hex(struct str digits) {
	for (size_t i = 0; i < digits.len; i++) {
		char ch = digits.ptr[i];
		if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f') ||
			    (ch >= 'A' && ch <= 'F')))
			return false;
	}
	return true;
}

bool colour_parse(struct arena *arena, struct str text, struct str *hex) {
	const struct word *word = word_find(colour_words, text);
	if (word) {
		*hex = str_from(word->raw);
		return true;
	}
	if ((text.len != 4 && text.len != 7) || text.ptr[0] != '#' ||
		!all_hex(str_slice(text, 1, text.len)))
		return false;
	char *full = arena_alloc(arena, 8);
	full[0] = '#';
	for (size_t i = 0; i < 6; i++) {
		char ch = text.ptr[text.len == 7 ? 1 + i : 1 + i / 2];
		full[1 + i] = (char)(ch >= 'a' ? ch - 'a' + 'A' : ch);
	}
	*hex = (struct str){full, 7};
	return true;
}

static void bind_colour(struct compile *c, const struct key *key, struct value *out) {
	if (colour_parse(c->arena, out->node->scalar.text, &out->text))
		return;
	report_word(c, out->node, key->name, colour_words);
	diag_help(c, c->diagnostics.items[c->diagnostics.count - 1],
		"or a colour such as `\"#509EE3\"`");
	out->bad = true;
}

static void bind_size(struct compile *c, const struct key *key, struct value *out) {
	struct str rest = out->node->scalar.text, width, height;
	long long wide = 0, high = 0;
	bool good = str_split(&rest, 'x', &width) && str_split(&rest, 'x', &height) &&
		    rest.len == 0 && str_integer(width, &wide) && str_integer(height, &high);
	if (!good) {
		diag_help(
			c, wrong_type(c, key, out), "write columns `x` rows, of 24 columns: `6x4`");
		return;
	}
	if (wide < 1 || wide > 24 || high < 1 || high > 1000) {
		out->bad = true;
		diag_add(c, E0204, out->node->at,
			"a size is 1 to 24 columns wide and 1 to 1000 rows high, found %s",
			node_shown(c, out->node));
		return;
	}
	out->size.width = (unsigned)wide;
	out->size.height = (unsigned)high;
}

static bool may_name(char ch) {
	switch (ch) {
	case '`':
	case '\'':
	case '"':
	case '(':
	case ')':
	case '[':
	case ']':
	case ',':
	case ';':
		return false;
	}
	return (unsigned char)ch > ' ';
}

static void bind_field(struct compile *c, const struct key *key, struct value *out) {
	struct str rest = out->node->scalar.text, part;
	size_t parts = 0;
	bool good = rest.len > 0 && !str_ends(rest, ".");
	while (good && str_split(&rest, '.', &part)) {
		parts++;
		for (size_t i = 0; i < part.len; i++)
			good = good && may_name(part.ptr[i]);
		good = good && part.len > 0;
	}
	if (good && parts >= 2) {
		out->text = out->node->scalar.text;
		return;
	}
	struct diagnostic *d = wrong_type(c, key, out);
	if (parts == 1 && good)
		diag_help(c, d, "say which table it is in: `TABLE.%.*s`",
			STR_ARGS(out->node->scalar.text));
	else
		diag_help(c, d,
			"write it without quotes or blanks; a third part in front names the "
			"dataset");
}

static void bind_text(struct compile *c, const struct key *key, struct value *out) {
	(void)c, (void)key;
	out->text = out->node->scalar.text;
}

static void bind_column(struct compile *c, const struct key *key, struct value *out) {
	out->text = out->node->scalar.text;
	if (str_trim(out->text).len == 0)
		wrong_type(c, key, out);
}

static void bind_any(struct compile *c, const struct key *key, struct value *out) {
	(void)c, (void)key, (void)out;
}

static void bind_map(struct compile *c, const struct key *key, struct value *out);

/* By type: does it take a scalar, and what reads it. */
static const struct {
	bool scalar;
	void (*bind)(struct compile *c, const struct key *key, struct value *out);
} types[] = {
	[KEY_TEXT] = {true, bind_text},
	[KEY_WORD] = {true, bind_word},
	[KEY_BOOLEAN] = {true, bind_boolean},
	[KEY_INTEGER] = {true, bind_integer},
	[KEY_NUMBER] = {true, bind_number},
	[KEY_COLUMN] = {true, bind_column},
	[KEY_COLOUR] = {true, bind_colour},
	[KEY_SIZE] = {true, bind_size},
	[KEY_FIELD] = {true, bind_field},
	[KEY_MAP] = {false, bind_map},
	[KEY_ANY] = {false, bind_any},
};

static void report_null(struct compile *c, const struct key *key, struct value *out) {
	out->bad = true;
	struct span at = out->node->at.end > out->node->at.start || !out->name ? out->node->at
									       : out->name->at;
	struct diagnostic *d = diag_add(c, E0206, at, "`%s` has no value", key->name);
	if (key->type == KEY_COLOUR)
		diag_help(c, d,
			"`#` starts a comment in YAML: put quotes around the colour, \"#509EE3\"");
	else
		diag_help(c, d, "write %s, or leave the key out", type_phrase(c, key));
}

static void bind_one(struct compile *c, const struct key *key, struct value *out) {
	if (out->node->bad) {
		out->bad = true;
		return;
	}
	if (node_is_null(out->node)) {
		if (!key->allow_null)
			report_null(c, key, out);
		return;
	}
	if (types[key->type].scalar && out->node->type != NODE_SCALAR)
		wrong_type(c, key, out);
	else
		types[key->type].bind(c, key, out);
	if (!out->bad && key->check)
		key->check(c, out);
}

static void bind_list(struct compile *c, const struct key *key, struct value *out) {
	struct node *node = out->node;
	bool many = node->type == NODE_SEQ;
	size_t count = many ? node->seq.count : 1;
	if (many && count == 0) {
		out->bad = true;
		diag_add(c, E0206, node->at, "`%s` is an empty list", key->name);
		return;
	}
	out->list = (struct values){arena_array(c->arena, struct value, count), count, node};
	for (size_t i = 0; i < count; i++) {
		struct value *item = &out->list.items[i];
		*item = (struct value){.key = key,
			.item = true,
			.name = out->name,
			.node = many ? node->seq.items[i] : node};
		bind_one(c, key, item);
		out->bad = out->bad || item->bad;
	}
}

static void bind_entries(struct compile *c, const struct key *key, struct value *out) {
	struct node *node = out->node;
	if (node->type != NODE_MAP) {
		out->bad = true;
		diag_add(c, E0202, node->at, "`%s` takes a map from names to %s, found %s",
			key->name, type_phrase(c, key), node_shown(c, node));
		return;
	}
	out->list = (struct values){
		arena_array(c->arena, struct value, node->map.count), node->map.count, node};
	for (size_t i = 0; i < node->map.count; i++) {
		struct value *item = &out->list.items[i];
		struct pair *pair = &node->map.pairs[i];
		*item = (struct value){
			.key = key, .item = true, .name = pair->key, .node = pair->value};
		bind_one(c, key, item);
		out->bad = out->bad || item->bad;
	}
}

void key_bind(struct compile *c, const struct key *key, struct node *name, struct node *node,
	struct value *out) {
	*out = (struct value){.key = key, .name = name, .node = node};
	struct span at = name ? name->at : node->at;
	if (key->since &&
		!need_version(c, key->since, at, arena_printf(c->arena, "`%s`", key->name))) {
		out->bad = true;
		return;
	}
	if (key->shape == KEY_ONE || node->bad || node_is_null(node))
		bind_one(c, key, out);
	else if (key->shape == KEY_LIST)
		bind_list(c, key, out);
	else
		bind_entries(c, key, out);
}

/* Whose keys are bound: in words, a kind and a name, or the value whose map it is. Said only when
 * something is wrong. */
struct owner {
	const char *what;
	const char *kind;
	const struct node *name;
	const struct value *value;
};

static const char *owner_phrase(struct compile *c, const struct owner *owner) {
	if (owner->what)
		return owner->what;
	if (owner->kind)
		return arena_printf(
			c->arena, "%s `%.*s`", owner->kind, STR_ARGS(owner->name->scalar.text));
	const struct value *value = owner->value;
	if (!value->item || value->key->shape != KEY_ENTRIES)
		return arena_printf(c->arena, "`%s`", value->key->name);
	return arena_printf(
		c->arena, "`%.*s` in `%s`", STR_ARGS(value->name->scalar.text), value->key->name);
}

static void report_unknown(struct compile *c, const struct key *const *groups, struct node *name,
	const struct owner *owner) {
	struct suggest near = suggest_start(name->scalar.text);
	size_t count = 0;
	struct buf known = BUF(1 << 12);
	for (const struct key *const *group = groups; *group; group++) {
		for (const struct key *key = *group; key->name; key++) {
			suggest_offer(&near, str_from(key->name));
			buf_printf(&known, "%s`%s`", count++ ? ", " : "", key->name);
		}
	}
	struct diagnostic *d = diag_add(c, E0201, name->at, "%s has no key %s",
		owner_phrase(c, owner), node_shown(c, name));
	diag_suggest(c, d, name->at, &near);
	if (suggest_best(&near).len == 0 && count > 0)
		diag_help(c, d, "its keys: %.*s", STR_ARGS(buf_str(&known)));
	buf_free(&known);
	name->bad = true;
}

static bool is_written(const struct values *values, const struct key *key) {
	for (size_t i = 0; i < values->count; i++) {
		if (values->items[i].key == key)
			return true;
	}
	return false;
}

static bool report_missing(struct compile *c, const struct key *const *groups,
	const struct values *values, const struct node *name, const struct owner *owner) {
	bool good = true;
	for (; *groups; groups++) {
		for (const struct key *key = *groups; key->name; key++) {
			if (!key->required || is_written(values, key))
				continue;
			struct diagnostic *d =
				diag_add(c, E0205, name ? name->at : values->node->at,
					"%s needs `%s`", owner_phrase(c, owner), key->name);
			if (key->example)
				diag_help(c, d, "write `%s: %s`", key->name, key->example);
			else if (key->doc)
				diag_help(c, d, "`%s`: %s", key->name, key->doc);
			good = false;
		}
	}
	return good;
}

static bool bind_keys(struct compile *c, const struct key *const *groups, const struct node *name,
	struct node *map, const struct owner *owner, struct values *out) {
	*out = (struct values){.node = map};
	if (map->bad)
		return false;
	if (map->type != NODE_MAP) {
		diag_add(c, E0202, map->at, "%s takes a map, found %s", owner_phrase(c, owner),
			node_shown(c, map));
		map->bad = true;
		return false;
	}
	bool good = true;
	out->items = arena_array(c->arena, struct value, map->map.count);
	for (size_t i = 0; i < map->map.count; i++) {
		struct pair *pair = &map->map.pairs[i];
		const struct key *key =
			pair->key->bad ? NULL : keys_find(groups, pair->key->scalar.text);
		if (!key && !pair->key->bad)
			report_unknown(c, groups, pair->key, owner);
		if (!key) {
			good = false;
			continue;
		}
		struct value *value = &out->items[out->count++];
		key_bind(c, key, pair->key, pair->value, value);
		good = good && !value->bad;
	}
	return report_missing(c, groups, out, name, owner) && good;
}

bool keys_bind_named(struct compile *c, const struct key *const *groups, const struct node *name,
	struct node *map, const char *what, struct values *out) {
	const struct owner owner = {.what = what};
	return bind_keys(c, groups, name, map, &owner, out);
}

bool keys_bind_thing(struct compile *c, const struct key *const *groups, const char *kind,
	const struct node *name, struct node *map, struct values *out) {
	const struct owner owner = {.kind = kind, .name = name};
	return bind_keys(c, groups, name, map, &owner, out);
}

bool keys_bind(struct compile *c, const struct key *const *groups, struct node *map,
	const char *what, struct values *out) {
	return keys_bind_named(c, groups, NULL, map, what, out);
}

/* A bare scalar or list stands for the map's `shorthand` key. */
static void bind_map(struct compile *c, const struct key *key, struct value *out) {
	const struct key *groups[] = {key->keys, NULL};
	if (out->node->type == NODE_MAP) {
		const struct owner owner = {.value = out};
		const struct node *at = out->item && key->shape == KEY_LIST ? NULL : out->name;
		out->bad = !bind_keys(c, groups, at, out->node, &owner, &out->map);
		return;
	}
	const struct key *shorthand =
		key->shorthand ? keys_find(groups, str_from(key->shorthand)) : NULL;
	if (!shorthand || (out->node->type == NODE_SEQ && shorthand->shape != KEY_LIST)) {
		wrong_type(c, key, out);
		return;
	}
	out->map = (struct values){arena_new(c->arena, struct value), 1, out->node};
	key_bind(c, shorthand, out->name, out->node, &out->map.items[0]);
	out->bad = out->map.items[0].bad;
}
