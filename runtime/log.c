/* Lines on stderr, with secrets masked in this one place: whatever a URL, a header or a server's
 * answer may carry into a message, a password does not reach the screen or a CI log. */
#include "runtime/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/term.h"

#define MOST_SECRETS 32
#define MOST_LABELS 8
#define MOST_MESSAGE 8192       /* of an entry: Cloud Logging cuts long ones where it likes */

static struct {
	enum log_level level;
	const char *program;
	char *secrets[MOST_SECRETS];
	size_t secret_count;
	bool progress_shown;
	bool json;
	struct label {
		const char *name;
		char *value;
	} labels[MOST_LABELS];
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

void log_set_json(void) {
	state.json = true;
}

/* The label of that name, else a free one, else NULL. */
static struct label *find_label(const char *name) {
	struct label *free_one = NULL;
	for (size_t i = 0; i < MOST_LABELS; i++) {
		struct label *label = &state.labels[i];
		if (label->name && strcmp(label->name, name) == 0)
			return label;
		if (!label->name && !free_one)
			free_one = label;
	}
	return free_one;
}

void log_label(const char *name, const char *value) {
	struct label *label = find_label(name);
	if (!label)
		return;
	free(label->value);
	*label = (struct label){value ? name : NULL, value ? strdup(value) : NULL};
}

void log_mask(struct buf *text) {
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

/* Bytes that are no UTF-8 become U+FFFD. */
static void put_json(struct buf *out, struct str text) {
	buf_putc(out, '"');
	for (size_t i = 0; i < text.len;) {
		unsigned char c = (unsigned char)text.ptr[i];
		size_t length = utf8_length(text.ptr + i, text.len - i);
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else if (!length)
			buf_puts(out, "\uFFFD");
		else
			buf_add_str(out, str_slice(text, i, i + length));
		i += length ? length : 1;
	}
	buf_putc(out, '"');
}

static void put_labels(struct buf *out) {
	const char *separator = "";
	for (size_t i = 0; i < MOST_LABELS; i++) {
		const struct label *label = &state.labels[i];
		if (!label->name || !label->value)
			continue;
		buf_puts(out, *separator ? separator : ",\"logging.googleapis.com/labels\":{");
		put_json(out, str_from(label->name));
		buf_putc(out, ':');
		put_json(out, str_from(label->value));
		separator = ",";
	}
	if (*separator)
		buf_putc(out, '}');
}

static void print_json(enum log_level level, struct str message) {
	static const char *const severities[] = {"DEBUG", "INFO", "WARNING", "ERROR"};
	struct timespec now;
	struct tm date;
	char text[32];
	struct buf out = BUF(128 * 1024);
	clock_gettime(CLOCK_REALTIME, &now);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &date));
	buf_printf(&out, "{\"severity\":\"%s\",\"time\":\"%s.%09ldZ\",\"message\":", severities[level], text,
		now.tv_nsec);
	put_json(&out, str_slice(message, 0, MOST_MESSAGE));
	put_labels(&out);
	buf_puts(&out, "}\n");
	fputs(out.ptr, stderr);
	buf_free(&out);
}

void log_line(enum log_level level, const char *format, ...) {
	static const char *const names[] = {"debug: ", "", "warning: ", "error: "};
	if (level < state.level)
		return;
	struct buf text = BUF(64 * 1024);
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	log_mask(&text);
	if (state.json) {
		print_json(level, buf_str(&text));
	} else {
		log_progress_end();
		fprintf(stderr, "%s: %s%s\n", state.program, names[level], text.ptr ? text.ptr : "");
	}
	buf_free(&text);
}

void log_progress(const char *format, ...) {
	if (!term_is_terminal(stderr) || state.json || state.level > LOG_INFO)
		return;
	struct buf text = BUF(4096);
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	log_mask(&text);
	fprintf(stderr, "\r\033[K%s", text.ptr ? text.ptr : "");
	fflush(stderr);
	state.progress_shown = true;
	buf_free(&text);
}
