/* Whole projects on disk: what is read, how tags find their filters and columns, and what is said about
 * mistakes between two places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "charts/chart.h"
#include "compiler/model/project.h"
#include "filters/filter.h"
#include "runtime/file.h"

#define MANIFEST \
	"mbc: 1\nproject: shop\nmetabase: 0.56\ncatalogue: [tables.sql]\nvars: {dataset: shop}\n" \
	"environments:\n  local: {url: \"http://localhost:3000\", api_key: k, database: W, default: true}\n"

static const char tables[] =
	"CREATE TABLE `${dataset}.orders` (id INT64, day DATE, country STRING, city STRING, total NUMERIC,\n"
	"  tags ARRAY<STRING>, customer_id INT64 REFERENCES `${dataset}.customers` (id) NOT ENFORCED);\n"
	"CREATE TABLE `${dataset}.customers` (id INT64, name STRING, country STRING);\n"
	"CREATE TABLE `${dataset}.stock` (day DATE, amount INT64);\n";

/* A project in a folder of its own, which is also where the test stands. */
struct fixture {
	struct compile c;
	char folder[64];
};

static void add(const char *path, const char *text) {
	char folder[256];
	snprintf(folder, sizeof(folder), "%s", path);
	char *slash = strrchr(folder, '/');
	if (slash) {
		*slash = '\0';
		assert_true(make_directories(folder));
	}
	assert_true(file_write(path, str_from(text)));
}

static int start(void **state) {
	struct fixture *f = calloc(1, sizeof(*f));
	snprintf(f->folder, sizeof(f->folder), "/tmp/mbc-project-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	assert_int_equal(chdir(f->folder), 0);
	add("mbc.yaml", MANIFEST);
	add("tables.sql", tables);
	compile_init(&f->c);
	f->c.chart_types = chart_types;
	f->c.filter_types = filter_types;
	*state = f;
	return 0;
}

static int finish(void **state) {
	struct fixture *f = *state;
	char command[128];
	compile_finish(&f->c);
	snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	int result = chdir("/") || system(command);
	free(f);
	return result;
}

/* Loads and checks; "FILE:LINE CODE message" with its notes and helps. */
static const char *run_with(struct fixture *f, const struct project_options *options) {
	struct compile *c = &f->c;
	if (project_load(c, options))
		project_check(c);
	const char *all = "";
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		const struct diagnostic *d = c->diagnostics.items[i];
		if (d->at.source == UINT32_MAX)
			all = arena_printf(c->arena, "%s%s %s\n", all, diag_rows[d->code].name, d->text);
		else
			all = arena_printf(c->arena, "%s%s:%u %s %s\n", all, source_of(c, d->at)->path,
				source_place(c, d->at.source, d->at.start).line, diag_rows[d->code].name, d->text);
		for (size_t k = 0; k < d->notes.count; k++) {
			const struct diag_note *note = &d->notes.items[k];
			const char *at = note->at.source == UINT32_MAX ? "" : arena_printf(c->arena, " %s:%u",
				source_of(c, note->at)->path, source_place(c, note->at.source, note->at.start).line);
			all = arena_printf(c->arena, "%s  %s%s: %s\n", all, note->help ? "help" : "note", at, note->text);
		}
	}
	return all;
}

static const char *run(struct fixture *f) {
	return run_with(f, &(struct project_options){.start = "."});
}

