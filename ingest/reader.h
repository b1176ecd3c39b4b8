/* Pages of answers in, rows out. yajl's events are followed along a tree of the paths that the stream's
 * columns name; what is not named is skipped. Only one record is held at a time. */
#pragma once

#include <stdint.h>

#include "ingest/stream.h"

/* Bytes of a record at most, and of its row without the payload. */
#define MOST_RECORD (16u << 20)
/* Bytes of a column's value at most: nobody has a model or a name of such a length. */
#define MOST_VALUE (1u << 20)

/* A row, as far as the answer says it: the load adds when and by which run it was fetched. */
struct record {
	day day;
	const char *problem;            /* why it is no row, but a mistake of that day; NULL: it is good */
	bool too_large;                 /* that is the problem */
	struct str json;                /* {"name":value,… without the closing brace; valid during the call */
	struct str payload;             /* the record's bytes */
	uint64_t key;                   /* hash of its keys */
	int64_t tokens;
	money usd;
};

/* What an answer says about itself. */
struct page {
	bool has_more, more_is_told;
	char next[4096];                /* the token; empty: none */
	long long pages, total;         /* -1: not told */
	moment refreshed;               /* 0: not told */
	size_t records;
};

/* Takes a row; false stops the reading (and has called reader_fail). */
typedef bool record_sink(void *context, const struct record *record);

struct reader;

/* For a snapshot, `snapshot` is the day that its rows belong to. */
struct reader *reader_open(const struct stream *stream, day snapshot, record_sink *sink, void *context);
void reader_close(struct reader *reader);

/* Reads one answer. False with a sentence in reader_problem(). */
bool reader_read(struct reader *reader, struct str body, struct page *page);
const char *reader_problem(const struct reader *reader);

/* Was it the size of something that stopped the reading? */
bool reader_overflowed(const struct reader *reader);

/* For sinks and for streams with a `parse` of their own: notes why the reading stops; gives false.
 * reader_overflow() when something is too large. */
bool reader_overflow(struct reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool reader_fail(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Builds a row from cells in the order of the stream's columns and hands it on. */
bool reader_emit(struct reader *reader, const struct cell *cells, struct str payload);
