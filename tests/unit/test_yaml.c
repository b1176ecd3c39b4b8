/* YAML in, trees with byte spans and exact messages out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/source/compile.h"

/* Parses `text` as a.yaml and gives the tree written out on one line; its diagnostics in the short
 * format stand behind it. */
static void put(FILE *out, const struct node *node) {
	switch (node->type) {
	case NODE_SCALAR:
		fprintf(out, "%.*s@%u-%u", STR_ARGS(node->scalar.text), node->at.start, node->at.end);
		break;
	case NODE_SEQ:
		fputc('[', out);
		for (size_t i = 0; i < node->seq.count; i++) {
			fputs(i ? ", " : "", out);
			put(out, node->seq.items[i]);
		}
		fprintf(out, "]@%u-%u", node->at.start, node->at.end);
		break;
	case NODE_MAP:
		fputc('{', out);
		for (size_t i = 0; i < node->map.count; i++) {
			fputs(i ? ", " : "", out);
			put(out, node->map.pairs[i].key);
			fputs(": ", out);
			put(out, node->map.pairs[i].value);
		}
		fprintf(out, "}@%u-%u", node->at.start, node->at.end);
		break;
	}
}

static void expect_bytes(const char *text, size_t len, const char *expected) {
	struct compile c;
	compile_init(&c);
	char *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);
	struct node *root = yaml_parse(&c, source_add(&c, "a.yaml", (struct str){text, len}));
	if (root)
		put(out, root);
	fputc('\n', out);
	diag_print(&c, out, &(struct diag_print){.format = DIAG_SHORT});
	fclose(out);
	assert_string_equal(got, expected);
	free(got);
	compile_finish(&c);
}

static void expect(const char *text, const char *expected) {
	expect_bytes(text, strlen(text), expected);
}

static void spans_are_bytes(void **state) {
	(void)state;
	expect("a: b\n", "{a@0-1: b@3-4}@0-4\n");
	expect("é: ü\nk: [ö, 'x', \"y\"]\n",
		"{é@0-2: ü@4-6, k@7-8: [ö@11-13, x@15-18, y@20-23]@10-24}@0-24\n");
	expect("a:\nb: ~\n", "{a@0-1: @2-2, b@3-4: ~@6-7}@0-7\n");
	expect("s: |\n  x\n  y\n\n\nt: 1\n", "{s@0-1: x\ny\n@3-12, t@15-16: 1@18-19}@0-19\n");
}

static void properties_are_not_in_spans(void **state) {
	(void)state;
	expect("a: &x 1\nb: *x\n", "{a@0-1: 1@6-7, b@8-9: 1@6-7}@0-13\n");
	expect("a: &x\n  k: v\nb: *x\n", "{a@0-1: {k@8-9: v@11-12}@8-12, b@13-14: {k@8-9: v@11-12}@8-12}@0-18\n");
	expect("a: !!str 1\n", "{a@0-1: 1@9-10}@0-10\n");
}

static void merges_bring_what_is_not_there(void **state) {
	(void)state;
	expect("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n",
		"{a@0-1: {x@7-8: 1@10-11, y@13-14: 2@16-17}@6-18, "
		"b@19-20: {y@31-32: 3@34-35, x@7-8: 1@10-11}@22-36}@0-36\n");
	expect("b: {<<: 1}\n", "{b@0-1: {}@3-10}@0-10\n"
		"a.yaml:1:9: error[E0114]: `<<` takes a map or a list of maps\n1 error in 1 file\n");
}

static void duplicate_keys_are_errors(void **state) {
	(void)state;
	expect("a: 1\nb: 2\na: 3\n", "{a@0-1: 1@3-4, b@5-6: 2@8-9}@0-14\n"
		"a.yaml:3:1: error[E0107]: the key `a` stands twice in this map\n1 error in 1 file\n");
}

