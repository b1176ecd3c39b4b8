/* Filters: nodes in, definitions out, and later, when charts have said which columns they mean, the
 * checks that need them: defaults, value sources, links. */
#include "compiler/model/filter.h"

#include "compiler/model/load.h"
#include "runtime/buf.h"
#include "runtime/suggest.h"

static const struct key value_item_keys[] = {
	{"value", KEY_TEXT, .required = true, .doc = "what the SQL gets"},
	{"label", KEY_TEXT, .required = true, .doc = "what the reader sees"},
	{0}
};

static const struct key value_chart_keys[] = {
	{"chart", KEY_TEXT, .required = true, .doc = "`key`, `dashboard/key`, or `/key` of a shared chart"},
	{"column", KEY_TEXT, .required = true, .doc = "column with the values"},
	{"label", KEY_TEXT, .doc = "column with what the reader sees"},
	{0}
};

static const struct filter_type *find_type(struct compile *c, const struct node *node) {
	const struct filter_type *found = filter_type_find(c, node->scalar.text);
	if (found)
		return found;
	struct suggest near = suggest_start(node->scalar.text);
	struct buf list = BUF(1 << 12);
	for (const struct filter_type *const *type = c->filter_types; type && *type; type++) {
		suggest_offer(&near, str_from((*type)->name));
		buf_printf(&list, "%s`%s`", list.len ? ", " : "", (*type)->name);
	}
	struct diagnostic *d =
		diag_add(c, E0203, node->at, "there is no filter type %s", node_shown(c, node));
	diag_suggest(c, d, node->at, &near);
	if (suggest_best(&near).len == 0)
		diag_help(c, d, "filter types: %.*s", STR_ARGS(buf_str(&list)));
	buf_free(&list);
	return NULL;
}

/* "schema.table.column", "table.column"; parts beyond three are a path through structs. */
struct field_reference field_split(struct node *node, struct str text) {
	struct field_reference field = {.node = node};
	size_t first = str_find(text, ".", 0), second = str_find(text, ".", first + 1);
	if (second == STR_NONE) {
		field.table = str_slice(text, 0, first);
		field.column = str_slice(text, first + 1, text.len);
	} else {
		field.schema = str_slice(text, 0, first);
		field.table = str_slice(text, first + 1, second);
		field.column = str_slice(text, second + 1, text.len);
	}
	return field;
}

static void bind_fields(struct compile *c, struct filter *filter) {
	const struct value *field = values_get(&filter->values, "field");
	if (field && filter->type->field == FILTER_FIELD_NONE) {
		struct diagnostic *d = diag_add(c, E0530, field->name->at,
			"a `%s` filter has no `field`: the SQL says where its value goes", filter->type->name);
		diag_help(c, d, "write `column = {{%.*s}}` in the SQL, and leave `field` out",
			STR_ARGS(filter->key));
		return;
	}
	for (size_t i = 0; field && i < field->list.count; i++) {
		const struct value *item = &field->list.items[i];
		vec_push(c->arena, &filter->fields, field_split(item->node, item->text));
	}
}

static void bind_multi(struct compile *c, struct filter *filter) {
	const struct value *multi = values_get(&filter->values, "multi");
	filter->multi = filter->type->multi_default;
	if (!multi)
		return;
	if (!filter->type->multi_fixed) {
		filter->multi = multi->boolean;
		return;
	}
	if (multi->boolean == filter->multi)
		return;
	diag_add(c, E0530, multi->name->at, "a `%s` filter takes %s", filter->type->name,
		filter->multi ? "several values" : "one value");
}

/* What an override may say, read from the values of the filter or of its override. */
static void bind_common(struct filter *filter, const struct values *values) {
	const struct value *value = values_get(values, "default");
	filter->label = values_text(values, "label", filter->label);
	filter->required = values_boolean(values, "required", filter->required);
	if (value)
		filter->default_node = value->node;
	value = values_get(values, "linked_to");
	if (value)
		filter->links = value;
	value = values_get(values, "values");
	if (value)
		filter->values_node = value->node;
}

