/* A tag is the wire: `{{period}}` in a chart's SQL connects it to the filter of that name. In go
 * charts with scanned SQL and the filters of their dashboard, out come bindings: for each tag its
 * filter and, where the filter means a column, that column with the dataset that the SQL names for
 * its table. */
#include "compiler/model/load.h"
#include "runtime/suggest.h"

#define SERVER_WITH_ALIAS 56
#define FEW 16          /* up to here looking one after the other is faster than a map */

static const struct key field_key = {"filters", KEY_FIELD};
static const struct key column_key = {"filters", KEY_COLUMN};

/* One chart whose tags are being bound. */
struct wiring {
	struct compile *c;
	struct chart *chart;
	const struct value *entries;    /* `filters:` of the chart, or NULL */
	struct map bound;               /* tag names, when there are many */
	struct sql_tables tables;       /* read by the SQL and its snippets */
	bool tables_known;              /* were they asked for yet? */
	bool open;                      /* a card reference may bring any table */
};

/* --- what the SQL reads ----------------------------------------------------------------------- */

static void add_tables(struct wiring *wiring, const struct sql *sql, unsigned depth) {
	struct compile *c = wiring->c;
	struct sql_tables found = sql_tables(c->arena, sql), *all = &wiring->tables;
	struct sql_table *items = arena_array(c->arena, struct sql_table, all->count + found.count);
	if (all->count)
		memcpy(items, all->items, all->count * sizeof(*items));
	for (size_t i = 0; i < found.count; i++) {
		if (!found.items[i].cte)
			items[all->count++] = found.items[i];
	}
	all->items = items;
	for (size_t i = 0; i < sql->tags.count; i++) {
		const struct sql_tag *tag = &sql->tags.items[i];
		const struct snippet *snippet = tag->type == SQL_TAG_SNIPPET ?
			map_get(&c->project->snippets_by_key, tag->name) : NULL;
		wiring->open = wiring->open || tag->type == SQL_TAG_CARD;
		if (snippet && snippet->sql && depth < 8)
			add_tables(wiring, snippet->sql, depth + 1);
	}
}

static const struct sql_tables *tables_of(struct wiring *wiring) {
	if (!wiring->tables_known)
		add_tables(wiring, wiring->chart->sql, 0);
	wiring->tables_known = true;
	return &wiring->tables;
}

static bool same_name(const struct compile *c, struct str a, struct str b) {
	return c->project->bigquery ? str_eq(a, b) : str_eq_fold(a, b);
}

/* The table of the SQL that a field is in, or NULL; `*many` when two datasets have one of that
 * name. */
static const struct sql_table *table_read(struct wiring *wiring, const struct field_reference *field,
	bool *many) {
	const struct sql_tables *tables = tables_of(wiring);
	const struct sql_table *found = NULL;
	for (size_t i = 0; i < tables->count; i++) {
		const struct sql_table *table = &tables->items[i];
		if (!same_name(wiring->c, table->name, field->table))
			continue;
		if (field->schema.len && table->schema.len &&
			!same_name(wiring->c, table->schema, field->schema))
			continue;
		if (found && !str_eq(found->schema, table->schema))
			*many = true;
		found = table;
	}
	return found;
}

static const char *tables_list(struct wiring *wiring) {
	const struct sql_tables *tables = tables_of(wiring);
	const char *text = "";
	for (size_t i = 0; i < tables->count && i < 8; i++) {
		bool again = false;
		for (size_t j = 0; j < i; j++)
			again = again || str_eq(tables->items[j].name, tables->items[i].name);
		if (!again)
			text = arena_printf(wiring->c->arena, "%s%s`%.*s`", text, *text ? ", " : "",
				STR_ARGS(tables->items[i].name));
	}
	return *text ? text : "no table";
}

/* --- which column ----------------------------------------------------------------------------- */

/* "orders.address.zip" may be a table and a path as well as a dataset, a table and a column: what
 * the SQL reads decides. */