/* One mistake, one message; `fix` is the text that the fix puts there, or NULL. */
static void mistakes_are_told_in_plain_words(void **state) {
	(void)state;
	static const struct {
		const char *text, *message, *fix;
	} rows[] = {
		{"a: {{x}}", "1:4: error[E0105]: a value that begins with `{{` needs quotes", "\"{{x}}\""},
		{"- {{x}} > 3 # hm", "1:3: error[E0105]: a value that begins with `{{` needs quotes",
			"\"{{x}} > 3\""},
		{"a: [{{x}} y, b]", "1:5: error[E0105]: a value that begins with `{{` needs quotes",
			"\"{{x}} y\""},
		{"a: [b, ${x}]", "1:8: error[E0105]: a value that contains `${` inside brackets needs quotes",
			"\"${x}\""},
		{"a: {b: ${x}.c, d: 1}",
			"1:8: error[E0105]: a value that contains `${` inside brackets needs quotes",
			"\"${x}.c\""},
		{"a: *.csv", "1:4: error[E0105]: a value that begins with `*` needs quotes", "\"*.csv\""},
		{"a: & b", "1:4: error[E0105]: a value that begins with `&` needs quotes", "\"& b\""},
		{"a: @x", "1:4: error[E0105]: a value that begins with `@` needs quotes", "\"@x\""},
		{"a: %d", "1:4: error[E0105]: a value that begins with `%` needs quotes", "\"%d\""},
		{"a: |x", "1:4: error[E0105]: a value that begins with `|` needs quotes", "\"|x\""},
		{"a: > 5", "1:4: error[E0105]: a value that begins with `>` needs quotes", "\"> 5\""},
		{"a: `x`", "1:4: error[E0105]: a value that begins with a backtick needs quotes", "\"`x`\""},
		{"a: b: \"c\"", "1:4: error[E0105]: a value that contains `: ` needs quotes", "'b: \"c\"'"},
		{"a: 'it's'", "1:4: error[E0105]: a value that goes on behind its closing quote needs quotes",
			"\"it's\""},
		{"a: [x](y)", "1:4: error[E0105]: a value that goes on behind its closing `]` needs quotes",
			"\"[x](y)\""},
		{"a:\n\tb: 1", "2:1: error[E0106]: this line is indented with a tab", "  "},
		{"a: |\n\tb", "2:1: error[E0106]: this line is indented with a tab", "  "},
		{"a: *foo bar", "1:4: error[E0110]: no anchor `&foo` stands above this alias", "\"*foo bar\""},
		{"a: &colour 1\nb: *color", "2:4: error[E0110]: no anchor `&color` stands above this alias",
			"colour"},
		{"a: &a [*a]", "1:8: error[E0110]: the alias `*a` stands inside its own anchor", NULL},
		{"a: \"x\nb: 1", "1:4: error[E0104]: this quote is never closed", NULL},
		{"a: \"\\q\"", "1:5: error[E0104]: this escape is unknown in double quotes", NULL},
		{"a: 1\n b: 2", "2:3: error[E0104]: a key is not expected here", NULL},
		{"a: 1\nfoo\nb: 2", "2:1: error[E0104]: this line is no `key: value`", NULL},
		{"a: - b", "1:4: error[E0104]: a list item is not expected here", NULL},
		{"- a\nb: 1", "2:1: error[E0104]: an item `- ` of the list should stand here", NULL},
		{"a: [b\nc: 1", "2:2: error[E0104]: `,` or `]` should stand here", NULL},
		{"a: {b: 1 c: 2}", "1:11: error[E0104]: `,` or `}` should stand here", NULL},
		{"a: ]", "1:4: error[E0104]: a value should stand here", NULL},
		{"a: \a", "1:4: error[E0103]: the character U+0007 is not allowed in YAML", NULL},
		{"%d: 1", "1:1: error[E0104]: a `%` at the start of a line begins a YAML directive", NULL},
		{"a: 1\n--- \nb: 2", "2:1: error[E0112]: a second document begins here", NULL},
		{"a: !color red", "1:4: error[E0113]: the tag `!color` is not part of the language", NULL},
		{"? [a]\n: b", "1:3: error[E0108]: a key has to be a text, this is a list", NULL},
		{"# nothing\n", "1:1: warning[W0102]: the file is empty", NULL},
		{"---\n...\n", "1:1: warning[W0102]: the file is empty", NULL},
		{"a: &Sales report", "1:4: warning[W0103]: the anchor `&Sales` is never used", NULL},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct compile c;
		compile_init(&c);
		char *got, *expected;
		size_t size;
		FILE *out = open_memstream(&got, &size);
		yaml_parse(&c, source_add(&c, "a.yaml", str_from(rows[i].text)));
		diag_print(&c, out, &(struct diag_print){.format = DIAG_SHORT});
		fclose(out);
		assert_true(asprintf(&expected, "a.yaml:%s\n1 %s in 1 file\n", rows[i].message,
			strstr(rows[i].message, "error") ? "error" : "warning") > 0);
		assert_string_equal(got, expected);
		assert_int_equal(c.diagnostics.items[0]->has_fix, rows[i].fix != NULL);
		if (rows[i].fix)
			assert_string_equal(c.diagnostics.items[0]->fix_text.ptr, rows[i].fix);
		free(got);
		free(expected);
		compile_finish(&c);
	}
}

