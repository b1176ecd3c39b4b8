/* Files in memory and places in them. A place is a pair of byte offsets; lines and columns are
 * worked out only when somebody wants to read them. */
#pragma once

#include <stdint.h>

#include "runtime/arena.h"

struct compile;

/* What one file may be at most: anything larger is refused by name. */
#define SOURCE_MAX_BYTES (8u * 1024 * 1024)

struct source {
	const char *path;       /* as the user would write it: relative to the working directory */
	struct str text;        /* the whole file, valid UTF-8, NUL behind it */
	bool allows_read;       /* suppressions in it were looked for */
	bool ascii;             /* so that characters are bytes */
	uint32_t *line_starts;  /* built on first use */
	uint32_t line_count;
	uint32_t last_offset;   /* the place last asked for, column 0: none */
	uint32_t last_column;
};

/* Bytes start up to, not including, end of compile->sources.items[source]. */
struct span {
	uint32_t source, start, end;
};

/* No place: for what concerns a whole run. */
#define SPAN_NONE ((struct span){UINT32_MAX, 0, 0})

/* One-based; the column counts characters, not bytes. */
struct place {
	uint32_t line, column;
};

/* Reads a file into a new source. False, with an E01xx reported at `from` (SPAN_NONE allowed), when
 * it cannot be read, is a directory, is too large or is not UTF-8. A byte order mark is skipped. */
bool source_read(struct compile *c, const char *path, struct span from, uint32_t *index);

/* Makes a source from text that is already in memory, which must outlive the compile. A byte
 * order mark is skipped here too. */
uint32_t source_add(struct compile *c, const char *path, struct str text);

struct source *source_of(struct compile *c, struct span span);
struct place source_place(struct compile *c, uint32_t source, uint32_t offset);

/* The text of a line, one-based, without its line end. */
struct str source_line(struct compile *c, uint32_t source, uint32_t line);
