/* `mbc validate`: every check that needs no server. The messages are the result, so they go to
 * stdout; what is said about the run goes to stderr. */
#include "compiler/cli/command.h"
#include "compiler/cli/fix.h"
#include "compiler/cli/front.h"
#include "compiler/model/project.h"
#include "runtime/log.h"

/* In the order of enum diag_format. */
static const char *const format_names[] = {"text", "short", "json", "sarif", "github", NULL};

static enum diag_format format_of(const struct invocation *invocation) {
	const char *name = option_text(invocation, "format");
	for (size_t i = 0; name && format_names[i]; i++) {
		if (strcmp(format_names[i], name) == 0)
			return (enum diag_format)i;
	}
	return DIAG_TEXT;
}

static size_t count_charts(const struct project *project) {
	size_t count = project->shared_charts.count;
	for (size_t i = 0; i < project->dashboards.count; i++)
		count += project->dashboards.items[i]->charts.count;
	return count;
}

static void say_good(const struct project *project) {
	size_t dashboards = project->dashboards.count, charts = count_charts(project);
	log_line(LOG_INFO, "%zu dashboard%s, %zu chart%s: no errors", dashboards,
		dashboards == 1 ? "" : "s", charts, charts == 1 ? "" : "s");
}

/* Is there a message that nobody allowed? */
static bool is_anything_open(const struct compile *c) {
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		if (!c->diagnostics.items[i]->suppressed)
			return true;
	}
	return false;
}

static int report(struct compile *c, const struct invocation *invocation) {
	size_t errors = front_print(c, invocation, stdout, format_of(invocation));
	bool fails = errors || (option_flag(invocation, "strict") && is_anything_open(c));
	if (!fails && c->project)
		say_good(c->project);
	return fails ? EXIT_DEFINITIONS : EXIT_DONE;
}

/* A fix can uncover the next mistake, so mending is repeated; each round must mend something, and
 * ten are enough for any file that a person wrote. */
static void mend(const struct invocation *invocation) {
	size_t fixed = 1, all = 0;
	for (int round = 0; fixed && round < 10; round++) {
		struct compile c;
		front_run(&c, invocation, false);
		fixed = fix_files(&c);
		all += fixed;
		compile_finish(&c);
	}
	log_line(LOG_INFO, "%zu mistake%s fixed", all, all == 1 ? "" : "s");
}

static int run(struct invocation *invocation) {
	if (option_flag(invocation, "fix"))
		mend(invocation);
	struct compile c;
	front_run(&c, invocation, false);
	int code = report(&c, invocation);
	compile_finish(&c);
	return code;
}

static const struct option_row options[] = {
	{"format", 'f', OPTION_TEXT, "FORMAT", format_names, .doc = "how messages are printed"},
	{"fix", 0, OPTION_FLAG, .doc = "apply the fixes that messages offer, then check again"},
	{"strict", 0, OPTION_FLAG, .doc = "warnings fail too"},
	{0}
};

const struct command cmd_validate = {
	.name = "validate",
	.arguments = "[PATH…]",
	.summary = "check the definitions, offline",
	.description =
		"Checks every definition of the project that PATH is in: YAML, keys, names, charts, filters, "
		"SQL, columns against the catalogue, layout. Contacts no server.\n\n"
		"The project is found by looking for mbc.yaml upwards from PATH.",
	.example = "  mbc validate\n"
		   "  mbc validate dashboards/ --format github    # annotations in a pull request\n"
		   "  mbc validate --fix",
	.most = 1000,
	.options = options,
	.more_options = project_options,
	.run = run,
};
