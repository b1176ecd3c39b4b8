/* What every reader of foreign JSON asks, in one word each. */
#include "runtime/json.h"

const char *json_text(const json_t *object, const char *key) {
	return json_string_value(json_object_get(object, key));
}

long long json_number_of(const json_t *object, const char *key, long long fallback) {
	const json_t *value = json_object_get(object, key);
	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool json_is_set(const json_t *object, const char *key) {
	return json_is_true(json_object_get(object, key));
}

void json_drop(json_t *object, const char *const *keys) {
	for (; *keys; keys++)
		json_object_del(object, *keys);
}

bool json_is_empty(const json_t *value) {
	return !value || json_is_null(value) ||
	       (json_is_object(value) && json_object_size(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0);
}

const char *json_single(const json_t *value, const char *key) {
	return json_is_object(value) && json_object_size(value) == 1 ? json_text(value, key) : NULL;
}
