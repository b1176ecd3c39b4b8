/* Queries in, queries out. Native ones are what matters most; query-builder ones are carried over
 * clause by clause, knowing only where options stand: last in the legacy form, second in MBQL 5. */
#include "vm/sandbox/mbql.h"

#include <stdio.h>
#include <string.h>

#include "runtime/arena.h"
#include "vm/sandbox/check.h"
#include "vm/sandbox/ident.h"

static json_t *uuid_json(void) {
	char uuid[UUID_SIZE];
	make_uuid(uuid);
	return json_string(uuid);
}

static bool is_mbql5(const json_t *query) {
	return json_object_get(query, "lib/type") != NULL;
}

static bool is_clause(const json_t *value) {
	return json_is_array(value) && json_is_string(json_array_get(value, 0));
}

static const char *clause_name(const json_t *clause) {
	return json_string_value(json_array_get(clause, 0));
}

static bool is_one_of(const char *word, const char *const *words) {
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

static void copy_others(json_t *to, const json_t *from, const char *const *known) {
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)from, key, value)
		if (!is_one_of(key, known))
			json_object_set_new(to, key, json_deep_copy(value));
}

/* Legacy → MBQL 5. */

/* Where `["aggregation", 0]` points: the uuids of a stage's aggregations. */
struct references {
	const json_t *uuids;
};

static json_t *clause_up(const json_t *clause, const struct references *refs);

static json_t *value_up(const json_t *value, const struct references *refs) {
	return is_clause(value) ? clause_up(value, refs) : json_deep_copy(value);
}

static json_t *options_up(const json_t *options) {
	json_t *up = json_is_object(options) ? json_deep_copy(options) : json_object();
	if (!json_object_get(up, "lib/uuid"))
		json_object_set_new(up, "lib/uuid", uuid_json());
	json_t *base = json_object_get(up, "base-type");
	if (base && !json_object_get(up, "effective-type"))
		json_object_set(up, "effective-type", base);
	return up;
}

static json_t *reference_up(const json_t *clause, const struct references *refs) {
	const json_t *target = json_array_get(clause, 1);
	const char *name = clause_name(clause);
	if (!strcmp(name, "aggregation") && json_is_integer(target) && refs) {
		const json_t *uuid =
			json_array_get(refs->uuids, (size_t)json_integer_value(target));
		if (uuid)
			target = uuid;
	}
	return json_pack("[s, o, o]", strcmp(name, "field-id") ? name : "field",
		options_up(json_array_get(clause, 2)), json_deep_copy(target));
}

static json_t *clause_up(const json_t *clause, const struct references *refs) {
	static const char *const pointing[] = {
		"field", "field-id", "expression", "aggregation", NULL};
	const char *name = clause_name(clause);
	if (is_one_of(name, pointing))
		return reference_up(clause, refs);
	size_t count = json_array_size(clause);
	const json_t *last = json_array_get(clause, count - 1);
	if (!strcmp(name, "aggregation-options")) {
		json_t *inner = value_up(json_array_get(clause, 1), refs);
		json_object_update_missing(json_array_get(inner, 1), (json_t *)last);
		return inner;
	}
	bool options = count > 1 && json_is_object(last);
	json_t *up = json_pack("[s, o]", name, options_up(options ? last : NULL));
	for (size_t i = 1; i < count - options; i++)
		json_array_append_new(up, value_up(json_array_get(clause, i), refs));
	return up;
}

static json_t *list_up(const json_t *list, const struct references *refs) {
	if (is_clause(list))
		return json_pack("[o]", clause_up(list, refs));
	json_t *up = json_array();
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
		json_array_append_new(up, value_up(item, refs));
	return up;
}

static void source_up(json_t *stage, const json_t *inner) {
	const json_t *source = json_object_get(inner, "source-table");
	long long card;
	struct str text = str_from(json_string_value(source));
	if (str_starts(text, "card__") && str_integer(str_slice(text, 6, text.len), &card))
		json_object_set_new(stage, "source-card", json_integer(card));
	else if (source)
		json_object_set_new(stage, "source-table", json_deep_copy(source));
}

