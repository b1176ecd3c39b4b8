/* BigQuery's REST API in, rows of tables and fields out: the list of a dataset's tables page by
 * page, then each table, several at a time. */
#include <stdio.h>

#include "runtime/buf.h"
#include "runtime/http.h"
#include "runtime/json.h"
#include "vm/sandbox/resource.h"
#include "vm/sandbox/sync.h"

struct reading {
	struct sandbox *sandbox;
	struct http *http;
	struct arena *arena;
	int64_t database;
	const char *base;       /* …/datasets/D/tables */
	const char *trouble;    /* the first one, or NULL */
};

static struct str text_of(const json_t *object, const char *key) {
	return str_from(json_text(object, key));
}

static void add_fields(struct reading *reading, int64_t table, int64_t parent, json_t *path,
	const json_t *fields, const char *partition) {
	size_t i;
	json_t *field;
	json_array_foreach(fields, i, field) {
		struct str name = text_of(field, "name"), mode = text_of(field, "mode");
		bool repeated = str_is(mode, "REPEATED");
		int64_t id = sync_column(reading->sandbox->store, table,
			&(struct sync_column){.name = name,
				.database_type = text_of(field, "type"),
				.description = text_of(field, "description"),
				.repeated = repeated,
				.required = str_is(mode, "REQUIRED"),
				.position = (int)i,
				.parent = parent,
				.path = path,
				.partition = partition && !parent && str_is(name, partition)});
		const json_t *inner = json_object_get(field, "fields");
		if (repeated || json_array_size(inner) == 0)
			continue;
		json_auto_t *below = path ? json_copy(path) : json_array();
		json_array_append_new(below, json_stringn(name.ptr, name.len));
		add_fields(reading, table, id, below, inner, NULL);
	}
}

/* The parsed answer, or NULL with the trouble noted; new. */
static json_t *parse(struct reading *reading, const struct http_response *response) {
	json_t *value = response->status == 200 ?
		json_loadb(response->body.ptr, response->body.len, 0, NULL) : NULL;
	if (!value && !reading->trouble)
		reading->trouble = response->status
					   ? arena_printf(reading->arena,
						     "the warehouse answered %ld", response->status)
					   : arena_printf(reading->arena, "%s", response->error);
	return value;
}

static void on_table(void *context, const struct http_response *response) {
	struct reading *reading = context;
	json_auto_t *table = parse(reading, response);
	if (!table)
		return;
	const json_t *reference = json_object_get(table, "tableReference");
	int64_t id = sync_table(reading->sandbox->store, reading->database,
		text_of(reference, "datasetId"), text_of(reference, "tableId"),
		text_of(table, "description"));
	add_fields(reading, id, 0, NULL,
		json_object_get(json_object_get(table, "schema"), "fields"),
		json_text(json_object_get(table, "timePartitioning"), "field"));
}

static void get(struct reading *reading, const char *url,
	void (*done)(void *context, const struct http_response *response)) {
	http_send(reading->http, &(struct http_request){.method = "GET", .url = url, .safe = true,
		.done = done, .context = reading});
}

static const char *encoded(struct reading *reading, const char *text) {
	struct buf out = BUF(4096);
	http_encode(&out, text);
	const char *copy = arena_printf(reading->arena, "%s", out.ptr ? out.ptr : "");
	buf_free(&out);
	return copy;
}

static void on_list(void *context, const struct http_response *response) {
	struct reading *reading = context;
	json_auto_t *list = parse(reading, response);
	size_t i;
	json_t *entry;
	json_array_foreach(json_object_get(list, "tables"), i, entry) {
		const char *name = json_text(json_object_get(entry, "tableReference"), "tableId");
		if (name)
			get(reading,
				arena_printf(reading->arena, "%s/%s", reading->base,
					encoded(reading, name)),
				on_table);
	}
	const char *token = json_text(list, "nextPageToken");
	if (token && *token)
		get(reading,
			arena_printf(reading->arena, "%s?maxResults=1000&pageToken=%s",
				reading->base, encoded(reading, token)),
			on_list);
}

static void open_reading(struct reading *reading) {
	static const struct retry_policy patience = {100, 500, 3000};
	const struct settings *settings = reading->sandbox->settings;
	struct str url = str_from(settings->warehouse);
	while (str_ends(url, "/"))
		url.len--;
	reading->base = arena_printf(reading->arena,
		"%.*s/bigquery/v2/projects/%s/datasets/%s/tables", STR_ARGS(url),
		encoded(reading, settings->project), encoded(reading, settings->dataset));
	reading->http = http_open(&(struct http_options){.user_agent = "mbc-sandbox/" MBC_VERSION,
		.timeout_ms = 10000, .retry = &patience});
	if (!reading->http)
		reading->trouble = "cannot set up HTTP";
}

static void run(struct reading *reading, int most,
	void (*done)(void *context, const struct http_response *response)) {
	if (!reading->http)
		return;
	get(reading, arena_printf(reading->arena, "%s?maxResults=%d", reading->base, most), done);
	http_run(reading->http);
	http_close(reading->http);
}

bool sync_bigquery(struct sandbox *sandbox, int64_t database) {
	struct reading reading = {
		.sandbox = sandbox, .database = database, .arena = arena_create()};
	open_reading(&reading);
	run(&reading, 1000, on_list);
	if (reading.trouble)
		fprintf(stderr, "mbc-sandbox: %s: %s\n", reading.base, reading.trouble);
	bool good = !reading.trouble;
	arena_destroy(reading.arena);
	return good;
}

static void on_first(void *context, const struct http_response *response) {
	json_decref(parse(context, response));
}

const char *sync_trouble(struct sandbox *sandbox, struct arena *arena) {
	struct reading reading = {.sandbox = sandbox, .arena = arena};
	if (!sandbox->settings->warehouse)
		return NULL;
	open_reading(&reading);
	run(&reading, 1, on_first);
	return reading.trouble;
}