static struct field_reference as_path(struct wiring *wiring, struct field_reference field) {
	bool many = false;
	if (field.schema.len == 0 || table_read(wiring, &field, &many))
		return field;
	struct field_reference path = {.table = field.schema, .node = field.node};
	path.column = (struct str){
		field.table.ptr, (size_t)(field.column.ptr + field.column.len - field.table.ptr)};
	return table_read(wiring, &path, &many) ? path : field;
}

static struct span tag_span(const struct wiring *wiring, const struct sql_tag *tag) {
	return node_span(wiring->c, wiring->chart->sql_node, tag->start, tag->end);
}

static void report_candidates(struct wiring *wiring, const struct binding *binding,
	const struct field_reference *a, const struct field_reference *b) {
	struct compile *c = wiring->c;
	struct span at = tag_span(wiring, binding->tag);
	struct diagnostic *d = diag_add(c, E0535, at,
		"`{{%.*s}}` could mean `%.*s.%.*s` or `%.*s.%.*s`", STR_ARGS(binding->tag->name),
		STR_ARGS(a->table), STR_ARGS(a->column), STR_ARGS(b->table), STR_ARGS(b->column));
	diag_note(c, d, binding->filter->key_node->at,
		"the filter's `field` names both, and the SQL reads both tables");
	diag_help(c, d, "choose in the chart: `filters: {%.*s: %.*s.%.*s}`",
		STR_ARGS(binding->tag->name), STR_ARGS(a->table), STR_ARGS(a->column));
}

static void report_unread(struct wiring *wiring, const struct binding *binding) {
	struct compile *c = wiring->c;
	struct span at = tag_span(wiring, binding->tag);
	const struct filter *filter = binding->filter;
	struct diagnostic *d;
	if (filter->fields.count == 0)
		d = diag_add(c, E0535, at, "`{{%.*s}}` means no column: the filter has no `field`",
			STR_ARGS(binding->tag->name));
	else
		d = diag_add(c, E0535, at,
			"`{{%.*s}}` means `%.*s.%.*s`, and the SQL does not read that table",
			STR_ARGS(binding->tag->name), STR_ARGS(filter->fields.items[0].table),
			STR_ARGS(filter->fields.items[0].column));
	diag_note(c, d, filter->key_node->at, "the filter");
	diag_note(c, d, SPAN_NONE, "the SQL reads %s", tables_list(wiring));
	const struct sql_tables *tables = tables_of(wiring);
	struct str table = tables->count ? tables->items[0].name : STR("table");
	diag_help(c, d, "say what it means in this chart: `filters: {%.*s: %.*s.COLUMN}`",
		STR_ARGS(binding->tag->name), STR_ARGS(table));
}

/* Of the filter's columns the one whose table the SQL reads. */
static bool choose_field(
	struct wiring *wiring, struct binding *binding, struct field_reference *out) {
	const struct filter *filter = binding->filter;
	bool found = false, many = false;
	for (size_t i = 0; i < filter->fields.count; i++) {
		struct field_reference field = as_path(wiring, filter->fields.items[i]);
		if (!table_read(wiring, &field, &many))
			continue;
		if (found) {
			report_candidates(wiring, binding, out, &field);
			return false;
		}
		*out = field;
		found = true;
	}
	if (!found && wiring->open && filter->fields.count == 1) {
		*out = filter->fields.items[0];
		return true;
	}
	if (!found)
		report_unread(wiring, binding);
	return found;
}

struct node *entry_type(const struct value *entry) {
	return entry->node->type == NODE_MAP ? node_get(entry->node, "type") : NULL;
}

static const struct value *entry_of(const struct wiring *wiring, struct str tag) {
	for (size_t i = 0; wiring->entries && i < wiring->entries->list.count; i++) {
		const struct value *item = &wiring->entries->list.items[i];
		if (str_eq(item->name->scalar.text, tag))
			return item;
	}
	return NULL;
}

