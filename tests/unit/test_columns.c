/* What a query gives, told from its text and the tables of tests/project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/query/catalogue.h"
#include "compiler/source/variables.h"

struct fixture {
	struct compile c;
	struct catalogue *catalogue;
};

static void start(struct fixture *f) {
	compile_init(&f->c);
	struct node value = {.type = NODE_SCALAR, .at = SPAN_NONE, .scalar.text = STR("shop")};
	struct variables variables = {.environment = false};
	*map_slot(f->c.arena, &variables.values, STR("dataset")) = &value;
	const char *path = arena_printf(f->c.arena, "%s/tests/project/sql", getenv("MBC_SOURCE_ROOT"));
	f->catalogue = catalogue_load(&f->c, &path, 1, &variables);
}

static struct columns *columns_in(struct fixture *f, const char *text, const struct node **node) {
	uint32_t source = source_add(&f->c, "query.sql", str_from(text));
	*node = node_from_source(&f->c, source);
	struct sql *sql = sql_scan(f->c.arena, str_from(text), true);
	return columns_of_query(&f->c, sql, *node, f->catalogue);
}

/* "name type, name type; aggregated ordered limited", or the reason in brackets. */
static const char *show(struct fixture *f, const char *text) {
	const struct node *node;
	const struct columns *columns = columns_in(f, text, &node);
	struct arena *arena = f->c.arena;
	const char *result = "";
	for (size_t i = 0; i < columns->count; i++)
		result = arena_printf(arena, "%s%s%.*s %s", result, i ? ", " : "",
			STR_ARGS(columns->items[i].name), column_type_name(columns->items[i].type));
	if (!columns->known)
		result = arena_printf(arena, "(%s)", columns->reason);
	return arena_printf(arena, "%s%s%s%s", result, columns->aggregated ? " aggregated" : "",
		columns->ordered ? " ordered" : "", columns->limited ? " limited" : "");
}

struct row {
	const char *text, *expected;
};

static void check(const struct row *rows, size_t count) {
	struct fixture f;
	start(&f);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(show(&f, rows[i].text), rows[i].expected);
	assert_int_equal(f.c.diagnostics.count, 0);
	compile_finish(&f.c);
}

static void select_lists_are_read(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"SELECT country, total FROM `shop.orders`", "country text, total number"},
		{"SELECT o.country, o.`total` t FROM `shop.orders` AS o", "country text, t number"},
		{"SELECT COUNT(*) AS n FROM `shop.orders`", "n number aggregated"},
		{"SELECT {{snippet: rate}} AS rate FROM `shop.orders`", "rate unknown aggregated"},
		{"SELECT country c, COUNT(*) n, FROM shop.orders GROUP BY 1 ORDER BY 2 LIMIT 3",
			"c text, n number ordered limited"},
		{"SELECT COUNT(*) FROM shop.orders", "(column 1 of the select list has no name: write `AS name`) aggregated"},
		{"SELECT DISTINCT country FROM shop.orders", "country text"},
		{"SELECT total * 2 FROM shop.orders", "(column 1 of the select list has no name: write `AS name`)"},
		{"SELECT ordered_on - INTERVAL 1 DAY FROM shop.orders",
			"(column 1 of the select list has no name: write `AS name`)"},
		{"SELECT 1 AS `a b`, 2 AS \"c\" -- x\n", "a b number, c number"},
		{"SELECT country FROM shop.orders UNION ALL SELECT 'x' FROM shop.customers ORDER BY 1",
			"country text ordered"},
		{"(SELECT country FROM shop.orders) LIMIT 5", "country text limited"},
		{"SELECT (SELECT MAX(total) FROM shop.orders) AS m", "m number"},
		{"SELECT a.order_id IS DISTINCT FROM 3 AS x FROM shop.orders a", "x boolean"},
		{"SELECT address.zip, address.street AS s FROM shop.orders", "zip text, s text"},
		{"SELECT o.address.zip FROM shop.orders o", "zip text"},
		{"SELECT x FROM nowhere", "x unknown"},
		{"SELECT [[ {{x}} AS a, --]] 5 AS b", "b number"},
		{"SELECT {{x}} AS a", "a unknown"},
		{"DECLARE d DATE; SELECT 1 AS a;", "a number"},
		{"", "(there is no query)"},
		{"UPDATE t SET a = 1", "(the query does not begin with SELECT or WITH)"},
		{"{{snippet: base}}", "(the query stands in a snippet or another card)"},
		{"SELECT AS STRUCT 1 AS a", "(SELECT AS STRUCT and the like give no columns)"},
		{"SELECT FROM shop.orders", "(the select list is empty)"},
		{"SELECT", "(the select list is empty)"},
		{"SELECT country FROM", "country unknown"},
	};
	check(rows, COUNT_OF(rows));
}