static void filter_up(json_t *stage, const json_t *filter, const struct references *refs) {
	if (!is_clause(filter))
		return;
	json_t *filters = json_array();
	if (strcmp(clause_name(filter), "and")) {
		json_array_append_new(filters, clause_up(filter, refs));
	} else {
		for (size_t i = 1; i < json_array_size(filter); i++)
			json_array_append_new(filters, value_up(json_array_get(filter, i), refs));
	}
	json_object_set_new(stage, "filters", filters);
}

static void expressions_up(json_t *stage, const json_t *expressions) {
	const char *name;
	json_t *value;
	json_t *list = json_array();
	json_object_foreach((json_t *)expressions, name, value) {
		json_t *up = value_up(value, NULL);
		json_object_set_new(
			json_array_get(up, 1), "lib/expression-name", json_string(name));
		json_array_append_new(list, up);
	}
	json_object_set_new(stage, "expressions", list);
}

static json_t *join_up(const json_t *join) {
	static const char *const known[] = {"condition", "source-table", "source-query", NULL};
	json_t *stage = json_pack("{s:s}", "lib/type", "mbql.stage/mbql");
	source_up(stage, join);
	json_t *up = json_pack("{s:s, s:[o], s:[o]}", "lib/type", "mbql/join", "stages", stage,
		"conditions", value_up(json_object_get(join, "condition"), NULL));
	copy_others(up, join, known);
	json_t *fields = json_object_get(up, "fields");
	if (json_is_array(fields))
		json_object_set_new(up, "fields", list_up(fields, NULL));
	return up;
}

static json_t *builder_stage_up(const json_t *inner) {
	static const char *const known[] = {"source-table", "source-query", "aggregation",
		"breakout", "filter", "order-by", "fields", "joins", "expressions", NULL};
	json_t *stage = json_pack("{s:s}", "lib/type", "mbql.stage/mbql");
	source_up(stage, inner);
	copy_others(stage, inner, known);
	const json_t *part = json_object_get(inner, "expressions");
	if (part)
		expressions_up(stage, part);
	json_auto_t *uuids = json_array();
	if ((part = json_object_get(inner, "aggregation"))) {
		json_t *up = list_up(part, NULL);
		size_t i;
		json_t *clause;
		json_array_foreach(up, i, clause) json_array_append(
			uuids, json_object_get(json_array_get(clause, 1), "lib/uuid"));
		json_object_set_new(stage, "aggregation", up);
	}
	const struct references refs = {uuids};
	static const char *const lists[] = {"breakout", "fields", "order-by"};
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		if ((part = json_object_get(inner, lists[i])))
			json_object_set_new(stage, lists[i], list_up(part, &refs));
	filter_up(stage, json_object_get(inner, "filter"), &refs);
	size_t i;
	json_t *join;
	json_array_foreach(json_object_get(inner, "joins"), i, join) {
		json_t *joins = json_object_get(stage, "joins");
		if (!joins && (joins = json_array()))
			json_object_set_new(stage, "joins", joins);
		json_array_append_new(joins, join_up(join));
	}
	return stage;
}

static void tags_up(json_t *tags) {
	const char *name;
	json_t *tag;
	json_object_foreach(tags, name, tag) {
		const json_t *dimension = json_object_get(tag, "dimension");
		if (is_clause(dimension) && !json_is_object(json_array_get(dimension, 1)))
			json_object_set_new(tag, "dimension", clause_up(dimension, NULL));
	}
}

static json_t *native_stage_up(const json_t *native, const char *sql_key) {
	const char *known[] = {sql_key, "template-tags", NULL};
	json_t *stage = json_pack("{s:s, s:O?}", "lib/type", "mbql.stage/native", "native",
		json_object_get(native, sql_key));
	json_t *tags = json_deep_copy(json_object_get(native, "template-tags"));
	if (json_object_size(tags) > 0) {
		tags_up(tags);
		json_object_set(stage, "template-tags", tags);
	}
	json_decref(tags);
	copy_others(stage, native, known);
	return stage;
}

