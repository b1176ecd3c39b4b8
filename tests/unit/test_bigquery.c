/* What is said about a failure, and what a timestamp's text means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/bigquery.h"

static struct http_response answer(long status, const char *body) {
	return (struct http_response){.outcome = OUTCOME_ANSWERED,
		.status = status,
		.body = str_from(body),
		.headers = STR(""),
		.error = "",
		.tries = 1};
}

static void test_answers(void **state) {
	(void)state;
	static const struct {
		long status;
		const char *reason;
		enum bigquery_kind kind;
		bool retryable;
	} rows[] = {
		{400, "invalidQuery", BIGQUERY_INVALID, false},
		{400, "invalid", BIGQUERY_INVALID, false},
		{400, "bytesBilledLimitExceeded", BIGQUERY_QUOTA, false},
		{401, "authError", BIGQUERY_CREDENTIALS, false},
		{403, "accessDenied", BIGQUERY_DENIED, false},
		{403, "billingNotEnabled", BIGQUERY_DENIED, false},
		{403, "rateLimitExceeded", BIGQUERY_BUSY, true},
		{403, "quotaExceeded", BIGQUERY_QUOTA, false},
		{403, "neverHeardOf", BIGQUERY_DENIED, false},
		{404, "notFound", BIGQUERY_NOT_FOUND, false},
		{409, "duplicate", BIGQUERY_DUPLICATE, false},
		{412, "conditionNotMet", BIGQUERY_CONFLICT, false},
		{429, "", BIGQUERY_BUSY, true},
		{500, "internalError", BIGQUERY_SERVER, true},
		{500, "", BIGQUERY_SERVER, true},
		{503, "backendError", BIGQUERY_SERVER, true},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char body[400];
		snprintf(body, sizeof(body),
			"{\"error\":{\"code\":%ld,\"message\":\"outer\",\"errors\":[{\"reason\":\"%"
			"s\","
			"\"location\":\"here\",\"message\":\"why\"}]}}",
			rows[i].status, rows[i].reason);
		struct http_response response = answer(rows[i].status, body);
		struct bigquery_error error;
		bigquery_error_of(&response, &error);
		if (error.kind != rows[i].kind || error.retryable != rows[i].retryable)
			fail_msg("%ld %s: kind %d, retryable %d", rows[i].status, rows[i].reason,
				(int)error.kind, error.retryable);
		assert_string_equal(error.reason, rows[i].reason);
		assert_string_equal(error.location, "here");
		assert_string_equal(error.message, "why");
	}
}

static const char *described(const struct bigquery_error *error) {
	static struct buf text;
	buf_free(&text);
	text = BUF(4096);
	bigquery_describe(error, &text);
	return text.ptr;
}

static void test_strange_answers(void **state) {
	(void)state;
	static const struct {
		long status;
		const char *body;
		enum bigquery_kind kind;
		const char *said;
	} rows[] = {
		{200, "{}", BIGQUERY_OK, "warehouse: no error"},
		{502, "<html>\nBad gateway", BIGQUERY_SERVER,
			"warehouse: 502: no answer of BigQuery's: <html> Bad gateway"},
		{503, "", BIGQUERY_SERVER, "warehouse: 503: an empty answer"},
		{404, "<html>", BIGQUERY_STRANGE,
			"warehouse: 404: no answer of BigQuery's: <html>"},
		{302, "", BIGQUERY_STRANGE, "warehouse: 302: an empty answer"},
		{429, "slow down", BIGQUERY_BUSY,
			"warehouse: 429: no answer of BigQuery's: slow down"},
		{403, "{\"error\":{\"message\":\"no\"}}", BIGQUERY_DENIED, "warehouse: 403: no"},
		{400,
			"{\"error\":{\"errors\":[{\"reason\":\"invalidQuery\",\"location\":\"q\","
			"\"message\":\"m\"}]}}",
			BIGQUERY_INVALID, "warehouse: 400 invalidQuery: m (at q)"},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct http_response response = answer(rows[i].status, rows[i].body);
		struct bigquery_error error;
		bigquery_error_of(&response, &error);
		assert_int_equal(error.kind, rows[i].kind);
		assert_string_equal(described(&error), rows[i].said);
	}
}

static void test_no_answer(void **state) {
	(void)state;
	static const struct {
		enum outcome outcome;
		enum bigquery_kind kind;
		bool retryable;
	} rows[] = {
		{OUTCOME_REFUSED, BIGQUERY_UNREACHABLE, true},
		{OUTCOME_CUT, BIGQUERY_UNREACHABLE, true},
		{OUTCOME_TLS, BIGQUERY_UNREACHABLE, false},
		{OUTCOME_BROKEN, BIGQUERY_CREDENTIALS, false},
		{OUTCOME_STOPPED, BIGQUERY_STOPPED, false},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct http_response response = {.outcome = rows[i].outcome, .error = "because"};
		struct bigquery_error error;
		bigquery_error_of(&response, &error);
		assert_int_equal(error.kind, rows[i].kind);
		assert_int_equal(error.retryable, rows[i].retryable);
		assert_string_equal(error.message, "because");
	}
}

static void test_jobs(void **state) {
	(void)state;
	static const struct {
		const char *job, *message;
		enum bigquery_kind kind;
		bool retryable;
	} rows[] = {
		{"{\"status\":{\"state\":\"DONE\"}}", "", BIGQUERY_OK, false},
		{"{\"status\":{\"state\":\"DONE\",\"errors\":[{\"reason\":\"invalid\",\"message\":"
		 "\"a warning\"}]}}",
			"", BIGQUERY_OK, false},
		{"{\"status\":{\"errorResult\":{\"reason\":\"invalid\",\"message\":\"bad "
		 "data\"},\"errors\":[{\"reason\":"
		 "\"invalid\",\"message\":\"bad data\"},{\"reason\":\"invalid\",\"message\":\"row "
		 "3\"}]}}",
			"bad data; row 3", BIGQUERY_INVALID, false},
		{"{\"status\":{\"errorResult\":{\"reason\":\"backendError\",\"message\":\"later\"}}"
		 "}",
			"later", BIGQUERY_SERVER, true},
		{"{\"status\":{\"errorResult\":{\"reason\":\"stopped\",\"message\":\"cancelled\"}}"
		 "}",
			"cancelled", BIGQUERY_UNFINISHED, true},
		{"{\"status\":{\"errorResult\":{\"reason\":\"invalidQuery\",\"message\":\"aborted "
		 "due to concurrent "
		 "update\"}}}",
			"aborted due to concurrent update", BIGQUERY_CONFLICT, true},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_auto_t *job = json_loads(rows[i].job, 0, NULL);
		struct bigquery_error error;
		assert_non_null(job);
		bigquery_job_error(job, &error);
		assert_int_equal(error.kind, rows[i].kind);
		assert_int_equal(error.retryable, rows[i].retryable);
		assert_string_equal(error.message, rows[i].message);
	}
}

static void test_timestamps(void **state) {
	(void)state;
	static const struct {
		const char *text;
		long long micros;
	} rows[] = {
		{"1767323045123456", 1767323045123456},
		{"1767323045.123456", 1767323045123456},
		{"1767323045", 1767323045000000},
		{"1.7E9", 1700000000000000},
		{"1.767323045123456E9", 1767323045123456},
		{"1.767323045E+9", 1767323045000000},
		{"0.0", 0},
		{"0", 0},
		{"0.300000000", 300000},
		{"-1.5", -1500000},
		{"-0.0000001", -1},
		{"1767323045.1234569", 1767323045123456},
		{"2026-01-02T03:04:05.123456Z", 1767323045123456},
		{"2026-01-02 03:04:05 UTC", 1767323045000000},
		{"2026-01-02 03:04:05.5+00:00", 1767323045500000},
		{"1970-01-01T00:00:00Z", 0},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		long long micros = -7;
		if (!bigquery_timestamp(rows[i].text, &micros) || micros != rows[i].micros)
			fail_msg("%s: %lld", rows[i].text, micros);
	}
	static const char *const bad[] = {"", "x", "1.2.3", "1e", "1e99", "--1",
		"99999999999999999999", "2026-01-02", "2026-13-02T00:00:00Z",
		"2026-02-30T00:00:00Z", "2026-01-02T03:04:05+01:00", "1767323045 "};
	long long micros;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (bigquery_timestamp(bad[i], &micros))
			fail_msg("%s is no timestamp", bad[i]);
	assert_false(bigquery_timestamp(NULL, &micros));
}

static void test_endpoints(void **state) {
	(void)state;
	static const struct {
		const char *setting, *endpoint;
	} rows[] = {
		{"127.0.0.1:9050", "http://127.0.0.1:9050"},
		{"http://localhost:9050/", "http://localhost:9050"},
		{"https://bigquery.example.com", "https://bigquery.example.com"},
		{"example.com:9050", NULL},
		{"http://10.0.0.1:9050", NULL},
		{"http://localhost:9050/path", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf endpoint = BUF(1024), error = BUF(1024);
		bool good = bigquery_endpoint(rows[i].setting, &endpoint, &error);
		assert_int_equal(good, rows[i].endpoint != NULL);
		if (good)
			assert_string_equal(endpoint.ptr, rows[i].endpoint);
		else
			assert_true(error.len > 0);
		buf_free(&endpoint);
		buf_free(&error);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_strange_answers),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_timestamps),
		cmocka_unit_test(test_endpoints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