static void shared_things_are_found_whatever_the_order_of_files(void **state) {
	struct fixture *f = *state;
	add("dashboards/a_sales.yaml",
		"dashboard: Sales\n"
		"filters:\n"
		"  country: {label: Land, default: NL}\n"
		"charts:\n"
		"  cities:\n"
		"    type: table\n"
		"    sql_file: ../queries/cities.sql\n"
		"layout:\n"
		"  - [cities, total]\n");
	add("dashboards/z_shared.yml",
		"filters:\n"
		"  country: {type: dropdown, field: [orders.country, customers.country]}\n"
		"charts:\n"
		"  total: {type: scalar, sql: \"SELECT SUM(total) AS total FROM `${dataset}.orders` WHERE {{country}} AND {{snippet: paid}}\"}\n"
		"snippets:\n"
		"  paid: total > 0\n");
	add("queries/cities.sql", "SELECT city, COUNT(*) AS orders FROM `${dataset}.orders` WHERE {{country}} GROUP BY city\n");
	add("dashboards/.hidden.yaml", "nonsense: [\n");
	add("dashboards/notes.txt", "nonsense\n");
	assert_string_equal(run(f), "");
	struct project *project = f->c.project;
	assert_int_equal(project->file_count, 2);
	struct dashboard *dashboard = project->dashboards.items[0];
	assert_true(str_is(dashboard->key, "a_sales"));
	assert_int_equal(dashboard->filters.count, 1);
	struct filter *filter = dashboard->filters.items[0];
	assert_true(str_is(filter->label, "Land"));
	assert_ptr_equal(filter->overrides, project->shared_filters.items[0]);
	char *wire = json_dumps(filter->default_value, JSON_COMPACT | JSON_ENCODE_ANY);
	assert_string_equal(wire, "[\"NL\"]");
	free(wire);
	const struct binding *binding = &dashboard->charts.items[0]->bindings.items[0];
	assert_ptr_equal(binding->filter, filter);
	assert_true(str_is(binding->schema, "shop") && str_is(binding->table, "orders") &&
		str_is(binding->column, "country"));
	assert_ptr_equal(project->shared_charts.items[0]->bindings.items[0].filter, filter->overrides);
	assert_true(str_is(dashboard->charts.items[0]->title, "Cities"));
}

/* A dashboard with one chart over `sql` and the filters given. */
static const char *check_tag(struct fixture *f, const char *filters, const char *extra, const char *sql) {
	add("dashboards/d.yaml", arena_printf(f->c.arena,
		"dashboard: D\nfilters:\n%scharts:\n  n:\n    type: scalar\n%s    sql: |\n      %s\n", filters, extra, sql));
	return run(f);
}

static void a_list_of_fields_takes_the_table_that_is_read(void **state) {
	struct fixture *f = *state;
	assert_string_equal(check_tag(f, "  day: {type: date-range, field: [orders.day, stock.day]}\n", "",
		"SELECT COUNT(*) AS n FROM `shop.stock` WHERE {{day}}"), "");
	assert_true(str_is(f->c.project->dashboards.items[0]->charts.items[0]->bindings.items[0].table, "stock"));
}

static void two_candidates_are_an_error(void **state) {
	assert_string_equal(check_tag(*state, "  day: {type: date-range, field: [orders.day, stock.day]}\n", "",
		"SELECT COUNT(*) AS n FROM `shop.stock`, `shop.orders` WHERE {{day}}"),
		"dashboards/d.yaml:8 E0535 `{{day}}` could mean `orders.day` or `stock.day`\n"
		"  note dashboards/d.yaml:3: the filter's `field` names both, and the SQL reads both tables\n"
		"  help: choose in the chart: `filters: {day: orders.day}`\n");
}

static void a_table_that_is_not_read_is_an_error(void **state) {
	assert_string_equal(check_tag(*state, "  day: {type: date-range, field: orders.day}\n", "",
		"SELECT COUNT(*) AS n FROM `shop.stock` WHERE {{day}}"),
		"dashboards/d.yaml:8 E0535 `{{day}}` means `orders.day`, and the SQL does not read that table\n"
		"  note dashboards/d.yaml:3: the filter\n"
		"  note: the SQL reads `stock`\n"
		"  help: say what it means in this chart: `filters: {day: stock.COLUMN}`\n");
}

static void the_chart_may_choose_the_column(void **state) {
	struct fixture *f = *state;
	assert_string_equal(check_tag(f, "  day: {type: date-range, field: orders.day}\n",
		"    filters: {day: stock.day}\n", "SELECT COUNT(*) AS n FROM `shop.stock` WHERE {{day}}"), "");
	assert_true(str_is(f->c.project->dashboards.items[0]->charts.items[0]->bindings.items[0].schema, "shop"));
}

