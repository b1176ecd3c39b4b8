/* The environment goes in, credentials come out. Google's own variables are read here and nowhere else. */
#include "ingest/credentials.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "ingest/command.h"
#include "runtime/google.h"
#include "runtime/log.h"

/* With stand-ins for the vendors nobody's own credentials are read: theirs are a metadata server's. */
struct google *credentials_open(const struct config *config, struct http *http) {
	struct buf problem = BUF(4096);
	struct google_options found = {.http = http, .metadata_host = config->vendors_host};
	if (!config->mock)
		found = (struct google_options){
			.http = http, .credentials_file = getenv("GOOGLE_APPLICATION_CREDENTIALS"),
			.config_directory = getenv("CLOUDSDK_CONFIG"), .home = getenv("HOME"),
			.token_url = getenv("GOOGLE_TOKEN_URL"), .metadata_host = getenv("GCE_METADATA_HOST")};
	struct google *google = google_open(&found, &problem);
	if (!google)
		log_line(
			LOG_ERROR, "credentials: %s", problem.ptr ? problem.ptr : "there are none");
	buf_free(&problem);
	return google;
}

static char *read_secret(struct config *config, struct google *google, enum setting setting) {
	struct buf value = BUF(64 * 1024), problem = BUF(4096);
	char *key = NULL;
	if (google_secret(google, &(struct google_secret){.name = config_text(config, setting),
		.project = config_text(config, SETTING_PROJECT), .base_url = config_text(config, SETTING_SECRETS_URL)},
		&value, NULL, &problem))
		key = arena_cstr(config->arena, buf_str(&value));
	else
		log_line(LOG_ERROR, "%s", problem.ptr ? problem.ptr : "the secret cannot be read");
	if (value.ptr)
		OPENSSL_cleanse(value.ptr, value.capacity);
	buf_free(&value);
	buf_free(&problem);
	return key;
}

bool credentials_keys(struct config *config) {
	bool anthropic = !config->anthropic_key && config_text(config, SETTING_ANTHROPIC_SECRET);
	bool cursor = !config->cursor_key && config_text(config, SETTING_CURSOR_SECRET);
	if (!anthropic && !cursor)
		return true;
	struct http *http =
		http_open(&(struct http_options){
			.user_agent = "mbc-ingest/" MBC_VERSION, .stop = &stop_signal});
	struct google *google = http ? credentials_open(config, http) : NULL;
	if (google && anthropic)
		config->anthropic_key = read_secret(config, google, SETTING_ANTHROPIC_SECRET);
	if (google && cursor)
		config->cursor_key = read_secret(config, google, SETTING_CURSOR_SECRET);
	bool good =
		google && (!anthropic || config->anthropic_key) && (!cursor || config->cursor_key);
	http_close(http);
	google_close(google);
	return good;
}