/* Inner queries lie within each other; stages stand in a row, the innermost first. */
static void stages_up(json_t *stages, const json_t *inner) {
	const json_t *source = json_object_get(inner, "source-query");
	if (json_object_get(source, "native"))
		json_array_append_new(stages, native_stage_up(source, "native"));
	else if (source)
		stages_up(stages, source);
	json_array_append_new(stages, builder_stage_up(inner));
}

static json_t *query_up(const json_t *query) {
	static const char *const known[] = {"type", "native", "query", "database", NULL};
	json_t *stages = json_array();
	if (json_object_get(query, "native"))
		json_array_append_new(
			stages, native_stage_up(json_object_get(query, "native"), "query"));
	else
		stages_up(stages, json_object_get(query, "query"));
	json_t *up = json_pack("{s:s, s:O?, s:o}", "lib/type", "mbql/query", "database",
		json_object_get(query, "database"), "stages", stages);
	copy_others(up, query, known);
	return up;
}

/* MBQL 5 → legacy. */

static json_t *clause_down(const json_t *clause, const json_t *aggregations);

static json_t *value_down(const json_t *value, const json_t *aggregations) {
	return is_clause(value) && json_is_object(json_array_get(value, 1)) ?
		clause_down(value, aggregations) : json_deep_copy(value);
}

static json_t *options_down(const json_t *options) {
	json_t *down = json_copy((json_t *)options);
	static const char *const ours[] = {"lib/uuid", "lib/expression-name", "effective-type"};
	for (size_t i = 0; i < COUNT_OF(ours); i++)
		json_object_del(down, ours[i]);
	if (json_object_size(down) > 0)
		return down;
	json_decref(down);
	return json_null();
}

static json_t *position_of(const json_t *aggregations, const json_t *uuid) {
	size_t i;
	json_t *clause;
	json_array_foreach(aggregations, i, clause)
		if (json_equal(json_object_get(json_array_get(clause, 1), "lib/uuid"), uuid))
			return json_integer((json_int_t)i);
	return json_deep_copy(uuid);
}

static json_t *reference_down(const json_t *clause, json_t *options, const json_t *aggregations) {
	const char *name = clause_name(clause);
	const json_t *target = json_array_get(clause, 2);
	bool position = !strcmp(name, "aggregation");
	json_t *down = json_pack("[s, o]", name,
		position ? position_of(aggregations, target) : json_deep_copy(target));
	if (!strcmp(name, "field") || !json_is_null(options))
		json_array_append(down, options);
	json_decref(options);
	return down;
}

static json_t *clause_down(const json_t *clause, const json_t *aggregations) {
	static const char *const pointing[] = {"field", "expression", "aggregation", NULL};
	json_t *options = options_down(json_array_get(clause, 1));
	if (is_one_of(clause_name(clause), pointing))
		return reference_down(clause, options, aggregations);
	json_t *down = json_pack("[s]", clause_name(clause));
	for (size_t i = 2; i < json_array_size(clause); i++)
		json_array_append_new(down, value_down(json_array_get(clause, i), aggregations));
	if (json_object_get(options, "name") || json_object_get(options, "display-name"))
		return json_pack("[s, o, o]", "aggregation-options", down, options);
	if (!json_is_null(options))
		json_array_append(down, options);
	json_decref(options);
	return down;
}

static json_t *list_down(const json_t *list, const json_t *aggregations) {
	json_t *down = json_array();
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
		json_array_append_new(down, value_down(item, aggregations));
	return down;
}

static json_t *tags_down(const json_t *tags) {
	json_t *down = json_deep_copy(tags);
	const char *name;
	json_t *tag;
	json_object_foreach(down, name, tag) {
		const json_t *dimension = json_object_get(tag, "dimension");
		if (dimension)
			json_object_set_new(tag, "dimension", value_down(dimension, NULL));
	}
	return down;
}