/* `filters: {period: table.column}` or `{field: …, alias: …}`. */
static bool read_entry(struct wiring *wiring, struct binding *binding, const struct value *entry,
	struct field_reference *out) {
	struct compile *c = wiring->c;
	struct value value;
	if (entry->node->type == NODE_MAP) {
		struct values values;
		const struct key *const groups[] = {binding_keys, NULL};
		const char *what =
			arena_printf(c->arena, "`%.*s`", STR_ARGS(entry->name->scalar.text));
		if (!keys_bind_named(c, groups, entry->name, entry->node, what, &values))
			return false;
		const struct value *alias = values_get(&values, "alias");
		binding->alias = alias ? alias->text : STR("");
		if (alias && !need_version(c, SERVER_WITH_ALIAS, alias->name->at, "`alias`"))
			return false;
		value = *values_get(&values, "field");
	} else {
		key_bind(c, &field_key, entry->name, entry->node, &value);
		if (value.bad)
			return false;
	}
	*out = as_path(wiring, field_split(value.node, value.text));
	return true;
}

/* --- the catalogue ---------------------------------------------------------------------------- */

static const struct catalogue_table *known_table(struct compile *c, struct str schema, struct str name) {
	if (!c->catalogue)
		return NULL;
	const struct catalogue_table *table = catalogue_table(c->catalogue, schema, name);
	if (table || schema.len == 0)
		return table;
	table = catalogue_table(c->catalogue, STR(""), name);
	return table && table->schema.len == 0 ? table : NULL;
}

/* Of a dataset with no known table at all nothing is said: its DDL is elsewhere. */
static void report_table(struct compile *c, const struct binding *binding) {
	struct suggest near = suggest_start(binding->table);
	bool covered = false;
	for (size_t i = 0; c->catalogue && i < c->catalogue->tables.count; i++) {
		const struct catalogue_table *table = c->catalogue->tables.items[i];
		if (binding->schema.len && table->schema.len &&
			!str_eq(table->schema, binding->schema))
			continue;
		covered = true;
		suggest_offer(&near, table->name);
	}
	if (!covered || binding->at->bad)
		return;
	binding->at->bad = true;
	struct diagnostic *d = diag_add(c, E0536, binding->at->at,
		"the catalogue has no table `%.*s%s%.*s`", STR_ARGS(binding->schema),
		binding->schema.len ? "." : "", STR_ARGS(binding->table));
	if (suggest_best(&near).len)
		diag_help(c, d, "did you mean `%.*s`?", STR_ARGS(suggest_best(&near)));
}

static void report_field(
	struct compile *c, const struct binding *binding, const struct catalogue_table *table) {
	if (binding->at->bad)
		return;
	binding->at->bad = true;
	struct suggest near = suggest_start(binding->column);
	for (size_t i = 0; i < table->column_count; i++)
		suggest_offer(&near, table->columns[i].name);
	struct diagnostic *d =
		diag_add(c, E0537, binding->at->at, "table `%.*s` has no column `%.*s`",
			STR_ARGS(table->name), STR_ARGS(binding->column));
	if (suggest_best(&near).len)
		diag_help(c, d, "did you mean `%.*s.%.*s`?", STR_ARGS(binding->table),
			STR_ARGS(suggest_best(&near)));
	diag_note(c, d, table->at, "the table is defined here");
}

static void check_type(struct compile *c, const struct binding *binding) {
	const struct filter *filter = binding->filter;
	const struct catalogue_column *column = binding->known;
	if (binding->at->bad)
		return;
	bool wanted = filter->type->accepts == 0 || column->type == COLUMN_UNKNOWN ||
		(filter->type->accepts & 1u << column->type);
	if (wanted && !column->repeated)
		return;
	binding->at->bad = true;
	struct diagnostic *d = diag_add(c, E0538, binding->at->at,
		"a `%s` filter cannot be on `%.*s`, which is %s%.*s", filter->type->name,
		STR_ARGS(binding->column), column->repeated ? "an ARRAY of " : "",
		STR_ARGS(column->database_type));
	diag_note(c, d, column->at, "the column");
	diag_note(c, d, filter->key_node->at, "the filter");
}

static bool alike(enum column_type a, enum column_type b) {
	bool days = (a == COLUMN_DATE || a == COLUMN_DATETIME) &&
		    (b == COLUMN_DATE || b == COLUMN_DATETIME);
	return a == b || a == COLUMN_UNKNOWN || b == COLUMN_UNKNOWN || days;
}

