/* Layout: from rows and sizes to places on the grid, and what is said when something does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compiler/model/load.h"

static const struct chart_type big = {.name = "line", .size = {12, 6}, .least = {4, 3}};
static const struct chart_type small = {.name = "scalar", .size = {6, 3}, .least = {2, 2}};
static const struct chart_type heading = {
	.name = "heading", .placement = true, .size = {24, 1}, .least = {1, 1},
};
static const struct chart_type *const types[] = {&big, &small, &heading, NULL};

static const char charts[] =
	"dashboard: T\n"
	"charts:\n"
	"  a: {type: scalar, sql: SELECT 1 AS n}\n"
	"  b: {type: scalar, sql: SELECT 1 AS n}\n"
	"  c: {type: scalar, sql: SELECT 1 AS n}\n"
	"  l: {type: line, sql: SELECT 1 AS n}\n";

/* Binds and lays out one dashboard. */
static struct dashboard *lay_out(struct compile *c, const char *layout) {
	compile_init(c);
	c->chart_types = types;
	c->project = arena_new(c->arena, struct project);
	c->project->directory = "";
	const char *text = arena_printf(c->arena, "%s%s", charts, layout);
	struct definition_file file = {.path = "t.yaml", .source = source_add(c, "t.yaml", str_from(text))};
	struct names dashboards = {0}, names = {0};
	file.node = yaml_parse(c, file.source);
	assert_non_null(file.node);
	struct dashboard *dashboard = dashboard_bind(c, &file, &dashboards);
	assert_non_null(dashboard);
	charts_bind(c, dashboard, "", values_get(&dashboard->values, "charts")->node, &names);
	dashboard_bind_layout(c, dashboard);
	for (size_t i = 0; i < dashboard->tabs.count; i++)
		layout_tab(c, dashboard, dashboard->tabs.items[i]);
	return dashboard;
}

/* "NAME column,row widthxheight" for each placement in reading order, tabs apart by a line. */
static const char *places(struct compile *c, const struct dashboard *dashboard) {
	const char *all = "";
	for (size_t t = 0; t < dashboard->tabs.count; t++) {
		const struct tab *tab = dashboard->tabs.items[t];
		for (size_t i = 0; i < tab->placements.count; i++) {
			const struct placement *p = tab->placements.items[i];
			all = arena_printf(c->arena, "%s%s%.*s %u,%u %ux%u", all, *all ? "; " : "",
				STR_ARGS(p->name.len ? p->name : str_from(p->type->name)), p->column, p->row,
				p->width, p->height);
		}
	}
	return all;
}

/* "CODE <text under the caret> message", notes and helps below it. */
static const char *messages(struct compile *c) {
	const char *all = "";
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		const struct diagnostic *d = c->diagnostics.items[i];
		struct str under = str_slice(source_of(c, d->at)->text, d->at.start, d->at.end);
		all = arena_printf(c->arena, "%s%s <%.*s> %s\n", all, diag_rows[d->code].name, STR_ARGS(under), d->text);
		for (size_t k = 0; k < d->notes.count; k++) {
			struct span at = d->notes.items[k].at;
			struct str there = at.source == UINT32_MAX ? STR("") :
				str_slice(source_of(c, at)->text, at.start, at.end);
			all = arena_printf(c->arena, "%s  %s <%.*s> %s\n", all,
				d->notes.items[k].help ? "help" : "note", STR_ARGS(there), d->notes.items[k].text);
		}
	}
	return all;
}

static void gives(const char *layout, const char *expected) {
	struct compile c;
	const struct dashboard *dashboard = lay_out(&c, layout);
	assert_string_equal(messages(&c), "");
	assert_string_equal(places(&c, dashboard), expected);
	compile_finish(&c);
}

static void says(const char *layout, const char *expected) {
	struct compile c;
	lay_out(&c, layout);
	assert_string_equal(messages(&c), expected);
	compile_finish(&c);
}

static void rows_flow_down(void **state) {
	(void)state;
	gives("layout:\n  - a\n", "a 0,0 24x3");
	gives("layout:\n  - a: 6x4\n  - b: 4x2\n", "a 0,0 6x4; b 0,4 4x2");
	gives("layout:\n  - heading: This month\n  - [a: 6x4, l: 18x8]\n  - b\n",
		"heading 0,0 24x1; a 0,1 6x4; l 6,1 18x8; b 0,9 24x3");
}

static void what_has_no_size_shares_what_is_left(void **state) {
	(void)state;
	gives("layout:\n  - [a, b]\n", "a 0,0 12x3; b 12,0 12x3");
	gives("layout:\n  - [a: 4x3, b, c, l]\n", "a 0,0 4x3; b 4,0 7x6; c 11,0 7x6; l 18,0 6x6");
	gives("layout:\n  - [a: 6x9, l]\n", "a 0,0 6x9; l 6,0 18x9");
}

static void a_list_in_a_row_is_a_column(void **state) {
	(void)state;
	gives("layout:\n  - [[a: 6x4, b: 6x4], l: 18x8]\n", "a 0,0 6x4; l 6,0 18x8; b 0,4 6x4");
	gives("layout:\n  - [[a, b], l: 18x9]\n", "a 0,0 6x5; l 6,0 18x9; b 0,5 6x4");
	gives("layout:\n  - [[a: 6x4, b], l]\n  - c\n", "a 0,0 6x4; l 6,0 18x7; b 0,4 6x3; c 0,7 24x3");
}