static json_t *native_stage_down(const json_t *stage, const char *sql_key) {
	static const char *const known[] = {"lib/type", "native", "template-tags", NULL};
	json_t *down = json_pack("{s:O?}", sql_key, json_object_get(stage, "native"));
	const json_t *tags = json_object_get(stage, "template-tags");
	if (tags)
		json_object_set_new(down, "template-tags", tags_down(tags));
	copy_others(down, stage, known);
	return down;
}

static void source_down(json_t *inner, const json_t *stage) {
	const json_t *card = json_object_get(stage, "source-card");
	if (card)
		json_object_set_new(inner, "source-table", json_sprintf("card__%lld",
			(long long)json_integer_value(card)));
	else if (json_object_get(stage, "source-table"))
		json_object_set(inner, "source-table", json_object_get(stage, "source-table"));
}

static void expressions_down(json_t *inner, const json_t *expressions) {
	json_t *map = json_object();
	size_t i;
	json_t *clause;
	json_array_foreach(expressions, i, clause) {
		const char *name = json_string_value(json_object_get(json_array_get(clause, 1),
			"lib/expression-name"));
		if (name)
			json_object_set_new(map, name, value_down(clause, NULL));
	}
	json_object_set_new(inner, "expressions", map);
}

static void filters_down(json_t *inner, const json_t *filters, const json_t *aggregations) {
	json_auto_t *down = list_down(filters, aggregations);
	if (json_array_size(down) == 1) {
		json_object_set(inner, "filter", json_array_get(down, 0));
	} else if (json_array_size(down) > 1) {
		json_array_insert_new(down, 0, json_string("and"));
		json_object_set(inner, "filter", down);
	}
}

static json_t *join_down(const json_t *join) {
	static const char *const known[] = {"lib/type", "stages", "conditions", "fields", NULL};
	json_t *down = json_object();
	source_down(down, json_array_get(json_object_get(join, "stages"), 0));
	copy_others(down, join, known);
	const json_t *conditions = json_object_get(join, "conditions");
	json_object_set_new(down, "condition", value_down(json_array_get(conditions, 0), NULL));
	const json_t *fields = json_object_get(join, "fields");
	if (fields)
		json_object_set_new(down, "fields",
			json_is_array(fields) ? list_down(fields, NULL) : json_deep_copy(fields));
	return down;
}

static json_t *builder_stage_down(const json_t *stage) {
	static const char *const known[] = {"lib/type", "source-table", "source-card",
		"aggregation", "breakout", "filters", "order-by", "fields", "joins", "expressions",
		NULL};
	json_t *inner = json_object();
	source_down(inner, stage);
	copy_others(inner, stage, known);
	const json_t *aggregations = json_object_get(stage, "aggregation");
	static const char *const lists[] = {"aggregation", "breakout", "fields", "order-by"};
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		const json_t *part = json_object_get(stage, lists[i]);
		if (part)
			json_object_set_new(inner, lists[i], list_down(part, aggregations));
	}
	if (json_object_get(stage, "expressions"))
		expressions_down(inner, json_object_get(stage, "expressions"));
	filters_down(inner, json_object_get(stage, "filters"), aggregations);
	size_t i;
	json_t *join;
	json_array_foreach(json_object_get(stage, "joins"), i, join) {
		json_t *joins = json_object_get(inner, "joins");
		if (!joins && (joins = json_array()))
			json_object_set_new(inner, "joins", joins);
		json_array_append_new(joins, join_down(join));
	}
	return inner;
}

static json_t *query_down(const json_t *query) {
	static const char *const known[] = {
		"lib/type", "stages", "database", "lib.convert/converted?", NULL};
	const json_t *stages = json_object_get(query, "stages");
	const json_t *first = json_array_get(stages, 0);
	json_t *down = json_pack("{s:O?}", "database", json_object_get(query, "database"));
	copy_others(down, query, known);
	if (json_array_size(stages) == 1 && json_object_get(first, "native")) {
		json_object_set_new(down, "type", json_string("native"));
		json_object_set_new(down, "native", native_stage_down(first, "query"));
		return down;
	}
	json_t *inner = NULL;
	size_t i;
	json_t *stage;
	json_array_foreach(stages, i, stage) {
		json_t *next = json_object_get(stage, "native") ? native_stage_down(stage, "native")
								: builder_stage_down(stage);
		if (inner)
			json_object_set_new(next, "source-query", inner);
		inner = next;
	}
	json_object_set_new(down, "type", json_string("query"));
	json_object_set_new(down, "query", inner);
	return down;
}