static void note_type(
	struct compile *c, struct filter *filter, enum column_type type, const struct node *at) {
	if (filter->column_type == COLUMN_UNKNOWN)
		filter->column_type = type;
	if (alike(filter->column_type, type))
		return;
	struct diagnostic *d = diag_add(c, W0530, at->at,
		"filter `%.*s` means a %s elsewhere, and a %s here", STR_ARGS(filter->key),
		column_type_name(filter->column_type), column_type_name(type));
	diag_note(c, d, filter->key_node->at, "its values are typed once, for both");
}

static void note_column(struct compile *c, struct filter *filter, const struct binding *binding) {
	for (size_t i = 0; i < filter->columns.count; i++) {
		const struct field_reference *seen = &filter->columns.items[i];
		if (str_eq(seen->table, binding->table) && str_eq(seen->column, binding->column) &&
			str_eq(seen->schema, binding->schema))
			return;
	}
	struct field_reference field = {
		binding->schema, binding->table, binding->column, binding->at};
	vec_push(c->arena, &filter->columns, field);
}

static void look_up(struct compile *c, struct binding *binding) {
	const struct catalogue_table *table = known_table(c, binding->schema, binding->table);
	if (!table) {
		report_table(c, binding);
		return;
	}
	if (binding->schema.len == 0)
		binding->schema = table->schema;
	if (!table->columns_known)
		return;
	binding->known = catalogue_column(table, binding->column);
	if (binding->known)
		check_type(c, binding);
	else
		report_field(c, binding, table);
}

/* Everything that a binding tells its filter. */
static void inform(struct compile *c, struct filter *filter, const struct binding *binding) {
	filter->used = true;
	if (binding->table.len == 0)
		return;
	note_column(c, filter, binding);
	if (binding->known)
		note_type(c, filter, binding->known->type, binding->at);
}

/* --- one tag ---------------------------------------------------------------------------------- */

static void bind_field(struct wiring *wiring, struct binding *binding, const struct value *entry) {
	struct compile *c = wiring->c;
	struct field_reference field;
	bool many = false;
	if (entry && !entry_type(entry)) {
		if (!read_entry(wiring, binding, entry, &field))
			return;
	} else if (!choose_field(wiring, binding, &field)) {
		return;
	}
	const struct sql_table *table = table_read(wiring, &field, &many);
	if (many && field.schema.len == 0) {
		diag_help(c, diag_add(c, E0535, tag_span(wiring, binding->tag),
			"the SQL reads `%.*s` of two datasets", STR_ARGS(field.table)),
			"say which: `filters: {%.*s: DATASET.%.*s.%.*s}`", STR_ARGS(binding->tag->name),
			STR_ARGS(field.table), STR_ARGS(field.column));
		return;
	}
	binding->schema = field.schema.len || !table ? field.schema : table->schema;
	binding->table = field.table;
	binding->column = field.column;
	binding->at = field.node;
	look_up(c, binding);
	if (!table && !wiring->open && !binding->at->bad && binding->alias.len == 0) {
		struct diagnostic *d = diag_add(c, E0535, binding->at->at,
			"`%.*s.%.*s` is in a table that the SQL does not read", STR_ARGS(field.table),
			STR_ARGS(field.column));
		diag_note(c, d, tag_span(wiring, binding->tag), "the SQL reads %s",
			tables_list(wiring));
	}
}

static struct filter *own_filter(const struct chart *chart, struct str name) {
	for (size_t i = 0; i < chart->filters.count; i++) {
		if (str_eq(chart->filters.items[i]->key, name))
			return chart->filters.items[i];
	}
	return NULL;
}

static struct filter *find_filter(struct compile *c, const struct chart *chart, struct str name) {
	struct filter *own = own_filter(chart, name);
	if (own)
		return own;
	return chart->dashboard ? dashboard_filter(c, chart->dashboard, name)
				: map_get(&c->project->shared_filters_by_key, name);
}

