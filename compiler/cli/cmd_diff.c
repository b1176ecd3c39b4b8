/* `mbc diff`: what apply would do. The comparison is the result and goes to stdout, messages about
 * it to stderr. Nothing is written. */
#include "compiler/cli/live_front.h"
#include "compiler/metabase/report.h"
#include "runtime/term.h"

static void print_text(const struct plan *plan, const struct invocation *invocation) {
	struct report_style style = {
		.colour = term_colour(stdout), .verbose = option_flag(invocation, "verbose")};
	plan_print_text(plan, stdout, &style);
}

static void print_markdown(const struct plan *plan, const struct invocation *invocation) {
	(void)invocation;
	plan_print_markdown(plan, stdout);
}

static void print_json(const struct plan *plan, const struct invocation *invocation) {
	(void)invocation;
	plan_print_json(plan, stdout);
}

static const char *const format_names[] = {"text", "markdown", "json", NULL};
static void (*const printers[])(const struct plan *plan, const struct invocation *invocation) = {
	print_text, print_markdown, print_json,
};

static int run(struct invocation *invocation) {
	static const struct plan_options nothing;
	struct comparison comparison;
	int code = comparison_start(&comparison, invocation, &nothing);
	front_print(&comparison.c, invocation, stderr, DIAG_TEXT);
	const char *format = option_text(invocation, "format");
	for (size_t i = 0; comparison.plan && format_names[i]; i++)
		if (format ? strcmp(format, format_names[i]) == 0 : i == 0)
			printers[i](comparison.plan, invocation);
	if (code == EXIT_DONE && option_flag(invocation, "exit-code") &&
		!plan_is_empty(comparison.plan))
		code = EXIT_CHANGES;
	comparison_finish(&comparison);
	return code;
}

static const struct option_row options[] = {{"format", 'f', OPTION_TEXT, "FORMAT", format_names,
						    .doc = "how the differences are printed"},
	{"exit-code", 0, OPTION_FLAG,
		.doc = "end with 2 when there is something to change, drift or a clash"},
	{0}};

const struct command cmd_diff = {
	.name = "diff",
	.arguments = "[PATH…]",
	.summary = "compare the definitions with the server",
	.description = "Shows what `mbc apply` would create and change, field by field, SQL as a "
		       "diff; and what it would "
		       "leave alone because somebody edited it in Metabase. Writes nothing.\n\n"
		       "Definitions are always loaded whole; PATH only selects what is compared.",
	.example = "  mbc diff\n"
		   "  mbc diff --exit-code --format markdown dashboards/    # in a pull request\n"
		   "  mbc diff --env prod",
	.most = 1000,
	.options = options,
	.more_options = server_options,
	.run = run,
};
