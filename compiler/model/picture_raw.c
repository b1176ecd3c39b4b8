/* `settings:`: the server's settings under their own names, for what the language has no word for.
 * The server takes anything and says nothing, so each name is looked up in what the chart's picture
 * reads, and a name that is unknown, belongs to other charts or has no effect is refused. */
#include "compiler/model/picture_parts.h"

#include "runtime/buf.h"
#include "runtime/suggest.h"

static const struct raw_key common[] = {
	{"column_settings", RAW_MAP},
	{"click_behavior", RAW_MAP},
	{"version", RAW_ANY, .ignored = "the server writes it"},
	{"visualization", RAW_ANY, .ignored = "it mixes several cards in one, which is not in the language"},
	{"virtual_card", RAW_ANY, .ignored = "write a `heading`, `text`, `link` or `iframe`"},
	{0}
};
static const struct raw_key of_places[] = {
	{"card.title", RAW_TEXT},
	{"card.description", RAW_TEXT},
	{"card.hide_empty", RAW_BOOLEAN},
	{"dashcard.background", RAW_BOOLEAN},
	{0}
};
static const struct raw_key *const of_card[] = {common, NULL};
static const struct raw_key *const of_placement[] = {common, of_places, NULL};

static const struct raw_key *find(const struct raw_key *const *tables, struct str name) {
	for (; tables && *tables; tables++) {
		for (const struct raw_key *row = *tables; row->name; row++) {
			if (str_is(name, row->name))
				return row;
		}
	}
	return NULL;
}

static const struct raw_key *row_of(const struct chart_type *type, struct str name, bool placed) {
	const struct raw_key *row = find(placed ? of_placement : of_card, name);
	return row ? row : find(type->reads, name);
}

static void offer(struct suggest *near, const struct raw_key *const *tables) {
	for (; tables && *tables; tables++) {
		for (const struct raw_key *row = *tables; row->name; row++)
			suggest_offer(near, str_from(row->name));
	}
}

/* Names whose last part begins with _ are worked out in the browser. */
static bool is_computed(struct str name) {
	size_t last = 0;
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '.')
			last = i + 1;
	}
	return last < name.len && name.ptr[last] == '_';
}

static void report_unknown(
	struct compile *c, const struct chart_type *type, const struct node *name, bool placed) {
	struct suggest near = suggest_start(name->scalar.text);
	if (!placed && find(of_placement, name->scalar.text)) {
		struct diagnostic *d = diag_add(c, E0421, name->at,
			"`%.*s` belongs to a place on a dashboard", STR_ARGS(name->scalar.text));
		diag_help(c, d, "write it in `settings` of the item of the layout");
		return;
	}
	for (const struct chart_type *const *other = c->chart_types; other && *other; other++) {
		if (!find((*other)->reads, name->scalar.text))
			continue;
		diag_add(c, E0421, name->at, "a `%s` does not read `%.*s`", type->name,
			STR_ARGS(name->scalar.text));
		return;
	}
	offer(&near, placed ? of_placement : of_card);
	offer(&near, type->reads);
	struct diagnostic *d =
		diag_add(c, E0420, name->at, "the server has no setting %s", node_shown(c, name));
	diag_suggest(c, d, name->at, &near);
}

static bool type_fits(enum raw_type type, const json_t *value) {
	switch (type) {
	case RAW_ANY:
		return true;
	case RAW_BOOLEAN:
		return json_is_boolean(value);
	case RAW_INTEGER:
		return json_is_integer(value);
	case RAW_NUMBER:
		return json_is_number(value);
	case RAW_TEXT:
	case RAW_COLOUR:
	case RAW_COLUMN:
		return json_is_string(value);
	case RAW_LIST:
		return json_is_array(value);
	case RAW_MAP:
		return json_is_object(value);
	}
	return true;
}