static void unknown_tags_tables_and_columns_get_a_suggestion(void **state) {
	assert_string_equal(check_tag(*state,
		"  country: {type: dropdown, field: orders.contry}\n"
		"  day: {type: date-range, field: order.day}\n"
		"  tags: {type: dropdown, field: orders.tags}\n"
		"  total: {type: search, field: orders.total}\n", "",
		"SELECT COUNT(*) AS n FROM `shop.orders`, `shop.order` WHERE {{country}} AND {{dya}} AND {{day}} AND {{tags}} AND {{total}}"),
		"dashboards/d.yaml:3 E0537 table `orders` has no column `contry`\n"
		"  help: did you mean `orders.country`?\n"
		"  note tables.sql:1: the table is defined here\n"
		"dashboards/d.yaml:11 E0539 there is no filter `dya`\n"
		"  help: did you mean `day`?\n"
		"dashboards/d.yaml:4 E0536 the catalogue has no table `shop.order`\n"
		"  help: did you mean `orders`?\n"
		"dashboards/d.yaml:5 E0538 a `dropdown` filter cannot be on `tags`, which is an ARRAY of STRING\n"
		"  note tables.sql:2: the column\n"
		"  note dashboards/d.yaml:5: the filter\n"
		"dashboards/d.yaml:6 E0538 a `search` filter cannot be on `total`, which is NUMERIC\n"
		"  note tables.sql:1: the column\n"
		"  note dashboards/d.yaml:6: the filter\n"
		"dashboards/d.yaml:11 W0623 the catalogue has no table `shop.order`\n"
		"  help: did you mean `orders`?\n");
}

static void links_need_a_way_between_the_tables(void **state) {
	assert_string_equal(check_tag(*state,
		"  country: {type: dropdown, field: orders.country}\n"
		"  city: {type: dropdown, field: orders.city, linked_to: [country]}\n"
		"  name: {type: dropdown, field: customers.name, linked_to: country}\n"
		"  day: {type: date-range, field: stock.day}\n"
		"  home: {type: dropdown, field: customers.country, linked_to: [day, nmae, home]}\n", "",
		"SELECT COUNT(*) AS n FROM `shop.orders`, `shop.customers`, `shop.stock` "
		"WHERE {{country}} AND {{city}} AND {{name}} AND {{day}} AND {{home}}"),
		"dashboards/d.yaml:7 E0532 `home` cannot be linked to `day`\n"
		"  note: the two columns are in tables that no foreign key joins, so nothing would be narrowed\n"
		"dashboards/d.yaml:7 E0532 there is no filter `nmae` to link to\n"
		"  help: did you mean `name`?\n"
		"dashboards/d.yaml:7 E0532 `home` cannot be linked to `home`\n"
		"  note: a filter cannot be linked to itself\n");
}

static void a_ring_of_links_is_reported_once(void **state) {
	assert_string_equal(check_tag(*state,
		"  country: {type: dropdown, field: orders.country, linked_to: [city]}\n"
		"  city: {type: dropdown, field: orders.city, linked_to: [country]}\n", "",
		"SELECT COUNT(*) AS n FROM `shop.orders` WHERE {{country}} AND {{city}}"),
		"dashboards/d.yaml:4 E0532 the links of filter `city` lead back to it\n");
}

static void references_may_not_go_in_circles(void **state) {
	struct fixture *f = *state;
	add("dashboards/d.yaml",
		"charts:\n"
		"  a: {type: table, sql: \"SELECT n FROM {{#b}} AS b\"}\n"
		"  b: {type: table, sql: \"SELECT n FROM {{#a}} AS a\"}\n"
		"  c: {type: table, sql: \"SELECT n FROM {{#d}} AS d WHERE {{snippet: one}}\"}\n"
		"snippets:\n"
		"  one: \"{{snippet: two}}\"\n"
		"  two: \"{{snippet: one}}\"\n");
	assert_string_equal(run(f),
		"dashboards/d.yaml:3 E0306 this reference leads back to where it began\n"
		"  note: `a` → `b` → `a`\n"
		"  note: the server would refuse to run the query\n"
		"dashboards/d.yaml:4 E0301 there is no chart `d`\n"
		"  help: `key` is a chart of the same dashboard, `dashboard/key` of another, `/key` a shared one\n"
		"dashboards/d.yaml:7 E0306 this reference leads back to where it began\n"
		"  note: `one` → `two` → `one`\n"
		"  note: the server would refuse to run the query\n");
}

