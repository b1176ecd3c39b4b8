/* mbc.yaml: found upwards from where the user stands, read, and one of its environments chosen.
 * Only the chosen one is resolved, so that a laptop needs none of the secrets of the others. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "compiler/model/load.h"
#include "runtime/suggest.h"

#define OLDEST_METABASE 50
#define LANGUAGE_VERSION "1"
#define MANIFEST "mbc.yaml"

const char *directory_of(struct arena *arena, const char *path) {
	const char *slash = strrchr(path, '/');
	return slash ? arena_cstr(arena, (struct str){path, (size_t)(slash - path) + 1}) : "";
}

static bool exists(const char *path) {
	return access(path, F_OK) == 0;
}

static bool is_root(const char *directory) {
	char *real = realpath(*directory ? directory : ".", NULL);
	bool root = !real || strcmp(real, "/") == 0;
	free(real);
	return root;
}

/* "a/b/" → "a/"; "" and "../" → one more "../". */
static const char *parent_of(struct arena *arena, const char *directory) {
	struct str text = str_from(directory);
	if (text.len == 0 || str_is(text, "../") || str_ends(text, "/../"))
		return arena_printf(arena, "%s../", directory);
	return directory_of(arena, arena_cstr(arena, str_slice(text, 0, text.len - 1)));
}

static const char *start_directory(struct arena *arena, const char *start) {
	if (!start || strcmp(start, ".") == 0)
		return "";
	while (strncmp(start, "./", 2) == 0)
		start += 2;
	struct str text = str_from(start);
	if (text.len == 0 || str_ends(text, "/"))
		return start;
	char *folder = arena_printf(arena, "%s/", start);
	return exists(folder) ? folder : directory_of(arena, start);
}

/* The folder that holds mbc.yaml, "" or ending in /; NULL if there is none up to the root. */
static const char *find_directory(struct compile *c, const char *start) {
	const char *directory = start_directory(c->arena, start);
	for (;;) {
		if (exists(arena_printf(c->arena, "%s" MANIFEST, directory)))
			return directory;
		if (is_root(directory))
			return NULL;
		directory = parent_of(c->arena, directory);
	}
}

/* 0.56, 1.56, 56, v0.56.3 → 56; 0 when it is no version. */
static int version_major(struct str text) {
	struct str parts[4], piece;
	size_t count = 0;
	long long number;
	if (str_starts(text, "v"))
		text = str_slice(text, 1, text.len);
	while (count < COUNT_OF(parts) && str_split(&text, '.', &piece))
		parts[count++] = piece;
	if (count == 0 || !str_integer(parts[0], &number))
		return 0;
	if (count > 1 && number <= 1 && !str_integer(parts[1], &number))
		return 0;
	return number > 0 && number < 1000 ? (int)number : 0;
}

static int bind_version(struct compile *c, const struct values *values, int oldest) {
	const struct value *value = values_get(values, "metabase");
	if (!value)
		return oldest;
	int major = version_major(value->text);
	if (major >= oldest)
		return major;
	struct diagnostic *d = diag_add(c, major ? E0204 : E0202, value->node->at,
		"`metabase` is a version from 0.%d on, found %s", oldest, node_shown(c, value->node));
	if (major)
		diag_note(c, d, SPAN_NONE, "older servers are read and written in other ways");
	else
		diag_help(c, d, "write it as Metabase does: `metabase: 0.56`");
	return oldest;
}

static bool is_variable_name(struct str name) {
	for (size_t i = 0; i < name.len; i++) {
		char ch = name.ptr[i];
		bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
		if (!letter && !(i > 0 && ch >= '0' && ch <= '9'))
			return false;
	}
	return name.len > 0;
}

static void bind_variables(struct compile *c, const struct values *values) {
	const struct value *vars = values_written(values, "vars");
	for (size_t i = 0; vars && i < vars->list.count; i++) {
		const struct value *item = &vars->list.items[i];
		struct str name = item->name->scalar.text;
		if (item->bad)
			continue;
		if (!is_variable_name(name)) {
			struct diagnostic *d = diag_add(c, E0302, item->name->at,
				"%s cannot be the name of a variable", node_shown(c, item->name));
			diag_help(c, d,
				"letters, digits and `_`, a letter first: it is used as `${name}`");
			continue;
		}
		variable_check(c, name, item->node);
		*map_slot(c->arena, &c->project->variables.values, name) = item->node;
	}
}