static const struct filter_type *type_of(struct compile *c, const struct node *name, struct node *map) {
	struct node *type = node_get(map, "type");
	if (!type) {
		struct diagnostic *d = diag_add(c, E0205, name->at, "filter `%.*s` needs `type`",
			STR_ARGS(name->scalar.text));
		diag_help(c, d, "write for example `type: %s`",
			c->filter_types && *c->filter_types ? (*c->filter_types)->name
							    : "dropdown");
		return NULL;
	}
	if (type->bad)
		return NULL;
	if (type->type != NODE_SCALAR || node_is_null(type)) {
		diag_add(c, E0202, type->at, "`type` takes the name of a filter type, found %s",
			node_shown(c, type));
		return NULL;
	}
	return find_type(c, type);
}

struct filter *filter_bind(struct compile *c, struct node *name, struct node *map) {
	struct str key = name->scalar.text;
	if (map->bad || !name_check(c, NAME_FILTER, key, name->at))
		return NULL;
	if (map->type != NODE_MAP) {
		struct diagnostic *d = diag_add(c, E0202, map->at,
			"filter `%.*s` takes a map, found %s", STR_ARGS(key), node_shown(c, map));
		diag_help(c, d, "write `%.*s: {type: …}`", STR_ARGS(key));
		return NULL;
	}
	const struct filter_type *type = type_of(c, name, map);
	if (!type)
		return NULL;
	struct filter *filter = arena_new(c->arena, struct filter);
	*filter = (struct filter){.key = key, .key_node = name, .node = map, .type = type};
	const struct key *groups[8] = {filter_keys};
	for (size_t i = 0; type->groups && type->groups[i] && i < COUNT_OF(groups) - 2; i++)
		groups[i + 1] = type->groups[i];
	keys_bind_thing(c, groups, "filter", name, map, &filter->values);
	if (type->since)
		need_version(c, type->since, node_get(map, "type")->at,
			arena_printf(c->arena, "`type: %s`", type->name));
	filter->label = title_of_key(c->arena, key);
	filter->was = values_text(&filter->values, "was", STR(""));
	bind_common(filter, &filter->values);
	bind_fields(c, filter);
	bind_multi(c, filter);
	return filter;
}

/* Keys that an override may not have, because every chart of the project relies on them. */
static bool is_fixed(struct str name) {
	static const char *const fixed[] = {"type", "field", "multi", "value"};
	for (size_t i = 0; i < COUNT_OF(fixed); i++) {
		if (str_is(name, fixed[i]))
			return true;
	}
	return false;
}

/* A copy is used, linked and typed by what its own dashboard shows. */
static void forget_use(struct filter *copy) {
	copy->columns.items = NULL;
	copy->columns.count = copy->columns.capacity = 0;
	copy->linked_to.items = NULL;
	copy->linked_to.count = copy->linked_to.capacity = 0;
	copy->used = false;
	copy->column_type = COLUMN_UNKNOWN;
}

static struct filter *override_bind(
	struct compile *c, const struct filter *original, struct node *name, struct node *map) {
	const char *what =
		arena_printf(c->arena, "filter `%.*s` of the project", STR_ARGS(original->key));
	for (size_t i = 0; map->type == NODE_MAP && i < map->map.count; i++) {
		struct node *key = map->map.pairs[i].key;
		if (!is_fixed(key->scalar.text))
			continue;
		struct diagnostic *d = diag_add(c, E0531, key->at,
			"`%.*s` of a project filter cannot be changed on a dashboard", STR_ARGS(key->scalar.text));
		diag_note(c, d, original->key_node->at, "the project's filter");
		diag_help(c, d,
			"give this filter a key of its own, or leave out all but `label`, "
			"`default`, "
			"`required`, `linked_to`, `values`");
		return NULL;
	}
	struct filter *copy = arena_new(c->arena, struct filter);
	struct values values;
	const struct key *const groups[] = {filter_override_keys, NULL};
	keys_bind_named(c, groups, name, map, what, &values);
	*copy = *original;
	copy->key_node = name;
	copy->node = map;
	copy->overrides = original;
	forget_use(copy);
	bind_common(copy, &values);
	return copy;
}

