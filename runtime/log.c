/* Lines on stderr, with secrets masked in this one place: whatever a URL, a header or a server's
 * answer may carry into a message, a password does not reach the screen or a CI log. */
#include "runtime/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/buf.h"
#include "runtime/term.h"

#define MOST_SECRETS 32

static struct {
	enum log_level level;
	const char *program;
	char *secrets[MOST_SECRETS];
	size_t secret_count;
	bool progress_shown;
} state = {.level = LOG_INFO, .program = "mbc"};

void log_set_level(enum log_level level) {
	state.level = level;
}

void log_set_program(const char *name) {
	state.program = name;
}

void log_secret(const char *secret) {
	if (!secret || strlen(secret) < 4 || state.secret_count == MOST_SECRETS)
		return;
	for (size_t i = 0; i < state.secret_count; i++) {
		if (strcmp(state.secrets[i], secret) == 0)
			return;
	}
	char *copy = strdup(secret);
	if (copy)
		state.secrets[state.secret_count++] = copy;
}

void log_forget(const char *secret) {
	for (size_t i = 0; secret && i < state.secret_count; i++) {
		if (strcmp(state.secrets[i], secret) != 0)
			continue;
		explicit_bzero(state.secrets[i], strlen(state.secrets[i]));
		free(state.secrets[i]);
		state.secrets[i] = state.secrets[--state.secret_count];
		return;
	}
}

static void mask(struct buf *text) {
	for (size_t i = 0; i < state.secret_count; i++) {
		size_t len = strlen(state.secrets[i]);
		size_t at;
		while (text->ptr &&
			(at = str_find(buf_str(text), state.secrets[i], 0)) != STR_NONE) {
			memcpy(text->ptr + at, "***", 3);
			memmove(text->ptr + at + 3, text->ptr + at + len, text->len - at - len + 1);
			text->len -= len - 3;
		}
	}
}

void log_progress_end(void) {
	if (state.progress_shown)
		fputs("\r\033[K", stderr);
	state.progress_shown = false;
}

void log_line(enum log_level level, const char *format, ...) {
	static const char *const names[] = {"debug: ", "", "warning: ", "error: "};
	if (level < state.level)
		return;
	struct buf text = BUF(64 * 1024);
	va_list args;
	va_start(args, format);
	buf_printf(&text, "%s: %s", state.program, names[level]);
	buf_vprintf(&text, format, args);
	va_end(args);
	mask(&text);
	log_progress_end();
	fprintf(stderr, "%s\n", text.ptr);
	buf_free(&text);
}

void log_progress(const char *format, ...) {
	if (!term_is_terminal(stderr) || state.level > LOG_INFO)
		return;
	struct buf text = BUF(4096);
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	mask(&text);
	fprintf(stderr, "\r\033[K%s", text.ptr ? text.ptr : "");
	fflush(stderr);
	state.progress_shown = true;
	buf_free(&text);
}
