/* Objects: two small projects that say the same in other files and another order, and every object that
 * comes of them. tests/unit/ir/shop.json is what they must be; MBC_BLESS=1 rewrites it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "charts/chart.h"
#include "compiler/ir/object.h"
#include "compiler/model/project.h"
#include "filters/filter.h"
#include "runtime/file.h"

static const char *in_tree(struct arena *arena, const char *path) {
	return path[0] == '/' ? path :
		arena_printf(arena, "%s/tests/unit/ir/%s", getenv("MBC_SOURCE_ROOT"), path);
}

/* As the command line does without a PATH. */
static void select_all(struct project *project) {
	for (size_t i = 0; i < project->shared_charts.count; i++)
		project->shared_charts.items[i]->selected = true;
	for (size_t i = 0; i < project->dashboards.count; i++) {
		struct dashboard *dashboard = project->dashboards.items[i];
		dashboard->selected = true;
		for (size_t k = 0; k < dashboard->charts.count; k++)
			dashboard->charts.items[k]->selected = true;
	}
}

static void check_project(struct compile *c, const char *project) {
	compile_init(c);
	c->chart_types = chart_types;
	c->filter_types = filter_types;
	struct project_options options = {.start = in_tree(c->arena, project)};
	if (project_load(c, &options))
		project_check(c);
	struct diag_print how = {.format = DIAG_TEXT};
	if (c->diagnostics.count)
		diag_print(c, stdout, &how);
	assert_int_equal(c->diagnostics.count, 0);
}

static struct objects *lower(struct compile *c, const char *project) {
	check_project(c, project);
	select_all(c->project);
	return objects_lower(c);
}

static const char *dump(struct compile *c, const struct objects *objects) {
	return canonical_dump(c->arena, arena_own_json(c->arena, objects_json(objects)));
}

static void objects_are_exact(void **state) {
	(void)state;
	struct compile c;
	struct objects *objects = lower(&c, "shop");
	const char *path = in_tree(c.arena, "shop.json"), *got = dump(&c, objects);
	if (getenv("MBC_BLESS"))
		assert_true(file_write(path, str_from(got)));
	struct buf expected = BUF(1 << 20);
	assert_true(file_read(path, &expected));
	assert_string_equal(got, expected.ptr);
	buf_free(&expected);
	compile_finish(&c);
}

static void order_does_not_matter(void **state) {
	(void)state;
	struct compile a, b;
	const char *first = dump(&a, lower(&a, "shop"));
	const char *second = dump(&b, lower(&b, "shuffled"));
	assert_string_equal(first, second);
	compile_finish(&a);
	compile_finish(&b);
}

static const char *names(struct compile *c, const struct objects *objects) {
	const char *all = "";
	for (size_t i = 0; i < objects->items.count; i++) {
		const struct object *object = objects->items.items[i];
		if (!object->selected)
			continue;
		all = arena_printf(c->arena, "%s%s%s%s\n", all, object->name, object->was ? " was " : "",
			object->was ? object->was : "");
	}
	return all;
}

static void objects_come_in_the_order_of_creation(void **state) {
	(void)state;
	struct compile c;
	assert_string_equal(names(&c, lower(&c, "shop")),
		"collection:Shop\n"
		"collection:Shop/Charts\n"
		"collection:Shop/Finance was Shop/Money\n"
		"collection:Shop/Finance/Charts was Shop/Money/Charts\n"
		"snippet:paid_only\n"
		"card:/customers\n"
		"card:/orders_today\n"
		"card:finance/new_customers was customers/fresh\n"
		"card:finance/by_day\n"
		"card:finance/revenue\n"
		"card:plain/by_channel was bare/by_channel\n"
		"card:plain/count was bare/count\n"
		"card:plain/matrix#source was bare/matrix#source\n"
		"card:plain/matrix was bare/matrix\n"
		"dashboard:finance\n"
		"dashboard:plain was bare\n");
	compile_finish(&c);
}

static struct dashboard *select_dashboard(struct compile *c, struct str key) {
	struct dashboard *dashboard = map_get(&c->project->dashboards_by_key, key);
	dashboard->selected = true;
	for (size_t i = 0; i < dashboard->charts.count; i++)
		dashboard->charts.items[i]->selected = true;
	return dashboard;
}

/* What a selected dashboard lives in and is made of, and nothing else. */
static void a_selection_brings_collections_and_snippets(void **state) {
	(void)state;
	struct compile c;
	check_project(&c, "shop");
	select_dashboard(&c, STR("plain"));
	assert_string_equal(names(&c, objects_lower(&c)),
		"collection:Shop\n"
		"card:plain/by_channel was bare/by_channel\n"
		"card:plain/count was bare/count\n"
		"card:plain/matrix#source was bare/matrix#source\n"
		"card:plain/matrix was bare/matrix\n"
		"dashboard:plain was bare\n");
	select_dashboard(&c, STR("finance"))->selected = false;
	assert_non_null(strstr(names(&c, objects_lower(&c)), "snippet:paid_only\ncard:finance/new_customers"));
	compile_finish(&c);
}

