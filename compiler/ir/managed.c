/* Settings of a dashboard that are managed only where the author wrote them: what is not written
 * stays whatever people made it on the server. */
#include "compiler/ir/lower.h"

/* The server counts whole hours; what is shorter counts as one. */
static json_t *hours(struct str text) {
	long long seconds = 0;
	duration_parse(text, &seconds);
	return json_integer((seconds + 3599) / 3600);
}

void set_managed(struct compile *c, const struct values *values, json_t *body) {
	const struct value *cache = values_get(values, "cache");
	values_lower(c, values, body);
	if (cache)
		json_object_set_new(body, "cache_ttl", hours(cache->text));
}