/* What is stored. */

/* Each clause of an MBQL 5 query has a uuid; those that came without get one. */
static void mint(json_t *value) {
	size_t i;
	const char *key;
	json_t *item;
	json_array_foreach(value, i, item)
		mint(item);
	json_object_foreach(value, key, item)
		mint(item);
	json_t *options = json_array_get(value, 1);
	if (is_clause(value) && json_is_object(options) && !json_object_get(options, "lib/uuid"))
		json_object_set_new(options, "lib/uuid", uuid_json());
}

static const char *check_tag(json_t *tag, int version) {
	static const char *const types[] = {"text", "number", "date", "boolean", "dimension",
		"temporal-unit", "snippet", "card", "table", NULL};
	const char *type = json_string_value(json_object_get(tag, "type"));
	const char *label = json_string_value(json_object_get(tag, "display-name"));
	if (!type || !is_one_of(type, types) || (!strcmp(type, "table") && version < 59))
		return "Invalid template tag: unknown :type";
	if (!label || !*label)
		return "Invalid template tag: :display-name must be a non-blank string";
	if (!json_object_get(tag, "id"))
		json_object_set_new(tag, "id", uuid_json());
	if (strcmp(type, "dimension") && strcmp(type, "temporal-unit"))
		json_object_del(tag, "dimension");
	if (strcmp(type, "dimension"))
		return NULL;
	const char *widget = json_string_value(json_object_get(tag, "widget-type"));
	if (!widget)
		json_object_set_new(tag, "widget-type", json_string("category"));
	else if (strcmp(widget, "none") && !is_parameter_type(widget)) {
		if (version < 57)
			return "Invalid template tag: unknown :widget-type";
		json_object_set_new(tag, "widget-type", json_string("none"));
	}
	return NULL;
}

/* Tags come as a map, a list, or a list of pairs; they are kept as a map, in order. */
static json_t *collect_tags(const json_t *tags) {
	if (json_is_object(tags))
		return json_deep_copy(tags);
	json_t *map = json_object();
	size_t i;
	json_t *item;
	json_array_foreach(tags, i, item) {
		const json_t *tag = json_is_array(item) ? json_array_get(item, 1) : item;
		const char *name = json_string_value(json_is_array(item) ? json_array_get(item, 0) :
			json_object_get(tag, "name"));
		if (name)
			json_object_set_new(map, name, json_deep_copy(tag));
	}
	return map;
}

static const char *normalise_tags(json_t *holder, int version) {
	const json_t *tags = json_object_get(holder, "template-tags");
	if (!tags)
		return NULL;
	json_t *map = collect_tags(tags);
	const char *name, *problem = NULL;
	json_t *tag;
	json_object_foreach(map, name, tag) {
		if (!json_is_object(tag)) {
			problem = "Invalid template tag: must be a map";
			break;
		}
		json_object_set_new(tag, "name", json_string(name));
		if ((problem = check_tag(tag, version)))
			break;
	}
	json_object_set_new(holder, "template-tags", map);
	return problem;
}

static const char *check_mbql5(json_t *query, int version) {
	json_t *stages = json_object_get(query, "stages"), *stage;
	if (version < 57)
		return "Invalid query: unknown key :lib/type";
	if (json_array_size(stages) == 0)
		return "Invalid query: :stages must not be empty";
	size_t i;
	json_array_foreach(stages, i, stage) {
		if (!json_is_string(json_object_get(stage, "lib/type")))
			return "Invalid query: every stage needs a :lib/type";
		const json_t *sql = json_object_get(stage, "native");
		if (sql && !json_is_string(sql))
			return "Invalid query: :native must be a string";
		const char *problem = normalise_tags(stage, version);
		if (problem)
			return problem;
	}
	return NULL;
}