void report_filter(struct compile *c, const struct dashboard *dashboard, const struct chart *chart,
	struct str name, struct span at, struct span fix) {
	struct suggest near = suggest_start(name);
	for (size_t i = 0; chart && i < chart->filters.count; i++)
		suggest_offer(&near, chart->filters.items[i]->key);
	if (dashboard)
		suggest_map(c, &near, &dashboard->filters_by_key);
	suggest_map(c, &near, &c->project->shared_filters_by_key);
	struct diagnostic *d = diag_add(c, E0539, at, "there is no filter `%.*s`%s", STR_ARGS(name),
		dashboard || !chart ? "" : " for the whole project");
	diag_suggest(c, d, fix, &near);
	if (!dashboard && chart)
		diag_note(c, d, SPAN_NONE,
			"a chart of no dashboard takes filters of the project only");
	struct filter *meant =
		dashboard ? map_get(&dashboard->filters_by_key, suggest_best(&near)) : NULL;
	if (meant)
		meant->used = true;
	if (suggest_best(&near).len == 0)
		diag_help(c, d, "define it below `filters:`: `%.*s: {type: …}`", STR_ARGS(name));
}

/* Was the name of tag `index` met before? */
static bool is_repeated(struct wiring *wiring, size_t index) {
	const struct sql *sql = wiring->chart->sql;
	struct str name = sql->tags.items[index].name;
	if (sql->tags.count > FEW) {
		void **slot = map_slot(wiring->c->arena, &wiring->bound, name);
		bool seen = *slot != NULL;
		*slot = wiring->chart;
		return seen;
	}
	for (size_t i = 0; i < index; i++) {
		if (sql->tags.items[i].type == SQL_TAG_VARIABLE &&
			str_eq(sql->tags.items[i].name, name))
			return true;
	}
	return false;
}

static void bind_tag(struct wiring *wiring, const struct sql_tag *tag) {
	struct compile *c = wiring->c;
	struct chart *chart = wiring->chart;
	struct binding binding = {.tag = tag, .filter = find_filter(c, chart, tag->name)};
	const struct value *entry = entry_of(wiring, tag->name);
	if (!binding.filter) {
		bool broken = entry && entry_type(entry);
		struct span name = node_span(
			c, chart->sql_node, tag->name_start, tag->name_start + tag->name.len);
		if (!broken)
			report_filter(
				c, chart->dashboard, chart, tag->name, tag_span(wiring, tag), name);
		return;
	}
	binding.at = binding.filter->key_node;
	if (binding.filter->type->field == FILTER_FIELD_REQUIRED ||
		binding.filter->fields.count > 0 ||
		(binding.filter->type->field == FILTER_FIELD_OPTIONAL && entry &&
			!entry_type(entry)))
		bind_field(wiring, &binding, entry);
	else if (entry && !entry_type(entry))
		diag_add(c, E0530, entry->node->at, "a `%s` filter means no column",
			binding.filter->type->name);
	inform(c, binding.filter, &binding);
	vec_push(c->arena, &chart->bindings, binding);
}

/* --- a chart ---------------------------------------------------------------------------------- */

static void report_entry(struct wiring *wiring, const struct value *entry) {
	struct compile *c = wiring->c;
	struct suggest near = suggest_start(entry->name->scalar.text);
	for (size_t i = 0; i < wiring->chart->sql->tags.count && i < 100; i++)
		suggest_offer(&near, wiring->chart->sql->tags.items[i].name);
	struct diagnostic *d =
		diag_add(c, E0540, entry->name->at, "the SQL of chart `%.*s` has no `{{%.*s}}`",
			STR_ARGS(wiring->chart->key), STR_ARGS(entry->name->scalar.text));
	diag_suggest(c, d, entry->name->at, &near);
}

