/* A column of a raw table: where its value stands in a vendor's answer and how it is read. Rows of these
 * are all that most streams are made of. */
#pragma once

#include <stdbool.h>

#include "ingest/money.h"
#include "runtime/buf.h"

enum cell_kind {
	CELL_ABSENT,            /* or null */
	CELL_TEXT,
	CELL_NUMBER,            /* the token's own text */
	CELL_BOOL,              /* "true" or "false" */
};

struct cell {
	enum cell_kind kind;
	struct str text;
	bool plain;                     /* nothing in the text needs an escape in JSON */
};

/* Appends the value as JSON, or nothing for NULL. False when the cell holds no such value. */
typedef bool column_reader(const struct cell *cell, struct buf *out);

enum column_role {
	COLUMN_PLAIN,
	COLUMN_KEY,             /* part of what makes the row one of its kind */
	COLUMN_DAY,             /* the day that the row belongs to; a key as well */
	COLUMN_TOKENS,          /* adds to the sum of tokens */
	COLUMN_USD,             /* adds to the sum of dollars */
	COLUMN_HASH,            /* SHA-256 of the keys, where the vendor has no id; has no path */
};

struct column {
	const char *name;
	const char *type;       /* as BigQuery names it */
	const char *path;       /* "data[].results[].model"; "a|b": the first that is there; `*` any member,
	                         * whose whole numbers are added up */
	column_reader *read;
	enum column_role role;
	bool required;          /* the column is NOT NULL: a row without it is refused */
};

column_reader read_text;        /* a string, or the text of a number (ids) */
column_reader read_count;       /* a whole number; absent is 0; a string of digits counts too */
column_reader read_bool;
column_reader read_flag;        /* TRUE, FALSE, yes, no, 1, 0 as people write them */
column_reader read_day;         /* "2026-11-20", or a moment or milliseconds, of which the day counts */
column_reader read_moment;      /* RFC 3339 */
column_reader read_millis_day;  /* milliseconds since 1970, as text or number */
column_reader read_millis;
column_reader read_cents;       /* cents, as text or number, to dollars */
column_reader read_decimal;     /* a number as it is */
column_reader read_dollars;     /* only the text "USD" */

/* What such a value looks like, for messages: "a whole number". */
const char *column_expects(const struct column *column);

/* Appends text as a JSON string. Bytes that are not UTF-8 must have been refused before. */
bool json_quote(struct buf *out, struct str text);

/* The text's first 60 bytes at most, whole characters only: for messages. */
struct str text_shown(struct str text);
