/* Every chart type: what the settings of its cards are, word for word. The cases are charts/NAME.yaml (a
 * map from names of the cases to charts) and charts/NAME.json; what is said of mistakes is in
 * charts/messages.txt. With MBC_BLESS set all of it is written anew, for a person to look through. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "charts/chart.h"
#include "compiler/model/project.h"
#include "filters/filter.h"
#include "runtime/file.h"

static const char *root(void) {
	return getenv("MBC_SOURCE_ROOT");
}

struct fixture {
	struct compile c;
	struct project project;
};

static void start(struct fixture *f, int metabase) {
	compile_init(&f->c);
	f->project = (struct project){.metabase = metabase, .bigquery = true};
	f->c.project = &f->project;
	f->c.chart_types = chart_types;
}

static struct node *parse(struct compile *c, const char *path, const char *text) {
	struct node *node = yaml_parse(c, source_add(c, path, str_from(text)));
	if (!node)
		fail_msg("%s: %s", path, c->diagnostics.count ? c->diagnostics.items[0]->text : "empty");
	return node;
}

static const struct word yields_words[] = {{"text"}, {"number"}, {"boolean"}, {"date"}, {"datetime"}, {0}};
static const enum column_type yields_types[] = {
	COLUMN_TEXT, COLUMN_NUMBER, COLUMN_BOOLEAN, COLUMN_DATE, COLUMN_DATETIME};

/* What a project would know of the chart: its columns by `yields` alone. */
static struct columns *yielded(struct compile *c, const struct value *yields) {
	struct columns *columns = arena_new(c->arena, struct columns);
	columns->known = columns->declared = yields != NULL;
	columns->count = yields ? yields->list.count : 0;
	columns->items = arena_array(c->arena, struct column, columns->count);
	for (size_t i = 0; i < columns->count; i++) {
		const struct value *item = &yields->list.items[i];
		size_t type = 0;
		while (strcmp(yields_words[type].name, item->word->name) != 0)
			type++;
		columns->items[i] = (struct column){item->name->scalar.text, yields_types[type], item->name->at};
	}
	return columns;
}

static const struct key *const *groups_of(struct compile *c, const struct chart_type *type) {
	const struct key **groups = arena_array(c->arena, const struct key *, 20);
	size_t count = 0;
	groups[count++] = chart_keys;
	groups[count++] = picture_keys;
	for (size_t i = 0; type->groups && type->groups[i]; i++)
		groups[count++] = type->groups[i];
	assert_true(count < 20);
	return groups;
}

static struct chart *bind(struct compile *c, const struct chart_type *type, struct node *name, struct node *map) {
	struct chart *chart = arena_new(c->arena, struct chart);
	*chart = (struct chart){.key = name->scalar.text, .key_node = name, .node = map, .type = type};
	keys_bind_named(c, groups_of(c, type), name, map, "the chart", &chart->values);
	chart->columns = yielded(c, values_get(&chart->values, "yields"));
	chart->sql_node = node_get(map, "sql");
	if (chart->sql_node)
		chart->sql = sql_scan(c->arena, chart->sql_node->scalar.text, true);
	picture_check(c, chart);
	return chart;
}

static void expect_quiet(const struct compile *c, const char *what) {
	for (size_t i = 0; i < c->diagnostics.count; i++)
		print_error("%s: %s %s\n", what, diag_rows[c->diagnostics.items[i]->code].name,
			c->diagnostics.items[i]->text);
	assert_int_equal(c->diagnostics.count, 0);
}

static json_t *case_json(struct compile *c, const struct chart *chart) {
	static struct dashboard dashboard = {.key = {"board", 5}};
	struct placement placement = {.chart = (struct chart *)chart, .type = chart->type};
	json_t *placed = picture_placement_settings(c, &dashboard, &placement);
	json_t *result = json_pack("{s:o}", "settings", picture_settings(c, chart));
	if (json_object_size(placed) > 0)
		json_object_set(result, "placement", placed);
	json_decref(placed);
	if (chart->type->query)
		json_object_set_new(result, "query", chart->type->query(c, chart));
	return result;
}