static const char *type_phrase(enum raw_type type) {
	static const char *const phrases[] = {
		[RAW_ANY] = "anything",
		[RAW_BOOLEAN] = "`true` or `false`",
		[RAW_INTEGER] = "a whole number",
		[RAW_NUMBER] = "a number",
		[RAW_TEXT] = "a text",
		[RAW_COLOUR] = "a colour",
		[RAW_COLUMN] = "the name of a column",
		[RAW_LIST] = "a list",
		[RAW_MAP] = "a map",
	};
	return phrases[type];
}

static bool is_text(enum raw_type type) {
	return type == RAW_TEXT || type == RAW_COLOUR || type == RAW_COLUMN;
}

/* The value as the server gets it (new): a text stays one, whatever YAML would make of it. */
static json_t *raw_json(const struct raw_key *row, const struct node *node) {
	if (row && is_text(row->type) && node->type == NODE_SCALAR && !node_is_null(node))
		return json_stringn(
			node->scalar.text.ptr ? node->scalar.text.ptr : "", node->scalar.text.len);
	return node_json(node);
}

static bool is_word(const char *words, const struct node *node) {
	struct str rest = str_from(words), word;
	while (node->type == NODE_SCALAR && str_split(&rest, '|', &word)) {
		bool nothing = str_is(word, "null") && node_is_null(node);
		if (nothing || str_eq(word, node->scalar.text))
			return true;
	}
	return false;
}

static void check_value(struct compile *c, const struct chart *chart, const struct raw_key *row,
	struct node *node) {
	struct str hex;
	if (row->words && !is_word(row->words, node)) {
		struct diagnostic *d = diag_add(c, E0422, node->at, "`%s` does not take %s",
			row->name, node_shown(c, node));
		struct str rest = str_from(row->words), word;
		struct buf list = BUF(1 << 10);
		while (str_split(&rest, '|', &word))
			buf_printf(&list, "%s`%.*s`", list.len ? ", " : "", STR_ARGS(word));
		diag_help(c, d, "allowed: %.*s", STR_ARGS(buf_str(&list)));
		buf_free(&list);
		return;
	}
	json_auto_t *value = raw_json(row, node);
	if (row->words || (json_is_null(value) && row->type != RAW_BOOLEAN))
		return;
	bool good = type_fits(row->type, value);
	if (good && row->type == RAW_COLOUR)
		good = node->scalar.text.ptr[0] == '#' &&
		       colour_parse(c->arena, node->scalar.text, &hex);
	if (!good)
		diag_add(c, E0422, node->at, "`%s` takes %s, found %s", row->name,
			type_phrase(row->type), node_shown(c, node));
	else if (row->type == RAW_COLUMN && chart)
		result_has_column(c, chart, node, row->name);
}

/* `["name","total"]`: compared letter by letter on the server, so nothing else is ever found. */
static void check_column_keys(struct compile *c, const struct node *map) {
	for (size_t i = 0; map->type == NODE_MAP && i < map->map.count; i++) {
		const struct node *name = map->map.pairs[i].key;
		json_auto_t *key =
			json_loadb(name->scalar.text.ptr, name->scalar.text.len, 0, NULL);
		const char *kind = json_string_value(json_array_get(key, 0));
		bool by_name =
			kind && strcmp(kind, "name") == 0 && json_is_string(json_array_get(key, 1));
		bool by_reference = kind && strcmp(kind, "ref") == 0;
		const char *column = by_name ? json_string_value(json_array_get(key, 1)) : NULL;
		const char *wanted = column ? picture_column_key(c->arena, str_from(column)) : NULL;
		if (by_reference || (wanted && str_is(name->scalar.text, wanted)))
			continue;
		struct diagnostic *d = diag_add(
			c, E0422, name->at, "%s is no key of a column", node_shown(c, name));
		if (!wanted)
			wanted = picture_column_key(c->arena, name->scalar.text);
		diag_help(c, d, "write `'%s'`, or use `format:`", wanted);
	}
}