static void fixed_places_stay_where_they_are(void **state) {
	(void)state;
	gives("layout:\n"
	      "  - {chart: l, at: {col: 6, row: 2}}\n"
	      "  - {chart: a, size: 6x4, at: {col: 0, row: 0}}\n",
		"a 0,0 6x4; l 6,2 12x6");
}

static void without_a_layout_charts_fill_rows(void **state) {
	(void)state;
	gives("", "a 0,0 6x3; b 6,0 6x3; c 12,0 6x3; l 0,3 12x6");
}

static void tabs_are_laid_out_apart(void **state) {
	(void)state;
	gives("tabs:\n  One:\n    - a\n  Two: {was: Second, rows: [[b, {chart: a, as: a_again}]]}\n",
		"a 0,0 24x3; b 0,0 12x3; a_again 12,0 12x3");
}

static void what_does_not_fit_is_reported(void **state) {
	(void)state;
	says("layout:\n  - [a: 16x4, b: 12x4]\n",
		"E0702 <12x4> the row is 28 columns wide, a dashboard has 24\n"
		"  help <> make its items narrower, or start another row\n");
	says("layout:\n  - [a: 24x4, b]\n",
		"E0702 <b> the row is 24 columns wide before what has no size, a dashboard has 24\n"
		"  help <> make its items narrower, or start another row\n");
	says("layout:\n  - l: 3x3\n", "E0703 <3x3> `l` would be 3x3, the least for a `line` is 4x3\n"
		"  help <> write `4x3` or more\n");
	says("layout:\n  - [a: 22x3, l]\n", "E0703 <l> `l` would be 2x6, the least for a `line` is 4x3\n"
		"  help <> put fewer items into the row, or give the others smaller sizes\n");
	says("layout:\n  - {chart: a, size: 6x4, at: {col: 20, row: 0}}\n",
		"E0702 <{col: 20, row: 0}> `a` reaches to column 26, a dashboard has 24\n"
		"  help <> write at most `col: 18`, or a smaller size\n");
}

static void cards_do_not_lie_on_each_other(void **state) {
	(void)state;
	says("layout:\n"
	     "  - {chart: b, size: 6x4, at: {col: 5, row: 3}}\n"
	     "  - {chart: a, size: 6x4, at: {col: 0, row: 0}}\n",
		"E0701 <{col: 5, row: 3}> `b` lies on `a`\n"
		"  note <{col: 0, row: 0}> `a` takes columns 0 to 5, rows 0 to 3\n");
	gives("layout:\n"
	      "  - {chart: b, size: 6x4, at: {col: 6, row: 3}}\n"
	      "  - {chart: a, size: 6x4, at: {col: 0, row: 0}}\n"
	      "  - {chart: c, size: 6x4, at: {col: 0, row: 4}}\n",
		"a 0,0 6x4; b 6,3 6x4; c 0,4 6x4");
}

static void one_way_of_placing_at_a_time(void **state) {
	(void)state;
	says("layout:\n  - a: 6x4\n  - {chart: b, at: {col: 6, row: 0}}\n",
		"E0704 <{col: 6, row: 0}> flowing rows and `at:` do not mix in one layout\n"
		"  note <a: 6x4> this one flows\n"
		"  help <> give every item `at: {col: …, row: …}`, or none\n");
	says("layout:\n  - a\ntabs:\n  One: [b]\n", "E0704 <tabs> a dashboard has `layout` or `tabs`, not both\n"
		"  note <layout> the other one\n");
}

static void items_that_are_none(void **state) {
	(void)state;
	says("layout:\n  - d\n", "E0301 <d> there is no chart `d` in `t`, nor a shared one\n");
	says("layout:\n  - {a: 6x4, b: 6x4}\n",
		"E0706 <{a: 6x4, b: 6x4}> an item of a row is a chart or a placement, found a map with several keys\n"
		"  help <> write `spend`, `spend: 6x4`, `heading: This month` or `{chart: spend, size: 6x4}`\n");
	says("layout:\n  - [[[a]]]\n",
		"E0706 <[a]> an item of a row is a chart or a placement, found a list in a column of a row\n"
		"  help <> write `spend`, `spend: 6x4`, `heading: This month` or `{chart: spend, size: 6x4}`\n");
	says("layout:\n  - [a, a]\n", "E0705 <a> `a` is placed twice\n"
		"  note <a> first placed here\n"
		"  help <> name one of them: `{chart: a, as: a_2}`\n");
	says("layout: a\n", "E0202 <a> a layout is a list of rows, found `a`\n"
		"  help <> write `- [spend: 6x4, trend: 18x8]` for each row\n");
	says("layout:\n  - heading:\n", "E0206 <heading> `heading` is empty\n");
	says("layout:\n  - {chart: a, hight: 4}\n", "E0201 <hight> a `chart` in a layout has no key `hight`\n"
		"  help <> its keys: `chart`, `as`, `size`, `at`, `title`, `description`, `click`, `hide_if_empty`, "
		"`settings`\n");
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_flow_down),
		cmocka_unit_test(what_has_no_size_shares_what_is_left),
		cmocka_unit_test(a_list_in_a_row_is_a_column),
		cmocka_unit_test(fixed_places_stay_where_they_are),
		cmocka_unit_test(without_a_layout_charts_fill_rows),
		cmocka_unit_test(tabs_are_laid_out_apart),
		cmocka_unit_test(what_does_not_fit_is_reported),
		cmocka_unit_test(cards_do_not_lie_on_each_other),
		cmocka_unit_test(one_way_of_placing_at_a_time),
		cmocka_unit_test(items_that_are_none),
	};
	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
