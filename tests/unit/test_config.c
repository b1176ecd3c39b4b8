/* Settings in, whole outputs out: every setting that is missing, malformed or at odds with another is
 * named, all of them in one go. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "ingest/config.h"
#include "runtime/file.h"

#define WAREHOUSE "GOOGLE_CLOUD_PROJECT", "p", "BIGQUERY_DATASET", "d"
#define KEYS "ANTHROPIC_ADMIN_KEY", "sk-ant-1", "CURSOR_API_KEY", "crsr_1", "GOOGLE_SHEETS_ID", "s"

static const char *out_path = "test_config.out", *key_path = "test_config.key";

/* Reads settings from name, value, …, NULL; gives what was said on stderr. */
static char *said(struct config *config, unsigned needs, bool mock, const char *const *environment) {
	static const struct option_row mock_row = {.name = "mock-apis", .type = OPTION_FLAG};
	static const struct command command = {.name = "run", .more_options = config_options};
	struct option_use use = {&mock_row, "yes"};
	struct invocation invocation = {.command = &command, .uses = &use, .use_count = mock};
	struct buf text = BUF(1 << 20);
	clearenv();
	for (; *environment; environment += 2)
		setenv(environment[0], environment[1], 1);
	int out = open(out_path, O_CREAT | O_TRUNC | O_RDWR, 0600), before = dup(STDERR_FILENO);
	dup2(out, STDERR_FILENO);
	close(out);
	bool good = config_read(config, &invocation, needs);
	dup2(before, STDERR_FILENO);
	close(before);
	assert_true(file_read(out_path, &text));
	unlink(out_path);
	char *copy = strdup(text.ptr ? text.ptr : "");
	buf_free(&text);
	assert_int_equal(good, config->wrong == 0);
	return copy;
}

static void expect(unsigned needs, const char *const *environment, const char *lines) {
	struct config config;
	char *text = said(&config, needs, false, environment);
	assert_string_equal(text, lines);
	free(text);
	config_finish(&config);
}

#define EXPECT(needs, lines, ...) expect(needs, (const char *const[]){__VA_ARGS__, NULL}, lines)

static void all_that_is_missing_is_named_at_once(void **state) {
	(void)state;
	EXPECT(NEEDS_WAREHOUSE | NEEDS_VENDORS,
		"mbc: error: GOOGLE_CLOUD_PROJECT is not set: the project that holds the warehouse\n"
		"mbc: error: BIGQUERY_DATASET is not set: the dataset that holds the tables\n"
		"mbc: error: one of ANTHROPIC_ADMIN_KEY_SECRET, ANTHROPIC_ADMIN_KEY_FILE and ANTHROPIC_ADMIN_KEY must "
		"be set, and none is\n"
		"mbc: error: one of CURSOR_API_KEY_SECRET, CURSOR_API_KEY_FILE and CURSOR_API_KEY must be set, and none is\n"
		"mbc: error: GOOGLE_SHEETS_ID is not set: the streams of the sheet need it; leave them out of MBC_STREAMS "
		"otherwise\n", "LOG_LEVEL", "");
	EXPECT(NEEDS_NOTHING, "", "LOG_LEVEL", "");
	EXPECT(NEEDS_WAREHOUSE, "", WAREHOUSE);
	EXPECT(NEEDS_WAREHOUSE | NEEDS_VENDORS, "", WAREHOUSE, KEYS);
}

static void all_that_is_malformed_is_named_at_once(void **state) {
	(void)state;
	EXPECT(NEEDS_NOTHING,
		"mbc: error: BIGQUERY_DATASET has characters that such a name cannot have\n"
		"mbc: error: ENVIRONMENT is none of development, staging, production\n"
		"mbc: error: LOG_LEVEL is none of debug, info, warning, error\n"
		"mbc: error: MBC_STREAMS names a stream that there is not\n"
		"mbc: error: MBC_ANTHROPIC_FAMILY is none of legacy, analytics, both\n"
		"mbc: error: MBC_MAX_BYTES_BILLED is no positive whole number\n"
		"mbc: error: MBC_NOW is no moment such as 2026-11-20T04:00:00Z\n"
		"mbc: error: CURSOR_BASE_URL does not begin with https://\n"
		"mbc: error: MBC_STREAMS leaves no stream to read\n",
		"BIGQUERY_DATASET", "a b", "ENVIRONMENT", "prod", "LOG_LEVEL", "loud", "MBC_STREAMS", "cursor",
		"MBC_ANTHROPIC_FAMILY", "new", "MBC_MAX_BYTES_BILLED", "-1", "MBC_NOW", "today", "CURSOR_BASE_URL", "cursor.com");
}

static void contradictions_are_named(void **state) {
	(void)state;
	EXPECT(NEEDS_WAREHOUSE | NEEDS_VENDORS,
		"mbc: error: one of ANTHROPIC_ADMIN_KEY_SECRET, ANTHROPIC_ADMIN_KEY_FILE and ANTHROPIC_ADMIN_KEY must "
		"be set, and more than one is\n", WAREHOUSE, KEYS, "ANTHROPIC_ADMIN_KEY_SECRET", "admin-key");
	EXPECT(NEEDS_VENDORS, "mbc: error: MBC_STREAMS leaves no stream to read\n",
		"MBC_STREAMS", "anthropic_usage_analytics", "MBC_ANTHROPIC_FAMILY", "legacy");
	EXPECT(NEEDS_VENDORS, "mbc: error: cannot read the file /nowhere/key\n",
		"CURSOR_API_KEY_FILE", "/nowhere/key", "MBC_STREAMS", "cursor_members");
	EXPECT(NEEDS_VENDORS, "mbc: error: CURSOR_API_KEY holds a key itself, which only ENVIRONMENT=development allows\n",
		"CURSOR_API_KEY", "crsr_1", "MBC_STREAMS", "cursor_members", "ENVIRONMENT", "staging");
}

