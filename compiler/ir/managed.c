/* Settings of a dashboard that are managed only where the author wrote them: what is not
 * written stays whatever people made it on the server. */
#include "compiler/ir/lower.h"

/* 6h, 2d or a bare number of hours: the server counts hours. */
static json_t *hours(const struct value *value) {
	struct str text = str_trim(value->node->scalar.text);
	long long count = 0, unit = str_ends(text, "d") ? 24 : 1;
	if (str_ends(text, "d") || str_ends(text, "h"))
		text.len--;
	str_integer(text, &count);
	return json_integer(count * unit);
}

static void set_cache(const struct value *value, json_t *body) {
	json_object_set_new(body, "cache_ttl", hours(value));
}

static void set_pinned(const struct value *value, json_t *body) {
	json_object_set_new(body, "collection_position", json_integer(value->integer));
}

static void set_width(const struct value *value, json_t *body) {
	json_object_set_new(body, "width", value_json(value));
}

static void set_auto_apply(const struct value *value, json_t *body) {
	json_object_set_new(body, "auto_apply_filters", json_boolean(value->boolean));
}

static void set_embedding(const struct value *value, json_t *body) {
	const struct value *filters = values_get(&value->map, "filters");
	json_object_set_new(body, "enable_embedding", json_boolean(values_boolean(&value->map, "enabled", false)));
	if (filters)
		json_object_set_new(body, "embedding_params", value_json(filters));
}

static const struct {
	const char *name;
	void (*set)(const struct value *value, json_t *body);
} managed[] = {
	{"cache", set_cache},
	{"pinned", set_pinned},
	{"width", set_width},
	{"auto_apply", set_auto_apply},
	{"embedding", set_embedding},
};

void set_managed(struct compile *c, const struct values *values, json_t *body) {
	for (size_t i = 0; i < COUNT_OF(managed); i++) {
		const struct value *value = values_get(values, managed[i].name);
		if (value && value->key->lower)
			value->key->lower(c, value, body);
		else if (value)
			managed[i].set(value, body);
	}
}
