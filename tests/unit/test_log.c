/* What is said on stderr: lines for people, entries for Cloud Logging, and no secrets in either. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "runtime/file.h"
#include "runtime/log.h"

static const char *path = "test_log.out";
static int before = -1;

static void listen(void) {
	int out = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
	assert_true(out >= 0);
	before = dup(STDERR_FILENO);
	dup2(out, STDERR_FILENO);
	close(out);
}

static char *heard(void) {
	struct buf text = BUF(1 << 20);
	dup2(before, STDERR_FILENO);
	close(before);
	assert_true(file_read(path, &text));
	unlink(path);
	char *copy = strdup(text.ptr ? text.ptr : "");
	buf_free(&text);
	return copy;
}

static void lines_are_for_people(void **state) {
	(void)state;
	log_secret("hunter2-hunter2");
	log_label("run", "r1");
	listen();
	log_line(LOG_DEBUG, "too small to be said");
	log_line(LOG_INFO, "done in %d s", 3);
	log_line(LOG_ERROR, "the key hunter2-hunter2 was refused: %s", "hunter2-hunter2hunter2-hunter2");
	char *text = heard();
	assert_string_equal(text, "mbc: done in 3 s\nmbc: error: the key *** was refused: ******\n");
	free(text);
}

static json_t *entry(const char *line) {
	json_t *value = json_loads(line, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, NULL);
	assert_non_null(value);
	return value;
}

static void entries_are_one_object_a_line(void **state) {
	(void)state;
	log_set_json();
	log_label("run", "r\"1");
	log_label("stream", "anthropic_cost");
	listen();
	log_line(LOG_WARNING, "two\nlines, a \"quote\", a \\, a tab\t, \xff\xfe no UTF-8, caf\xc3\xa9, hunter2-hunter2");
	log_label("stream", NULL);
	log_line(LOG_ERROR, "%s", "");
	char *text = heard(), *second = strchr(text, '\n') + 1;
	assert_ptr_equal(strchr(second, '\n') + 1, text + strlen(text));
	json_t *one = entry(text), *other = entry(second);
	const json_t *labels = json_object_get(one, "logging.googleapis.com/labels");
	assert_string_equal(json_string_value(json_object_get(one, "severity")), "WARNING");
	assert_string_equal(json_string_value(json_object_get(one, "message")),
		"two\nlines, a \"quote\", a \\, a tab\t, \xef\xbf\xbd\xef\xbf\xbd no UTF-8, caf\xc3\xa9, ***");
	assert_string_equal(json_string_value(json_object_get(labels, "run")), "r\"1");
	assert_string_equal(json_string_value(json_object_get(labels, "stream")), "anthropic_cost");
	const char *time = json_string_value(json_object_get(one, "time"));
	assert_int_equal(strlen(time), strlen("2026-11-21T12:31:02.123456789Z"));
	assert_string_equal(json_string_value(json_object_get(other, "severity")), "ERROR");
	assert_string_equal(json_string_value(json_object_get(other, "message")), "");
	labels = json_object_get(other, "logging.googleapis.com/labels");
	assert_int_equal(json_object_size(labels), 1);
	json_decref(one);
	json_decref(other);
	free(text);
}

static void long_entries_are_cut(void **state) {
	(void)state;
	listen();
	log_line(LOG_INFO, "%20000d", 1);
	char *text = heard();
	assert_true(strlen(text) < 9000);
	json_decref(entry(text));
	free(text);
}

static void text_for_elsewhere_is_masked(void **state) {
	(void)state;
	struct buf text = BUF(100);
	buf_puts(&text, "x-api-key: hunter2-hunter2");
	log_mask(&text);
	assert_string_equal(text.ptr, "x-api-key: ***");
	buf_free(&text);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_for_people),
		cmocka_unit_test(entries_are_one_object_a_line),
		cmocka_unit_test(long_entries_are_cut),
		cmocka_unit_test(text_for_elsewhere_is_masked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
