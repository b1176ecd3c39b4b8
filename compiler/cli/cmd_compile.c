/* `mbc compile`: the objects that the definitions stand for, as canonical JSON: the same bytes for
 * the same definitions, whatever the order of files or keys. */
#include "compiler/cli/command.h"
#include "compiler/cli/front.h"
#include "compiler/ir/object.h"

static int run(struct invocation *invocation) {
	struct compile c;
	bool good = front_run(&c, invocation, false);
	front_print(&c, invocation, stderr, DIAG_TEXT);
	if (good)
		fputs(canonical_dump(
			      c.arena, arena_own_json(c.arena, objects_json(objects_lower(&c)))),
			stdout);
	compile_finish(&c);
	return good ? EXIT_DONE : EXIT_DEFINITIONS;
}

const struct command cmd_compile = {
	.name = "compile",
	.arguments = "[PATH…]",
	.summary = "print what the server should hold, as JSON",
	.description =
		"Prints the collections, snippets, cards and dashboards that the definitions stand for, as "
		"canonical JSON with references by key. Contacts no server.",
	.example = "  mbc compile\n"
		   "  mbc compile dashboards/finance_overview.yaml | jq '.objects[].key'",
	.most = 1000,
	.more_options = project_options,
	.run = run,
};
