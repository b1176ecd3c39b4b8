/* What is said to people on stderr, or to Cloud Logging. Secrets given to log_secret() never appear in it. */
#pragma once

#include <stdbool.h>

#include "runtime/buf.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* The least level that is printed; INFO at the start. */
void log_set_level(enum log_level level);

/* The program's name before each line. */
void log_set_program(const char *name);

/* From now on this text is printed as `***`. Short ones (under 4 bytes) are ignored. */
void log_secret(const char *secret);

/* A secret that is of no use any more: its copy is wiped, so that a long run's tokens do not pile
 * up. */
void log_forget(const char *secret);

/* From now on one JSON object a line, with `severity`, `message`, `time` and labels, as Cloud Logging reads
 * them. */
void log_set_json(void);

/* What the lines from now on are about, such as the run: a label of each, in JSON only. NULL takes it off.
 * The name is kept, the value copied; at most 8. */
void log_label(const char *name, const char *value);

/* Replaces secrets by `***`: for text that goes elsewhere than here. */
void log_mask(struct buf *text);

/* One line: `mbc: warning: …`. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line that the next one writes over; on a terminal only. */
void log_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_progress_end(void);
