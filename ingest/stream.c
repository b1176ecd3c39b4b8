/* The list of streams, and which days each of them reads. */
#include "ingest/stream.h"

#include <stddef.h>

#define STREAM(name) extern const struct stream stream_##name;
#include "ingest/list.inc"
#undef STREAM

const struct stream *const streams[] = {
#define STREAM(name) &stream_##name,
#include "ingest/list.inc"
#undef STREAM
	NULL
};

const struct stream *stream_find(struct str name) {
	for (size_t i = 0; streams[i]; i++)
		if (str_is(name, streams[i]->name))
			return streams[i];
	return NULL;
}

day stream_first_day(const struct stream *stream, day date) {
	if (stream->snapshot)
		return date;
	bool closes_month = stream->months && day_of_month(date + 1) <= 2;
	return date - (closes_month ? 31 : stream->window) + 1;
}