static void stars_and_queries_within_are_followed(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"SELECT * FROM shop.customers", "customer_id number, name text, email text, country text, joined_on date"},
		{"SELECT * EXCEPT (email, name), 1 AS n FROM shop.customers",
			"customer_id number, country text, joined_on date, n number"},
		{"SELECT c.* FROM shop.customers c JOIN shop.orders USING (customer_id)",
			"customer_id number, name text, email text, country text, joined_on date"},
		{"SELECT * FROM (SELECT country, COUNT(*) AS n FROM shop.orders GROUP BY 1) JOIN "
			"(SELECT country, 'x' AS label) b USING (country)", "country text, n number, label text"},
		{"SELECT * FROM daily_orders", "day date, country text, orders number, revenue number"},
		{"WITH a AS (SELECT ordered_on AS day, total FROM shop.orders), b (d, t) AS (SELECT * FROM a) "
			"SELECT *, t + 1 AS more FROM b", "d date, t number, more number"},
		{"WITH a AS (SELECT 1 AS x) SELECT a.x, y FROM a, UNNEST(['p', 'q']) AS y", "x number, y text"},
		{"SELECT d, o FROM UNNEST(GENERATE_DATE_ARRAY('2026-01-01', '2026-02-01')) d WITH OFFSET o",
			"d date, o number"},
		{"SELECT *, orders.status FROM (shop.customers c JOIN shop.orders ON TRUE) LIMIT 1",
			"customer_id number, name text, email text, country text, joined_on date, order_id number, "
			"customer_id number, ordered_on date, created_at datetime, updated_at datetime, country text, "
			"city text, status text, channel text, quantity number, total number, discount number, "
			"is_paid boolean, tags other, address other, status text limited"},
		{"SELECT * FROM nowhere", "(`*` takes in `nowhere`: table `nowhere` is not in the catalogue)"},
		{"SELECT * FROM {{#card}} AS c", "(`*` takes in `c`: what FROM reads is not a table)"},
		{"SELECT * FROM shop.orders PIVOT(SUM(total) FOR country IN ('a'))",
			"(`*` over PIVOT, NATURAL JOIN or nothing)"},
		{"SELECT z.* FROM shop.orders", "(`z.*` is not a table of this FROM)"},
		{"WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT * FROM n", "i number"},
		{"SELECT c.name, (SELECT SUM(o.total) FROM shop.orders o WHERE o.customer_id = c.customer_id) AS s, "
			"(SELECT c.joined_on) AS j FROM shop.customers c", "name text, s number, j date"},
	};
	check(rows, COUNT_OF(rows));
}

