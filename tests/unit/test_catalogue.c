/* Tables and columns from DDL and from catalogue files, written to a folder of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "compiler/query/catalogue.h"
#include "compiler/source/variables.h"
#include "runtime/file.h"

struct fixture {
	struct compile c;
	const char *folder;
	const struct catalogue *catalogue;
	size_t files;
};

static void start(struct fixture *f) {
	compile_init(&f->c);
	char *folder = arena_printf(f->c.arena, "/tmp/mbc-catalogue-XXXXXX");
	f->folder = mkdtemp(folder);
	assert_non_null(f->folder);
	f->files = 0;
}

static void add_file(struct fixture *f, const char *name, const char *text) {
	assert_true(file_write(arena_printf(f->c.arena, "%s/%s", f->folder, name), str_from(text)));
}

static void load(struct fixture *f) {
	struct node value = {.type = NODE_SCALAR, .at = SPAN_NONE, .scalar.text = STR("shop")};
	struct variables variables = {.environment = false};
	*map_slot(f->c.arena, &variables.values, STR("dataset")) = &value;
	f->catalogue = catalogue_load(&f->c, &f->folder, 1, &variables);
}

static void finish(struct fixture *f) {
	const char *command = arena_printf(f->c.arena, "rm -r %s", f->folder);
	assert_int_equal(system(command), 0);
	compile_finish(&f->c);
}

static const char *show_columns(struct arena *arena, const struct catalogue_column *columns, size_t count) {
	const char *result = "";
	for (size_t i = 0; i < count; i++) {
		const struct catalogue_column *k = &columns[i];
		result = arena_printf(arena, "%s%s%.*s %.*s/%s%s%s", result, i ? ", " : "", STR_ARGS(k->name),
			STR_ARGS(k->database_type), column_type_name(k->type), k->key ? " key" : "",
			k->repeated ? " repeated" : "");
		if (k->references_table.len)
			result = arena_printf(arena, "%s -> %.*s.%.*s", result, STR_ARGS(k->references_schema),
				STR_ARGS(k->references_table));
		if (k->field_count)
			result = arena_printf(arena, "%s {%s}", result, show_columns(arena, k->fields, k->field_count));
	}
	return result;
}

/* "schema.table: column TYPE/type, …", "?" for columns that are not known. */
static const char *show(struct fixture *f) {
	const char *result = "";
	for (size_t i = 0; i < f->catalogue->tables.count; i++) {
		const struct catalogue_table *t = f->catalogue->tables.items[i];
		result = arena_printf(f->c.arena, "%s%.*s.%.*s%s: %s\n", result, STR_ARGS(t->schema), STR_ARGS(t->name),
			t->view ? " view" : "", t->columns_known ? show_columns(f->c.arena, t->columns, t->column_count) : "?");
	}
	return result;
}

static const char *messages(struct fixture *f) {
	const char *result = "";
	for (size_t i = 0; i < f->c.diagnostics.count; i++) {
		const struct diagnostic *d = f->c.diagnostics.items[i];
		result = arena_printf(f->c.arena, "%s%s %u-%u %s\n", result, diag_rows[d->code].name, d->at.start,
			d->at.end, d->text);
	}
	return result;
}

static void check(const char *ddl, const char *expected, const char *said) {
	struct fixture f;
	start(&f);
	add_file(&f, "a.sql", ddl);
	load(&f);
	assert_string_equal(show(&f), expected);
	assert_string_equal(messages(&f), said);
	finish(&f);
}

static void tables_are_read_from_ddl(void **state) {
	(void)state;
	check("-- a comment; CREATE TABLE no (a INT64)\n"
		"CREATE TABLE `${dataset}.orders` (\n"
		"  order_id INT64 NOT NULL OPTIONS(description=\"a, b; c\"),\n"
		"  customer_id int64 DEFAULT 0, key STRING, `index` BOOL,\n"
		"  total NUMERIC(18, 2), tags ARRAY<STRING>,\n"
		"  address STRUCT<street STRING, at STRUCT<lat FLOAT64, tags ARRAY<STRING>>>,\n"
		"  items ARRAY<STRUCT<a INT64>>,\n"
		"  PRIMARY KEY (order_id) NOT ENFORCED,\n"
		"  CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES `${dataset}.customers` (id) NOT ENFORCED,\n"
		") PARTITION BY DATE(x) CLUSTER BY key OPTIONS(description = 'it\\'s; CREATE TABLE x (y INT64)');\n"
		"INSERT INTO t VALUES (1); GRANT x TO y;\n"
		"create table if not exists p.d.t (a date)",
		"shop.orders: order_id INT64/number key, customer_id INT64/number -> shop.customers, "
		"key STRING/text, index BOOL/boolean, total NUMERIC/number, tags STRING/other repeated, "
		"address STRUCT/other {street STRING/text, at STRUCT/other {lat FLOAT64/number, "
		"tags STRING/other repeated}}, items STRUCT/other repeated\n"
		"d.t: a DATE/date\n", "");
}

