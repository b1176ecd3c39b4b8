/* Options in, a sandbox on loopback out. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/options.h"
#include "runtime/clock.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"
#include "vm/sandbox/server.h"
#include "vm/sandbox/session.h"

static const struct option_row options[] = {
	{"port", 'p', OPTION_NUMBER, "N", NULL, 0, 65535, NULL,
		"port on loopback; 0 takes a free one and prints it (3000)"},
	{"state", 's', OPTION_TEXT, "FILE", NULL, 0, 0, NULL,
		"keep what it holds in FILE (else in memory)"},
	{"metabase-version", 'v', OPTION_TEXT, "V", NULL, 0, 0, NULL,
		"server version to speak: 50 to 63, or a tag such as v0.57.3.1 (60)"},
	{"api-key", 0, OPTION_TEXT, "KEY", NULL, 0, 0, NULL, "an administrator's API key (local)"},
	{"catalogue", 'c', OPTION_LIST, "PATH", NULL, 0, 0, NULL,
		"DDL that says what tables there are: a file or a folder"},
	{"var", 0, OPTION_LIST, "NAME=VALUE", NULL, 0, 0, NULL, "value of ${NAME} in the DDL"},
	{"warehouse", 'w', OPTION_TEXT, "URL", NULL, 0, 0, NULL,
		"BigQuery's REST API, or a stand-in for it"},
	{"project", 0, OPTION_TEXT, "P", NULL, 0, 0, NULL, "project in the warehouse"},
	{"dataset", 0, OPTION_TEXT, "D", NULL, 0, 0, NULL,
		"dataset in the warehouse, and of DDL that names none"},
	{"database-name", 0, OPTION_TEXT, "NAME", NULL, 0, 0, NULL,
		"what the database is called (Warehouse)"},
	{"initializing-seconds", 0, OPTION_NUMBER, "N", NULL, 0, 3600, NULL,
		"answer 503 for so long after the start"},
	{"no-throttle", 0, OPTION_FLAG, NULL, NULL, 0, 0, NULL, "never make logins wait"},
	{0},
};

static const char *or_else(const char *value, const char *fallback) {
	return value ? value : fallback;
}

/* Reads "57", "0.57" or a tag; false if it is none of the versions spoken. */
static bool read_version(struct settings *settings, struct arena *arena, const char *text) {
	struct str rest = str_from(text), piece;
	if (str_starts(rest, "v"))
		rest = str_slice(rest, 1, rest.len);
	long long major = 0, number;
	size_t count = 0;
	for (; str_split(&rest, '.', &piece) && str_integer(piece, &number); count++) {
		if (count < 2)
			major = number;
	}
	settings->version = (int)major;
	settings->tag = count > 2 ? text : arena_printf(arena, "v0.%lld.1", major);
	return major >= SANDBOX_OLDEST && major <= SANDBOX_NEWEST;
}

static const char **list_of(struct arena *arena, const struct invocation *invocation,
	const char *option, size_t *count) {
	const char *item;
	for (*count = 0; option_item(invocation, option, *count);)
		++*count;
	const char **items = arena_array(arena, const char *, *count + 1);
	for (size_t i = 0; (item = option_item(invocation, option, i)); i++)
		items[i] = item;
	return items;
}

static void ready(struct sandbox *sandbox, unsigned port) {
	printf("mbc-sandbox: Metabase %s on http://127.0.0.1:%u\n", sandbox->settings->tag, port);
	fflush(stdout);
}

/* Tables, the rows of a fresh state, and what the warehouse holds. */
static bool prepare(struct sandbox *sandbox) {
	for (size_t i = 0; resource_tables[i]; i++)
		store_define(sandbox->store, resource_tables[i]);
	store_begin(sandbox->store);
	seed_collections(sandbox->store);
	seed_users(sandbox->store, sandbox->settings);
	sync_schema(sandbox);
	if (store_count(sandbox->store, &card_table, "metadata_due = 1", NULL) > 0)
		card_metadata_due(sandbox);
	store_end(sandbox->store, true);
	return !store_error(sandbox->store);
}

static int serve(const struct settings *settings, unsigned port) {
	struct sandbox sandbox = {
		.settings = settings, .version = settings->version, .started_ms = clock_ms(),
		.store = store_open(settings->state), .throttle = throttle_open(),
	};
	bool good = sandbox.store && prepare(&sandbox) && server_run(&sandbox, port, ready);
	sync_finish(&sandbox);
	throttle_close(sandbox.throttle);
	store_close(sandbox.store);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(struct invocation *invocation) {
	struct arena *arena = arena_create();
	struct settings settings = {
		.state = or_else(option_text(invocation, "state"), ""),
		.api_key = or_else(option_text(invocation, "api-key"), "local"),
		.database_name = or_else(option_text(invocation, "database-name"), "Warehouse"),
		.dataset = option_text(invocation, "dataset"),
		.project = option_text(invocation, "project"),
		.warehouse = option_text(invocation, "warehouse"),
		.initializing_seconds = (int)option_number(invocation, "initializing-seconds", 0),
		.throttle = !option_flag(invocation, "no-throttle"),
	};
	settings.catalogue = list_of(arena, invocation, "catalogue", &settings.catalogue_count);
	settings.variables = list_of(arena, invocation, "var", &settings.variable_count);
	const char *version = or_else(option_text(invocation, "metabase-version"), "60");
	int code;
	if (!read_version(&settings, arena, version))
		code = usage_error(invocation, "versions %d to %d are spoken here, not `%s`",
			SANDBOX_OLDEST, SANDBOX_NEWEST, version);
	else if (settings.warehouse && (!settings.project || !settings.dataset))
		code = usage_error(invocation, "--warehouse needs --project and --dataset");
	else
		code = serve(&settings, (unsigned)option_number(invocation, "port", 3000));
	arena_destroy(arena);
	return code;
}

static const struct command command = {
	.summary = "a local server that speaks Metabase's REST API",
	.description =
		"A stand-in for development and tests: it holds collections, questions, dashboards "
		"and snippets as a Metabase of the chosen version would, with the same refusals "
		"and "
		"side effects. "
		"It listens on loopback only and runs no queries yet.\n\n"
		"Sign in as admin@example.com or analyst@example.com, password `metabase1`, or "
		"with the API key.",
	.example = "  mbc-sandbox --port 3000 --state sandbox.db --catalogue sql/ --var "
		   "dataset=ai_usage",
	.options = options,
	.run = run,
};

static const struct command *const commands[] = {&command, NULL};

static const struct exit_code exit_codes[] = {
	{0, "ended by a signal"},
	{1, "cannot listen, or the state cannot be used"},
	{EXIT_USAGE, "wrong use"},
	{0},
};

int main(int argc, char **argv) {
	signal(SIGPIPE, SIG_IGN);
	static const struct program program = {
		.name = "mbc-sandbox", .summary = "a local server that speaks Metabase's REST API",
		.commands = commands, .exit_codes = exit_codes,
	};
	return program_run(&program, argc, argv);
}
