/* Client's JSON in, the server's form of it out: the differences that a careless comparison
 * stumbles over. */
#include "vm/sandbox/normal.h"

#include <stdlib.h>
#include <string.h>

#include "vm/sandbox/sandbox.h"

static void fill_name(json_t *parameter, const char *key) {
	const json_t *value = json_object_get(parameter, key);
	if (json_is_string(value) && json_string_length(value) == 0)
		json_object_set_new(parameter, key, json_string("unnamed"));
}

static bool is_nothing(const json_t *value) {
	return json_is_null(value) || (json_is_object(value) && json_object_size(value) == 0) ||
		(json_is_array(value) && json_array_size(value) == 0) ||
		(json_is_string(value) && json_string_length(value) == 0);
}

static void trim_source(json_t *parameter) {
	json_t *config = json_object_get(parameter, "values_source_config"), *value;
	const char *key;
	void *next;
	json_object_foreach_safe(config, next, key, value)
		if (is_nothing(value))
			json_object_del(config, key);
}

json_t *normal_parameters(const json_t *list, int version) {
	json_t *copy = json_is_array(list) ? json_deep_copy(list) : json_array();
	size_t i;
	json_t *parameter;
	json_array_foreach(copy, i, parameter) {
		fill_name(parameter, "name");
		fill_name(parameter, "slug");
		if (version >= 57)
			trim_source(parameter);
	}
	return copy;
}

json_t *normal_mappings(const json_t *list, int version) {
	json_t *copy = json_is_array(list) ? json_deep_copy(list) : json_array();
	size_t i;
	json_t *mapping;
	json_array_foreach(copy, i, mapping)
		if (version >= 57 && get_id(mapping, "card_id") <= 0)
			json_object_del(mapping, "card_id");
	return copy;
}

/* ["field-id", 1] → ["field", 1, null], within a column's key. */
static void modernise(json_t *key) {
	json_t *ref = json_array_get(key, 1);
	const char *kind = json_string_value(json_array_get(key, 0));
	const char *name = json_string_value(json_array_get(ref, 0));
	if (!kind || strcmp(kind, "ref") || !name)
		return;
	if (!strcmp(name, "field-id"))
		json_array_set_new(
			key, 1, json_pack("[s, O?, n]", "field", json_array_get(ref, 1)));
	else if (!strcmp(name, "field-literal"))
		json_array_set_new(key, 1,
			json_pack("[s, O?, {s:O?}]", "field", json_array_get(ref, 1), "base-type",
				json_array_get(ref, 2)));
}

json_t *normal_settings(const json_t *settings) {
	json_t *copy = json_is_object(settings) ? json_deep_copy(settings) : json_object();
	const json_t *columns = json_object_get(copy, "column_settings");
	if (!json_is_object(columns))
		return copy;
	json_t *normal = json_object(), *value;
	const char *key;
	json_object_foreach((json_t *)columns, key, value) {
		json_auto_t *parsed = json_loads(key, 0, NULL);
		modernise(parsed);
		char *text = json_is_array(parsed) ? json_dumps(parsed, JSON_COMPACT) : strdup(key);
		json_object_set(normal, text, value);
		free(text);
	}
	json_object_set_new(copy, "column_settings", normal);
	return copy;
}

json_t *shown_parameters(const json_t *list) {
	json_t *copy = json_is_array(list) ? json_deep_copy(list) : json_array();
	size_t i;
	json_t *parameter;
	json_array_foreach(copy, i, parameter) {
		if (has_value(parameter, "values_source_type") ||
		    !strcmp(get_text(parameter, "values_query_type"), "none"))
			json_object_del(parameter, "filteringParameters");
	}
	return copy;
}