/* "5 GiB", "500 MB", "1000" as bytes; -1 when it is none. */
static long long parse_bytes(struct str text) {
	static const struct {
		const char *unit;
		double bytes;
	} units[] = {
		{"TiB", 1024.0 * 1024 * 1024 * 1024}, {"GiB", 1024.0 * 1024 * 1024}, {"MiB", 1024.0 * 1024},
		{"KiB", 1024}, {"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"kB", 1e3}, {"B", 1},
	};
	double factor = 1, number;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (!str_ends(text, units[i].unit))
			continue;
		factor = units[i].bytes;
		text = str_trim(str_slice(text, 0, text.len - strlen(units[i].unit)));
		break;
	}
	if (!str_number(text, &number) || number <= 0 || number * factor > 9e18)
		return -1;
	return (long long)(number * factor);
}

static void bind_budget(
	struct compile *c, struct environment *environment, const struct value *value) {
	if (!value)
		return;
	environment->budget = parse_bytes(value->text);
	if (environment->budget >= 0)
		return;
	environment->budget = 0;
	struct diagnostic *d = diag_add(c, E0202, value->node->at,
		"`budget` takes an amount of bytes, found %s", node_shown(c, value->node));
	diag_help(c, d, "write it with its unit: `budget: 5 GiB`");
}

bool url_is_loopback(struct str url) {
	size_t host = str_find(url, "://", 0);
	if (host == STR_NONE || str_find(url, "@", 0) != STR_NONE)
		return false;
	struct str rest = str_slice(url, host + 3, url.len);
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		size_t len = strlen(names[i]);
		if (str_starts(rest, names[i]) && (rest.len == len || strchr(":/", rest.ptr[len])))
			return true;
	}
	return false;
}

/* A secret stands in an environment variable, unless it opens nothing but this machine. */
static void check_secret(struct compile *c, const struct value *secret, struct str url) {
	if (!secret || url_is_loopback(url) || str_find(secret->text, "${env.", 0) != STR_NONE)
		return;
	struct diagnostic *d = diag_add(c, E0311, secret->node->at, "`%s` is written out in a file",
		secret->key->name);
	diag_help(c, d, "take it from the environment: `%s: %s`", secret->key->name,
		secret->key->example);
}

static void bind_environment(struct compile *c, const struct value *value) {
	const struct values *values = &value->map;
	struct environment *environment = arena_new(c->arena, struct environment);
	const struct value *url = values_get(values, "url");
	const struct value *key = values_get(values, "api_key");
	const struct value *database = values_get(values, "database");
	*environment = (struct environment){
		.name = value->name->scalar.text,
		.name_node = value->name,
		.node = value->node,
		.values = *values,
		.url_node = url ? url->node : NULL,
		.api_key_node = key ? key->node : NULL,
		.database = values_text(values, "database", STR("")),
		.database_node = database ? database->node : NULL,
		.metabase = bind_version(c, values, c->project->metabase),
		.is_default = values_boolean(values, "default", false),
	};
	struct str address = url ? url->text : STR("");
	check_secret(c, key, address);
	check_secret(c, values_get(values, "password"), address);
	bind_budget(c, environment, values_get(values, "budget"));
	vec_push(c->arena, &c->project->environments, environment);
}

static void check_defaults(struct compile *c) {
	const struct environment *first = NULL;
	for (size_t i = 0; i < c->project->environments.count; i++) {
		const struct environment *environment = c->project->environments.items[i];
		if (!environment->is_default)
			continue;
		if (first) {
			struct diagnostic *d = diag_add(c, E0303, environment->name_node->at,
				"two environments are the default");
			diag_note(c, d, first->name_node->at, "the other one");
		} else {
			first = environment;
		}
	}
}

static const char *environment_names(struct compile *c) {
	const char *text = "";
	for (size_t i = 0; i < c->project->environments.count; i++)
		text = arena_printf(c->arena, "%s%s`%.*s`", text, i ? ", " : "",
			STR_ARGS(c->project->environments.items[i]->name));
	return text;
}

static struct environment *named_environment(struct compile *c, const char *name, struct span at) {
	struct project *project = c->project;
	struct suggest near = suggest_start(str_from(name));
	for (size_t i = 0; i < project->environments.count; i++) {
		if (str_is(project->environments.items[i]->name, name))
			return project->environments.items[i];
		suggest_offer(&near, project->environments.items[i]->name);
	}
	struct diagnostic *d = diag_add(c, E0308, at, "the project has no environment `%s`", name);
	if (suggest_best(&near).len)
		diag_help(c, d, "did you mean `%.*s`?", STR_ARGS(suggest_best(&near)));
	else if (project->environments.count)
		diag_help(c, d, "it has %s", environment_names(c));
	return NULL;
}