/* Each row is an expression over shop.orders and its type. */
static void types_are_told_where_they_can_be(void **state) {
	(void)state;
	static const struct row rows[] = {
		{"1", "number"}, {"'a'", "text"}, {"TRUE", "boolean"}, {"NULL", "unknown"}, {"[1]", "other"},
		{"-total", "number"}, {"total / 2 + 1", "number"}, {"country || city", "text"},
		{"total > 1 AND NOT is_paid", "boolean"}, {"country IN ('a')", "boolean"}, {"total IS NULL", "boolean"},
		{"ordered_on + 1", "date"}, {"ordered_on - ordered_on", "other"},
		{"created_at - INTERVAL 1 DAY", "datetime"}, {"ordered_on - INTERVAL 1 DAY", "datetime"},
		{"DATE '2026-01-01'", "date"}, {"TIMESTAMP '2026-01-01'", "datetime"}, {"INTERVAL 1 DAY", "other"},
		{"CURRENT_DATE", "date"}, {"CURRENT_DATE()", "date"}, {"CURRENT_TIMESTAMP()", "datetime"},
		{"CAST(total AS STRING)", "text"}, {"SAFE_CAST(country AS NUMERIC(10, 2))", "number"},
		{"CAST(x AS ARRAY<STRUCT<a INT64, b STRING>>)", "other"},
		{"x::date", "date"}, {"x::timestamp with time zone", "datetime"}, {"created_at::text", "text"},
		{"MAX(ordered_on)", "date"}, {"ANY_VALUE(country)", "text"}, {"MIN(total) OVER (ORDER BY city)", "number"},
		{"SUM(IF(is_paid, total, 0))", "number"}, {"IF(is_paid, country, NULL)", "text"},
		{"IF(is_paid, NULL, ordered_on)", "date"}, {"COALESCE(x, city)", "text"},
		{"CASE WHEN is_paid THEN NULL WHEN TRUE THEN 'a' ELSE 'b' END", "text"},
		{"CASE country WHEN 'a' THEN 1 END + 1", "number"},
		{"DATE_TRUNC(ordered_on, MONTH)", "date"}, {"DATE_TRUNC(created_at, MONTH)", "datetime"},
		{"TIMESTAMP_TRUNC(created_at, DAY)", "datetime"}, {"DATE(created_at)", "date"},
		{"EXTRACT(YEAR FROM ordered_on)", "number"}, {"EXTRACT(DATE FROM created_at)", "date"},
		{"FORMAT_DATE('%Y', ordered_on)", "text"}, {"SAFE.PARSE_DATE('%Y', country)", "date"},
		{"SAFE_DIVIDE(1, 2)", "number"}, {"ROUND(total, 1)", "number"}, {"my_function(1)", "unknown"},
		{"ARRAY_AGG(country)", "other"}, {"STRUCT(1 AS a)", "other"}, {"tags[OFFSET(0)]", "unknown"},
		{"(SELECT 'x')", "text"}, {"(SELECT 'x' AS y)", "text"}, {"((total))", "number"},
		{"EXISTS (SELECT 1 AS a)", "boolean"}, {"{{tag}}", "unknown"}, {"{{tag}} = 1", "boolean"},
		{"data->>'a'", "text"}, {"tags", "other"}, {"o.quantity", "number"},
	};
	struct fixture f;
	start(&f);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *text = arena_printf(f.c.arena, "SELECT %s AS v FROM `shop.orders` AS o", rows[i].text);
		const struct node *node;
		const struct columns *columns = columns_in(&f, text, &node);
		assert_int_equal(columns->count, 1);
		if (strcmp(column_type_name(columns->items[0].type), rows[i].expected) != 0)
			fail_msg("%s is %s, not %s", rows[i].text, column_type_name(columns->items[0].type),
				rows[i].expected);
	}
	compile_finish(&f.c);
}

static void places_lead_to_the_name(void **state) {
	(void)state;
	struct fixture f;
	start(&f);
	const char *text = "SELECT o.country, SUM(total) AS revenue, * EXCEPT (city) FROM shop.orders o";
	const struct node *node;
	const struct columns *columns = columns_in(&f, text, &node);
	static const char *const places[] = {"o.country", "revenue", "*"};
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct span at = column_span(&f.c, &columns->items[i]);
		assert_int_equal(at.source, node->at.source);
		assert_string_equal(arena_printf(f.c.arena, "%.*s", (int)(at.end - at.start), text + at.start), places[i]);
	}
	assert_ptr_equal(columns_find(columns, STR("REVENUE")), &columns->items[1]);
	assert_null(columns_find(columns, STR("nothing")));
	compile_finish(&f.c);
}

/* Deep, wide and broken texts end soon and safely. */
static void no_text_is_too_odd(void **state) {
	(void)state;
	static const char *const pieces[] = {"(", "SELECT ", "SELECT a FROM (", "CASE WHEN ", "COALESCE(x,", "WITH a AS (",
		"FROM a, ", "[[", "{{", "'", "*,", "a.b.c, ", "SELECT *, * FROM (", "x + ", ")", "`", "/*", "'[[ {{ ",
		"$a$ ", "(SELECT 1) ", "a AS b, ", "<", "ARRAY<"};
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		struct fixture f;
		start(&f);
		struct str piece = str_from(pieces[i]);
		size_t count = 200000 / piece.len;
		char *text = arena_alloc(f.c.arena, count * piece.len + 8);
		memcpy(text, "SELECT ", 7);
		for (size_t k = 0; k < count; k++)
			memcpy(text + 7 + k * piece.len, piece.ptr, piece.len);
		const struct node *node;
		columns_in(&f, text, &node);
		sql_tables(f.c.arena, sql_scan(f.c.arena, str_from(text), false));
		compile_finish(&f.c);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(select_lists_are_read),
		cmocka_unit_test(stars_and_queries_within_are_followed),
		cmocka_unit_test(types_are_told_where_they_can_be),
		cmocka_unit_test(places_lead_to_the_name),
		cmocka_unit_test(no_text_is_too_odd),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
