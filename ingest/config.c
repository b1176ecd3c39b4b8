/* Environment and flags go in, a checked configuration comes out. Each setting is a row with the function
 * that checks it; what two settings say about each other is checked behind them. All of it is said at
 * once, since every round of "one more setting is wrong" is a deployment. */
#include "ingest/config.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/command.h"
#include "ingest/mock.h"
#include "runtime/file.h"
#include "runtime/log.h"

volatile sig_atomic_t stop_signal;

typedef const char *checker(const char *value);

struct row {
	const char *environment, *flag, *fallback;
	checker *check;
};

static const char *one_of(const char *value, const char *const *words) {
	for (; *words; words++)
		if (strcmp(value, *words) == 0)
			return NULL;
	return "is none of the words allowed";
}

static const char *check_any(const char *value) {
	(void)value;
	return NULL;
}

static const char *check_name(const char *value) {
	return value[strspn(
		       value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:.")]
		       ? "has characters that such a name cannot have"
		       : NULL;
}

static const char *check_environment(const char *value) {
	return one_of(value, (const char *const[]){"development", "staging", "production", NULL})
		? "is none of development, staging, production" : NULL;
}

static const char *check_level(const char *value) {
	return one_of(value, (const char *const[]){"debug", "info", "warning", "error", NULL})
		? "is none of debug, info, warning, error" : NULL;
}

static const char *check_family(const char *value) {
	return one_of(value, (const char *const[]){"legacy", "analytics", "both", NULL})
		? "is none of legacy, analytics, both" : NULL;
}

static const char *check_number(const char *value) {
	long long number;
	return str_integer(str_from(value), &number) && number > 0 ? NULL
								   : "is no positive whole number";
}

static const char *check_moment(const char *value) {
	moment instant;
	return moment_read(str_from(value), &instant) ? NULL
						      : "is no moment such as 2026-11-20T04:00:00Z";
}

static const char *check_streams(const char *value) {
	struct str rest = str_from(value), name;
	while (str_split(&rest, ',', &name))
		if (!stream_find(str_trim(name)))
			return "names a stream that there is not";
	return NULL;
}

bool url_is_local(const char *url) {
	const char *host = strstr(url, "://");
	host = host ? host + 3 : url;
	if (memchr(host, '@', strcspn(host, "/?#"))) /* a user's name, and the host behind it */
		return false;
	if (strncmp(host, "[::1]", 5) == 0)
		return host[5] == '\0' || strchr(":/", host[5]);
	size_t length = strcspn(host, ":/");
	return (length == 9 && strncmp(host, "localhost", 9) == 0) ||
		(length == 9 && strncmp(host, "127.0.0.1", 9) == 0);
}

static const char *check_url(const char *value) {
	if (strncmp(value, "https://", 8) == 0)
		return NULL;
	if (strncmp(value, "http://", 7) == 0)
		return url_is_local(value)
			       ? NULL
			       : "is plain http, which only this machine itself may be asked by";
	return "does not begin with https://";
}

static const char *check_emulator(const char *value) {
	if (strncmp(value, "https://", 8) == 0)
		return NULL;
	return url_is_local(value) ? NULL : "is not on this machine";
}

static const struct row rows[] = {
#define SETTING(id, environment, flag, argument, fallback, check, doc) \
	{environment, flag, fallback, check_##check},
#define KEY(id, environment, doc) {environment, NULL, NULL, check_any},
#include "ingest/settings.inc"
#undef SETTING
#undef KEY
};

const struct option_row config_options[] = {
#define SETTING(id, variable, flag, word, fallback, check, text) \
	{.name = flag, .type = OPTION_TEXT, .argument = word, .environment = variable, .doc = text},
#define KEY(id, variable, text)
#include "ingest/settings.inc"
#undef SETTING
#undef KEY
	{0}
};

static void wrong(struct config *config, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void wrong(struct config *config, const char *format, ...) {
	va_list args;
	va_start(args, format);
	log_line(LOG_ERROR, "%s", arena_vprintf(config->arena, format, args));
	va_end(args);
	config->wrong++;
}

static void missing(struct config *config, enum setting setting, const char *why) {
	if (!config_text(config, setting))
		wrong(config, "%s is not set: %s", rows[setting].environment, why);
}

const char *config_text(const struct config *config, enum setting setting) {
	return config->values[setting] ? config->values[setting] : rows[setting].fallback;
}

long config_number(const struct config *config, enum setting setting) {
	long long value = 0;
	str_integer(str_from(config_text(config, setting)), &value);
	return (long)value;
}

const char *config_name(enum setting setting) {
	return rows[setting].environment;
}

moment config_now(const struct config *config) {
	return config->clock_is_fixed ? config->fixed_now : moment_now();
}

static void read_values(struct config *config, const struct invocation *invocation) {
	for (int i = 0; i < SETTING_COUNT; i++) {
		const char *value = rows[i].flag ? option_text(invocation, rows[i].flag)
						 : getenv(rows[i].environment);
		if (!value || !*value)
			continue;
		config->values[i] = value;
		const char *problem = rows[i].check(value);
		if (problem)
			wrong(config, "%s %s", rows[i].environment, problem);
	}
}

static bool in_list(const char *list, const char *name) {
	struct str rest = str_from(list), word;
	while (str_split(&rest, ',', &word))
		if (str_is(str_trim(word), name))
			return true;
	return false;
}

/* Without MBC_STREAMS: all that the settings allow, of the family that is chosen. */
static bool is_enabled(const struct config *config, const struct stream *stream) {
	const char *family = config_text(config, SETTING_FAMILY),
		   *list = config_text(config, SETTING_STREAMS);
	if (stream->family == FAMILY_LEGACY && strcmp(family, "analytics") == 0)
		return false;
	if (stream->family == FAMILY_ANALYTICS && strcmp(family, "legacy") == 0)
		return false;
	if (stream->wanted_by && !config_text(config, stream->wanted_by))
		return false;
	return !list || in_list(list, stream->name);
}

static void choose_streams(struct config *config) {
	size_t count = 0, kept = 0;
	while (streams[count])
		count++;
	config->streams = arena_array(config->arena, const struct stream *, count + 1);
	for (size_t i = 0; i < count; i++)
		if (is_enabled(config, streams[i]))
			config->streams[kept++] = streams[i];
	if (!kept)
		wrong(config, "MBC_STREAMS leaves no stream to read");
}

bool config_has_stream(const struct config *config, const struct stream *stream) {
	for (size_t i = 0; config->streams[i]; i++)
		if (config->streams[i] == stream)
			return true;
	return false;
}

static bool has_vendor(const struct config *config, const struct vendor *vendor) {
	for (size_t i = 0; config->streams[i]; i++)
		if (config->streams[i]->vendor == vendor)
			return true;
	return false;
}

static char *read_key_file(struct config *config, const char *path) {
	struct buf text = BUF(64 * 1024);
	char *key = NULL;
	if (file_read(path, &text)) {
		struct str trimmed = str_trim(buf_str(&text));
		key = arena_cstr(config->arena, trimmed);
		OPENSSL_cleanse(text.ptr, text.len);
	} else {
		wrong(config, "cannot read the file %s", path);
	}
	buf_free(&text);
	return key;
}

/* A key has three forms, in the rows one after another: exactly one must be given. */
static char *choose_key(struct config *config, enum setting secret) {
	const char *file = config_text(config, secret + 1),
		   *plain = config_text(config, secret + 2);
	int given = (config_text(config, secret) != NULL) + (file != NULL) + (plain != NULL);
	if (given != 1) {
		const char *names[] = {rows[secret].environment, rows[secret + 1].environment,
			rows[secret + 2].environment};
		wrong(config, "one of %s, %s and %s must be set, and %s", names[0], names[1],
			names[2], given ? "more than one is" : "none is");
		return NULL;
	}
	if (plain && strcmp(config_text(config, SETTING_ENVIRONMENT), "development") != 0)
		wrong(config, "%s holds a key itself, which only ENVIRONMENT=development allows",
			rows[secret + 2].environment);
	char *key = file    ? read_key_file(config, file)
		    : plain ? arena_cstr(config->arena, str_from(plain))
			    : NULL;
	log_secret(key);
	return key;
}

static void check_vendors(struct config *config) {
	if (has_vendor(config, &vendor_anthropic))
		config->anthropic_key = choose_key(config, SETTING_ANTHROPIC_SECRET);
	if (has_vendor(config, &vendor_cursor))
		config->cursor_key = choose_key(config, SETTING_CURSOR_SECRET);
	if (has_vendor(config, &vendor_sheets))
		missing(config, SETTING_SHEET,
			"the streams of the sheet need it; leave them out of MBC_STREAMS "
			"otherwise");
}

static void check_production(struct config *config) {
	config->production = strcmp(config_text(config, SETTING_ENVIRONMENT), "production") == 0;
	if (!config->production)
		return;
	if (config_text(config, SETTING_NOW))
		wrong(config, "MBC_NOW is for tests, and ENVIRONMENT is production");
	if (config_text(config, SETTING_EMULATOR))
		wrong(config, "BIGQUERY_EMULATOR_HOST is for tests, and ENVIRONMENT is production");
}

/* Invented data must not reach a warehouse that others read, nor must a vendor's address that was given
 * be passed over in silence. */
static void check_mock(struct config *config, unsigned needs) {
	static const enum setting addresses[] = {
		SETTING_ANTHROPIC_URL, SETTING_CURSOR_URL, SETTING_SHEETS_URL, SETTING_SHEET};
	const char *emulator = config_text(config, SETTING_EMULATOR);
	if (config->production)
		wrong(config, "--mock-apis invents its data, and ENVIRONMENT is production");
	for (size_t i = 0; i < COUNT_OF(addresses); i++)
		if (config->values[addresses[i]])
			wrong(config, "%s is set, but --mock-apis brings vendors of its own",
				rows[addresses[i]].environment);
	if (emulator && !url_is_local(emulator))
		wrong(config, "BIGQUERY_EMULATOR_HOST is not on this machine, and --mock-apis invents its data");
	else if (!emulator && config_text(config, SETTING_DATASET))
		wrong(config, "BIGQUERY_DATASET is set without BIGQUERY_EMULATOR_HOST: --mock-apis invents its data and "
			"writes into a warehouse on this machine only, or into none");
	config->no_warehouse = (needs & NEEDS_WAREHOUSE) && !emulator;
	if (!config_text(config, SETTING_SHEET_SUBSCRIPTIONS))
		config->values[SETTING_SHEET_SUBSCRIPTIONS] = "subscriptions!A:Z";
}

static void set_level(const struct config *config) {
	static const char *const names[] = {"debug", "info", "warning", "error"};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(config_text(config, SETTING_LOG_LEVEL), names[i]) == 0)
			log_set_level((enum log_level)i);
}

bool config_read(struct config *config, const struct invocation *invocation, unsigned needs) {
	*config = (struct config){.arena = arena_create()};
	read_values(config, invocation);
	set_level(config);
	if (config_text(config, SETTING_NOW))
		config->clock_is_fixed =
			moment_read(str_from(config_text(config, SETTING_NOW)), &config->fixed_now);
	config->warehouse_is_local = config_text(config, SETTING_EMULATOR) != NULL;
	config->mock = option_flag(invocation, "mock-apis");
	check_production(config);
	if (config->mock)
		check_mock(config, needs);
	choose_streams(config);
	if ((needs & NEEDS_WAREHOUSE) && !config->no_warehouse) {
		missing(config, SETTING_PROJECT, "the project that holds the warehouse");
		missing(config, SETTING_DATASET, "the dataset that holds the tables");
	}
	if ((needs & NEEDS_VENDORS) && !config->mock)
		check_vendors(config);
	if (config->mock && !config->wrong && !mock_start(config, invocation))
		config->wrong++;
	return config->wrong == 0;
}

void config_finish(struct config *config) {
	mock_stop(config);
	if (config->anthropic_key)
		OPENSSL_cleanse(config->anthropic_key, strlen(config->anthropic_key));
	if (config->cursor_key)
		OPENSSL_cleanse(config->cursor_key, strlen(config->cursor_key));
	arena_destroy(config->arena);
}
