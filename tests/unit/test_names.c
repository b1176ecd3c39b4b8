/* Names in queries, held against the tables of tests/project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/query/names.h"
#include "compiler/source/variables.h"
#include "runtime/buf.h"

/* What is said of a query, a line each: code, the bytes it points at, message; help. */
static const char *said(const char *text) {
	static char result[4096];
	struct compile c;
	struct buf out = BUF(sizeof(result));
	compile_init(&c);
	struct node value = {.type = NODE_SCALAR, .at = SPAN_NONE, .scalar.text = STR("shop")};
	struct variables variables = {.environment = false};
	*map_slot(c.arena, &variables.values, STR("dataset")) = &value;
	const char *path = arena_printf(c.arena, "%s/tests/project/sql", getenv("MBC_SOURCE_ROOT"));
	struct catalogue *catalogue = catalogue_load(&c, &path, 1, &variables);
	const struct node *node = node_from_source(&c, source_add(&c, "query.sql", str_from(text)));
	names_check(&c, sql_scan(c.arena, str_from(text), true), node, catalogue);
	for (size_t i = 0; i < c.diagnostics.count; i++) {
		const struct diagnostic *d = c.diagnostics.items[i];
		buf_printf(&out, "%s%s [%.*s] %s", i ? "\n" : "", diag_rows[d->code].name,
			(int)(d->at.end - d->at.start), text + d->at.start, d->text);
		for (size_t k = 0; k < d->notes.count; k++)
			if (d->notes.items[k].help)
				buf_printf(&out, "; %s", d->notes.items[k].text);
	}
	snprintf(result, sizeof(result), "%s", out.ptr ? out.ptr : "");
	buf_free(&out);
	compile_finish(&c);
	return result;
}

static void columns_that_nothing_has(void **state) {
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"SELECT totl FROM `shop.orders`",
			"E0622 [totl] table `orders` has no column `totl`; did you mean `total`?"},
		{"SELECT o.totl FROM `shop.orders` o WHERE o.totl > 1",
			"E0622 [o.totl] table `orders` has no column `totl`; did you mean `total`?"},
		{"SELECT x.total FROM `shop.orders` AS o", "E0622 [x.total] nothing is called `x` here"},
		{"SELECT total FROM shop.orders WHERE contry = 'DE'",
			"E0622 [contry] table `orders` has no column `contry`; did you mean `country`?"},
		{"SELECT 1 AS n FROM shop.orders o JOIN shop.customers c ON c.customer = o.customer_id",
			"E0622 [c.customer] table `customers` has no column `customer`"},
		{"SELECT nam FROM shop.orders o JOIN shop.customers c USING (customer_id)",
			"E0622 [nam] nothing that is read here has a column `nam`; did you mean `name`?"},
		{"WITH a AS (SELECT total AS t FROM shop.orders) SELECT s FROM a",
			"E0622 [s] `a` has no column `s`"},
		{"WITH a AS (SELECT totl AS t FROM shop.orders) SELECT t FROM a",
			"E0622 [totl] table `orders` has no column `totl`; did you mean `total`?"},
		{"SELECT total FROM shop.orders UNION ALL SELECT nme FROM shop.customers ORDER BY total",
			"E0622 [nme] table `customers` has no column `nme`; did you mean `name`?"},
		{"SELECT (SELECT MAX(c.nme) FROM shop.customers c WHERE c.customer_id = o.customer_id) AS n "
		 "FROM shop.orders o",
			"E0622 [c.nme] table `customers` has no column `nme`; did you mean `name`?"},
		{"SELECT revenu FROM shop.daily_orders",
			"E0622 [revenu] view `daily_orders` has no column `revenu`; did you mean `revenue`?"},
		{"SELECT SUM(t) AS t FROM (SELECT total AS t FROM shop.orders) AS q GROUP BY q.c",
			"E0622 [q.c] `q` has no column `c`"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(said(rows[i].text), rows[i].expected);
}

static void tables_that_are_not_known(void **state) {
	(void)state;
	assert_string_equal(said("SELECT a FROM `shop.ordres`"),
		"W0623 [`shop.ordres`] the catalogue has no table `shop.ordres`; did you mean `orders`?");
	assert_string_equal(said("SELECT a FROM `elsewhere.ordres`"), "");
	assert_string_equal(said("SELECT a FROM `shop.INFORMATION_SCHEMA.TABLES`"), "");
	assert_string_equal(said("SELECT a FROM `shop.orders_*`"), "");
	assert_string_equal(said("WITH ordres AS (SELECT 1 AS a) SELECT a FROM ordres"), "");
}

static void what_has_a_meaning_is_left_alone(void **state) {
	(void)state;
	static const char *const texts[] = {
		"SELECT DATE_TRUNC(ordered_on, MONTH) AS m, COUNT(*) AS n FROM shop.orders GROUP BY m ORDER BY n DESC",
		"SELECT EXTRACT(DAYOFWEEK FROM ordered_on) AS d, DATE '2026-01-01' AS e FROM shop.orders",
		"SELECT CAST(total AS FLOAT64) AS t, SAFE_CAST(city AS ARRAY<STRING>) AS c FROM shop.orders",
		"SELECT total, ROW_NUMBER() OVER w AS r FROM shop.orders WINDOW w AS (PARTITION BY city ORDER BY total)",
		"SELECT SUM(total) OVER (ORDER BY ordered_on ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS t FROM shop.orders",
		"SELECT o.address.zip, tag FROM shop.orders o, UNNEST(o.tags) AS tag WHERE tag LIKE 'a%'",
		"SELECT * EXCEPT (total) FROM shop.orders",
		"SELECT country AS land FROM shop.orders GROUP BY land HAVING COUNT(*) > 1",
		"SELECT TO_JSON_STRING(o) AS j, _PARTITIONTIME AS p FROM shop.orders AS o",
		"SELECT whatever FROM shop.orders, other.unknown",
		"SELECT whatever FROM shop.orders {{snippet: joins}}",
		"SELECT whatever FROM (SELECT country, total FROM shop.orders) PIVOT (SUM(total) FOR country IN ('DE'))",
		"DECLARE whatever INT64 DEFAULT 1; SELECT whatever FROM shop.orders",
		"SELECT STRUCT(total AS t, city) AS s, @parameter AS p FROM shop.orders",
		"WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 5) SELECT n FROM a",
		"SELECT total FROM shop.orders o WHERE EXISTS (SELECT 1 FROM shop.customers WHERE customer_id = o.order_id AND city = 'x')",
		"SELECT total AT TIME ZONE 'UTC' FROM shop.orders WHERE {{country}} [[AND city = {{city}}]]",
		"SELECT 1 AS n",
		"SELECT COUNTIF(is_paid) AS n FROM shop.orders QUALIFY RANK() OVER (ORDER BY n) = 1",
		"SELECT (",
	};
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_string_equal(said(texts[i]), "");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_that_nothing_has),
		cmocka_unit_test(tables_that_are_not_known),
		cmocka_unit_test(what_has_a_meaning_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
