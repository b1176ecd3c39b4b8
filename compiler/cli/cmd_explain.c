/* `mbc explain`: the page of a diagnostic, or what a chart or filter type takes. Pages are
 * docs/diagnostics/CODE.md, compiled in; the rest is printed from the tables of the language. */
#include "charts/chart.h"
#include "compiler/cli/command.h"
#include "compiler/cli/manual.h"
#include "filters/filter.h"
#include "runtime/suggest.h"
#include "runtime/term.h"

static const char *const pages[DIAG_CODE_COUNT] = {
#define PAGE(code, text) [code] = text,
#include "compiler/cli/pages.inc"
#undef PAGE
};

/* Headings stand out and fences go; the rest of a page is plain Markdown, made to be read as it is.
 */
static void print_page(FILE *out, const char *page) {
	bool colour = term_colour(out);
	struct str rest = str_from(page), line;
	bool code = false;
	while (str_split(&rest, '\n', &line)) {
		if (str_starts(line, "```")) {
			code = !code;
			size_t path = str_find(line, " ", 0);
			if (path != STR_NONE)
				fprintf(out, "  # %.*s\n",
					STR_ARGS(str_slice(line, path + 1, line.len)));
		} else if (!code && str_starts(line, "#")) {
			fprintf(out, "%s%.*s%s\n", colour ? "\033[1m" : "",
				STR_ARGS(str_trim(
					str_slice(line, line.ptr[1] == '#' ? 2 : 1, line.len))),
				colour ? "\033[0m" : "");
		} else {
			fprintf(out, "%s%.*s\n", code && line.len ? "  " : "", STR_ARGS(line));
		}
	}
}

static bool explain(struct str topic) {
	const struct diag_row *row = diag_find(topic);
	const char *page = row ? pages[row - diag_rows] : NULL;
	if (page) {
		print_page(stdout, page);
		return true;
	}
	for (size_t i = 0; chart_types[i]; i++) {
		if (str_is(topic, chart_types[i]->name)) {
			manual_chart(stdout, chart_types[i]);
			return true;
		}
	}
	for (size_t i = 0; filter_types[i]; i++) {
		if (str_is(topic, filter_types[i]->name)) {
			manual_filter(stdout, filter_types[i]);
			return true;
		}
	}
	return manual_topic(stdout, topic);
}

static void offer_all(struct suggest *search) {
	for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
		suggest_offer(search, str_from(diag_rows[i].name));
		suggest_offer(search, str_from(diag_rows[i].slug));
	}
	for (size_t i = 0; manual_topics[i]; i++)
		suggest_offer(search, str_from(manual_topics[i]));
	for (size_t i = 0; chart_types[i]; i++)
		suggest_offer(search, str_from(chart_types[i]->name));
	for (size_t i = 0; filter_types[i]; i++)
		suggest_offer(search, str_from(filter_types[i]->name));
}

static int refuse(const struct invocation *invocation, const char *topic) {
	struct suggest search = suggest_start(str_from(topic));
	offer_all(&search);
	struct str best = suggest_best(&search);
	if (best.len)
		return usage_error(invocation, "nothing is known about `%s`; did you mean `%.*s`?",
			topic, STR_ARGS(best));
	return usage_error(invocation,
		"nothing is known about `%s`; `mbc explain` lists what there is", topic);
}

static void list_topics(void) {
	fputs("Keys\n ", stdout);
	for (size_t i = 0; manual_topics[i]; i++)
		printf(" %s", manual_topics[i]);
	puts("\n");
	puts("Charts");
	for (size_t i = 0; chart_types[i]; i++)
		printf("  %-14s %s\n", chart_types[i]->name, chart_types[i]->doc);
	puts("\nFilters");
	for (size_t i = 0; filter_types[i]; i++)
		printf("  %-14s %s\n", filter_types[i]->name, filter_types[i]->doc);
	puts("\nMessages");
	for (size_t i = 0; i < DIAG_CODE_COUNT; i++)
		printf("  %s  %-24s %s\n", diag_rows[i].name, diag_rows[i].slug,
			diag_rows[i].sentence);
}

static int run(struct invocation *invocation) {
	const char *table = option_text(invocation, "table");
	if (table)
		return manual_table(stdout, table) ? EXIT_DONE : EXIT_USAGE;
	if (invocation->argument_count == 0) {
		list_topics();
		return EXIT_DONE;
	}
	const char *topic = invocation->arguments[0];
	return explain(str_from(topic)) ? EXIT_DONE : refuse(invocation, topic);
}

static const char *const *complete(void) {
	static const char *names[DIAG_CODE_COUNT + 256];
	size_t count = 0;
	for (size_t i = 0; chart_types[i] && count < 128; i++)
		names[count++] = chart_types[i]->name;
	for (size_t i = 0; filter_types[i] && count < 255; i++)
		names[count++] = filter_types[i]->name;
	for (size_t i = 0; i < DIAG_CODE_COUNT; i++)
		names[count++] = diag_rows[i].name;
	return names;
}

static const struct option_row options[] = {
	{"table", 0, OPTION_TEXT, "NAME", manual_tables,
		.doc = "print a table of the manual as Markdown"},
	{0}
};

const struct command cmd_explain = {
	.name = "explain",
	.arguments = "[CODE|CHART|FILTER|KEYS]",
	.summary = "long help on a message, a chart type or a filter type",
	.description =
		"Explains a message by its code or name, or lists what a chart type, a filter type, every chart, "
		"every filter, a dashboard, a layout or mbc.yaml takes. "
		"Without an argument: everything there is to explain.",
	.example = "  mbc explain E0402\n"
		   "  mbc explain combo",
	.most = 1,
	.options = options,
	.complete = complete,
	.run = run,
};
