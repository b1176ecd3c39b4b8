/* Who may build facts: one run at a time. */
#pragma once

#include "ingest/warehouse.h"

enum lease_result { LEASE_HELD, LEASE_OTHERS, LEASE_FAILED };

struct lease {
	struct warehouse *warehouse;
	const char *holder;             /* "run 2026-11-21 RUN": what others read in the row */
	const char *other;              /* who held it when it could not be taken; "" if unknown */
	long renew_ms, wait_ms;         /* between two renewals; for another run to end */
	long renewed_ms, next_ms;       /* by the monotonic clock */
	bool held, lost;
};

/* A lease that is not held yet, for one task of a run. */
void lease_init(struct lease *lease, struct warehouse *warehouse, const char *command, day date,
	unsigned task);

/* Takes the lease for 90 seconds. From then on it is renewed while queries of the warehouse run,
 * and once it is lost the warehouse begins none. */
enum lease_result lease_take(struct lease *lease);

/* Takes it, waiting for up to wait_ms while another run holds it. */
enum lease_result lease_wait(struct lease *lease);

/* Renews it if it is time to. False once it is lost. */
bool lease_keep(struct lease *lease);

/* Does one hold it that does the same work: a `run` of the same date, or another task of this backfill, which
 * looks again for what came while it built? */
bool lease_is_twin(const struct lease *lease);

/* Gives it back if it is held. */
void lease_give(struct lease *lease);
