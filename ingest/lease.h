/* Who may build facts: one run at a time. */
#pragma once

#include "ingest/warehouse.h"

enum lease_result { LEASE_HELD, LEASE_OTHERS, LEASE_FAILED };

/* Takes the lease or, if this run holds it, renews it: 90 seconds from now. */
enum lease_result lease_take(struct warehouse *warehouse);

/* Takes it, waiting for up to `wait_ms` while another run holds it. */
enum lease_result lease_wait(struct warehouse *warehouse, long wait_ms);

/* Gives it back if this run holds it. */
void lease_give(struct warehouse *warehouse);
