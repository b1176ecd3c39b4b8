/* `mbc-ingest health`: one JSON object for monitors: the warehouse, the age of each stream, Metabase. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "ingest/freshness.h"
#include "ingest/run.h"

#define METABASE_MS 4000

/* Whoever watches asks again in a minute: an answer within fifteen seconds is better than patience. */
static const struct retry_policy hasty = {.first_ms = 250, .most_ms = 1000, .deadline_ms = METABASE_MS};

static json_t *streams_json(struct warehouse *warehouse, bool *good) {
	struct freshness *rows;
	size_t count;
	if (!freshness_read(warehouse, &rows, &count))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		char at[MOMENT_TEXT];
		*good = *good && rows[i].good;
		json_array_append_new(list,
			json_pack("{s:s, s:b, s:s?}", "stream", rows[i].stream->name, "good",
				rows[i].good, "fetched_at",
				rows[i].fetched_at ? moment_print(rows[i].fetched_at, at) : NULL));
	}
	return list;
}

static void on_metabase(void *context, const struct http_response *response) {
	bool *good = context;
	*good = response->outcome == OUTCOME_ANSWERED && response->status == 200;
}

static bool ask_metabase(const struct config *config, const char *url) {
	struct http *http = http_open(&(struct http_options){
		.user_agent = "mbc-ingest/" MBC_VERSION,
		.connect_timeout_ms = METABASE_MS,
		.timeout_ms = METABASE_MS,
		.retry = &hasty,
		.stop = &stop_signal});
	bool good = false;
	if (http) {
		http_send(http, &(struct http_request){.method = "GET",
					.safe = true,
					.done = on_metabase,
					.context = &good,
					.url = arena_printf(config->arena, "%s/api/health", url)});
		http_run(http);
	}
	http_close(http);
	return good;
}

static int health(const struct config *config) {
	struct warehouse warehouse = {0};
	bool good = true;
	const char *metabase = config_text(config, SETTING_METABASE_URL);
	json_auto_t *answer = json_object();
	json_t *list = warehouse_open(&warehouse, config, run_name(config), WAREHOUSE_HASTE)
			       ? streams_json(&warehouse, &good)
			       : NULL;
	json_object_set_new(answer, "warehouse", json_boolean(list));
	bool told = list != NULL;
	if (list)
		json_object_set_new(answer, "streams", list);
	if (metabase) {
		bool answers = ask_metabase(config, metabase);
		json_object_set_new(answer, "metabase", json_boolean(answers));
		good = good && answers;
	}
	json_object_set_new(answer, "good", told ? json_boolean(good) : json_null());
	char *text = json_dumps(answer, JSON_INDENT(2));
	puts(text);
	free(text);
	warehouse_close(&warehouse);
	return told ? (good ? EXIT_DONE : EXIT_CHECKS) : EXIT_UNREACHABLE;
}

static int run(struct invocation *invocation) {
	struct config config;
	int code = config_read(&config, invocation, NEEDS_WAREHOUSE) ? health(&config)
								     : EXIT_CONFIGURATION;
	config_finish(&config);
	return code;
}

const struct command cmd_health = {
	.name = "health",
	.summary = "say in JSON whether the data is fresh and the servers answer",
	.description = "Prints one JSON object: does the warehouse answer, was each stream fetched in the last 25 hours, does\n"
		"Metabase (METABASE_URL, if set) answer. Exit code 0 when all is good, 1 when something is not, 5 when\n"
		"that cannot be told.",
	.more_options = config_options,
	.run = run,
};
