/* What the requests of several streams have in common. */
#pragma once

#include "ingest/stream.h"

/* "?starting_at=…&ending_at=…" from midnight to midnight, as Anthropic's reports want it. */
void request_period(const struct ask *ask, struct buf *url);
/* "{"startDate":…,"endDate":…,"page":N,"pageSize":1000}", the last millisecond included, as Cursor wants it. */
void request_millis(const struct ask *ask, struct buf *body);

/* What both reports of Anthropic's analytics API are asked: days, pages in the order of time, one row a
 * key, workspace, model and actor. They are in beta, which a header must say. */
#define REQUEST_ANALYTICS_HEADER "anthropic-beta: analytics-usage-cost-2026-08-24"
void request_analytics(const struct ask *ask, struct buf *url);

/* An actor is a user, a service account, a federated identity or a key, in this order. */
#define REQUEST_ACTOR_ID \
	"data[].group.actor.user_id|data[].group.actor.service_account_id|" \
	"data[].group.actor.subject|data[].group.actor.api_key_id"
