/* Which requests are tried again, how long is waited, and when it ends: no network, no clock. */
#include "runtime/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct retry_policy policy = {.first_ms = 500, .most_ms = 30000, .deadline_ms = 120000};

static struct attempt attempt_of(enum outcome outcome, long status, bool safe) {
	return (struct attempt){.outcome = outcome, .status = status, .safe = safe, .number = 1,
		.retry_after_ms = -1, .chance = 1.0};
}

static void what_is_tried_again(void **state) {
	(void)state;
	static const struct {
		enum outcome outcome;
		long status;
		bool safe;
		bool again;
	} cases[] = {
		{OUTCOME_ANSWERED, 200, true, false},
		{OUTCOME_ANSWERED, 400, true, false},
		{OUTCOME_ANSWERED, 401, true, false},
		{OUTCOME_ANSWERED, 404, true, false},
		{OUTCOME_ANSWERED, 500, true, false},
		{OUTCOME_ANSWERED, 408, true, true},
		{OUTCOME_ANSWERED, 408, false, false},
		{OUTCOME_ANSWERED, 429, true, true},
		{OUTCOME_ANSWERED, 429, false, true},
		{OUTCOME_ANSWERED, 502, true, true},
		{OUTCOME_ANSWERED, 502, false, false},
		{OUTCOME_ANSWERED, 503, true, true},
		{OUTCOME_ANSWERED, 503, false, false},
		{OUTCOME_ANSWERED, 504, false, false},
		{OUTCOME_REFUSED, 0, false, true},
		{OUTCOME_UNKNOWN_HOST, 0, false, true},
		{OUTCOME_CONNECT_TIMEOUT, 0, false, true},
		{OUTCOME_TIMEOUT, 0, true, true},
		{OUTCOME_TIMEOUT, 0, false, false},
		{OUTCOME_CUT, 0, true, true},
		{OUTCOME_CUT, 0, false, false},
		{OUTCOME_TLS, 0, true, false},
		{OUTCOME_TOO_LARGE, 0, true, false},
		{OUTCOME_BROKEN, 0, true, false},
		{OUTCOME_STOPPED, 0, true, false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attempt attempt = attempt_of(cases[i].outcome, cases[i].status, cases[i].safe);
		assert_int_equal(retry_delay(&policy, &attempt) >= 0, cases[i].again);
	}
}

static void waits_double_up_to_the_most(void **state) {
	(void)state;
	static const long waits[] = {500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};
	struct attempt attempt = attempt_of(OUTCOME_ANSWERED, 429, true);
	for (unsigned i = 0; i < 8; i++) {
		attempt.number = i + 1;
		attempt.chance = 1.0;
		assert_int_equal(retry_delay(&policy, &attempt), waits[i]);
		attempt.chance = 0.0;
		assert_int_equal(retry_delay(&policy, &attempt), waits[i] / 2);
	}
}

static void what_is_known_to_pass_is_tried_again(void **state) {
	(void)state;
	struct attempt attempt = attempt_of(OUTCOME_ANSWERED, 403, false);
	assert_int_equal(retry_delay(&policy, &attempt), -1);
	attempt.passing = true;
	assert_int_equal(retry_delay(&policy, &attempt), 500);
	attempt.elapsed_ms = policy.deadline_ms;
	assert_int_equal(retry_delay(&policy, &attempt), -1);
}

static void the_server_says_when(void **state) {
	(void)state;
	struct attempt attempt = attempt_of(OUTCOME_ANSWERED, 429, true);
	attempt.retry_after_ms = 7000;
	assert_int_equal(retry_delay(&policy, &attempt), 7000);
	attempt.retry_after_ms = 0;
	assert_int_equal(retry_delay(&policy, &attempt), 0);
	attempt.retry_after_ms = 121000;
	assert_int_equal(retry_delay(&policy, &attempt), -1);
}

static void the_deadline_ends_it(void **state) {
	(void)state;
	struct attempt attempt = attempt_of(OUTCOME_ANSWERED, 503, true);
	attempt.elapsed_ms = 119500;
	assert_int_equal(retry_delay(&policy, &attempt), 500);
	attempt.elapsed_ms = 119501;
	assert_int_equal(retry_delay(&policy, &attempt), -1);
}

static void nobody_listening_is_given_up_soon(void **state) {
	(void)state;
	struct attempt attempt = attempt_of(OUTCOME_REFUSED, 0, true);
	attempt.number = 2;
	assert_int_equal(retry_delay(&policy, &attempt), 1000);
	attempt.number = 3;
	assert_int_equal(retry_delay(&policy, &attempt), -1);
}

static void retry_after_headers(void **state) {
	(void)state;
	assert_int_equal(retry_after("3", 0), 3000);
	assert_int_equal(retry_after(" 0", 0), 0);
	assert_int_equal(retry_after("-1", 0), -1);
	assert_int_equal(retry_after("soon", 0), -1);
	assert_int_equal(retry_after("3 apples", 0), 3000);
	assert_int_equal(retry_after("3s", 0), -1);
	assert_int_equal(retry_after(NULL, 0), -1);
	assert_int_equal(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 20), 40000);
	assert_int_equal(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 100), 0);
	assert_int_equal(retry_after("999999999", 0), 24L * 3600 * 1000);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_tried_again),
		cmocka_unit_test(waits_double_up_to_the_most),
		cmocka_unit_test(what_is_known_to_pass_is_tried_again),
		cmocka_unit_test(the_server_says_when),
		cmocka_unit_test(the_deadline_ends_it),
		cmocka_unit_test(nobody_listening_is_given_up_soon),
		cmocka_unit_test(retry_after_headers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