void filters_bind(
	struct compile *c, struct dashboard *dashboard, struct node *map, struct names *names) {
	if (map->bad)
		return;
	if (map->type != NODE_MAP) {
		diag_add(c, E0202, map->at, "`filters` takes a map from keys to filters, found %s",
			node_shown(c, map));
		return;
	}
	for (size_t i = 0; i < map->map.count; i++) {
		struct pair *pair = &map->map.pairs[i];
		struct str key = pair->key->scalar.text;
		const struct filter *original =
			dashboard ? map_get(&c->project->shared_filters_by_key, key) : NULL;
		if (!name_take(c, names, key, pair->key->at, "filter"))
			continue;
		struct filter *filter = original
						? override_bind(c, original, pair->key, pair->value)
						: filter_bind(c, pair->key, pair->value);
		if (!filter)
			continue;
		filter->dashboard = dashboard;
		if (dashboard) {
			vec_push(c->arena, &dashboard->filters, filter);
			*map_slot(c->arena, &dashboard->filters_by_key, key) = filter;
		} else {
			vec_push(c->arena, &c->project->shared_filters, filter);
			*map_slot(c->arena, &c->project->shared_filters_by_key, key) = filter;
		}
	}
}

struct filter *dashboard_filter(struct compile *c, struct dashboard *dashboard, struct str key) {
	struct filter *filter = map_get(&dashboard->filters_by_key, key);
	const struct filter *original =
		filter ? NULL : map_get(&c->project->shared_filters_by_key, key);
	if (!original)
		return filter;
	filter = arena_new(c->arena, struct filter);
	*filter = *original;
	filter->overrides = original;
	filter->dashboard = dashboard;
	forget_use(filter);
	vec_push(c->arena, &dashboard->filters, filter);
	*map_slot(c->arena, &dashboard->filters_by_key, filter->key) = filter;
	return filter;
}

/* --- values ----------------------------------------------------------------------------------- */

static bool takes_values(const struct filter_wire *wire) {
	struct str type = str_from(wire->parameter_type);
	return str_starts(type, "string/") || str_starts(type, "location/") ||
	       str_is(type, "number/=") || str_is(type, "id") || str_is(type, "category");
}

static void list_item(struct compile *c, json_t *list, struct node *node) {
	struct values values;
	const struct key *const groups[] = {value_item_keys, NULL};
	if (node->bad)
		return;
	if (node->type == NODE_SCALAR && !node_is_null(node)) {
		struct str text = node->scalar.text;
		json_array_append_new(list, json_stringn(text.ptr, text.len));
	} else if (node->type == NODE_MAP && keys_bind(c, groups, node, "an item of `values`", &values)) {
		struct str value = values_text(&values, "value", STR("")),
			   label = values_text(&values, "label", value);
		json_array_append_new(
			list, json_pack("[s%,s%]", value.ptr, value.len, label.ptr, label.len));
	} else if (node->type != NODE_MAP) {
		struct diagnostic *d =
			diag_add(c, E0202, node->at, "an item of `values` is a text, found %s",
				node_is_null(node) ? "nothing" : node_shown(c, node));
		diag_help(c, d, "or a map: `{value: b, label: Bee}`");
	}
}

static void bind_list(struct compile *c, struct filter *filter, struct node *node) {
	json_t *values = json_array();
	filter->static_values = arena_own_json(c->arena, json_pack("{s:o}", "values", values));
	filter->source = FILTER_VALUES_LIST;
	if (node->seq.count == 0)
		diag_add(c, E0206, node->at, "`values` is an empty list");
	for (size_t i = 0; i < node->seq.count; i++)
		list_item(c, values, node->seq.items[i]);
}

