/* SQL and the filters that its tags mean in, the native query and the card's parameters out. A
 * tag's id comes from the project and the tag's name alone: it stays when a chart is renamed, moved
 * or retyped, so that subscriptions and saved links keep their values. */
#include "compiler/ir/lower.h"

#include "runtime/buf.h"
#include "runtime/hash.h"

/* The shape of a UUID of version 8, which is free for any hash. */
static const char *tag_id(struct compile *c, const char *name) {
	unsigned char h[HASH_BYTES];
	const char *text =
		arena_printf(c->arena, "%.*s\ntag\n%s", STR_ARGS(c->project->name), name);
	hash_sha256(str_from(text), h);
	h[6] = (unsigned char)((h[6] & 0x0f) | 0x80);
	h[8] = (unsigned char)((h[8] & 0x3f) | 0x80);
	return arena_printf(c->arena,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", h[0], h[1],
		h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13], h[14],
		h[15]);
}

/* The head that tags of every type have; `name` is the tag's, as the SQL holds it. */
static json_t *tag_new(struct compile *c, const char *name, struct str label, const char *type) {
	return json_pack("{s:s,s:s,s:s%,s:s}", "id", tag_id(c, name), "name", name, "display-name",
		label.ptr, label.len, "type", type);
}

static const char *field_name(struct arena *arena, const struct binding *b) {
	return arena_printf(arena, "%.*s%s%.*s.%.*s", STR_ARGS(b->schema), b->schema.len ? "." : "",
		STR_ARGS(b->table), STR_ARGS(b->column));
}

static void add_field(
	struct compile *c, struct object *card, const struct binding *b, const char *name) {
	struct object_field field = {name, b->at ? b->at->at : b->filter->node->at, b->filter};
	vec_push(c->arena, &card->fields, field);
}

/* A plain variable takes its default bare, where a parameter has it in a list. */
static json_t *tag_default(const struct filter *filter, const struct filter_wire *wire) {
	json_t *value = filter->default_value;
	bool variable = !filter_is_field(filter) && strcmp(wire->tag_type, "boolean") != 0;
	if (variable && json_is_array(value) && json_array_size(value) == 1)
		value = json_array_get(value, 0);
	return json_incref(value);
}

static json_t *filter_tag(struct compile *c, const struct binding *b, struct object *card) {
	const struct filter *filter = b->filter;
	struct filter_wire wire = filter->type->wire(filter);
	json_t *tag = tag_new(c, arena_cstr(c->arena, filter->key), filter->label, wire.tag_type);
	if (filter_is_field(filter)) {
		const char *name = field_name(c->arena, b);
		json_object_set_new(
			tag, "dimension", json_pack("[s,{s:s},n]", "field", "$field", name));
		add_field(c, card, b, name);
		set_text(tag, "alias", b->alias);
	}
	if (wire.widget_type)
		json_object_set_new(tag, "widget-type", json_string(wire.widget_type));
	if (wire.case_insensitive)
		json_object_set_new(tag, "options", json_pack("{s:b}", "case-sensitive", 0));
	if (filter->default_value)
		json_object_set_new(tag, "default", tag_default(filter, &wire));
	if (filter->required)
		json_object_set_new(tag, "required", json_true());
	return tag;
}

/* --- snippets and cards in SQL ---------------------------------------------------------------- */

static const char *snippet_tag(struct lowering *l, const struct sql_tag *used, const struct object *card,
	json_t *tags) {
	struct compile *c = l->c;
	const char *key = arena_cstr(c->arena, used->name);
	const char *full = arena_printf(c->arena, "%.*s/%s", STR_ARGS(c->project->name), key);
	const char *name = arena_printf(c->arena, "snippet: %s", full);
	struct object *snippet =
		objects_find(l->objects, arena_printf(c->arena, "snippet:%s", key));
	if (snippet && card->selected)
		snippet->selected = true;
	json_t *tag = tag_new(c, name, str_from(full), "snippet");
	json_object_set_new(tag, "snippet-name", json_string(full));
	json_object_set_new(tag, "snippet-id", object_ref(OBJECT_SNIPPET, key));
	json_object_set_new(tags, name, tag);
	return name;
}

static const char *card_tag(struct lowering *l, const struct sql_tag *used, const struct chart *chart,
	json_t *tags) {
	struct compile *c = l->c;
	const struct chart *other = project_chart(c, chart->dashboard, used->name);
	if (!other)
		return NULL;
	const char *key = card_key(c->arena, other);
	const char *name = arena_printf(c->arena, "#$ref:card:%s", key);
	json_t *tag = tag_new(c, name, other->title, "card");
	json_object_set_new(tag, "card-id", object_ref(OBJECT_CARD, key));
	json_object_set_new(tags, name, tag);
	return name;
}

/* The name that stands in the SQL for the server, or NULL to leave the mark as it is. */
static const char *rewritten(struct lowering *l, const struct sql_tag *used, const struct chart *chart,
	const struct object *card, json_t *tags) {
	switch (used->type) {
	case SQL_TAG_SNIPPET:
		return snippet_tag(l, used, card, tags);
	case SQL_TAG_CARD:
		return card_tag(l, used, chart, tags);
	case SQL_TAG_VARIABLE:
		return NULL;
	}
	return NULL;
}

