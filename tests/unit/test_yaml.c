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

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_are_bytes),
		cmocka_unit_test(properties_are_not_in_spans),
		cmocka_unit_test(merges_bring_what_is_not_there),
		cmocka_unit_test(duplicate_keys_are_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