static void need_source_column(
	struct compile *c, const struct chart *chart, const struct value *value) {
	if (!value || chart->type->query_builder || !chart->columns || !chart->columns->known ||
		columns_find(chart->columns, value->text))
		return;
	struct suggest near = suggest_start(value->text);
	for (size_t i = 0; i < chart->columns->count; i++)
		suggest_offer(&near, chart->columns->items[i].name);
	struct diagnostic *d =
		diag_add(c, E0533, value->node->at, "chart `%.*s` gives no column %s",
			STR_ARGS(chart->key), node_shown(c, value->node));
	diag_suggest(c, d, value->node->at, &near);
	diag_note(c, d, chart->key_node->at, "the chart");
}

static void bind_chart_source(struct compile *c, struct filter *filter, struct node *node) {
	struct values values;
	const struct key *const groups[] = {value_chart_keys, NULL};
	if (!keys_bind(c, groups, node, "`values`", &values))
		return;
	const struct value *name = values_get(&values, "chart");
	const struct dashboard *from = filter->dashboard ? filter->dashboard
		: filter->chart ? filter->chart->dashboard : NULL;
	struct chart *chart = project_chart_named(c, from, name->node, name->text);
	if (!chart)
		return;
	chart->referenced = true;
	filter->source = FILTER_VALUES_CHART;
	filter->source_chart = chart;
	filter->source_column = values_text(&values, "column", STR(""));
	filter->source_label = values_text(&values, "label", STR(""));
	need_source_column(c, chart, values_get(&values, "column"));
	need_source_column(c, chart, values_get(&values, "label"));
}

static void check_values(struct compile *c, struct filter *filter, const struct filter_wire *wire) {
	struct node *node = filter->values_node;
	if (!node || node->bad)
		return;
	if (!takes_values(wire)) {
		diag_add(c, E0533, node->at, "a `%s` filter offers no list of values",
			filter->type->name);
		return;
	}
	if (node->type == NODE_SEQ)
		bind_list(c, filter, node);
	else if (node->type == NODE_MAP)
		bind_chart_source(c, filter, node);
	else
		diag_help(c,
			diag_add(c, E0202, node->at, "`values` takes a list or a chart, found %s",
				node_shown(c, node)),
			"write `values: [a, b]` or `values: {chart: KEY, column: NAME}`");
}

/* --- links ------------------------------------------------------------------------------------ */

static bool can_be_narrowed(const struct filter_wire *wire) {
	struct str type = str_from(wire->parameter_type);
	return str_starts(type, "string/") || str_starts(type, "location/") || str_is(type, "id") ||
		str_is(type, "category");
}

static bool refers_to(const struct compile *c, const struct field_reference *from,
	const struct field_reference *to) {
	const struct catalogue_table *table = c->catalogue ?
		catalogue_table(c->catalogue, from->schema, from->table) : NULL;
	for (size_t i = 0; table && i < table->column_count; i++) {
		if (str_eq(table->columns[i].references_table, to->table))
			return true;
	}
	return false;
}

static bool columns_meet(
	const struct compile *c, const struct filter *child, const struct filter *parent) {
	for (size_t i = 0; i < child->columns.count; i++) {
		for (size_t j = 0; j < parent->columns.count; j++) {
			const struct field_reference *a = &child->columns.items[i],
						     *b = &parent->columns.items[j];
			if (str_eq(a->table, b->table) || refers_to(c, a, b) || refers_to(c, b, a))
				return true;
		}
	}
	return child->columns.count == 0 || parent->columns.count == 0;
}

static struct filter *link_target(
	struct compile *c, struct filter *filter, const struct value *link) {
	struct filter *parent = filter->dashboard
					? dashboard_filter(c, filter->dashboard, link->text)
					: map_get(&c->project->shared_filters_by_key, link->text);
	if (parent)
		return parent;
	struct suggest near = suggest_start(link->text);
	if (filter->dashboard)
		suggest_map(c, &near, &filter->dashboard->filters_by_key);
	suggest_map(c, &near, &c->project->shared_filters_by_key);
	struct diagnostic *d = diag_add(c, E0532, link->node->at,
		"there is no filter %s to link to", node_shown(c, link->node));
	diag_suggest(c, d, link->node->at, &near);
	return NULL;
}