/* The SQL with the names that the server wants in its marks, without blanks at its end. */
static json_t *sql_text(struct lowering *l, const struct chart *chart, const struct object *card,
	json_t *tags) {
	struct str text = chart->sql->text;
	struct buf out = BUF(4 * SOURCE_MAX_BYTES);
	size_t done = 0;
	for (size_t i = 0; i < chart->sql->tags.count; i++) {
		const struct sql_tag *used = &chart->sql->tags.items[i];
		const char *name = rewritten(l, used, chart, card, tags);
		if (!name)
			continue;
		buf_add_str(&out, str_slice(text, done, used->start));
		buf_printf(&out, "{{%s}}", name);
		done = used->end;
	}
	buf_add_str(&out, str_slice(text, done, text.len));
	while (out.len && strchr(" \t\r\n", out.ptr[out.len - 1]))
		out.len--;
	json_t *result = json_stringn(out.ptr ? out.ptr : "", out.len);
	buf_free(&out);
	return result;
}

json_t *native_query(struct lowering *l, const struct chart *chart, struct object *card) {
	json_t *tags = json_object();
	for (size_t i = 0; i < chart->bindings.count; i++) {
		const struct binding *b = &chart->bindings.items[i];
		if (b->tag && b->filter)
			json_object_setn_new(tags, b->filter->key.ptr, b->filter->key.len,
				filter_tag(l->c, b, card));
	}
	json_t *text = sql_text(l, chart, card, tags);
	return json_pack("{s:o,s:o}", "query", text, "template-tags", tags);
}

/* --- parameters ------------------------------------------------------------------------------- */

json_t *result_type(enum column_type type) {
	switch (type) {
	case COLUMN_NUMBER:
		return json_pack("{s:s}", "base-type", "type/Decimal");
	case COLUMN_BOOLEAN:
		return json_pack("{s:s}", "base-type", "type/Boolean");
	case COLUMN_DATE:
		return json_pack("{s:s}", "base-type", "type/Date");
	case COLUMN_DATETIME:
		return json_pack("{s:s}", "base-type", "type/DateTime");
	case COLUMN_UNKNOWN:
	case COLUMN_TEXT:
	case COLUMN_OTHER:
		return json_pack("{s:s}", "base-type", "type/Text");
	}
	return NULL;
}

static json_t *result_field(const struct chart *chart, struct str column) {
	const struct column *known = chart->columns && chart->columns->known ?
		columns_find(chart->columns, column) : NULL;
	return json_pack("[s,s%,o]", "field", column.ptr, column.len,
		result_type(known ? known->type : COLUMN_UNKNOWN));
}

static void set_source(struct compile *c, const struct filter *filter, json_t *parameter) {
	json_t *config;
	if (filter->source == FILTER_VALUES_NONE)
		return;
	if (filter->source == FILTER_VALUES_LIST) {
		config = json_incref(filter->static_values);
	} else {
		const char *key = card_key(c->arena, filter->source_chart);
		config = json_pack("{s:o,s:o}", "card_id", object_ref(OBJECT_CARD, key),
			"value_field", result_field(filter->source_chart, filter->source_column));
		if (filter->source_label.len)
			json_object_set_new(config, "label_field",
				result_field(filter->source_chart, filter->source_label));
	}
	json_object_set_new(parameter, "values_source_config", config);
	json_object_set_new(parameter, "values_source_type",
		json_string(filter->source == FILTER_VALUES_LIST ? "static-list" : "card"));
}

/* Values of its own must be asked for as a list: a variable shows none otherwise. */
static const char *query_type(const struct filter *filter, const struct filter_wire *wire) {
	const char *said = wire->values_query_type;
	bool list = filter->source != FILTER_VALUES_NONE && (!said || strcmp(said, "none") == 0);
	return list ? "list" : said;
}

void set_parameter(struct compile *c, const struct filter *filter, const struct filter_wire *wire,
	json_t *parameter) {
	const char *values = query_type(filter, wire);
	set_text(parameter, "name", filter->label);
	set_text(parameter, "slug", filter->key);
	json_object_set_new(parameter, "type", json_string(wire->parameter_type));
	if (filter->default_value)
		json_object_set(parameter, "default", filter->default_value);
	if (filter->required)
		json_object_set_new(parameter, "required", json_true());
	if (wire->says_multi)
		json_object_set_new(parameter, "isMultiSelect", json_boolean(filter->multi));
	if (values)
		json_object_set_new(parameter, "values_query_type", json_string(values));
	set_source(c, filter, parameter);
	if (filter->type->lower)
		filter->type->lower(filter, parameter);
}

json_t *mapping_target(
	struct compile *c, const struct chart *chart, const struct binding *binding) {
	(void)c;
	const struct filter *filter = binding->filter;
	if (chart->type->query_builder)
		return json_pack("[s,o]", "dimension", result_field(chart, binding->column));
	return json_pack("[s,[s,s%]]", filter_is_field(filter) ? "dimension" : "variable",
		"template-tag", filter->key.ptr, filter->key.len);
}

json_t *card_parameters(struct compile *c, const struct chart *chart) {
	json_t *parameters = json_array();
	for (size_t i = 0; i < chart->bindings.count; i++) {
		const struct binding *b = &chart->bindings.items[i];
		if (!b->tag || !b->filter)
			continue;
		struct filter_wire wire = b->filter->type->wire(b->filter);
		const char *id = tag_id(c, arena_cstr(c->arena, b->filter->key));
		json_t *parameter =
			json_pack("{s:s,s:o}", "id", id, "target", mapping_target(c, chart, b));
		set_parameter(c, b->filter, &wire, parameter);
		json_array_append_new(parameters, parameter);
	}
	return parameters;
}
