/* The tables that the language is made of, but for those of chart and filter types: what mbc.yaml,
 * a file of shared definitions, a dashboard, a chart, a filter and a place in a layout may say. */
#include "compiler/model/load.h"

/* --- mbc.yaml --------------------------------------------------------------------------------- */

static const struct word dialects[] = {{"bigquery"}, {"other"}, {0}};

const struct key environment_keys[] = {
	{"url", KEY_TEXT, .doc = "address of the Metabase server", .example = "\"${env.METABASE_URL}\""},
	{"api_key", KEY_TEXT, .doc = "its API key, from `${env.NAME}` unless the server is on this machine",
		.example = "\"${env.METABASE_API_KEY}\""},
	{"user", KEY_TEXT, .doc = "e-mail address, where there is no API key", .example = "ci@example.com"},
	{"password", KEY_TEXT, .doc = "password of `user`, from `${env.NAME}`",
		.example = "\"${env.METABASE_PASSWORD}\""},
	{"database", KEY_TEXT, .required = true, .doc = "name of the warehouse in Metabase",
		.example = "BigQuery"},
	{"metabase", KEY_TEXT, .doc = "version of this server, where it is newer than the project's",
		.example = "0.56"},
	{"vars", KEY_TEXT, KEY_ENTRIES, .doc = "variables that win over those of the project",
		.example = "{dataset: ai_usage_prod}"},
	{"budget", KEY_TEXT, .doc = "bytes that one opening of a dashboard may scan", .example = "5 GiB"},
	{"default", KEY_BOOLEAN, .doc = "taken when neither `--env` nor `MBC_ENV` names one",
		.example = "true"},
	{0}
};

const struct key collection_keys[] = {
	{"was", KEY_TEXT, .doc = "its former path", .example = "Finance"},
	{"description", KEY_TEXT, .doc = "what it is for, shown in Metabase"},
	{0}
};

const struct key manifest_keys[] = {
	{"mbc", KEY_TEXT, .required = true, .doc = "version of the language", .example = "1"},
	{"project", KEY_TEXT, .required = true,
		.doc = "the owner's name in every marker, unique on a server", .example = "ai-usage"},
	{"metabase", KEY_TEXT, .doc = "oldest server that the definitions must work on", .example = "0.50"},
	{"dialect", KEY_WORD, .words = dialects,
		.doc = "`other` switches off what holds on BigQuery only", .example = "bigquery"},
	{"collection", KEY_TEXT, .doc = "the collection that everything lives below", .example = "AI usage"},
	{"charts_collection", KEY_TEXT,
		.doc = "where a dashboard's charts live below its collection; `.` is beside it",
		.example = "Charts"},
	{"sources", KEY_TEXT, KEY_LIST, .doc = "folders and files with definitions",
		.example = "[dashboards/]"},
	{"catalogue", KEY_TEXT, KEY_LIST, .doc = "DDL, or files that `mbc catalogue` wrote",
		.example = "[sql/]"},
	{"vars", KEY_TEXT, KEY_ENTRIES, .doc = "values for `${name}`", .example = "{dataset: ai_usage}"},
	{"environments", KEY_MAP, KEY_ENTRIES, .keys = environment_keys, .doc = "the servers, by name",
		.example = "{local: {url: \"http://localhost:3000\", api_key: local, database: Warehouse}}"},
	{"collections", KEY_MAP, KEY_ENTRIES, .keys = collection_keys,
		.doc = "more about collections, by path below the project's",
		.example = "{Money: {was: Finance}}"},
	{0}
};

/* --- shared files ----------------------------------------------------------------------------- */

const struct key shared_keys[] = {
	{"filters", KEY_ANY, .doc = "filters for the whole project, by key"},
	{"charts", KEY_ANY, .doc = "charts that several dashboards show, by key"},
	{"snippets", KEY_ANY, .doc = "pieces of SQL, used as `{{snippet: key}}`"},
	{0}
};

const struct key snippet_keys[] = {
	{"sql", KEY_TEXT, .doc = "the text", .example = "status = 'paid'"},
	{"sql_file", KEY_TEXT, .doc = "file with the text, from the folder of this file",
		.example = "paid.sql"},
	{0}
};

/* --- filters ---------------------------------------------------------------------------------- */

static const struct word value_words[] = {{"text"}, {"number"}, {0}};