static const char *link_problem(struct compile *c, const struct filter *filter, const struct filter *parent) {
	if (parent == filter)
		return "a filter cannot be linked to itself";
	if (!filter_is_field(parent))
		return "only a filter with a `field` can narrow another, and this one is a "
		       "variable";
	if (strcmp(parent->type->wire(parent).tag_type, "dimension") != 0)
		return "this filter picks a unit of time, which narrows nothing";
	if (!columns_meet(c, filter, parent))
		return "the two columns are in tables that no foreign key joins, so nothing would "
		       "be narrowed";
	return NULL;
}

static void check_links(struct compile *c, struct filter *filter, const struct filter_wire *wire) {
	if (!filter->links)
		return;
	if (!filter_is_field(filter) || !can_be_narrowed(wire)) {
		diag_add(c, E0532, filter->links->name->at,
			"a `%s` filter offers no values from its column that another could narrow", filter->type->name);
		return;
	}
	if (filter->source != FILTER_VALUES_NONE) {
		struct diagnostic *d = diag_add(c, E0532, filter->links->name->at,
			"a filter with `values` of its own cannot be linked: Metabase narrows values of a column only");
		diag_note(c, d, filter->values_node->at, "its values");
		return;
	}
	for (size_t i = 0; i < filter->links->list.count; i++) {
		const struct value *link = &filter->links->list.items[i];
		struct filter *parent = link_target(c, filter, link);
		const char *problem = parent ? link_problem(c, filter, parent) : NULL;
		if (problem)
			diag_note(c,
				diag_add(c, E0532, link->node->at,
					"`%.*s` cannot be linked to `%.*s`", STR_ARGS(filter->key),
					STR_ARGS(link->text)),
				SPAN_NONE, "%s", problem);
		else if (parent)
			vec_push(c->arena, &filter->linked_to, parent);
	}
}

/* --- check ------------------------------------------------------------------------------------ */

static void check_default(struct compile *c, struct filter *filter) {
	struct node *node = filter->default_node;
	if (!node) {
		if (filter->required) {
			struct diagnostic *d = diag_add(c, E0534, filter->key_node->at,
				"filter `%.*s` is required and has no default", STR_ARGS(filter->key));
			diag_help(c, d, "write `default: …`, so that the dashboard can open");
		}
		return;
	}
	json_t *value = filter->type->value(c, filter, node);
	filter->default_value = value ? arena_own_json(c->arena, value) : NULL;
}

static bool in_list(const json_t *list, const char *text) {
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *value =
			json_string_value(json_is_array(item) ? json_array_get(item, 0) : item);
		if (value && strcmp(value, text) == 0)
			return true;
	}
	return false;
}

/* A default that the list does not offer can be left, and never be chosen again. */
static void check_default_in_list(struct compile *c, const struct filter *filter) {
	const json_t *list =
		filter->static_values ? json_object_get(filter->static_values, "values") : NULL;
	const json_t *value = filter->default_value;
	for (size_t i = 0; list && value && i < (json_is_array(value) ? json_array_size(value) : 1);
		i++) {
		const json_t *one = json_is_array(value) ? json_array_get(value, i) : value;
		const char *text = json_string_value(one);
		if (!text || in_list(list, text))
			continue;
		struct diagnostic *d = diag_add(c, W0531, filter->default_node->at,
			"the default `%s` is not among the filter's values", text);
		diag_note(c, d, filter->values_node->at, "its values");
	}
}

void filter_check(struct compile *c, struct filter *filter) {
	if (filter->columns.count == 0 && filter->fields.count > 0)
		filter->columns.items = filter->fields.items,
		filter->columns.count = filter->fields.count;
	struct filter_wire wire = filter->type->wire(filter);
	check_values(c, filter, &wire);
	check_links(c, filter, &wire);
	check_default(c, filter);
	check_default_in_list(c, filter);
	if (filter->type->check)
		filter->type->check(c, filter);
}
