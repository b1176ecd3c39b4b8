/* `mbc doctor`: can the server be reached, what is it, who am I there, what may I do. Every check
 * says what it found; the first that fails says what to do. */
#include <stdio.h>

#include "compiler/cli/live_front.h"
#include "compiler/metabase/fields.h"
#include "compiler/model/project.h"
#include "runtime/json.h"

static void line(bool good, const char *what, const char *found) {
	printf("%s %-12s %s\n", good ? "ok  " : "FAIL", what, found);
}

static bool check_native(struct server *server, long long database) {
	struct call call = {.api = API_DATABASES};
	if (!server_call(server, &call))
		return false;
	const json_t *list = json_is_array(call.json) ? call.json
						      : json_object_get(call.json, "data"),
		     *row;
	size_t index;
	json_array_foreach((json_t *)list, index, row) {
		const char *may = json_text(row, "native_permissions");
		if (json_number_of(row, "id", -1) == database)
			return !may || strcmp(may, "write") == 0;
	}
	return false;
}

static bool check_fields(struct server *server, long long database, struct names *names) {
	const struct objects *objects = objects_lower(server->c);
	return fields_resolve(server, database, objects, names);
}

/* May the account write where the project lives, or make that place? */
static bool check_place(struct server *server) {
	struct compile *c = server->c;
	struct call call = {.api = API_COLLECTIONS};
	if (!server_call(server, &call)) {
		server_report(server, &call, SPAN_NONE);
		return false;
	}
	size_t index;
	json_t *row;
	bool root = false;
	json_array_foreach(call.json, index, row) {
		const char *name = json_text(row, "name"), *location = json_text(row, "location");
		if (json_text(row, "id"))
			root = json_is_set(row, "can_write");
		if (!name || !str_is(c->project->collection, name) || !location ||
			strcmp(location, "/") != 0)
			continue;
		line(json_is_set(row, "can_write"), "collection",
			arena_printf(c->arena, "`%s` %s", name,
				json_is_set(row, "can_write")
					? "may be written"
					: "may not be written: give the account's "
					  "group Curate access to it"));
		return json_is_set(row, "can_write");
	}
	line(root, "collection",
		arena_printf(c->arena, "`%.*s` %s", STR_ARGS(c->project->collection),
			root ? "is not there and can be made"
			     : "is not there, and this account may not make it at the top: "
			       "make it by hand and give the account's group Curate access"));
	return root;
}

static bool check(struct server *server) {
	struct compile *c = server->c;
	struct names names = {.arena = c->arena};
	line(true, "server",
		arena_printf(
			c->arena, "%s, Metabase %s", server->url, server->tag ? server->tag : "?"));
	line(true, "account",
		arena_printf(c->arena, "%s%s", server->user_name ? server->user_name : "?",
			server->superuser ? " (administrator)" : ""));
	bool place = check_place(server);
	long long database = database_find(server, &names);
	line(database >= 0, "database",
		arena_printf(c->arena, "%.*s", STR_ARGS(c->project->environment->database)));
	if (database < 0)
		return false;
	bool native = check_native(server, database);
	line(native, "SQL",
		native ? "may be written"
		       : "may not be written: give the account's group "
			 "`Query builder and native` for the database");
	bool fields = check_fields(server, database, &names);
	line(fields, "columns", fields ? "all that filters mean are known" : "some are missing");
	return place && native && fields;
}

static int run(struct invocation *invocation) {
	struct compile c;
	if (!front_run(&c, invocation, true)) {
		front_print(&c, invocation, stderr, DIAG_TEXT);
		compile_finish(&c);
		return EXIT_DEFINITIONS;
	}
	struct server *server = server_open(
		&c, c.project->environment, (unsigned)option_number(invocation, "jobs", 0));
	bool good = server && check(server);
	fflush(stdout);
	front_print(&c, invocation, stderr, DIAG_TEXT);
	server_close(server);
	compile_finish(&c);
	return good ? EXIT_DONE : EXIT_SERVER;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "can the server be reached, and what may be done there",
	.description = "Checks one thing after the other: the address, the version, the "
		       "credentials, the collection, the "
		       "database, the right to write SQL, and whether every column that a filter "
		       "means is known.",
	.example = "  mbc doctor\n"
		   "  mbc doctor --env prod",
	.more_options = server_options,
	.run = run,
};