static struct str read_case(struct compile *c, const char *name, const char *ending) {
	struct buf text = BUF(1 << 20);
	const char *path = arena_printf(c->arena, "%s/tests/unit/charts/%s.%s", root(), name, ending);
	if (!file_read(path, &text))
		fail_msg("cannot read %s", path);
	struct str copy = arena_str(c->arena, buf_str(&text));
	buf_free(&text);
	return copy;
}

static char *pretty(json_t *value) {
	char *text = json_dumps(value, JSON_SORT_KEYS | JSON_INDENT(2));
	assert_non_null(text);
	return text;
}

static void compare(struct compile *c, const char *name, json_t *all) {
	char *found = pretty(all);
	if (getenv("MBC_BLESS")) {
		const char *path = arena_printf(c->arena, "%s/tests/unit/charts/%s.json", root(), name);
		assert_true(file_write(path, str_from(arena_printf(c->arena, "%s\n", found))));
	}
	json_error_t error;
	json_t *expected = json_loads(read_case(c, name, "json").ptr, 0, &error);
	if (!expected)
		fail_msg("%s.json: %s", name, error.text);
	char *wanted = pretty(expected);
	if (!json_equal(all, expected))
		fail_msg("%s: found\n%s\nexpected\n%s", name, found, wanted);
	json_decref(expected);
	free(wanted);
	free(found);
}

static void test_settings(void **state) {
	(void)state;
	for (const struct chart_type *const *type = chart_types; *type; type++) {
		if ((*type)->placement)
			continue;
		struct fixture f;
		start(&f, 63);
		struct node *cases = parse(&f.c, (*type)->name, read_case(&f.c, (*type)->name, "yaml").ptr);
		json_t *all = json_object();
		for (size_t i = 0; i < cases->map.count; i++) {
			struct pair *pair = &cases->map.pairs[i];
			struct chart *chart = bind(&f.c, *type, pair->key, pair->value);
			json_object_setn_new(all, pair->key->scalar.text.ptr, pair->key->scalar.text.len,
				case_json(&f.c, chart));
		}
		expect_quiet(&f.c, (*type)->name);
		compare(&f.c, (*type)->name, all);
		json_decref(all);
		compile_finish(&f.c);
	}
}

/* Names of keys that a piece of YAML holds at any depth. */
static void collect(struct compile *c, struct map *names, const struct node *node) {
	for (size_t i = 0; node->type == NODE_SEQ && i < node->seq.count; i++)
		collect(c, names, node->seq.items[i]);
	for (size_t i = 0; node->type == NODE_MAP && i < node->map.count; i++) {
		*map_slot(c->arena, names, node->map.pairs[i].key->scalar.text) = node->map.pairs[i].key;
		collect(c, names, node->map.pairs[i].value);
	}
}

static void expect_keys(const struct chart_type *type, const struct map *names, const struct key *keys) {
	for (; keys->name; keys++) {
		if (keys->keys == picture_click_keys)
			continue;
		if (!map_get(names, str_from(keys->name)) && strcmp(keys->name, "columns") != 0 &&
			strcmp(keys->name, "value") != 0)
			fail_msg("tests/unit/charts/%s.yaml never sets `%s`", type->name, keys->name);
		if (keys->keys)
			expect_keys(type, names, keys->keys);
	}
}

static void test_cases_set_every_key(void **state) {
	(void)state;
	for (const struct chart_type *const *type = chart_types; *type; type++) {
		if ((*type)->placement)
			continue;
		struct fixture f;
		struct map names = {0};
		start(&f, 63);
		collect(&f.c, &names, parse(&f.c, (*type)->name, read_case(&f.c, (*type)->name, "yaml").ptr));
		for (size_t i = 0; (*type)->groups && (*type)->groups[i]; i++)
			expect_keys(*type, &names, (*type)->groups[i]);
		compile_finish(&f.c);
	}
}