static void names_are_unique_across_files(void **state) {
	struct fixture *f = *state;
	add("dashboards/a.yaml", "dashboard: One\nkey: sales\ncharts: {}\n");
	add("dashboards/b.yaml", "dashboard: Two\nkey: sales\n");
	add("dashboards/c.yaml", "charts:\n  by_day: {type: table, sql: SELECT 1 AS n}\n");
	add("dashboards/d.yaml", "charts:\n  by-day: {type: table, sql: SELECT 1 AS n}\n"
		"  Heading!: {}\n  heading: {}\nfilters:\n  tab: {type: text}\n  current_user_id: {type: text}\n");
	assert_string_equal(run(f),
		"dashboards/d.yaml:2 E0304 `by-day` and `by_day` differ only in `_` and `-`\n"
		"  note dashboards/c.yaml:2: the other chart\n"
		"dashboards/d.yaml:3 E0302 `Heading!` cannot be the key of a chart\n"
		"  help: keys are lower case: letters, digits, `-` and `_`, a letter or digit first; write `heading`\n"
		"dashboards/d.yaml:4 E0302 `heading` cannot be the key of a chart\n"
		"  note: it is an item of a layout\n"
		"dashboards/d.yaml:6 E0302 `tab` cannot be the key of a filter\n"
		"  note: Metabase keeps it for the tab in a dashboard's address\n"
		"dashboards/d.yaml:7 E0302 `current_user_id` cannot be the key of a filter\n"
		"  note: Metabase fills tags of that name with the user who looks\n"
		"dashboards/b.yaml:2 E0303 there is another dashboard `sales`\n"
		"  note dashboards/a.yaml:2: first defined here\n"
		"  help: rename one of them\n");
}

static void renames_with_both_alive_are_an_error(void **state) {
	struct fixture *f = *state;
	add("dashboards/a.yaml",
		"dashboard: A\n"
		"charts:\n"
		"  old: {type: table, sql: SELECT 1 AS n}\n"
		"  new: {type: table, was: old, sql: SELECT 1 AS n}\n"
		"  moved: {type: table, was: b/gone, sql: SELECT 1 AS n}\n"
		"  again: {type: table, was: b/gone, sql: SELECT 1 AS n}\n");
	assert_string_equal(run(f),
		"dashboards/a.yaml:4 E0312 `was: old` names a chart that is still there\n"
		"  note dashboards/a.yaml:3: it is alive here\n"
		"  help: remove `was`, or what it names\n"
		"dashboards/a.yaml:6 E0312 two charts were `b/gone`\n"
		"  note dashboards/a.yaml:5: the other one\n");
}

static void nothing_outside_the_project_is_read(void **state) {
	struct fixture *f = *state;
	add("dashboards/a.yaml",
		"dashboard: A\n"
		"charts:\n"
		"  a: {type: table, sql_file: ../../x.sql}\n"
		"  b: {type: table, sql_file: /etc/passwd}\n"
		"  c: {type: table, sql_file: link.sql}\n"
		"  d: {type: table, sql_file: missing.sql}\n");
	assert_int_equal(symlink("/etc/passwd", "dashboards/link.sql"), 0);
	const char *note = "  note: the project is the folder of `mbc.yaml`\n  help: copy it below that folder\n";
	assert_string_equal(run(f), arena_printf(f->c.arena,
		"dashboards/a.yaml:3 E0310 `../../x.sql` lies outside the project\n%s"
		"dashboards/a.yaml:4 E0310 `/etc/passwd` lies outside the project\n%s"
		"dashboards/a.yaml:5 E0310 `link.sql` lies outside the project\n%s"
		"dashboards/a.yaml:6 E0101 cannot read `dashboards/missing.sql`: No such file or directory\n",
		note, note, note));
}

static void folders_in_a_ring_are_walked_once(void **state) {
	struct fixture *f = *state;
	add("dashboards/deep/a.yaml", "dashboard: A\ncharts: {n: {type: table, sql: SELECT 1 AS n}}\n");
	assert_int_equal(symlink("..", "dashboards/deep/ring"), 0);
	assert_string_equal(run(f), "");
	assert_int_equal(f->c.project->dashboards.count, 1);
}

