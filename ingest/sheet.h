/* What the three tabs of the mapping sheet have in common. */
#pragma once

#include "ingest/reader.h"

/* "/ID/values/RANGE?…" of the range that a setting holds. */
void sheet_request(const struct ask *ask, enum setting range, struct buf *url);

/* Reads a tab. The columns' paths are the texts of the header, found wherever they stand; the last two
 * columns are `cell` and `problem`. A required header that is missing or there twice refuses the tab; a
 * row that is wrong is kept, with its problem. */
bool sheet_parse(const struct stream *stream, struct str page, struct reader *reader);
