/* The dashcards and tabs of a dashboard: replaced as a whole by a write. */
#pragma once

#include "vm/sandbox/sandbox.h"

/* Brings tabs and dashcards of the dashboard to what the body says, if it has `dashcards`, with all
 * that follows: tabs that go take their dashcards with them, dashboard questions are archived or
 * come back. False with the reply set when it is refused. */
bool dashcards_replace(struct request *r, int64_t dashboard_id, const json_t *dashcards,
	const json_t *tabs);

/* As read, hidden where the card is archived; new. */
json_t *dashcards_show(struct request *r, int64_t dashboard_id);
json_t *tabs_show(struct request *r, int64_t dashboard_id);