static void objects_know_what_they_need(void **state) {
	(void)state;
	struct compile c;
	const struct objects *objects = lower(&c, "shop");
	const struct object *card = objects_find(objects, "card:finance/by_day");
	assert_int_equal(card->refs.count, 2);
	assert_string_equal(card->refs.items[0], "card:finance/new_customers");
	assert_string_equal(card->refs.items[1], "collection:Shop/Finance/Charts");
	assert_int_equal(card->fields.count, 2);
	assert_string_equal(card->fields.items[0].name, "shop.orders.ordered_on");
	assert_string_equal(card->fields.items[0].filter->type->name, "time-grouping");
	const struct object *dashboard = objects_find(objects, "dashboard:finance");
	assert_int_equal(dashboard->renames.count, 1);
	assert_true(dashboard->renames.items[0].tab);
	assert_string_equal(dashboard->renames.items[0].name, "Overview");
	assert_string_equal(dashboard->renames.items[0].was, "Summary");
	compile_finish(&c);
}

static void write_in(struct arena *arena, const char *directory, const char *name, struct str text) {
	assert_true(file_write(arena_printf(arena, "%s/%s", directory, name), text));
}

/* A dashboard with one filter and a chart that uses it as its type wants. */
static struct str dashboard_with(struct arena *arena, const struct filter_type *type) {
	bool grouping = strcmp(type->name, "time-grouping") == 0;
	const char *table = strstr(type->example, "customers.") ? "customers" : "orders";
	const char *where = type->field == FILTER_FIELD_NONE ? "CAST(channel AS STRING) <> CAST({{f}} AS STRING)" :
		"{{f}}";
	return str_from(arena_printf(arena, "dashboard: D\nfilters:\n  f: %s\ncharts:\n  c:\n    type: table\n"
		"    sql: SELECT %s, COUNT(*) AS n FROM `shop.%s` %s %s\n", type->example,
		grouping ? "{{f}} AS unit" : "1 AS unit", table, grouping ? "" : "WHERE",
		grouping ? "GROUP BY {{f}}" : arena_printf(arena, "TRUE [[AND %s]]", where)));
}

static const char *tag_type(const struct objects *objects) {
	const json_t *native = json_object_get(json_object_get(objects_find(objects, "card:d/c")->body,
		"dataset_query"), "native");
	return json_string_value(json_object_get(json_object_get(json_object_get(native, "template-tags"), "f"),
		"type"));
}

/* The example of every filter type, as the manual shows it, goes the whole way without a message. */
static void every_filter_example_lowers(void **state) {
	(void)state;
	char directory[] = "/tmp/mbc-test-XXXXXX";
	assert_non_null(mkdtemp(directory));
	struct arena *arena = arena_create();
	struct buf tables = BUF(1 << 20);
	assert_true(file_read(in_tree(arena, "shop/sql/tables.sql"), &tables));
	assert_true(make_directories(arena_printf(arena, "%s/dashboards", directory)));
	write_in(arena, directory, "tables.sql", buf_str(&tables));
	write_in(arena, directory, "mbc.yaml", STR("mbc: 1\nproject: p\nmetabase: 0.60\nsources: [dashboards/]\n"
		"catalogue: [tables.sql]\nvars: {dataset: shop}\n"));
	for (const struct filter_type *const *type = filter_types; *type; type++) {
		struct compile c;
		print_message("# %s\n", (*type)->name);
		write_in(arena, directory, "dashboards/d.yaml", dashboard_with(arena, *type));
		const struct objects *objects = lower(&c, directory);
		bool variable = (*type)->field == FILTER_FIELD_NONE;
		assert_string_equal(tag_type(objects), variable ? (*type)->name :
			strcmp((*type)->name, "time-grouping") == 0 ? "temporal-unit" : "dimension");
		compile_finish(&c);
	}
	assert_int_equal(remove(arena_printf(arena, "%s/dashboards/d.yaml", directory)), 0);
	assert_int_equal(remove(arena_printf(arena, "%s/dashboards", directory)), 0);
	assert_int_equal(remove(arena_printf(arena, "%s/tables.sql", directory)), 0);
	assert_int_equal(remove(arena_printf(arena, "%s/mbc.yaml", directory)), 0);
	assert_int_equal(remove(directory), 0);
	buf_free(&tables);
	arena_destroy(arena);
}

static void fingerprints_follow_the_body(void **state) {
	(void)state;
	char first[16], second[16], third[16];
	json_auto_t *body = json_pack("{s:s,s:f}", "name", "Revenue", "goal", 0.1);
	json_auto_t *same = json_pack("{s:f,s:s}", "goal", 0.1, "name", "Revenue");
	fingerprint_of(body, first);
	fingerprint_of(same, second);
	assert_string_equal(first, second);
	json_object_set_new(same, "name", json_string("Revenues"));
	fingerprint_of(same, third);
	assert_string_not_equal(first, third);
	assert_string_equal(first, "1-f30e88e3");
}

static void dumps_have_one_spelling(void **state) {
	(void)state;
	struct arena *arena = arena_create();
	json_auto_t *value = json_pack("{s:f,s:[i,n],s:s}", "b", 0.1, "a", 1, "é", "ü");
	assert_string_equal(canonical_dump(arena, value),
		"{\n  \"a\": [\n    1,\n    null\n  ],\n  \"b\": 0.1,\n  \"é\": \"ü\"\n}\n");
	arena_destroy(arena);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dumps_have_one_spelling),
		cmocka_unit_test(fingerprints_follow_the_body),
		cmocka_unit_test(objects_are_exact),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(objects_come_in_the_order_of_creation),
		cmocka_unit_test(a_selection_brings_collections_and_snippets),
		cmocka_unit_test(every_filter_example_lowers),
		cmocka_unit_test(objects_know_what_they_need),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
