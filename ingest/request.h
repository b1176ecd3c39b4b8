/* What the requests of several streams have in common. */
#pragma once

#include "ingest/stream.h"

/* "?starting_at=…&ending_at=…" from midnight to midnight, as Anthropic's reports want it. */
void request_period(const struct ask *ask, struct buf *url);
/* "{"startDate":…,"endDate":…,"page":N,"pageSize":1000}", the last millisecond included, as Cursor wants it. */
void request_millis(const struct ask *ask, struct buf *body);
