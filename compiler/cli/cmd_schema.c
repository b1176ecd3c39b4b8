/* `mbc schema`: a JSON Schema of the language, for editors, made from the tables that the parser
 * reads. Editors find it through a first line `# yaml-language-server: $schema=mbc.schema.json`. */
#include "charts/chart.h"
#include "compiler/cli/command.h"
#include "compiler/model/schema.h"
#include "filters/filter.h"

static const char *const schemas[] = {"definitions", "project", NULL};

static int run(struct invocation *invocation) {
	const char *which = option_text(invocation, "for");
	json_auto_t *schema = which && strcmp(which, "project") == 0 ?
		manifest_schema() :
		model_schema(chart_types, filter_types);
	json_dumpf(schema, stdout, JSON_INDENT(2));
	putchar('\n');
	return EXIT_DONE;
}

static const struct option_row options[] = {
	{"for", 0, OPTION_TEXT, "FILES", schemas,
		.doc = "files it describes: those below `sources:` (definitions), or mbc.yaml (project)"},
	{0}
};

const struct command cmd_schema = {
	.name = "schema",
	.summary = "print a JSON Schema of the language, for editors",
	.description =
		"Prints a JSON Schema of the language. With a first line `# yaml-language-server: "
		"$schema=mbc.schema.json` in a file, an editor completes keys, shows what they mean and marks "
		"mistakes while one writes.",
	.example = "  mbc schema > mbc.schema.json\n"
		   "  mbc schema --for project > mbc.project.schema.json",
	.options = options,
	.run = run,
};
