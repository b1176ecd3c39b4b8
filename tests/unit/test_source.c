/* Files, places, variables, and the way back from a scalar's text to the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "compiler/source/compile.h"
#include "compiler/source/variables.h"

static char folder[] = "/tmp/mbc-source-XXXXXX";

static char *file_with(struct compile *c, const void *bytes, size_t len) {
	char *path = arena_printf(c->arena, "%s/file", folder);
	FILE *file = fopen(path, "w");
	fwrite(bytes, 1, len, file);
	fclose(file);
	return path;
}

static void places_count_characters(void **state) {
	(void)state;
	static const struct {
		uint32_t offset, line, column;
	} rows[] = {
		{0, 1, 1}, {2, 1, 2}, {3, 1, 3}, {4, 2, 1}, {5, 2, 2}, {7, 3, 1}, {8, 4, 1}, {9, 4, 2}, {99, 4, 2},
		{2, 1, 2}, {8, 4, 1}, {8, 4, 1}, {7, 3, 1},
	};
	struct compile c;
	compile_init(&c);
	uint32_t source = source_add(&c, "a", STR("éa\nb\r\n\rc"));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct place place = source_place(&c, source, rows[i].offset);
		assert_int_equal(place.line, rows[i].line);
		assert_int_equal(place.column, rows[i].column);
	}
	assert_true(str_is(source_line(&c, source, 1), "éa"));
	assert_true(str_is(source_line(&c, source, 2), "b"));
	assert_true(str_is(source_line(&c, source, 3), ""));
	assert_true(str_is(source_line(&c, source, 4), "c"));
	assert_true(str_is(source_line(&c, source, 5), ""));
	compile_finish(&c);
}

static void files_that_cannot_be_read_are_named(void **state) {
	(void)state;
	struct compile c;
	compile_init(&c);
	uint32_t index;
	assert_false(source_read(&c, "/nowhere/at/all", SPAN_NONE, &index));
	assert_string_equal(c.diagnostics.items[0]->text,
		"cannot read `/nowhere/at/all`: No such file or directory");
	assert_false(source_read(&c, folder, SPAN_NONE, &index));
	assert_int_equal(c.diagnostics.items[1]->code, E0101);
	char *path = file_with(&c, "a: \0", 4);
	assert_false(source_read(&c, path, SPAN_NONE, &index));
	assert_string_equal(c.diagnostics.items[2]->text, "a NUL byte in a text file");
	assert_int_equal(c.diagnostics.items[2]->at.start, 3);
	path = file_with(&c, "0123456789\xe2\x82", 12);
	assert_false(source_read(&c, path, SPAN_NONE, &index));
	assert_string_equal(c.diagnostics.items[3]->text, "byte 0xe2 is not valid UTF-8 here");
	assert_int_equal(c.diagnostics.items[3]->at.start, 10);
	path = file_with(&c, "", 0);
	assert_int_equal(truncate(path, 100000000), 0);
	assert_false(source_read(&c, path, SPAN_NONE, &index));
	assert_int_equal(c.diagnostics.items[4]->code, E0109);
	path = file_with(&c, "\xef\xbb\xbfkey: \xe2\x82\xac", 11);
	assert_true(source_read(&c, path, SPAN_NONE, &index));
	assert_true(str_is(c.sources.items[index]->text, "key: €"));
	assert_int_equal(c.diagnostics.count, 5);
	compile_finish(&c);
}

/* Parses `yaml`, replaces variables in the value of `a` and looks for `part` in its text: the bytes
 * behind it in the file have to be `expected`. */
static void expect_behind(const char *yaml, const char *part, const char *expected) {
	struct compile c;
	compile_init(&c);
	uint32_t source = source_add(&c, "a.yaml", str_from(yaml));
	struct node *root = yaml_parse(&c, source), *node = node_get(root, "a");
	struct variables variables = {0};
	*map_slot(c.arena, &variables.values, STR("long")) = node_get(root, "long");
	*map_slot(c.arena, &variables.values, STR("none")) = node_get(root, "none");
	variables_resolve(&c, &variables, node);
	assert_int_equal(c.diagnostics.count, 0);
	size_t at = str_find(node->scalar.text, part, 0);
	assert_true(at != STR_NONE);
	struct span span = node_span(&c, node, at, at + strlen(part));
	struct str behind = str_slice(str_from(yaml), span.start, span.end);
	assert_string_equal(arena_cstr(c.arena, behind), expected);
	compile_finish(&c);
}

static void parts_of_scalars_lead_back_to_the_file(void **state) {
	(void)state;
	expect_behind("a: some text\n", "text", "text");
	expect_behind("é: ü\na: söme text\n", "text", "text");
	expect_behind("a: 'some text'\n", "text", "text");
	expect_behind("a: \"some text\"\n", "text", "text");
	expect_behind("a: \"some\\ttext\"\n", "text", "\"some\\ttext\"");
	expect_behind("a: 'it''s text'\n", "text", "'it''s text'");
	expect_behind("a: some\n  text\n", "text", "some\n  text");
	expect_behind("a: |\n  one\n  two\n", "two", "two");
	expect_behind("a: |\n  one\n  two\n", "one\ntwo", "one\n  two");
	expect_behind("a: |\n  one\n  two\n", "one\n", "one");
	expect_behind("a: |-\n\n    one\n\n      two\n\nb: 1", "two", "two");
	expect_behind("a: | # why\r\n  one\r\n  two\r\n", "two", "two");
	expect_behind("a: |2\n   one\n", "one", "|2\n   one");
	expect_behind("a: >\n  one\n  two\n", "two", "two");
	expect_behind("a: >\n  one\n\n  two\n", "two", ">\n  one\n\n  two");
}