static void other_dialects_are_tolerated(void **state) {
	(void)state;
	check("CREATE TABLE IF NOT EXISTS \"public\".\"Orders\" (\n"
		"  id bigserial PRIMARY KEY,\n"
		"  customer integer NOT NULL REFERENCES public.customers(id) ON DELETE CASCADE,\n"
		"  \"when\" timestamp(3) with time zone DEFAULT now() CHECK (\"when\" > '2020-01-01'),\n"
		"  name character varying(80) COLLATE \"C\", words text[], price double precision,\n"
		"  UNIQUE (name), CHECK (price > 0), EXCLUDE USING gist (name WITH =)\n"
		");\n"
		"CREATE UNLOGGED TABLE log (at timestamptz, what jsonb);\n"
		"CREATE TABLE `my` (`a` varchar(10) CHARACTER SET utf8 COMMENT 'x', KEY `a` (`a`)) ENGINE=InnoDB;\n"
		"CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; CREATE TABLE no (a int); $$ LANGUAGE sql;\n"
		"CREATE INDEX i ON log (at);",
		"public.Orders: id BIGSERIAL/number key, customer INTEGER/number -> public.customers, "
		"when TIMESTAMP/datetime, name CHARACTER VARYING/text, words TEXT/other repeated, "
		"price DOUBLE PRECISION/number\n"
		".log: at TIMESTAMPTZ/datetime, what JSONB/other\n"
		".my: a VARCHAR/text\n", "");
}

static void views_are_resolved_in_any_order(void **state) {
	(void)state;
	check("CREATE OR REPLACE VIEW s.top AS SELECT day, n * 2 AS twice FROM s.middle;\n"
		"CREATE VIEW s.middle AS (SELECT day, COUNT(*) AS n FROM s.base GROUP BY 1);\n"
		"CREATE MATERIALIZED VIEW s.named (a OPTIONS (description = \"x\"), b) OPTIONS (x = 1) AS "
		"SELECT day, 'x' FROM s.base;\n"
		"CREATE TABLE s.base (day DATE, word STRING);\n"
		"CREATE VIEW s.star AS SELECT * FROM elsewhere;\n"
		"CREATE VIEW s.round AS SELECT * FROM s.again; CREATE VIEW s.again AS SELECT * FROM s.round;\n"
		"CREATE TABLE s.copy CLONE s.base; CREATE TABLE s.made AS SELECT word FROM s.base;\n"
		"CREATE EXTERNAL TABLE s.sheet OPTIONS (format = 'CSV');",
		"s.top view: day DATE/date, twice NUMERIC/number\n"
		"s.middle view: day DATE/date, n NUMERIC/number\n"
		"s.named view: a DATE/date, b STRING/text\n"
		"s.base: day DATE/date, word STRING/text\n"
		"s.star view: ?\n"
		"s.round view: ?\n"
		"s.again view: ?\n"
		"s.copy: day DATE/date, word STRING/text\n"
		"s.made: word STRING/text\n"
		"s.sheet: ?\n", "");
}

static void the_last_definition_counts(void **state) {
	(void)state;
	check("CREATE TABLE a.t (x INT64); CREATE OR REPLACE TABLE a.t (y INT64);\n"
		"CREATE TABLE IF NOT EXISTS a.t (z INT64); CREATE TABLE b.t (x INT64); CREATE TABLE a.T (w INT64);\n"
		"CREATE TEMP TABLE gone (x INT64);",
		"a.t: y INT64/number\nb.t: x INT64/number\na.T: w INT64/number\n", "");
}

static void broken_ddl_is_a_warning(void **state) {
	(void)state;
	check("CREATE TABLE a.t (x INT64;\nCREATE TABLE a.u (x INT64, 5 y, z DATE);\nCREATE VIEW;",
		"a.t: ?\na.u: x INT64/number, z DATE/date\n",
		"W0619 17-18 this bracket is never closed: the columns of `t` stay unknown\n"
		"W0619 54-55 no column of `u` can begin like this\n"
		"W0619 75-79 no name follows `CREATE VIEW`\n");
}