static void check_one(struct compile *c, const struct chart_type *type, const struct chart *chart,
	bool placed, const struct pair *pair) {
	struct node *name = pair->key, *node = pair->value;
	const struct raw_key *row = row_of(type, name->scalar.text, placed);
	if (is_computed(name->scalar.text))
		diag_add(c, E0415, name->at,
			"`%.*s` is worked out in the browser and cannot be set",
			STR_ARGS(name->scalar.text));
	else if (!row)
		report_unknown(c, type, name, placed);
	else if (row->ignored)
		diag_add(c, E0415, name->at, "`%s` has no effect: %s", row->name, row->ignored);
	else if (need_version(c, row->since, name->at, row->name))
		check_value(c, chart, row, node);
	if (row && str_is(name->scalar.text, "column_settings"))
		check_column_keys(c, node);
}

void raw_check(struct compile *c, const struct chart_type *type, const struct chart *chart,
	bool placed, const struct value *settings) {
	struct node *map = settings->node;
	if (map->type != NODE_MAP) {
		diag_add(c, E0202, map->at, "`settings` takes a map, found %s", node_shown(c, map));
		return;
	}
	for (size_t i = 0; i < map->map.count; i++) {
		if (!map->map.pairs[i].key->bad)
			check_one(c, type, chart, placed, &map->map.pairs[i]);
	}
}

static bool merges(const char *name) {
	return strcmp(name, "column_settings") == 0 || strcmp(name, "series_settings") == 0;
}

/* Members of each column or series, one by one. */
static void merge_inside(json_t *into, json_t *from) {
	const char *name;
	json_t *members;
	json_object_foreach(from, name, members) {
		json_t *old = json_object_get(into, name);
		if (json_is_object(old) && json_is_object(members))
			json_object_update(old, members);
		else
			json_object_set(into, name, members);
	}
}

void raw_merge(const struct chart_type *type, const struct value *settings, json_t *into) {
	const struct node *map = settings->node;
	for (size_t i = 0; map->type == NODE_MAP && i < map->map.count; i++) {
		struct str text = map->map.pairs[i].key->scalar.text;
		const struct raw_key *row = row_of(type, text, true);
		json_t *value = raw_json(row, map->map.pairs[i].value);
		json_t *old = json_object_getn(into, text.ptr, text.len);
		if (row && old && merges(row->name) && json_is_object(old) &&
			json_is_object(value)) {
			merge_inside(old, value);
			json_decref(value);
		} else {
			json_object_setn_new(into, text.ptr, text.len, value);
		}
	}
}

static void warn_twice(struct compile *c, const struct node *name) {
	struct diagnostic *d = diag_add(c, W0413, name->at,
		"%s overrides what the chart's own keys set", node_shown(c, name));
	diag_help(c, d, "keep one of the two");
}

/* Of column_settings and series_settings only the members that are there already. */
static void twice_inside(struct compile *c, const struct node *map, const json_t *lowered) {
	for (size_t i = 0; map->type == NODE_MAP && i < map->map.count; i++) {
		struct str name = map->map.pairs[i].key->scalar.text;
		const struct node *members = map->map.pairs[i].value;
		const json_t *old = json_object_getn(lowered, name.ptr, name.len);
		for (size_t j = 0; old && members->type == NODE_MAP && j < members->map.count;
			j++) {
			const struct node *member = members->map.pairs[j].key;
			if (json_object_getn(old, member->scalar.text.ptr, member->scalar.text.len))
				warn_twice(c, member);
		}
	}
}

void raw_check_twice(struct compile *c, const struct value *settings, const json_t *lowered) {
	const struct node *map = settings->node;
	for (size_t i = 0; map->type == NODE_MAP && i < map->map.count; i++) {
		const struct node *name = map->map.pairs[i].key;
		const struct node *value = map->map.pairs[i].value;
		const json_t *old =
			json_object_getn(lowered, name->scalar.text.ptr, name->scalar.text.len);
		if (!old)
			continue;
		const char *text = arena_cstr(c->arena, name->scalar.text);
		if (merges(text))
			twice_inside(c, value, old);
		else
			warn_twice(c, name);
	}
}
