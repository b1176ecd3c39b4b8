/* `mbc catalogue`: the tables and columns that the server knows, as a file for `catalogue:` in
 * mbc.yaml, so that columns can be checked without a server by those who have no DDL. */
#include <errno.h>
#include <stdio.h>

#include "compiler/cli/front.h"
#include "compiler/ir/object.h"
#include "compiler/metabase/fields.h"
#include "compiler/metabase/tables.h"
#include "compiler/model/project.h"
#include "runtime/file.h"
#include "runtime/log.h"

static int put(
	struct compile *c, const struct invocation *invocation, const struct catalogue *catalogue) {
	const char *path = option_text(invocation, "output");
	json_auto_t *json = catalogue_json(catalogue);
	const char *text = canonical_dump(c->arena, json);
	if (!path || strcmp(path, "-") == 0) {
		fputs(text, stdout);
		return EXIT_DONE;
	}
	if (!file_write(path, str_from(text))) {
		log_line(LOG_ERROR, "cannot write `%s`: %s", path, strerror(errno));
		return EXIT_INTERNAL;
	}
	log_line(LOG_INFO, "%zu tables written to %s", catalogue->tables.count, path);
	return EXIT_DONE;
}

static int run(struct invocation *invocation) {
	struct compile c;
	int code = EXIT_DEFINITIONS;
	struct server *server = NULL;
	/* What is wrong in the definitions may well be what the file will mend. */
	front_run(&c, invocation, true);
	if (c.project && c.project->environment) {
		code = EXIT_SERVER;
		server = server_open(
			&c, c.project->environment, (unsigned)option_number(invocation, "jobs", 0));
	}
	if (server) {
		struct names names = {.arena = c.arena};
		long long database = database_find(server, &names);
		const struct catalogue *catalogue =
			database < 0 ? NULL : server_catalogue(server, database);
		if (catalogue)
			code = put(&c, invocation, catalogue);
	}
	if (code != EXIT_DONE)
		front_print(&c, invocation, stderr, DIAG_TEXT);
	server_close(server);
	compile_finish(&c);
	return code;
}

static const struct option_row options[] = {
	{"output", 'o', OPTION_TEXT, "FILE", .doc = "write there, else to standard output"},
	{0}
};

const struct command cmd_catalogue = {
	.name = "catalogue",
	.summary = "tables and columns from the server, for checks without it",
	.description = "Prints every table and column of the environment's database as Metabase "
		       "knows them, in the form "
		       "that `catalogue:` of mbc.yaml reads. With it `mbc validate` finds misspelt "
		       "columns offline.",
	.example = "  mbc catalogue -o catalogue.json    # and in mbc.yaml: catalogue: "
		   "[catalogue.json]",
	.options = options,
	.more_options = server_options,
	.run = run,
};