static void variables_are_counted_back(void **state) {
	(void)state;
	expect_behind("long: ${x}\na: left right\n", "right", "right");
	expect_behind("long: a long text\na: x ${long} right\n", "right", "right");
	expect_behind("long: a long text\na: x ${long} right\n", "long", "${long}");
	expect_behind("long: a long text\na: x ${long} right\n", "x a", "x ${long}");
	expect_behind("long: a long text\na: x ${long} right\n", "x ", "x ");
	expect_behind("long: a long text\na: x ${long} right\n", "text right", "${long} right");
	expect_behind("none: ''\na: x ${none} right\n", "right", "right");
	expect_behind("none: ''\na: x $${none} right\n", "{none}", "$${none}");
	expect_behind("long: a long text\na: |\n  x\n  ${long} y ${long}\n  z right\n", "right", "right");
	expect_behind("long: a long text\na: |\n  x\n  ${long} y ${long}\n  z right\n", "y", "y");
}

/* The text of `a` with its variables replaced, and what was reported. */
static void expect_resolved(const char *yaml, bool environment, const char *text, const char *expected) {
	struct compile c;
	compile_init(&c);
	struct node *root = yaml_parse(&c, source_add(&c, "a.yaml", str_from(yaml)));
	struct variables variables = {.environment = environment};
	struct node *values = node_get(root, "vars");
	for (size_t i = 0; values && i < values->map.count; i++)
		*map_slot(c.arena, &variables.values, values->map.pairs[i].key->scalar.text) =
			values->map.pairs[i].value;
	struct node *node = node_get(root, "a");
	variables_resolve(&c, &variables, node);
	variables_resolve(&c, &variables, node);
	assert_string_equal(arena_cstr(c.arena, node->scalar.text), text);
	char *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	diag_print(&c, out, &(struct diag_print){.format = DIAG_SHORT});
	fclose(out);
	assert_string_equal(got, expected);
	free(got);
	compile_finish(&c);
}

static void variables_are_replaced(void **state) {
	(void)state;
	setenv("MBC_TEST_SET", "value", 1);
	setenv("MBC_TEST_EMPTY", "", 1);
	unsetenv("MBC_TEST_UNSET");
	expect_resolved("vars: {x: 1, y_z: two}\na: ${x}-${y_z}-$${x}-$5-$$\n", false, "1-two-${x}-$5-$$", "");
	expect_resolved("vars: {dataset: d}\na: b ${datset}\n", false, "b ${datset}",
		"a.yaml:2:6: error[E0115]: no variable `datset` is defined\n1 error in 1 file\n");
	expect_resolved("vars: {x: \"${y}\", y: 1}\na: ${x} ${x}\n", false, "${x} ${x}",
		"a.yaml:1:12: error[E0116]: the value of the variable `x` contains a variable\n"
		"1 error in 1 file\n");
	expect_resolved("vars: {x: \"a $${y}\"}\na: ${x} ${x}\n", false, "a ${y} a ${y}", "");
	expect_resolved("a: b ${x\n", false, "b ${x",
		"a.yaml:1:6: error[E0117]: `${` is never closed\n1 error in 1 file\n");
	expect_resolved("a: b ${} ${1x} ${a b}\n", false, "b ${} ${1x} ${a b}",
		"a.yaml:1:6: error[E0117]: `${` is not followed by a name and `}`\n"
		"a.yaml:1:10: error[E0117]: `${` is not followed by a name and `}`\n"
		"a.yaml:1:16: error[E0117]: `${` is not followed by a name and `}`\n3 errors in 1 file\n");
	expect_resolved("a: ${env.MBC_TEST_SET}\n", true, "value", "");
	expect_resolved("a: ${env.MBC_TEST_SET}\n", false, "${env.MBC_TEST_SET}",
		"a.yaml:1:4: error[E0117]: `${env.MBC_TEST_SET}` can only be used in `environments:`\n"
		"1 error in 1 file\n");
	expect_resolved("a: ${env.MBC_TEST_UNSET}${env.MBC_TEST_EMPTY}\n", true,
		"${env.MBC_TEST_UNSET}${env.MBC_TEST_EMPTY}",
		"a.yaml:1:4: error[E0118]: the environment variable `MBC_TEST_UNSET` is not set\n"
		"a.yaml:1:25: error[E0118]: the environment variable `MBC_TEST_EMPTY` is empty\n"
		"2 errors in 1 file\n");
}

static void only_missing_values_are_null(void **state) {
	(void)state;
	struct compile c;
	compile_init(&c);
	struct node *root = yaml_parse(&c,
		source_add(&c, "a.yaml", STR("a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: no\ng: []\n")));
	static const bool nulls[] = {true, true, true, false, false, false, false};
	for (size_t i = 0; i < COUNT_OF(nulls); i++)
		assert_int_equal(node_is_null(root->map.pairs[i].value), nulls[i]);
	compile_finish(&c);
}

static int make_folder(void **state) {
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
	(void)state;
	char *path;
	if (asprintf(&path, "%s/file", folder) < 0)
		return -1;
	unlink(path);
	free(path);
	return rmdir(folder);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_count_characters),
		cmocka_unit_test(files_that_cannot_be_read_are_named),
		cmocka_unit_test(parts_of_scalars_lead_back_to_the_file),
		cmocka_unit_test(variables_are_counted_back),
		cmocka_unit_test(variables_are_replaced),
		cmocka_unit_test(only_missing_values_are_null),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