static void bytes_that_are_no_text_are_named(void **state) {
	(void)state;
	expect("a: \xff\n", "\na.yaml:1:4: error[E0103]: byte 0xff is not valid UTF-8 here\n1 error in 1 file\n");
	expect("\xef\xbb\xbf" "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
		"{a@0-1: 1@3-4, b@6-7: x\ny\n@9-20}@0-20\n");
}

/* `unit` written `count` times between `before` and `after`. */
static char *repeated(const char *before, const char *unit, size_t count, const char *after) {
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	fputs(before, out);
	while (count-- > 0)
		fputs(unit, out);
	fputs(after, out);
	fclose(out);
	return text;
}

static void what_would_never_end_is_refused_once(void **state) {
	(void)state;
	static const struct {
		const char *before, *unit;
		size_t count;
		const char *after, *message;
	} rows[] = {
		{"", "[", 10000, "", "1:101: error[E0109]: nested more than 100 levels deep"},
		{"", "- ", 10000, "", "1:201: error[E0109]: nested more than 100 levels deep"},
		{"a: &a [", "x,", 200, "]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]",
			"3:14: error[E0111]: the aliases of this file stand for more than 10000 values"},
		{"a: [", "${", 100000, "", "1:6: error[E0104]: `,` or `]` should stand here"},
		{"a: ", "b: ", 100000, "", "1:5: error[E0104]: a key is not expected here"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *text = repeated(rows[i].before, rows[i].unit, rows[i].count, rows[i].after), *expected;
		assert_true(asprintf(&expected, "\na.yaml:%s\n1 error in 1 file\n", rows[i].message) > 0);
		expect(text, expected);
		free(text);
		free(expected);
	}
}

static void many_keys_are_compared_quickly(void **state) {
	(void)state;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	for (int i = 0; i < 100000; i++)
		fprintf(out, "key%d: 1\n", i);
	fputs("key77: 2\n", out);
	fclose(out);
	struct compile c;
	compile_init(&c);
	struct node *root = yaml_parse(&c, source_add(&c, "a.yaml", str_from(text)));
	assert_int_equal(root->map.count, 100000);
	assert_int_equal(c.diagnostics.count, 1);
	assert_int_equal(c.diagnostics.items[0]->at.start, size - 9);
	assert_string_equal(c.diagnostics.items[0]->text, "the key `key77` stands twice in this map");
	assert_int_equal(c.diagnostics.items[0]->notes.items[0].at.start, strstr(text, "key77:") - text);
	compile_finish(&c);
	free(text);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_are_bytes),
		cmocka_unit_test(properties_are_not_in_spans),
		cmocka_unit_test(merges_bring_what_is_not_there),
		cmocka_unit_test(duplicate_keys_are_errors),
		cmocka_unit_test(mistakes_are_told_in_plain_words),
		cmocka_unit_test(bytes_that_are_no_text_are_named),
		cmocka_unit_test(what_would_never_end_is_refused_once),
		cmocka_unit_test(many_keys_are_compared_quickly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
