/* Reading bound values: look-ups by name and path, and the JSON that they become. */
#include <math.h>
#include <stdarg.h>

#include "compiler/model/keys.h"

const struct value *values_written(const struct values *values, const char *name) {
	for (size_t i = 0; i < values->count; i++) {
		const char *written = values->items[i].key->name;
		if (written[0] == name[0] && strcmp(written, name) == 0)
			return &values->items[i];
	}
	return NULL;
}

const struct value *values_get(const struct values *values, const char *name) {
	const struct value *value = values_written(values, name);
	return value && !value->bad ? value : NULL;
}

static bool is_plain_map(const struct value *value) {
	bool one = value->item || value->key->shape == KEY_ONE;
	return one && value->key->type == KEY_MAP && !node_is_null(value->node);
}

const struct value *values_path(const struct values *values, const char *name, ...) {
	va_list names;
	va_start(names, name);
	const struct value *value = values_get(values, name);
	for (const char *next; value && (next = va_arg(names, const char *)) != NULL;) {
		value = is_plain_map(value) ? values_get(&value->map, next) : NULL;
	}
	va_end(names);
	return value;
}

struct str values_text(const struct values *values, const char *name, struct str fallback) {
	const struct value *value = values_get(values, name);
	return value && !node_is_null(value->node) ? value->text : fallback;
}

bool values_boolean(const struct values *values, const char *name, bool fallback) {
	const struct value *value = values_get(values, name);
	return value && !node_is_null(value->node) ? value->boolean : fallback;
}

const char *values_word(const struct values *values, const char *name) {
	const struct value *value = values_get(values, name);
	return value && value->word ? value->word->name : NULL;
}

static json_t *string(struct str text) {
	return json_stringn(text.ptr ? text.ptr : "", text.len);
}

/* Whole numbers without a fraction, so that 500 does not become 500.0. */
static json_t *number_json(double number) {
	if (number == floor(number) && fabs(number) < 9007199254740992.0)
		return json_integer((json_int_t)number);
	return json_real(number);
}

static json_t *scalar_json(const struct node *node) {
	struct str text = node->scalar.text;
	long long integer;
	double number;
	if (node->style != NODE_PLAIN)
		return string(text);
	if (node_is_null(node))
		return json_null();
	if (str_is(text, "true") || str_is(text, "false"))
		return json_boolean(text.ptr[0] == 't');
	if (str_integer(text, &integer))
		return json_integer(integer);
	if (str_number(text, &number))
		return number_json(number);
	return string(text);
}

json_t *node_json(const struct node *node) {
	if (node->type == NODE_SCALAR)
		return scalar_json(node);
	if (node->type == NODE_SEQ) {
		json_t *list = json_array();
		for (size_t i = 0; i < node->seq.count; i++)
			json_array_append_new(list, node_json(node->seq.items[i]));
		return list;
	}
	json_t *map = json_object();
	for (size_t i = 0; i < node->map.count; i++) {
		struct str name = node->map.pairs[i].key->scalar.text;
		json_object_setn_new(map, name.ptr ? name.ptr : "", name.len,
			node_json(node->map.pairs[i].value));
	}
	return map;
}

static void map_json(const struct values *values, json_t *into);

static json_t *one_json(const struct value *value) {
	if (node_is_null(value->node) && value->key->type != KEY_ANY)
		return json_null();
	switch (value->key->type) {
	case KEY_TEXT:
	case KEY_COLUMN:
	case KEY_COLOUR:
	case KEY_FIELD:
		return string(value->text);
	case KEY_WORD:
		return json_string(value->word->raw ? value->word->raw : value->word->name);
	case KEY_BOOLEAN:
		return json_boolean(value->boolean);
	case KEY_INTEGER:
		return json_integer(value->integer);
	case KEY_NUMBER:
		return number_json(value->number);
	case KEY_SIZE:
		return json_pack("[i,i]", (int)value->size.width, (int)value->size.height);
	case KEY_MAP: {
		json_t *map = json_object();
		map_json(&value->map, map);
		return map;
	}
	case KEY_ANY:
		return node_json(value->node);
	}
	return json_null();
}

static json_t *list_json(const struct value *value) {
	json_t *list = json_array();
	for (size_t i = 0; i < value->list.count; i++)
		json_array_append_new(list, one_json(&value->list.items[i]));
	return list;
}

static json_t *entries_json(const struct value *value) {
	json_t *map = json_object();
	for (size_t i = 0; i < value->list.count; i++) {
		struct str name = value->list.items[i].name->scalar.text;
		json_object_setn_new(
			map, name.ptr ? name.ptr : "", name.len, one_json(&value->list.items[i]));
	}
	return map;
}

json_t *value_json(const struct value *value) {
	if (value->item || value->key->shape == KEY_ONE ||
		(value->node && node_is_null(value->node)))
		return one_json(value);
	return value->key->shape == KEY_LIST ? list_json(value) : entries_json(value);
}

static void map_json(const struct values *values, json_t *into) {
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];
		if (value->bad)
			continue;
		if (value->key->to)
			json_object_set_new(into, value->key->to, value_json(value));
		else if (is_plain_map(value))
			map_json(&value->map, into);
	}
}

void values_lower(struct compile *c, const struct values *values, json_t *settings) {
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];
		if (value->bad)
			continue;
		if (value->key->lower)
			value->key->lower(c, value, settings);
		else if (value->key->to)
			json_object_set_new(settings, value->key->to, value_json(value));
		else if (is_plain_map(value))
			values_lower(c, &value->map, settings);
	}
}

static void each_column(const struct value *value,
	void (*visit)(void *context, const struct value *value), void *context) {
	if (value->bad || !value->node || node_is_null(value->node))
		return;
	if (!value->item && value->key->shape != KEY_ONE) {
		for (size_t i = 0; i < value->list.count; i++)
			each_column(&value->list.items[i], visit, context);
	} else if (value->key->type == KEY_MAP) {
		values_each_column(&value->map, visit, context);
	} else if (value->key->type == KEY_COLUMN) {
		visit(context, value);
	}
}

void values_each_column(const struct values *values,
	void (*visit)(void *context, const struct value *value), void *context) {
	for (size_t i = 0; i < values->count; i++)
		each_column(&values->items[i], visit, context);
}
