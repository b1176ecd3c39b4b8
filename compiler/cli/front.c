/* From the command line to checked definitions. `sources:` are always loaded whole, because a
 * dashboard may point anywhere in the project; a PATH only selects what a command is about. */
#include "compiler/cli/front.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "charts/chart.h"
#include "compiler/model/project.h"
#include "filters/filter.h"
#include "runtime/file.h"
#include "runtime/log.h"
#include "runtime/term.h"

#define ENVIRONMENT_OPTION                                                    \
	{"env", 'e', OPTION_TEXT, "NAME", .environment = "MBC_ENV",           \
		.doc = "environment of mbc.yaml; else the one with `default: true`"}
#define QUIET_OPTION {"quiet", 'q', OPTION_FLAG, .doc = "say less: results and errors only"}

const struct option_row project_options[] = {
	ENVIRONMENT_OPTION,
	{"verbose", 'v', OPTION_FLAG, .doc = "say more: what was skipped and why"},
	QUIET_OPTION,
	{0}
};

const struct option_row server_options[] = {
	ENVIRONMENT_OPTION,
	{"url", 0, OPTION_TEXT, "URL", .environment = "MBC_URL",
		.doc = "address of the server, over the environment's own"},
	{"api-key-file", 0, OPTION_TEXT, "FILE",
		.doc = "file that holds the API key; else $MBC_API_KEY, else the environment's own"},
	{"jobs", 'j', OPTION_NUMBER, "N", .min = 1, .max = 64, .doc = "requests in flight (8)"},
	{"verbose", 'v', OPTION_FLAG, .doc = "say more: every request, what was skipped and why"},
	QUIET_OPTION,
	{0}
};

/* The key from --api-key-file or MBC_API_KEY, in the arena, or NULL; false if the file is
 * unreadable. */
static bool read_api_key(struct compile *c, const struct invocation *invocation, const char **key) {
	const char *path = option_text(invocation, "api-key-file");
	const char *direct = getenv("MBC_API_KEY");
	*key = direct && *direct ? direct : NULL;
	if (!path)
		return true;
	struct buf text = BUF(4096);
	bool read = file_read(path, &text);
	if (!read)
		diag_add(c, E0101, SPAN_NONE, "cannot read the API key from `%s`: %s", path,
			strerror(errno));
	else
		*key = arena_cstr(c->arena, str_trim(buf_str(&text)));
	buf_free(&text);
	return read;
}

/* Is the file of a source the file `selected`, or below it? `selected` is absolute, without links.
 */
static bool selects(const char *selected, const char *path) {
	char resolved[PATH_MAX];
	size_t len = strlen(selected);
	return realpath(path, resolved) && strncmp(resolved, selected, len) == 0 &&
		(resolved[len] == '\0' || resolved[len] == '/');
}

/* Marks the dashboards, shared charts and snippets of a file or folder; the number of definitions it
 * marked. */
static size_t select_path(struct compile *c, const char *selected) {
	struct project *project = c->project;
	size_t count = 0;
	for (size_t i = 0; i < project->dashboards.count; i++) {
		struct dashboard *dashboard = project->dashboards.items[i];
		if (selects(selected, c->sources.items[dashboard->source]->path)) {
			dashboard->selected = true;
			count++;
		}
	}
	for (size_t i = 0; i < project->shared_charts.count; i++) {
		struct chart *chart = project->shared_charts.items[i];
		if (selects(selected, source_of(c, chart->node->at)->path)) {
			chart->selected = true;
			count++;
		}
	}
	for (size_t i = 0; i < project->snippets.count; i++) {
		struct snippet *snippet = project->snippets.items[i];
		if (selects(selected, source_of(c, snippet->name_node->at)->path)) {
			snippet->selected = true;
			count++;
		}
	}
	return count;
}

static void select_charts_of(struct dashboard *dashboard) {
	for (size_t i = 0; i < dashboard->charts.count; i++)
		dashboard->charts.items[i]->selected = true;
	for (size_t t = 0; t < dashboard->tabs.count; t++) {
		struct tab *tab = dashboard->tabs.items[t];
		for (size_t p = 0; p < tab->placements.count; p++) {
			if (tab->placements.items[p]->chart)
				tab->placements.items[p]->chart->selected = true;
		}
	}
}

static void select_all(struct project *project) {
	for (size_t i = 0; i < project->dashboards.count; i++)
		project->dashboards.items[i]->selected = true;
	for (size_t i = 0; i < project->shared_charts.count; i++)
		project->shared_charts.items[i]->selected = true;
	for (size_t i = 0; i < project->snippets.count; i++)
		project->snippets.items[i]->selected = true;
}

/* One PATH. The project's folder and mbc.yaml itself select everything. */
static void select_argument(struct compile *c, const char *path) {
	char selected[PATH_MAX];
	if (!realpath(path, selected)) {
		diag_add(c, E0101, SPAN_NONE, "cannot read `%s`: %s", path, strerror(errno));
	} else if (selects(selected, c->project->path)) {
		select_all(c->project);
	} else if (select_path(c, selected) == 0 && diag_errors(c) == 0) {
		struct diagnostic *d = diag_add(c, E0101, SPAN_NONE,
			"`%s` holds no dashboard, chart or snippet of the project `%.*s`", path,
			STR_ARGS(c->project->name));
		diag_help(c, d, "name a file or folder below `sources:` of %s", c->project->path);
	}
}

static void select_definitions(struct compile *c, const struct invocation *invocation) {
	for (size_t i = 0; i < invocation->argument_count; i++)
		select_argument(c, invocation->arguments[i]);
	if (invocation->argument_count == 0)
		select_all(c->project);
	for (size_t i = 0; i < c->project->dashboards.count; i++) {
		if (c->project->dashboards.items[i]->selected)
			select_charts_of(c->project->dashboards.items[i]);
	}
}

bool front_run(struct compile *c, const struct invocation *invocation, bool server) {
	compile_init(c);
	c->chart_types = chart_types;
	c->filter_types = filter_types;
	if (option_flag(invocation, "quiet"))
		log_set_level(LOG_ERROR);
	else if (option_flag(invocation, "verbose"))
		log_set_level(LOG_DEBUG);
	struct project_options options = {
		.start = invocation->argument_count ? invocation->arguments[0] : ".",
		.environment = option_text(invocation, "env"),
		.needs_server = server,
	};
	if (server) {
		options.url = option_text(invocation, "url");
		if (!read_api_key(c, invocation, &options.api_key))
			return false;
	}
	if (!project_load(c, &options))
		return false;
	project_check(c);
	select_definitions(c, invocation);
	return diag_errors(c) == 0;
}

size_t front_print(struct compile *c, const struct invocation *invocation, FILE *out,
	enum diag_format format) {
	if (option_flag(invocation, "verbose")) {
		for (size_t i = 0; i < c->remarks.count; i++)
			log_line(LOG_INFO, "%s", c->remarks.items[i]);
	}
	struct diag_print how = {
		.format = format,
		.colour = term_colour(out),
		.width = term_width(out),
		.files = c->project ? c->project->file_count : 0,
		.errors_only = option_flag(invocation, "quiet") && !option_flag(invocation, "strict"),
	};
	return diag_print(c, out, &how);
}
