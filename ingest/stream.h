/* A stream is one kind of record of one vendor and the raw table that holds it. Each is a file
 * stream_NAME.c with one row, and a word in meson.build. */
#pragma once

#include "ingest/column.h"
#include "ingest/day.h"
#include "ingest/settings.h"
#include "ingest/vendor.h"

struct config;
struct reader;

/* How an answer says whether there is more. Paths from its root; NULL where it has no such thing. */
struct paging {
	const char *more;               /* true or false; must be there */
	const char *next;               /* the token to send back while `more` is true */
	const char *pages;              /* number of pages; must be there */
	const char *total;              /* records over all pages, for comparison */
	const char *refreshed;          /* how fresh the vendor says that the data is */
	const char *parameter;          /* takes the token in the next request's query */
};

extern const struct paging paging_token, paging_id, paging_number, paging_pages, paging_single;

/* What one request asks for; `to` is included. A snapshot has from = to = the day of the fetch. */
struct ask {
	const struct config *config;
	day from, to;
	unsigned page;                  /* from 1 */
	const char *token;              /* NULL on the first page */
	bool narrow;                    /* the vendor refused the full question: ask for less */
};

enum family { FAMILY_ANY, FAMILY_LEGACY, FAMILY_ANALYTICS };

struct stream {
	const char *name;
	const char *table;
	const char *doc;
	const struct vendor *vendor;
	enum family family;
	enum setting wanted_by;         /* off unless this is set; 0: always on */
	bool snapshot;                  /* no past: the partition is the day of the fetch */
	int window;                     /* days re-read */
	bool months;                    /* 31 of them when the day after is a 1st or a 2nd */
	int span;                       /* days in one request at most */
	int settle_hours;               /* after the day's end, until the vendor adds nothing more */
	bool unique;                    /* equal keys are a mistake of the vendor's */
	bool narrows;                   /* can ask for less when the vendor refuses a grouping */
	const char *method;
	void (*request)(const struct ask *ask, struct buf *url, struct buf *body);
	enum setting range;             /* of a tab: the setting that says where it is */
	const char *header;             /* one more, or NULL */
	const struct paging *paging;
	const char *records;            /* path of a record: "data[].results[]" */
	bool late;                      /* values outside the records may follow them */
	const struct column *columns;   /* ends with an empty row */
	const char *inner_name;         /* column of records within a record, or NULL */
	const char *inner;              /* their path */
	const struct column *inner_columns;
	/* Reads a whole page instead of the rows above, or NULL. See reader.h. */
	bool (*parse)(const struct stream *stream, struct str page, struct reader *reader);
};

/* All streams, ends with NULL. */
extern const struct stream *const streams[];

const struct stream *stream_find(struct str name);

/* First day that a run for `date` reads. */
day stream_first_day(const struct stream *stream, day date);
