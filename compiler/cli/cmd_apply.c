/* `mbc apply`: brings the server to what the definitions say. Objects are created and changed in
 * place; what people edited in Metabase since the last run is left alone and named. */
#include <stdio.h>

#include "compiler/cli/live_front.h"
#include "compiler/metabase/report.h"
#include "runtime/log.h"
#include "runtime/suggest.h"
#include "runtime/term.h"

static bool confirmed(const struct invocation *invocation) {
	if (option_flag(invocation, "yes") || !term_is_terminal(stdin) || !term_is_terminal(stderr))
		return true;
	fprintf(stderr, "\nWrite this? [y/N] ");
	int answer = getchar();
	return answer == 'y' || answer == 'Y';
}

static bool writes_anything(const struct plan *plan) {
	return plan->counts[VERDICT_CREATE] || plan->counts[VERDICT_CHANGE] ||
	       plan->counts[VERDICT_MARK];
}

/* Writes to a server whose version cannot be told are only made when asked for by name. */
static bool version_allowed(const struct plan *plan, const struct invocation *invocation) {
	if (plan->server->major)
		return true;
	for (size_t i = 0; option_item(invocation, "allow", i); i++)
		if (strcmp(option_item(invocation, "allow", i), "unknown-version") == 0)
			return true;
	log_line(LOG_ERROR, "the server does not say its version; `--allow unknown-version` writes "
			    "all the same");
	return false;
}

static void say_links(const struct plan *plan) {
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct step *step = plan->steps.items[i];
		if (step->code && step->code->kind == OBJECT_DASHBOARD && step->code->selected &&
			step->live)
			fprintf(stdout, "%s  %s\n", live_address(plan->live, step->live),
				step->code->key);
	}
}

/* Is each key given to --adopt or --overwrite one that the definitions have? */
static bool keys_known(const struct plan *plan, const struct invocation *invocation,
	const char *option) {
	const char *key;
	for (size_t i = 0; (key = option_item(invocation, option, i)); i++) {
		struct suggest near = suggest_start(str_from(key));
		bool found = false;
		for (size_t s = 0; s < plan->steps.count; s++) {
			const struct object *code = plan->steps.items[s]->code;
			if (code)
				suggest_offer(&near, str_from(code->key));
			found = found || (code && strcmp(code->key, key) == 0);
		}
		struct str best = suggest_best(&near);
		if (!found && best.len)
			usage_error(invocation, "nothing has the key `%s`; did you mean `%.*s`?",
				key, STR_ARGS(best));
		else if (!found)
			usage_error(
				invocation, "nothing has the key `%s`; `mbc diff` shows keys", key);
		if (!found)
			return false;
	}
	return true;
}

static int execute(struct comparison *comparison, const struct invocation *invocation) {
	struct plan *plan = comparison->plan;
	struct report_style style = {.colour = term_colour(stdout)};
	plan_print_text(plan, stdout, &style);
	fflush(stdout);
	bool write = writes_anything(plan) && !option_flag(invocation, "dry-run");
	if (write && !version_allowed(plan, invocation))
		return EXIT_REFUSED;
	if (write && !confirmed(invocation)) {
		log_line(LOG_INFO, "nothing was written");
		return EXIT_DONE;
	}
	struct outcome_counts counts = {0};
	size_t reported = comparison->c.diagnostics.count;
	if (write)
		counts = plan_execute(plan);
	if (comparison->c.diagnostics.count > reported)
		front_print(&comparison->c, invocation, stderr, DIAG_TEXT);
	if (write) {
		plan_print_outcome(plan, &counts, stdout);
		say_links(plan);
	}
	return counts.failed ? EXIT_PARTIAL : plan->refused ? EXIT_REFUSED : EXIT_DONE;
}

static int run(struct invocation *invocation) {
	struct comparison comparison;
	int code = comparison_start(&comparison, invocation, NULL);
	front_print(&comparison.c, invocation, stderr, DIAG_TEXT);
	if (code == EXIT_DONE && (!keys_known(comparison.plan, invocation, "adopt") ||
					 !keys_known(comparison.plan, invocation, "overwrite")))
		code = EXIT_USAGE;
	if (code == EXIT_DONE)
		code = execute(&comparison, invocation);
	comparison_finish(&comparison);
	return code;
}

static const char *const allowed[] = {"unknown-version", NULL};

static const struct option_row options[] = {
	{"yes", 'y', OPTION_FLAG, .doc = "do not ask; without a terminal nothing asks anyway"},
	{"dry-run", 'n', OPTION_FLAG, .doc = "show what would be written, and write nothing"},
	{"adopt", 0, OPTION_LIST, "KEY",
		.doc = "take over what has the name and place of this object"},
	{"overwrite", 0, OPTION_LIST, "KEY", .doc = "write over edits that were made in Metabase"},
	{"allow", 0, OPTION_LIST, "CLASS", allowed, .doc = "write although"}, {0}};

const struct command cmd_apply = {
	.name = "apply",
	.arguments = "[PATH…]",
	.summary = "bring the server to what the definitions say",
	.description = "Creates and changes collections, snippets, cards and dashboards until the "
		       "server holds what the "
		       "definitions say. Ids stay: nothing is ever created anew that could be "
		       "changed. What was edited "
		       "in Metabase since the last run is left alone and named, with the editor; "
		       "then the exit code is 3. "
		       "Only what carries the project's marker is touched.\n\n"
		       "Running it again is always safe.",
	.example = "  mbc apply\n"
		   "  mbc apply --env prod --yes dashboards/\n"
		   "  mbc apply --overwrite finance-overview/spend",
	.most = 1000,
	.options = options,
	.more_options = server_options,
	.run = run,
};
