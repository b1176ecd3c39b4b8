/* Any bytes as a definition file: parsed, resolved, every place looked up, every format printed. What
 * must hold for all of them is asserted; the sanitizers find the rest.
 *
 *   CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
 *   meson compile -C build-fuzz && build-fuzz/tests/fuzz/fuzz_yaml -max_total_time=120 CORPUS */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>

#include "compiler/source/compile.h"
#include "compiler/source/variables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(struct compile *c, struct span span) {
	const struct source *source = source_of(c, span);
	assert(source && span.start <= span.end && span.end <= source->text.len);
}

static void check_node(struct compile *c, const struct node *node) {
	check_span(c, node->at);
	switch (node->type) {
	case NODE_SCALAR:
		check_span(c, node_span(c, node, 0, node->scalar.text.len / 2));
		check_span(c, node_span(c, node, node->scalar.text.len / 2, node->scalar.text.len));
		break;
	case NODE_SEQ:
		for (size_t i = 0; i < node->seq.count; i++)
			check_node(c, node->seq.items[i]);
		break;
	case NODE_MAP:
		for (size_t i = 0; i < node->map.count; i++) {
			assert(node_is_scalar(node->map.pairs[i].key));
			check_node(c, node->map.pairs[i].value);
		}
		break;
	}
}

static void check_diagnostics(struct compile *c) {
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		const struct diagnostic *d = c->diagnostics.items[i];
		check_span(c, d->at);
		if (d->has_fix)
			check_span(c, d->fix_at);
	}
}

static void print_all(struct compile *c) {
	static const enum diag_format formats[] = {DIAG_TEXT, DIAG_SHORT, DIAG_JSON, DIAG_SARIF, DIAG_GITHUB};
	for (size_t i = 0; i < COUNT_OF(formats); i++) {
		char *text;
		size_t len;
		FILE *out = open_memstream(&text, &len);
		size_t errors = diag_print(c, out, &(struct diag_print){.format = formats[i], .width = 60});
		fclose(out);
		assert(errors <= c->error_count);
		free(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct compile c;
	compile_init(&c);
	uint32_t source = source_add(&c, "fuzz.yaml", (struct str){(const char *)data, size});
	struct node *root = yaml_parse(&c, source);
	assert(root || c.diagnostics.count > 0);
	struct variables variables = {0};
	if (root && root->type == NODE_MAP) {
		for (size_t i = 0; i < root->map.count; i++)
			*map_slot(c.arena, &variables.values, root->map.pairs[i].key->scalar.text) =
				root->map.pairs[i].value;
	}
	if (root) {
		variables_resolve(&c, &variables, root);
		check_node(&c, root);
	}
	node_from_source(&c, source);
	check_diagnostics(&c);
	print_all(&c);
	compile_finish(&c);
	return 0;
}