static void the_project_is_found_upwards(void **state) {
	struct fixture *f = *state;
	add("dashboards/deep/a.yaml", "dashboard: A\ncharts: {n: {type: table, sql: SELECT 1 AS n}}\n");
	assert_int_equal(chdir("dashboards/deep"), 0);
	assert_string_equal(run(f), "");
	assert_string_equal(f->c.project->path, "../../mbc.yaml");
	assert_string_equal(source_of(&f->c, f->c.project->dashboards.items[0]->node->at)->path,
		"../../dashboards/deep/a.yaml");
}

static void environments_are_chosen_and_resolved_when_needed(void **state) {
	struct fixture *f = *state;
	add("mbc.yaml", "mbc: 1\nproject: shop\ncatalogue: [tables.sql]\nvars: {dataset: shop, level: 1}\nenvironments:\n"
		"  local: {url: \"http://localhost:3000\", api_key: k, database: W, default: true}\n"
		"  prod:\n    url: \"${env.MBC_TEST_URL}\"\n    api_key: \"${env.MBC_TEST_KEY}\"\n    database: BigQuery\n"
		"    vars: {dataset: shop_prod}\n    budget: 5 GiB\n");
	add("dashboards/a.yaml", "dashboard: A\ncharts: {n: {type: table, sql: \"SELECT ${level} AS n FROM `${dataset}.orders`\"}}\n");
	setenv("MBC_TEST_URL", "https://bi.example.com/", 1);
	setenv("MBC_TEST_KEY", "secret", 1);
	assert_string_equal(run_with(f, &(struct project_options){
		.start = "dashboards/a.yaml", .environment = "prod", .needs_server = true}), "");
	const struct environment *prod = f->c.project->environment;
	assert_true(str_is(prod->url, "https://bi.example.com"));
	assert_true(str_is(prod->api_key, "secret"));
	assert_int_equal(prod->budget, 5368709120LL);
	assert_true(str_is(f->c.project->dashboards.items[0]->charts.items[0]->sql->text,
		"SELECT 1 AS n FROM `shop_prod.orders`"));
}

static void mistakes_in_the_manifest(void **state) {
	struct fixture *f = *state;
	add("mbc.yaml",
		"mbc: 2\n"
		"project: My Shop\n"
		"metabase: 0.5\n"
		"sources: [../elsewhere]\n"
		"environments:\n"
		"  prod: {url: \"https://bi.example.com\", api_key: mb_123, database: W, budget: much}\n"
		"  test: {url: \"http://localhost:80@evil.example.com\", password: x}\n");
	assert_string_equal(run_with(f, &(struct project_options){.start = ".", .environment = "prd"}),
		"mbc.yaml:7 E0205 `test` in `environments` needs `database`\n"
		"  help: write `database: BigQuery`\n"
		"mbc.yaml:1 E0208 this program knows version 1 of the language, found `2`\n"
		"  help: write `mbc: 1`, or install a newer mbc\n"
		"mbc.yaml:3 E0204 `metabase` is a version from 0.50 on, found `0.5`\n"
		"  note: older servers are read and written in other ways\n"
		"mbc.yaml:2 E0302 `My Shop` cannot be the name of a project\n"
		"  help: lower case letters, digits, `-` and `_`: it is part of every marker\n"
		"mbc.yaml:6 E0311 `api_key` is written out in a file\n"
		"  help: take it from the environment: `api_key: \"${env.METABASE_API_KEY}\"`\n"
		"mbc.yaml:6 E0202 `budget` takes an amount of bytes, found `much`\n"
		"  help: write it with its unit: `budget: 5 GiB`\n"
		"mbc.yaml:7 E0311 `password` is written out in a file\n"
		"  help: take it from the environment: `password: \"${env.METABASE_PASSWORD}\"`\n"
		"mbc.yaml:5 E0308 the project has no environment `prd`\n"
		"  help: did you mean `prod`?\n"
		"mbc.yaml:4 E0310 `../elsewhere` lies outside the project\n"
		"  note: the project is the folder of `mbc.yaml`\n"
		"  help: copy it below that folder\n");
}