const struct key filter_keys[] = {
	{"type", KEY_TEXT, .required = true, .doc = "what the filter is: one of the filter types",
		.example = "dropdown"},
	{"label", KEY_TEXT, .doc = "name on the dashboard; the key as words if left out",
		.example = "Platform"},
	{"field", KEY_FIELD, KEY_LIST,
		.doc = "the column that it means, or several, of which a chart takes the one whose table it reads",
		.example = "fct_cost_daily.platform"},
	{"default", KEY_ANY, .doc = "value when the dashboard opens", .example = "last 30 days"},
	{"required", KEY_BOOLEAN, .doc = "it cannot be emptied; needs a default", .example = "true"},
	{"multi", KEY_BOOLEAN, .doc = "takes several values", .example = "true"},
	{"linked_to", KEY_TEXT, KEY_LIST,
		.doc = "filters whose choice narrows the values offered here", .example = "[platform]"},
	{"values", KEY_ANY, .doc = "where its values come from: a list, or a chart's column",
		.example = "[a, {value: b, label: Bee}]"},
	{"value", KEY_WORD, .words = value_words,
		.doc = "how values are typed; what the column holds if left out", .example = "number"},
	{"was", KEY_TEXT, .doc = "its former key", .example = "service"},
	{0}
};

/* What a dashboard may say about a filter of the project. */
const struct key filter_override_keys[] = {
	{"label", KEY_TEXT, .doc = "name on this dashboard"},
	{"default", KEY_ANY, .doc = "value when this dashboard opens", .example = "last 30 days"},
	{"required", KEY_BOOLEAN, .doc = "it cannot be emptied here"},
	{"linked_to", KEY_TEXT, KEY_LIST, .doc = "filters whose choice narrows the values offered here",
		.example = "[platform]"},
	{"values", KEY_ANY, .doc = "where its values come from on this dashboard", .example = "[a, b]"},
	{0}
};

const struct filter_type *filter_type_find(const struct compile *c, struct str name) {
	for (const struct filter_type *const *type = c->filter_types; type && *type; type++) {
		if (str_is(name, (*type)->name))
			return *type;
	}
	return NULL;
}

bool filter_is_field(const struct filter *filter) {
	if (filter->type->field == FILTER_FIELD_OPTIONAL)
		return filter->fields.count > 0 || filter->columns.count > 0;
	return filter->type->field == FILTER_FIELD_REQUIRED;
}

/* --- charts ----------------------------------------------------------------------------------- */

const struct word column_type_words[] = {
	{"text"}, {"number"}, {"boolean"}, {"date"}, {"datetime"}, {0}};

const struct key binding_keys[] = {
	{"field", KEY_FIELD, .required = true, .doc = "the column that the filter means here",
		.example = "fct_usage_daily.usage_date"},
	{"alias", KEY_TEXT, .doc = "how the SQL calls that column, where its table has an alias",
		.example = "u.usage_date"},
	{0}
};

static json_t *filters_schema(void) {
	const struct key *const binding[] = {binding_keys, NULL};
	return json_pack("{s:[{s:s},o,{s:s,s:[s]}]}", "anyOf", "type", "string",
		keys_schema(binding), "type", "object", "required", "type");
}

const struct key chart_keys[] = {
	{"type", KEY_TEXT, .required = true, .doc = "what the chart is: one of the chart types",
		.example = "line"},
	{"title", KEY_TEXT, .doc = "name of the card; the key as words if left out", .example = "Spend"},
	{"description", KEY_TEXT, .doc = "shown beside the title"},
	{"sql", KEY_TEXT, .doc = "the query", .example = "SELECT SUM(total) AS total FROM `shop.orders`"},
	{"sql_file", KEY_TEXT, .doc = "file with the query, from the folder of this file",
		.example = "trend.sql"},
	{"yields", KEY_WORD, KEY_ENTRIES, .words = column_type_words,
		.doc = "columns that the query gives, with their types, where mbc cannot tell",
		.example = "{day: date, cost_usd: number}"},
	{"filters", KEY_ANY, KEY_ENTRIES, .schema = filters_schema,
		.doc = "which column a filter means here, or a filter of the chart's own",
		.example = "{period: fct_usage_daily.usage_date}"},
	{"was", KEY_TEXT, .doc = "its former key: `old`, `dashboard/old`, or `/old` of a shared chart",
		.example = "old_key"},
	{0}
};

const struct chart_type *chart_type_find(const struct compile *c, struct str name) {
	for (const struct chart_type *const *type = c->chart_types; type && *type; type++) {
		if (name.len && (*type)->name[0] == name.ptr[0] && str_is(name, (*type)->name))
			return *type;
	}
	return NULL;
}