static void choose_environment(
	struct compile *c, const struct project_options *options, struct span at) {
	struct project *project = c->project;
	if (options->environment) {
		project->environment = named_environment(c, options->environment, at);
		return;
	}
	for (size_t i = 0; i < project->environments.count; i++) {
		if (project->environments.items[i]->is_default ||
			project->environments.count == 1) {
			project->environment = project->environments.items[i];
			return;
		}
	}
	if (project->environments.count == 0)
		return;
	struct diagnostic *d = diag_add(c, E0308, at, "none of the environments is the default");
	diag_help(c, d, "write `default: true` in one, or choose with `--env` or `MBC_ENV`");
}

static void need_setting(struct compile *c, const struct environment *environment, const char *name,
	const char *instead) {
	struct diagnostic *d = diag_add(c, E0205, environment->name_node->at,
		"environment `%.*s` needs `%s`", STR_ARGS(environment->name), name);
	diag_help(c, d, "write it there, or give %s", instead);
}

static struct str setting(
	const struct environment *environment, const char *name, const char *instead) {
	return instead ? str_from(instead)
		       : str_trim(values_text(&environment->values, name, STR("")));
}

/* Values are bound before they are resolved, and resolving puts the text into the node. */
static void reread(struct environment *environment) {
	for (size_t i = 0; i < environment->values.count; i++) {
		struct value *value = &environment->values.items[i];
		if (value->key->type == KEY_TEXT && value->key->shape == KEY_ONE && !value->bad)
			value->text = value->node->scalar.text;
	}
}

static bool is_address(struct str url) {
	bool known = str_starts(url, "http://") || str_starts(url, "https://");
	return known && !str_ends(url, "://");
}

static void resolve_environment(struct compile *c, const struct project_options *options) {
	struct environment *environment = c->project->environment;
	struct variables variables = c->project->variables;
	size_t errors = diag_errors(c);
	variables.environment = true;
	for (size_t i = 0; i < environment->values.count; i++) {
		const struct value *value = &environment->values.items[i];
		bool replaced = (strcmp(value->key->name, "url") == 0 && options->url) ||
			(strcmp(value->key->name, "api_key") == 0 && options->api_key);
		if (!value->bad && value->key->shape == KEY_ONE && !replaced)
			variables_resolve(c, &variables, value->node);
	}
	if (diag_errors(c) > errors)
		return;
	reread(environment);
	if (options->url)
		environment->url_node = NULL;
	if (options->api_key)
		environment->api_key_node = NULL;
	environment->url = setting(environment, "url", options->url);
	while (str_ends(environment->url, "/") && !str_ends(environment->url, "://"))
		environment->url.len--;
	environment->api_key = setting(environment, "api_key", options->api_key);
	environment->user = setting(environment, "user", NULL);
	environment->password = setting(environment, "password", NULL);
	environment->database = setting(environment, "database", NULL);
	if (environment->url.len == 0)
		need_setting(c, environment, "url", "`--url` or `MBC_URL`");
	else if (!is_address(environment->url))
		diag_add(c, E0202, environment->url_node ? environment->url_node->at : SPAN_NONE,
			"an address is `https://` or `http://` and a host, found `%.*s`",
			STR_ARGS(environment->url));
	if (environment->api_key.len == 0 && environment->password.len == 0)
		need_setting(c, environment, "api_key", "`--api-key-file` or `MBC_API_KEY`");
}

static void bind_environments(struct compile *c, const struct project_options *options,
	const struct values *values) {
	const struct value *list = values_written(values, "environments");
	for (size_t i = 0; list && i < list->list.count; i++) {
		if (list->list.items[i].node->type == NODE_MAP)
			bind_environment(c, &list->list.items[i]);
	}
	check_defaults(c);
	struct span at = list && list->name ? list->name->at : values->node->at;
	choose_environment(c, options, at);
	bind_variables(c, values);
	if (c->project->environment) {
		bind_variables(c, &c->project->environment->values);
		if (options->needs_server)
			resolve_environment(c, options);
	} else if (options->needs_server && c->project->environments.count == 0) {
		struct diagnostic *d = diag_add(
			c, E0205, at, "the project needs an environment: a server to talk to");
		diag_help(c, d, "write `environments: %s`",
			keys_find((const struct key *const[]){manifest_keys, NULL},
				STR("environments"))
				->example);
	}
}

bool collection_path_check(struct compile *c, const struct node *node) {
	struct str path = node->scalar.text;
	bool good = path.len > 0 && path.ptr[0] != '/' && path.ptr[path.len - 1] != '/' &&
		str_find(path, "//", 0) == STR_NONE;
	if (!good)
		diag_add(c, E0302, node->at,
			"%s is no path of collections: names with `/` between them",
			node_shown(c, node));
	return good;
}