static void test_rows_are_documented(void **state) {
	(void)state;
	for (const struct chart_type *const *type = chart_types; *type; type++) {
		assert_non_null((*type)->doc);
		assert_non_null((*type)->example);
		assert_true((*type)->size.width >= (*type)->least.width && (*type)->least.width > 0);
		assert_true((*type)->size.height >= (*type)->least.height && (*type)->least.height > 0);
		for (size_t i = 0; (*type)->groups && (*type)->groups[i]; i++) {
			for (const struct key *key = (*type)->groups[i]; key->name; key++) {
				if (!key->doc || key->doc[strlen(key->doc) - 1] == '.')
					fail_msg("%s: `%s` lacks a line of doc", (*type)->name, key->name);
			}
		}
	}
}

static void test_examples(void **state) {
	(void)state;
	for (const struct chart_type *const *type = chart_types; *type; type++) {
		struct fixture f;
		start(&f, 56);
		struct node *map = parse(&f.c, (*type)->name, (*type)->example);
		if (!(*type)->placement) {
			assert_string_equal(arena_cstr(f.c.arena, node_get(map, "type")->scalar.text), (*type)->name);
			struct values values;
			keys_bind(&f.c, groups_of(&f.c, *type), map, (*type)->name, &values);
		}
		expect_quiet(&f.c, (*type)->name);
		compile_finish(&f.c);
	}
}

static bool is_listed(const char *name) {
	for (const struct chart_type *const *type = chart_types; *type; type++) {
		if (strcmp((*type)->name, name) == 0)
			return true;
	}
	return false;
}

/* A file with a descriptor that nobody put into the list would simply not exist for the compiler. */
static void test_files_are_listed(void **state) {
	(void)state;
	struct fixture f;
	start(&f, 56);
	DIR *folder = opendir(arena_printf(f.c.arena, "%s/charts", root()));
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		struct str name = str_from(entry->d_name);
		if (!str_ends(name, ".c"))
			continue;
		struct buf text = BUF(1 << 20);
		assert_true(file_read(arena_printf(f.c.arena, "%s/charts/%s", root(), entry->d_name), &text));
		const char *stem = arena_cstr(f.c.arena, str_slice(name, 0, name.len - 2));
		const char *descriptor = arena_printf(f.c.arena, "\nconst struct chart_type chart_%s = {", stem);
		bool has = str_find(buf_str(&text), descriptor, 0) != STR_NONE;
		if (has != is_listed(stem))
			fail_msg("charts/%s and the list in charts/meson.build disagree", entry->d_name);
		buf_free(&text);
	}
	closedir(folder);
	compile_finish(&f.c);
}

static void test_placements(void **state) {
	(void)state;
	static const struct {
		const char *name, *content, *settings;
	} cases[] = {
		{"heading", "This month", "\"text\":\"This month\""},
		{"text", "**a** {{period}}", "\"text\":\"**a** {{period}}\""},
		{"link", "https://example.com", "\"link\":{\"url\":\"https://example.com\"}"},
		{"iframe", "https://example.com/x", "\"iframe\":\"https://example.com/x\""},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct fixture f;
		start(&f, 56);
		struct dashboard dashboard = {.key = STR("board")};
		struct node *content = parse(&f.c, "content", arena_printf(f.c.arena, "\"%s\"", cases[i].content));
		struct placement placement = {.type = chart_type_find(&f.c, str_from(cases[i].name)), .content = content,
			.node = content};
		picture_check_placement(&f.c, &dashboard, &placement);
		expect_quiet(&f.c, cases[i].name);
		json_t *found = picture_placement_settings(&f.c, &dashboard, &placement);
		const char *wanted = arena_printf(f.c.arena, "{%s,\"virtual_card\":{\"archived\":false,\"dataset_query\":{},"
			"\"display\":\"%s\",\"name\":null,\"visualization_settings\":{}}}", cases[i].settings, cases[i].name);
		char *text = json_dumps(found, JSON_SORT_KEYS | JSON_COMPACT);
		assert_string_equal(text, wanted);
		free(text);
		json_decref(found);
		compile_finish(&f.c);
	}
}