/* --- dashboards ------------------------------------------------------------------------------- */

static const struct word widths[] = {{"fixed"}, {"full"}, {0}};
static const struct word embedded[] = {{"disabled"}, {"enabled"}, {"locked"}, {0}};

static const struct key embedding_keys[] = {
	{"enabled", KEY_BOOLEAN, .to = "enable_embedding", .required = true,
		.doc = "may the dashboard be embedded in other pages"},
	{"filters", KEY_WORD, KEY_ENTRIES, .to = "embedding_params", .words = embedded,
		.doc = "what the page may do with each filter", .example = "{team: locked}"},
	{0}
};

static json_t *any_map(void) {
	return json_pack("{s:s}", "type", "object");
}

static json_t *rows_schema(void) {
	return json_pack("{s:s}", "type", "array");
}

static void check_cache(struct compile *c, const struct value *value) {
	long long seconds;
	if (duration_parse(value->text, &seconds))
		return;
	diag_help(c,
		diag_add(c, E0202, value->node->at, "`cache` takes a length of time, found %s",
			node_shown(c, value->node)),
		"write `cache: 6h`: a whole number with `m`, `h` or `d`");
}

const struct key dashboard_keys[] = {
	{"dashboard", KEY_TEXT, .required = true, .doc = "its title", .example = "Finance overview"},
	{"key", KEY_TEXT, .doc = "its identity; the file's name without `.yaml` if left out",
		.example = "finance-overview"},
	{"description", KEY_TEXT, .doc = "shown behind the title"},
	{"collection", KEY_TEXT, .doc = "where it is, below the project's collection; `/` nests",
		.example = "Finance"},
	{"charts_collection", KEY_TEXT, .doc = "where its charts are; `.` is beside it", .example = "."},
	{"was", KEY_TEXT, .doc = "its former key", .example = "finance"},
	{"filters", KEY_ANY, .schema = any_map, .doc = "its filters, by key"},
	{"charts", KEY_ANY, .schema = any_map, .doc = "its charts, by key"},
	{"layout", KEY_ANY, .schema = rows_schema, .doc = "its rows, where it has no tabs",
		.example = "[[spend: 6x4, trend: 18x8]]"},
	{"tabs", KEY_ANY, .schema = any_map, .doc = "its tabs, each a title with rows",
		.example = "{Overview: [[spend, trend]]}"},
	{"width", KEY_WORD, .to = "width", .words = widths, .doc = "`full` uses the whole screen"},
	{"auto_apply", KEY_BOOLEAN, .to = "auto_apply_filters",
		.doc = "filters apply as soon as they are changed"},
	{"cache", KEY_TEXT, .check = check_cache, .doc = "how long results are kept", .example = "6h"},
	{"pinned", KEY_INTEGER, .to = "collection_position", .min = 1,
		.doc = "its place among the pinned of its collection", .example = "1"},
	{"embedding", KEY_MAP, .keys = embedding_keys, .doc = "use in other pages",
		.example = "{enabled: true, filters: {team: locked}}"},
	{0}
};

static const struct key at_keys[] = {
	{"col", KEY_INTEGER, .required = true, .min = 0, .max = GRID_COLUMNS - 1,
		.doc = "first column, from 0 to 23"},
	{"row", KEY_INTEGER, .required = true, .min = 0, .max = 100000, .doc = "first row, from 0"},
	{0}
};

const struct key placement_keys[] = {
	{"as", KEY_TEXT, .doc = "a name for this place of a chart that has several", .example = "spend_again"},
	{"size", KEY_SIZE, .doc = "columns and rows it takes", .example = "6x4"},
	{"at", KEY_MAP, .keys = at_keys, .doc = "a fixed place, in a layout without flowing rows",
		.example = "{col: 0, row: 2}"},
	{0}
};

const struct key tab_keys[] = {
	{"was", KEY_TEXT, .doc = "its former title", .example = "Summary"},
	{"rows", KEY_ANY, .required = true, .schema = rows_schema, .doc = "its rows"},
	{0}
};

bool duration_parse(struct str text, long long *seconds) {
	static const struct {
		char unit;
		long long seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	long long number;
	if (text.len < 2 || !str_integer(str_slice(text, 0, text.len - 1), &number) || number < 1 ||
		number > 1000000)
		return false;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (text.ptr[text.len - 1] != units[i].unit)
			continue;
		*seconds = number * units[i].seconds;
		return true;
	}
	return false;
}
