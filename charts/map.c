/* map: regions coloured by a value, or points. The server finds coordinates by what it knows of a
 * table's columns, which it never does for SQL, so they are always named. */
#include "charts/columns.h"

static const struct word kinds[] = {{"region"}, {"pin"}, {"grid"}, {0}};
static const struct word pins[] = {{"tiles"}, {"markers"}, {"grid"}, {"heat"}, {0}};

static void lower_region_map(struct compile *c, const struct value *value, json_t *settings) {
	(void)c;
	struct str name = value->text;
	json_object_set_new(settings, value->key->to,
		str_is(name, "us-states")         ? json_string("us_states")
		: str_is(name, "world-countries") ? json_string("world_countries")
						  : name_json(name));
}

static const struct key center_keys[] = {
	{"lat", KEY_NUMBER, .to = "map.center_latitude", .required = true, .doc = "latitude"},
	{"lon", KEY_NUMBER, .to = "map.center_longitude", .required = true, .doc = "longitude"},
	{0}
};

static const struct key keys[] = {
	{"kind", KEY_WORD, .to = "map.type", .words = kinds, .required = true, .doc = "regions, points or a grid"},
	{"lat", KEY_COLUMN, .to = "map.latitude_column", .doc = "the column with the latitude"},
	{"lon", KEY_COLUMN, .to = "map.longitude_column", .doc = "the column with the longitude"},
	{"region_map", KEY_TEXT, .to = "map.region", .lower = lower_region_map,
		.doc = "`us-states`, `world-countries`, or the key of a map of your server",
		.example = "world-countries"},
	{"region", KEY_COLUMN, .to = "map.dimension", .doc = "the column with codes or names of regions"},
	{"value", KEY_COLUMN, .lower = picture_lower_elsewhere, .doc = "the column that gives the colour"},
	{"pins", KEY_WORD, .to = "map.pin_type", .words = pins, .doc = "how points are drawn"},
	{"colors", KEY_COLOUR, KEY_LIST, .to = "map.colors", .doc = "five colours, from low to high",
		.example = "[white, yellow, orange, red, bad]"},
	{"zoom", KEY_NUMBER, .to = "map.zoom", .doc = "level of zoom; left out: by the data"},
	{"center", KEY_MAP, .keys = center_keys, .doc = "middle of the map; left out: by the data",
		.example = "{lat: 52.1, lon: 5.3}"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static const struct raw_key settings_rows[] = {
	{"map.type", RAW_TEXT, "region|pin|grid|heat"},
	{"map.pin_type", RAW_TEXT, "tiles|markers|grid|heat"},
	{"map.latitude_column", RAW_COLUMN},
	{"map.longitude_column", RAW_COLUMN},
	{"map.metric_column", RAW_COLUMN},
	{"map.region", RAW_TEXT},
	{"map.dimension", RAW_COLUMN},
	{"map.metric", RAW_COLUMN},
	{"map.colors", RAW_LIST},
	{"map.zoom", RAW_NUMBER},
	{"map.center_latitude", RAW_NUMBER},
	{"map.center_longitude", RAW_NUMBER},
	{"map.heat.radius", RAW_NUMBER},
	{"map.heat.blur", RAW_NUMBER},
	{"map.heat.min-opacity", RAW_NUMBER},
	{"map.heat.max-zoom", RAW_NUMBER},
	{0}
};

static const struct raw_key *const reads[] = {settings_rows, NULL};

static bool is_region(const struct chart *chart) {
	const char *kind = values_word(&chart->values, "kind");
	return kind && strcmp(kind, "region") == 0;
}

static void check_named(
	struct compile *c, const struct chart *chart, const char *const *names, bool wanted) {
	for (; *names; names++) {
		const struct value *value = values_get(&chart->values, *names);
		if (wanted && !value && !node_get(chart->node, *names))
			diag_add(c, E0417, chart->key_node->at, "a map of `kind: %s` needs `%s`",
				values_word(&chart->values, "kind"), *names);
		else if (!wanted && value)
			diag_add(c, E0415, value->name->at,
				"`%s` has no effect on a map of `kind: %s`", *names,
				values_word(&chart->values, "kind"));
	}
}

static void check(struct compile *c, const struct chart *chart) {
	static const char *const of_regions[] = {"region_map", "region", "value", NULL};
	static const char *const of_points[] = {"lat", "lon", NULL};
	static const char *const regions_alone[] = {"region_map", "region", NULL};
	static const char *const points_alone[] = {"lat", "lon", "pins", NULL};
	const struct value *lat = values_get(&chart->values, "lat"),
			   *lon = values_get(&chart->values, "lon");
	if (!values_word(&chart->values, "kind"))
		return;
	check_named(c, chart, is_region(chart) ? of_regions : of_points, true);
	check_named(c, chart, is_region(chart) ? points_alone : regions_alone, false);
	need_number(c, chart, lat, "lat");
	need_number(c, chart, lon, "lon");
	need_different(c, lat, lon);
	need_measure(c, chart, values_get(&chart->values, "value"), "value");
	need_different(
		c, values_get(&chart->values, "region"), values_get(&chart->values, "value"));
}

static void lower(struct compile *c, const struct chart *chart, json_t *settings) {
	(void)c;
	const struct value *value = values_get(&chart->values, "value");
	if (value)
		json_object_set_new(settings, is_region(chart) ? "map.metric" : "map.metric_column",
			name_json(value->text));
}

const struct chart_type chart_map = {
	.name = "map",
	.doc = "regions coloured by a value, or points",
	.example = "type: map\n"
		   "title: Revenue by country\n"
		   "sql: SELECT country, SUM(total) AS revenue FROM `shop.orders` GROUP BY country\n"
		   "kind: region\n"
		   "region_map: world-countries\n"
		   "region: country\n"
		   "value: revenue\n",
	.size = {12, 6},
	.least = {4, 3},
	.columns = {.dimensions = {1, MANY}, .measures = {0, MANY}},
	.groups = groups,
	.reads = reads,
	.check = check,
	.lower = lower,
};