static void add_placements(struct compile *c, const struct dashboard *dashboard, json_t *all) {
	for (size_t i = 0; i < dashboard->tabs.count; i++) {
		const struct tab *tab = dashboard->tabs.items[i];
		for (size_t k = 0; k < tab->placements.count; k++) {
			const struct placement *placement = tab->placements.items[k];
			const char *name = arena_printf(c->arena, "%.*s %zu %.*s", STR_ARGS(dashboard->key), k,
				STR_ARGS(placement->name));
			json_object_set_new(all, name, picture_placement_settings(c, dashboard, placement));
		}
	}
}

/* A project of its own, since clicks lead from one dashboard to another. */
static void test_clicks(void **state) {
	(void)state;
	struct compile c;
	compile_init(&c);
	c.chart_types = chart_types;
	c.filter_types = filter_types;
	struct project_options options = {.start = arena_printf(c.arena, "%s/tests/unit/charts/clicks", root())};
	bool loaded = project_load(&c, &options);
	if (loaded)
		project_check(&c);
	expect_quiet(&c, "clicks");
	assert_true(loaded);
	json_t *all = json_object();
	for (size_t i = 0; i < c.project->dashboards.count; i++)
		add_placements(&c, c.project->dashboards.items[i], all);
	compare(&c, "clicks", all);
	json_decref(all);
	compile_finish(&c);
}

/* "CODE <text under the caret> message", and a line each for notes and helps. */
static void add_messages(struct compile *c, struct buf *out) {
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		const struct diagnostic *d = c->diagnostics.items[i];
		struct str under = str_slice(source_of(c, d->at)->text, d->at.start, d->at.end);
		buf_printf(out, "%s <%.*s> %s\n", diag_rows[d->code].name, STR_ARGS(under), d->text);
		for (size_t k = 0; k < d->notes.count; k++)
			buf_printf(out, "  %s: %s\n", d->notes.items[k].help ? "help" : "note", d->notes.items[k].text);
	}
}

/* One chart of messages.txt: its YAML after `===`, what is said of it after `---`. */
static void say(struct str yaml, struct buf *out) {
	struct fixture f;
	start(&f, 56);
	buf_printf(out, "===\n%.*s---\n", STR_ARGS(yaml));
	struct node *map = parse(&f.c, "chart", arena_cstr(f.c.arena, yaml));
	struct node *type = node_get(map, "type");
	bind(&f.c, chart_type_find(&f.c, type->scalar.text), type, map);
	add_messages(&f.c, out);
	compile_finish(&f.c);
}

static void test_messages(void **state) {
	(void)state;
	struct buf found = BUF(1 << 20);
	struct fixture f;
	start(&f, 56);
	struct str text = read_case(&f.c, "messages", "txt");
	for (size_t at = str_find(text, "===\n", 0); at != STR_NONE; at = str_find(text, "===\n", at + 4)) {
		size_t end = str_find(text, "---\n", at);
		assert_true(end != STR_NONE);
		say(str_slice(text, at + 4, end), &found);
	}
	if (getenv("MBC_BLESS")) {
		const char *path = arena_printf(f.c.arena, "%s/tests/unit/charts/messages.txt", root());
		assert_true(file_write(path, buf_str(&found)));
	} else {
		assert_string_equal(found.ptr, text.ptr);
	}
	buf_free(&found);
	compile_finish(&f.c);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_documented),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_files_are_listed),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_cases_set_every_key),
		cmocka_unit_test(test_placements),
		cmocka_unit_test(test_clicks),
		cmocka_unit_test(test_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
