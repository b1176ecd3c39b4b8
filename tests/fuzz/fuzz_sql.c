/* Any text as SQL and as DDL: nothing may crash, hang or point outside of it. */
#include <stddef.h>
#include <stdint.h>

#include "compiler/query/catalogue.h"
#include "compiler/query/lint.h"
#include "compiler/query/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good) {
	if (!good)
		__builtin_trap();
}

static void check_places(const struct sql *sql) {
	size_t end = 0;
	for (size_t i = 0; i < sql->tokens.count; i++) {
		const struct sql_token *token = &sql->tokens.items[i];
		check(token->start >= end && token->end > token->start && token->end <= sql->text.len);
		end = token->end;
	}
	for (size_t i = 0; i < sql->tags.count; i++)
		check(sql->tags.items[i].end <= sql->text.len && sql->tags.items[i].clause <= sql->clauses.count);
	for (size_t i = 0; i < sql->problems.count; i++)
		check(sql->problems.items[i].end <= sql->text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct compile c;
	compile_init(&c);
	struct str text = arena_str(c.arena, (struct str){(const char *)data, size});
	const struct node *node = node_from_source(&c, source_add(&c, "fuzz.sql", text));
	struct catalogue *catalogue = arena_new(c.arena, struct catalogue);
	ddl_read(&c, node, catalogue);
	c.catalogue = catalogue;
	for (int bigquery = 0; bigquery < 2; bigquery++) {
		const struct sql *sql = sql_scan(c.arena, text, bigquery);
		check_places(sql);
		columns_of_query(&c, sql, node, catalogue);
		struct lint_tag *tags = arena_array(c.arena, struct lint_tag, sql->tags.count + 1);
		for (size_t i = 0; i < sql->tags.count; i++)
			tags[i] = (struct lint_tag){.tag = &sql->tags.items[i], .use = (enum lint_use)(i % 3),
				.date = i % 2, .table = STR("t"), .column = STR("c")};
		sql_lint(&c, sql, node, tags, sql->tags.count, bigquery);
	}
	compile_finish(&c);
	return 0;
}