static const char *check_legacy(json_t *query, int version) {
	const char *type = json_string_value(json_object_get(query, "type"));
	json_t *native = json_object_get(query, "native");
	if (!type)
		return "Invalid query: :type must be :native or :query";
	if (!strcmp(type, "query"))
		return json_is_object(json_object_get(query, "query")) ? NULL :
			"Invalid query: :query must be a map";
	if (strcmp(type, "native"))
		return "Invalid query: :type must be :native or :query";
	if (!json_is_string(json_object_get(native, "query")))
		return "Invalid query: :native needs a :query string";
	return normalise_tags(native, version);
}

json_t *query_store(const json_t *query, int version, const char **problem) {
	json_t *copy = json_deep_copy(query);
	if (json_object_size(copy) == 0)
		return copy;
	*problem = is_mbql5(copy) ? check_mbql5(copy, version) : check_legacy(copy, version);
	if (*problem) {
		json_decref(copy);
		return NULL;
	}
	if (!is_mbql5(copy) && version >= 57) {
		json_t *up = query_up(copy);
		json_decref(copy);
		copy = up;
	}
	if (is_mbql5(copy))
		mint(copy);
	return copy;
}

/* From 0.63 on tags are shown as a list. */
static void tags_to_lists(json_t *query) {
	size_t i;
	json_t *stage;
	json_array_foreach(json_object_get(query, "stages"), i, stage) {
		json_t *tags = json_object_get(stage, "template-tags"), *list, *tag;
		const char *name;
		if (!json_is_object(tags))
			continue;
		list = json_array();
		json_object_foreach(tags, name, tag)
			json_array_append(list, tag);
		json_object_set_new(stage, "template-tags", list);
	}
}

json_t *query_show(const json_t *stored, int version, bool legacy) {
	if (version < 57 || legacy || json_object_size(stored) == 0)
		return is_mbql5(stored) ? query_down(stored) : json_deep_copy(stored);
	json_t *shown = is_mbql5(stored) ? json_deep_copy(stored) : query_up(stored);
	if (!is_mbql5(stored))
		json_object_set_new(shown, "lib.convert/converted?", json_true());
	if (version >= 63)
		tags_to_lists(shown);
	return shown;
}

static void read_source(struct query_facts *facts, const json_t *source) {
	const json_t *table = json_object_get(source, "source-table");
	struct str text = str_from(json_string_value(table));
	long long card = 0;
	if (str_starts(text, "card__") && str_integer(str_slice(text, 6, text.len), &card))
		facts->card = card;
	facts->table = json_integer_value(table);
	if (json_object_get(source, "source-card"))
		facts->card = json_integer_value(json_object_get(source, "source-card"));
}

struct query_facts query_facts(const json_t *stored) {
	struct query_facts facts = {
		.database = json_integer_value(json_object_get(stored, "database"))};
	const json_t *native = json_object_get(stored, "native");
	const char *sql_key = "query";
	if (is_mbql5(stored)) {
		native = json_array_get(json_object_get(stored, "stages"), 0);
		sql_key = "native";
	}
	facts.sql = json_string_value(json_object_get(native, sql_key));
	facts.native = facts.sql != NULL;
	facts.tags = json_object_get(native, "template-tags");
	const json_t *inner = is_mbql5(stored) ? native : json_object_get(stored, "query");
	const json_t *deeper;
	while ((deeper = json_object_get(inner, "source-query")))
		inner = deeper;
	if (!facts.native)
		read_source(&facts, inner);
	return facts;
}

int64_t tag_field(const json_t *tag) {
	const json_t *dimension = json_object_get(tag, "dimension");
	const json_t *id = json_array_get(dimension, 1);
	if (json_is_object(id))
		id = json_array_get(dimension, 2);
	return json_integer_value(id);
}