/* The chart's `filters:` names tags of its SQL, and filters of its own stand beside no other. */
static void check_entries(struct wiring *wiring) {
	struct compile *c = wiring->c;
	struct chart *chart = wiring->chart;
	for (size_t i = 0; wiring->entries && i < wiring->entries->list.count; i++) {
		const struct value *entry = &wiring->entries->list.items[i];
		struct str name = entry->name->scalar.text;
		const struct filter *other =
			chart->dashboard ? map_get(&chart->dashboard->filters_by_key, name) : NULL;
		if (!other)
			other = map_get(&c->project->shared_filters_by_key, name);
		if (entry_type(entry) && other) {
			struct diagnostic *d = diag_add(c, E0531, entry->name->at,
				"chart `%.*s` defines a filter that %s has", STR_ARGS(chart->key),
				other->dashboard ? "its dashboard" : "the project");
			diag_note(c, d, other->key_node->at, "the other `%.*s`", STR_ARGS(name));
			diag_help(c, d,
				"give it another key, or name a column: `%.*s: table.column`",
				STR_ARGS(name));
		} else if (!chart->type->query_builder && !sql_tag(chart->sql, name)) {
			report_entry(wiring, entry);
		}
	}
}

/* A pivot has no tags: its `filters:` name columns that its SQL gives. */
static void bind_output(struct wiring *wiring, const struct value *entry) {
	struct compile *c = wiring->c;
	struct chart *chart = wiring->chart;
	struct str name = entry->name->scalar.text;
	struct binding binding = {.filter = find_filter(c, chart, name), .at = entry->node};
	struct value value;
	if (!binding.filter) {
		report_filter(c, chart->dashboard, chart, name, entry->name->at, entry->name->at);
		return;
	}
	key_bind(c, &column_key, entry->name, entry->node, &value);
	if (value.bad)
		return;
	binding.column = value.text;
	chart_need_column(c, chart, &value, COLUMN_UNKNOWN, "a filter");
	if (!filter_is_field(binding.filter)) {
		struct diagnostic *d = diag_add(c, E0530, entry->name->at,
			"a `%s` chart is filtered on a column, and `%.*s` is a variable", chart->type->name,
			STR_ARGS(name));
		diag_note(c, d, binding.filter->key_node->at, "the filter");
	}
	const struct column *column = chart_column(chart, &value);
	if (column && column->type != COLUMN_UNKNOWN && binding.filter->type->accepts &&
		!(binding.filter->type->accepts & 1u << column->type))
		diag_add(c, E0538, entry->node->at,
			"a `%s` filter cannot be on `%.*s`, which is a %s",
			binding.filter->type->name, STR_ARGS(value.text),
			column_type_name(column->type));
	binding.filter->used = true;
	vec_push(c->arena, &chart->bindings, binding);
}

static void bind_outputs(struct wiring *wiring) {
	struct compile *c = wiring->c;
	struct chart *chart = wiring->chart;
	for (size_t i = 0; i < chart->sql->tags.count; i++) {
		const struct sql_tag *tag = &chart->sql->tags.items[i];
		if (tag->type != SQL_TAG_VARIABLE)
			continue;
		struct diagnostic *d = diag_add(c, E0541, tag_span(wiring, tag),
			"the SQL of a `%s` chart cannot have tags", chart->type->name);
		diag_help(c, d, "select the column, and write `filters: {%.*s: COLUMN}`",
			STR_ARGS(tag->name));
		struct filter *filter = find_filter(c, chart, tag->name);
		if (filter)
			filter->used = true;
	}
	for (size_t i = 0; wiring->entries && i < wiring->entries->list.count; i++) {
		if (!wiring->entries->list.items[i].bad)
			bind_output(wiring, &wiring->entries->list.items[i]);
	}
}

void chart_bind_tags(struct compile *c, struct chart *chart) {
	struct wiring wiring = {c, chart, .entries = values_get(&chart->values, "filters")};
	check_entries(&wiring);
	if (chart->type->query_builder) {
		bind_outputs(&wiring);
		return;
	}
	for (size_t i = 0; i < chart->sql->tags.count; i++) {
		const struct sql_tag *tag = &chart->sql->tags.items[i];
		if (tag->type == SQL_TAG_VARIABLE && tag->name.len && !is_repeated(&wiring, i))
			bind_tag(&wiring, tag);
	}
}

void dashboard_take_chart(
	struct compile *c, struct dashboard *dashboard, const struct chart *chart) {
	for (size_t i = 0; i < chart->bindings.count; i++) {
		const struct binding *binding = &chart->bindings.items[i];
		if (!binding->filter->chart)
			inform(c, dashboard_filter(c, dashboard, binding->filter->key), binding);
	}
}
