/* JSON Schema from the tables of keys, for editors. It says what can be said of a value alone; what
 * depends on another place (columns, names, servers) is left to `mbc validate`. */
#include <math.h>

#include "compiler/model/keys.h"

/* Wherever a scalar is read, a variable may stand, and libyaml gives `${name}` as text. */
#define VARIABLE "\\$\\{[^}]*\\}"

static json_t *text_like(const char *pattern) {
	return json_pack("{s:s,s:s}", "type", "string", "pattern", pattern);
}

/* A scalar that YAML may take for a text, a number, a boolean or (as 2026-01-31) a date. */
static json_t *scalar_schema(void) {
	return json_pack("{s:[s,s,s]}", "type", "string", "number", "boolean");
}

static json_t *words_schema(const struct word *words) {
	json_t *list = json_array();
	for (const struct word *word = words; word->name; word++)
		json_array_append_new(list, json_string(word->name));
	return json_pack("{s:[{s:o},o]}", "anyOf", "enum", list, text_like(VARIABLE));
}

static json_t *boolean_schema(void) {
	return json_pack("{s:[{s:s},{s:[s,s,s,s,s,s]},o]}", "anyOf", "type", "boolean", "enum",
		"true", "false", "yes", "no", "on", "off", text_like(VARIABLE));
}

static json_t *number_schema(const struct key *key) {
	json_t *number =
		json_pack("{s:s}", "type", key->type == KEY_INTEGER ? "integer" : "number");
	bool any = key->min == 0 && key->max == 0;
	if (!any)
		json_object_set_new(number, "minimum", json_real(key->min));
	if (!any && key->max != 0 && !isinf(key->max))
		json_object_set_new(number, "maximum", json_real(key->max));
	const char *digits = key->type == KEY_INTEGER ? "^-?[0-9]+$|" VARIABLE
						      : "^-?[0-9.]+([eE][-+]?[0-9]+)?$|" VARIABLE;
	return json_pack("{s:[o,o]}", "anyOf", number, text_like(digits));
}

static json_t *colour_schema(void) {
	json_t *list = json_array();
	for (const struct word *word = colour_words; word->name; word++)
		json_array_append_new(list, json_string(word->name));
	return json_pack("{s:[{s:o},o]}", "anyOf", "enum", list,
		text_like("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$|" VARIABLE));
}

static json_t *value_schema(const struct key *key);

static json_t *map_schema(const struct key *key) {
	const struct key *const groups[] = {key->keys, NULL};
	json_t *map = keys_schema(groups);
	const struct key *shorthand =
		key->shorthand ? keys_find(groups, str_from(key->shorthand)) : NULL;
	return shorthand ? json_pack("{s:[o,o]}", "anyOf", map, value_schema(shorthand)) : map;
}

static json_t *one_schema(const struct key *key) {
	switch (key->type) {
	case KEY_TEXT:
	case KEY_COLUMN:
		return scalar_schema();
	case KEY_WORD:
		return words_schema(key->words);
	case KEY_BOOLEAN:
		return boolean_schema();
	case KEY_INTEGER:
	case KEY_NUMBER:
		return number_schema(key);
	case KEY_COLOUR:
		return colour_schema();
	case KEY_SIZE:
		return text_like("^[0-9]+x[0-9]+$|" VARIABLE);
	case KEY_FIELD:
		return text_like("^[^.]+(\\.[^.]+)+$|" VARIABLE);
	case KEY_MAP:
		return map_schema(key);
	case KEY_ANY:
		return key->schema ? key->schema() : json_object();
	}
	return json_object();
}

/* Without the words about it: shape and type. */
static json_t *value_schema(const struct key *key) {
	json_t *one = one_schema(key);
	if (key->shape == KEY_LIST) {
		json_t *list =
			json_pack("{s:s,s:O,s:i}", "type", "array", "items", one, "minItems", 1);
		one = json_pack("{s:[o,o]}", "anyOf", one, list);
	} else if (key->shape == KEY_ENTRIES) {
		one = json_pack("{s:s,s:o}", "type", "object", "additionalProperties", one);
	}
	return key->allow_null ? json_pack("{s:[o,{s:s}]}", "anyOf", one, "type", "null") : one;
}

json_t *key_schema(const struct key *key) {
	json_t *schema = value_schema(key);
	if (key->doc) {
		char version[40] = "";
		if (key->since)
			snprintf(
				version, sizeof(version), " (Metabase 0.%d and newer)", key->since);
		json_object_set_new(schema, "description", json_sprintf("%s%s", key->doc, version));
	}
	return schema;
}

json_t *keys_schema(const struct key *const *groups) {
	json_t *properties = json_object(), *required = json_array();
	for (; *groups; groups++) {
		for (const struct key *key = *groups; key->name; key++) {
			json_object_set_new(properties, key->name, key_schema(key));
			if (key->required)
				json_array_append_new(required, json_string(key->name));
		}
	}
	json_t *schema = json_pack("{s:s,s:o,s:b}", "type", "object", "properties", properties,
		"additionalProperties", 0);
	if (json_array_size(required) > 0)
		json_object_set(schema, "required", required);
	json_decref(required);
	return schema;
}