static void tables_and_columns_are_found(void **state) {
	(void)state;
	struct fixture f;
	start(&f);
	add_file(&f, "b.sql", "CREATE TABLE b.t (x INT64, s STRUCT<Inner STRUCT<leaf DATE>>); CREATE TABLE b.u (a INT64)");
	add_file(&f, "a.sql", "CREATE TABLE ${dataset}.t (Name STRING)");
	add_file(&f, ".hidden.sql", "CREATE TABLE c.t (x INT64)");
	add_file(&f, "notes.txt", "CREATE TABLE d.t (x INT64)");
	load(&f);
	assert_string_equal(show(&f), "shop.t: Name STRING/text\n"
		"b.t: x INT64/number, s STRUCT/other {Inner STRUCT/other {leaf DATE/date}}\nb.u: a INT64/number\n");
	assert_true(f.catalogue->ambiguous_names);
	const struct catalogue_table *first = catalogue_table(f.catalogue, STR(""), STR("t"));
	assert_true(str_is(first->schema, "shop"));
	assert_true(str_is(first->next->schema, "b"));
	const struct catalogue_table *table = catalogue_table(f.catalogue, STR("b"), STR("t"));
	assert_ptr_equal(table, first->next);
	assert_null(catalogue_table(f.catalogue, STR("c"), STR("t")));
	assert_null(catalogue_table(f.catalogue, STR(""), STR("T")));
	assert_int_equal(catalogue_column(table, STR("S.inner.leaf"))->type, COLUMN_DATE);
	assert_null(catalogue_column(table, STR("s.leaf")));
	struct span at = first->columns[0].at;
	struct str text = f.c.sources.items[at.source]->text;
	assert_string_equal(arena_printf(f.c.arena, "%.*s %.*s", STR_ARGS(str_slice(text, first->at.start,
		first->at.end)), STR_ARGS(str_slice(text, at.start, at.end))), "${dataset}.t Name");
	finish(&f);
}

static void what_was_written_is_read_again(void **state) {
	(void)state;
	struct fixture f;
	start(&f);
	add_file(&f, "a.sql", "CREATE TABLE s.t (id INT64 PRIMARY KEY, o INT64 REFERENCES s.u (id), tags ARRAY<STRING>,\n"
		"at STRUCT<x INT64>); CREATE VIEW v AS SELECT * FROM nowhere;");
	load(&f);
	const char *before = show(&f);
	json_t *json = arena_own_json(f.c.arena, catalogue_json(f.catalogue));
	char *text = json_dumps(json, JSON_SORT_KEYS);
	assert_string_equal(text, "{\"mbc_catalogue\": 1, \"tables\": [{\"columns\": ["
		"{\"key\": true, \"name\": \"id\", \"type\": \"INT64\"}, "
		"{\"name\": \"o\", \"references\": \"s.u\", \"type\": \"INT64\"}, "
		"{\"name\": \"tags\", \"repeated\": true, \"type\": \"STRING\"}, "
		"{\"fields\": [{\"name\": \"x\", \"type\": \"INT64\"}], \"name\": \"at\", \"type\": \"STRUCT\"}], "
		"\"name\": \"t\", \"schema\": \"s\"}, {\"name\": \"v\", \"schema\": \"\", \"view\": true}]}");
	add_file(&f, "a.sql", "");
	add_file(&f, "b.json", text);
	free(text);
	add_file(&f, "c.yaml", "other: [file]");
	load(&f);
	assert_string_equal(show(&f), before);
	assert_string_equal(messages(&f), "");
	add_file(&f, "b.json", "{\"mbc_catalogue\": 2}");
	add_file(&f, "c.yaml", "mbc_catalogue: 1\ntables: [{schema: s, name: t, columns: [{type: DATE}]}]");
	load(&f);
	assert_string_equal(messages(&f), "E0620 18-19 the catalogue file has a form that is not known\n"
		"E0620 57-69 a catalogue file needs a map with a `name` here\n");
	finish(&f);
}

static void paths_that_are_not_there_are_told(void **state) {
	(void)state;
	struct fixture f;
	start(&f);
	const char *path = "/nowhere/sql";
	const struct catalogue *catalogue = catalogue_load(&f.c, &path, 1, NULL);
	assert_int_equal(catalogue->tables.count, 0);
	assert_string_equal(messages(&f), "E0101 0-0 cannot read `/nowhere/sql`: No such file or directory\n");
	finish(&f);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_read_from_ddl),
		cmocka_unit_test(other_dialects_are_tolerated),
		cmocka_unit_test(views_are_resolved_in_any_order),
		cmocka_unit_test(the_last_definition_counts),
		cmocka_unit_test(broken_ddl_is_a_warning),
		cmocka_unit_test(tables_and_columns_are_found),
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(paths_that_are_not_there_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