static void bind_collections(struct compile *c, const struct values *values) {
	const struct value *list = values_written(values, "collections");
	for (size_t i = 0; list && i < list->list.count; i++) {
		const struct value *item = &list->list.items[i];
		if (item->bad || !collection_path_check(c, item->name))
			continue;
		struct collection *collection = arena_new(c->arena, struct collection);
		*collection = (struct collection){
			.path = item->name->scalar.text,
			.node = item->name,
			.was = values_text(&item->map, "was", STR("")),
			.description = values_text(&item->map, "description", STR("")),
		};
		vec_push(c->arena, &c->project->collections, collection);
	}
}

/* Names end up in descriptions as PROJECT/KEY, so a name holds neither blanks nor slashes. */
static void bind_name(struct compile *c, const struct value *value) {
	if (!value)
		return;
	c->project->name = value->text;
	bool good = value->text.len > 0;
	for (size_t i = 0; i < value->text.len; i++) {
		char ch = value->text.ptr[i];
		good = good && ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
				       (i > 0 && strchr("-_", ch)));
	}
	if (good)
		return;
	struct diagnostic *d = diag_add(c, E0302, value->node->at,
		"%s cannot be the name of a project", node_shown(c, value->node));
	diag_help(c, d, "lower case letters, digits, `-` and `_`: it is part of every marker");
}

static void bind_paths(struct compile *c, const struct value *value, bool catalogue) {
	for (size_t i = 0; value && i < value->list.count; i++) {
		if (value->list.items[i].bad)
			continue;
		const char *path = path_inside(c, c->project->directory, value->list.items[i].node);
		if (!path)
			continue;
		if (catalogue)
			vec_push(c->arena, &c->project->catalogue_paths, path);
		else {
			vec_push(c->arena, &c->project->sources, path);
			vec_push(c->arena, &c->project->source_nodes, value->list.items[i].node);
		}
		if (!exists(path))
			diag_add(c, E0101, value->list.items[i].node->at, "cannot read `%s`: %s",
				path, strerror(errno));
	}
	if (value || catalogue)
		return;
	vec_push(c->arena, &c->project->sources,
		arena_printf(c->arena, "%sdashboards/", c->project->directory));
	vec_push(c->arena, &c->project->source_nodes, c->project->values.node);
}

static void bind_manifest(struct compile *c, const struct project_options *options,
	const struct values *values) {
	struct project *project = c->project;
	const struct value *version = values_get(values, "mbc");
	const struct value *collection = values_get(values, "collection");
	const char *dialect = values_word(values, "dialect");
	if (version && !str_is(version->text, LANGUAGE_VERSION)) {
		struct diagnostic *d = diag_add(c, E0208, version->node->at,
			"this program knows version " LANGUAGE_VERSION " of the language, found %s",
			node_shown(c, version->node));
		diag_help(c, d, "write `mbc: " LANGUAGE_VERSION "`, or install a newer mbc");
	}
	project->metabase = bind_version(c, values, OLDEST_METABASE);
	project->bigquery = !dialect || strcmp(dialect, "bigquery") == 0;
	bind_name(c, values_get(values, "project"));
	bind_environments(c, options, values);
	project->collection = values_text(values, "collection", project->name);
	project->collection_node = collection ? collection->node : NULL;
	if (collection)
		collection_path_check(c, collection->node);
	project->charts_collection = values_text(values, "charts_collection", STR("Charts"));
	bind_collections(c, values);
	bind_paths(c, values_written(values, "sources"), false);
	bind_paths(c, values_written(values, "catalogue"), true);
}

bool manifest_load(struct compile *c, const struct project_options *options) {
	const char *directory = find_directory(c, options->start);
	if (!directory) {
		struct diagnostic *d = diag_add(
			c, E0101, SPAN_NONE, "no `" MANIFEST "` here or in a folder above");
		diag_help(c, d, "`mbc init` makes a project");
		return false;
	}
	c->project = arena_new(c->arena, struct project);
	c->project->directory = directory;
	c->project->path = arena_printf(c->arena, "%s" MANIFEST, directory);
	c->project->metabase = OLDEST_METABASE;
	uint32_t source;
	if (!source_read(c, c->project->path, SPAN_NONE, &source))
		return false;
	size_t errors = diag_errors(c), reported = c->diagnostics.count;
	struct node *node = yaml_parse(c, source);
	bool empty = !node && diag_errors(c) == errors;
	if (empty)
		c->diagnostics.count = reported;
	if (empty)
		diag_add(c, E0205, (struct span){source, 0, 0},
			"`" MANIFEST "` is empty: it needs `mbc` and `project`");
	if (!node)
		return false;
	struct values values;
	const struct key *const groups[] = {manifest_keys, NULL};
	keys_bind(c, groups, node, "`" MANIFEST "`", &values);
	c->project->values = values;
	bind_manifest(c, options, &values);
	return true;
}
