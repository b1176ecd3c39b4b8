/* `mbc init`: a new project with a first dashboard that validates. Never writes over a file: what
 * is there already is named and kept, and the run ends with an error. */
#include <errno.h>
#include <unistd.h>

#include "compiler/cli/command.h"
#include "runtime/arena.h"
#include "runtime/file.h"
#include "runtime/log.h"

static const char project_text[] =
	"mbc: 1\n"
	"project: my-project            # unique on your server: it marks what belongs to this project\n"
	"metabase: 0.50                 # the oldest server your definitions must work on\n"
	"collection: As code            # everything lives below this collection\n"
	"sources: [dashboards/]\n"
	"catalogue: [sql/]              # DDL: lets mbc check columns offline\n"
	"vars: {dataset: shop}\n"
	"environments:\n"
	"  local: {url: \"http://localhost:3000\", api_key: local, database: Warehouse, default: true}\n"
	"  prod:\n"
	"    url: \"${env.METABASE_URL}\"\n"
	"    api_key: \"${env.METABASE_API_KEY}\"\n"
	"    database: Warehouse\n";

static const char tables_text[] =
	"-- Tables that the dashboards read. Replace this by your own DDL, or by `mbc catalogue`.\n"
	"CREATE TABLE `${dataset}.orders` (\n"
	"  ordered_on DATE NOT NULL,\n"
	"  country STRING,\n"
	"  total NUMERIC\n"
	");\n";

static const char dashboard_text[] =
	"dashboard: Sales\n"
	"description: What is sold, where and when.\n"
	"filters:\n"
	"  period: {type: relative-date, default: last 30 days, field: orders.ordered_on}\n"
	"  country: {type: dropdown, field: orders.country}\n"
	"charts:\n"
	"  revenue:\n"
	"    type: scalar\n"
	"    sql: |\n"
	"      SELECT SUM(total) AS revenue\n"
	"      FROM `${dataset}.orders`\n"
	"      WHERE {{period}} [[AND {{country}}]]\n"
	"    format: {revenue: {style: currency, currency: EUR, decimals: 0}}\n"
	"  by_day:\n"
	"    type: line\n"
	"    title: Revenue by day\n"
	"    sql: |\n"
	"      SELECT ordered_on, SUM(total) AS revenue\n"
	"      FROM `${dataset}.orders`\n"
	"      WHERE {{period}} [[AND {{country}}]]\n"
	"      GROUP BY ordered_on\n"
	"      ORDER BY ordered_on\n"
	"    x: ordered_on\n"
	"    y: revenue\n"
	"layout:\n"
	"  - [revenue: 6x4, by_day: 18x8]\n";

static const struct {
	const char *path, *text;
} files[] = {
	{"mbc.yaml", project_text},
	{"sql/tables.sql", tables_text},
	{"dashboards/sales.yaml", dashboard_text},
};

static bool write_one(
	struct arena *arena, const char *directory, const char *name, const char *text) {
	const char *path = arena_printf(arena, "%s/%s", directory, name);
	char *folder = arena_cstr(arena, str_from(path));
	*strrchr(folder, '/') = '\0';
	if (make_directories(folder) && file_write(path, str_from(text))) {
		printf("%s\n", path);
		return true;
	}
	log_line(LOG_ERROR, "cannot write `%s`: %s", path, strerror(errno));
	return false;
}

static bool is_free(struct arena *arena, const char *directory, const char *name) {
	const char *path = arena_printf(arena, "%s/%s", directory, name);
	if (access(path, F_OK) != 0)
		return true;
	log_line(LOG_ERROR, "`%s` is there already; nothing was written", path);
	return false;
}

static bool write_project(struct arena *arena, const char *directory) {
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		if (!is_free(arena, directory, files[i].path))
			return false;
	}
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		if (!write_one(arena, directory, files[i].path, files[i].text))
			return false;
	}
	return true;
}

static int run(struct invocation *invocation) {
	const char *directory = invocation->argument_count ? invocation->arguments[0] : ".";
	struct arena *arena = arena_create();
	bool written = write_project(arena, directory);
	arena_destroy(arena);
	if (!written)
		return EXIT_DEFINITIONS;
	log_line(LOG_INFO, "a project is ready; try `mbc validate%s%s`",
		strcmp(directory, ".") ? " " : "", strcmp(directory, ".") ? directory : "");
	return EXIT_DONE;
}

const struct command cmd_init = {
	.name = "init",
	.arguments = "[DIR]",
	.summary = "start a project with a first dashboard that validates",
	.description = "Writes mbc.yaml, a table definition and a dashboard into DIR (here, if left out). "
		       "Files that exist are never written over.",
	.most = 1,
	.run = run,
};