static void production_takes_no_tricks(void **state) {
	(void)state;
	EXPECT(NEEDS_WAREHOUSE | NEEDS_VENDORS,
		"mbc: error: MBC_NOW is for tests, and ENVIRONMENT is production\n"
		"mbc: error: BIGQUERY_EMULATOR_HOST is for tests, and ENVIRONMENT is production\n"
		"mbc: error: ANTHROPIC_ADMIN_KEY holds a key itself, which only ENVIRONMENT=development allows\n"
		"mbc: error: CURSOR_API_KEY holds a key itself, which only ENVIRONMENT=development allows\n",
		WAREHOUSE, KEYS, "ENVIRONMENT", "production", "MBC_NOW", "2026-11-22T06:00:00Z",
		"BIGQUERY_EMULATOR_HOST", "127.0.0.1:9050");
	EXPECT(NEEDS_WAREHOUSE | NEEDS_VENDORS, "", WAREHOUSE, "ENVIRONMENT", "production",
		"ANTHROPIC_ADMIN_KEY_SECRET", "admin-key", "CURSOR_API_KEY_SECRET", "cursor-key", "GOOGLE_SHEETS_ID", "s");
}

static void plain_http_is_for_this_machine(void **state) {
	(void)state;
	static const struct {
		const char *url;
		bool good;
	} rows[] = {
		{"https://api.example.com", true}, {"http://127.0.0.1:3100", true}, {"http://localhost/x", true},
		{"http://[::1]:80", true}, {"http://api.example.com", false}, {"http://127.0.0.1.example.com", false},
		{"http://localhost.example.com", false}, {"http://10.0.0.1", false}, {"http://localhost@example.com", false},
		{"http://127.0.0.1:80@example.com", false},
	};
	static const char *const names[] = {"ANTHROPIC_BASE_URL", "CURSOR_BASE_URL", "GOOGLE_SHEETS_BASE_URL",
		"SECRET_MANAGER_BASE_URL", "METABASE_URL"};
	for (size_t n = 0; n < COUNT_OF(names); n++)
		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			struct config config;
			char *text = said(&config, NEEDS_NOTHING, false, (const char *const[]){names[n], rows[i].url, NULL});
			assert_int_equal(*text == '\0', rows[i].good);
			assert_int_equal(strncmp(text, "mbc: error: ", 12) == 0 && strstr(text, names[n]), !rows[i].good);
			free(text);
			config_finish(&config);
		}
}

static void keys_have_three_forms(void **state) {
	(void)state;
	struct config config;
	assert_true(file_write(key_path, STR("  crsr_from_a_file\r\n")));
	char *text = said(&config, NEEDS_VENDORS, false, (const char *const[]){"CURSOR_API_KEY_FILE", key_path,
		"MBC_STREAMS", "cursor_members, anthropic_users", "ANTHROPIC_ADMIN_KEY_SECRET", "admin-key", NULL});
	assert_string_equal(text, "");
	assert_string_equal(config.cursor_key, "crsr_from_a_file");
	assert_null(config.anthropic_key);
	free(text);
	config_finish(&config);
	unlink(key_path);
}

static void streams_follow_the_family(void **state) {
	(void)state;
	static const struct {
		const char *family;
		bool legacy, analytics;
	} rows[] = {{"legacy", true, false}, {"analytics", false, true}, {"both", true, true}};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct config config;
		free(said(&config, NEEDS_NOTHING, false, (const char *const[]){"MBC_ANTHROPIC_FAMILY", rows[i].family, NULL}));
		assert_int_equal(config_has_stream(&config, stream_find(STR("anthropic_cost"))), rows[i].legacy);
		assert_int_equal(config_has_stream(&config, stream_find(STR("anthropic_cost_analytics"))), rows[i].analytics);
		assert_true(config_has_stream(&config, stream_find(STR("claude_code"))));
		assert_false(config_has_stream(&config, stream_find(STR("sheet_subscriptions"))));
		config_finish(&config);
	}
}

static void invented_data_stays_here(void **state) {
	(void)state;
	struct config config;
	char *text = said(&config, NEEDS_WAREHOUSE | NEEDS_VENDORS, true, (const char *const[]){WAREHOUSE, KEYS,
		"ENVIRONMENT", "production", "CURSOR_BASE_URL", "https://api.cursor.com", NULL});
	assert_string_equal(text,
		"mbc: error: --mock-apis invents its data, and ENVIRONMENT is production\n"
		"mbc: error: CURSOR_BASE_URL is set, but --mock-apis brings vendors of its own\n"
		"mbc: error: GOOGLE_SHEETS_ID is set, but --mock-apis brings vendors of its own\n"
		"mbc: error: BIGQUERY_DATASET is set without BIGQUERY_EMULATOR_HOST: --mock-apis invents its data and writes "
		"into a warehouse on this machine only, or into none\n");
	free(text);
	config_finish(&config);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_missing_is_named_at_once),
		cmocka_unit_test(all_that_is_malformed_is_named_at_once),
		cmocka_unit_test(contradictions_are_named),
		cmocka_unit_test(production_takes_no_tricks),
		cmocka_unit_test(plain_http_is_for_this_machine),
		cmocka_unit_test(keys_have_three_forms),
		cmocka_unit_test(streams_follow_the_family),
		cmocka_unit_test(invented_data_stays_here),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