static void what_nobody_uses_is_a_warning(void **state) {
	struct fixture *f = *state;
	add("dashboards/a.yaml",
		"dashboard: A\n"
		"filters: {country: {type: dropdown, field: orders.country}}\n"
		"charts:\n"
		"  a: {type: table, sql: SELECT 1 AS n}\n"
		"  b: {type: table, sql: SELECT 1 AS n}\n"
		"layout: [[{heading: \"{{land}}\"}, a]]\n");
	add("dashboards/b.yaml", "dashboard: B\n");
	assert_string_equal(run(f),
		"dashboards/a.yaml:6 E0539 there is no filter `land`\n"
		"  help: define it below `filters:`: `land: {type: …}`\n"
		"dashboards/a.yaml:2 W0501 no card listens to filter `country`\n"
		"dashboards/b.yaml:1 W0701 dashboard `b` shows nothing\n"
		"dashboards/a.yaml:5 W0301 chart `b` is in no row of its dashboard\n"
		"  help: place it in `layout`, or remove it\n");
}

static void columns_are_compared_with_what_the_query_gives(void **state) {
	struct fixture *f = *state;
	add("dashboards/a.yaml",
		"dashboard: A\n"
		"charts:\n"
		"  a:\n"
		"    type: line\n"
		"    sql: SELECT day, SUM(amount) AS amount FROM `shop.stock` GROUP BY day ORDER BY day\n"
		"    x: dya\n"
		"    y: [amount]\n"
		"  b:\n"
		"    type: line\n"
		"    sql: SELECT day, id AS order_id FROM `shop.orders` ORDER BY day\n"
		"    x: day\n"
		"    y: order_id\n");
	assert_string_equal(run(f),
		"dashboards/a.yaml:6 E0401 `x` names a column `dya` that the query does not give\n"
		"  help: did you mean `day`?\n"
		"  note: the query of `a` gives day (date), amount (number)\n"
		"dashboards/a.yaml:9 E0402 a `line` chart needs at least one measure, found none\n"
		"  note: the query of `b` gives day (date), order_id (number)\n"
		"  help: select a number whose name does not end in `_id`: `SUM(…) AS total`\n");
}

static void no_project_is_one_sentence(void **state) {
	struct fixture *f = *state;
	assert_int_equal(unlink("mbc.yaml"), 0);
	assert_string_equal(run(f), "E0101 no `mbc.yaml` here or in a folder above\n"
		"  help: `mbc init` makes a project\n");
}

#define WITH_PROJECT(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void) {
	const struct CMUnitTest tests[] = {
		WITH_PROJECT(shared_things_are_found_whatever_the_order_of_files),
		WITH_PROJECT(a_list_of_fields_takes_the_table_that_is_read),
		WITH_PROJECT(two_candidates_are_an_error),
		WITH_PROJECT(a_table_that_is_not_read_is_an_error),
		WITH_PROJECT(the_chart_may_choose_the_column),
		WITH_PROJECT(unknown_tags_tables_and_columns_get_a_suggestion),
		WITH_PROJECT(links_need_a_way_between_the_tables),
		WITH_PROJECT(a_ring_of_links_is_reported_once),
		WITH_PROJECT(references_may_not_go_in_circles),
		WITH_PROJECT(names_are_unique_across_files),
		WITH_PROJECT(renames_with_both_alive_are_an_error),
		WITH_PROJECT(nothing_outside_the_project_is_read),
		WITH_PROJECT(folders_in_a_ring_are_walked_once),
		WITH_PROJECT(the_project_is_found_upwards),
		WITH_PROJECT(environments_are_chosen_and_resolved_when_needed),
		WITH_PROJECT(mistakes_in_the_manifest),
		WITH_PROJECT(what_nobody_uses_is_a_warning),
		WITH_PROJECT(columns_are_compared_with_what_the_query_gives),
		WITH_PROJECT(no_project_is_one_sentence),
	};
	return cmocka_run_group_tests_name("project", tests, NULL, NULL);
}
