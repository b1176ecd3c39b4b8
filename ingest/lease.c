/* The lease is one row; a conditional UPDATE takes it, and the number of rows that it changed says
 * whether it did. A run that was killed loses it after 90 seconds. The times are the warehouse's own,
 * so the clocks of the machines do not matter. */
#include "ingest/lease.h"

#include <stdlib.h>
#include <time.h>

#include "ingest/command.h"
#include "ingest/sql.h"
#include "runtime/log.h"

static const char make_sql[] =
	"INSERT INTO `${dataset}.leases` (name, holder, expires_at)\n"
	"SELECT new.name, NULL, NULL FROM (SELECT 'run' AS name) AS new\n"
	"LEFT JOIN `${dataset}.leases` AS old ON old.name = new.name\n"
	"WHERE old.name IS NULL";

static const char take_before[] = "UPDATE `${dataset}.leases`\nSET holder = ";
static const char take_between[] =
	", expires_at = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 90 SECOND)\n"
	"WHERE name = 'run' AND (holder IS NULL OR expires_at < CURRENT_TIMESTAMP() OR holder = ";
static const char take_after[] = ")";

static const char give_before[] =
	"UPDATE `${dataset}.leases` SET holder = NULL, expires_at = NULL WHERE name = 'run' AND holder = ";

/* A statement with the run's name in one place or two. */
static bool update(struct warehouse *warehouse, const char *before, const char *between,
	const char *after, long long *changed) {
	struct buf sql = BUF(8192);
	struct bigquery_result result;
	buf_puts(&sql, before);
	sql_quote(&sql, warehouse->run_id);
	if (between) {
		buf_puts(&sql, between);
		sql_quote(&sql, warehouse->run_id);
	}
	buf_puts(&sql, after);
	bool good = warehouse_query(warehouse, "the lease", sql.ptr, &result);
	*changed = good ? result.affected : 0;
	buf_free(&sql);
	return good;
}

enum lease_result lease_take(struct warehouse *warehouse) {
	long long changed;
	if (!warehouse_query(warehouse, "the lease", make_sql, NULL))
		return LEASE_FAILED;
	if (!update(warehouse, take_before, take_between, take_after, &changed))
		return LEASE_FAILED;
	return changed > 0 ? LEASE_HELD : LEASE_OTHERS;
}

enum lease_result lease_wait(struct warehouse *warehouse, long wait_ms) {
	const struct timespec second = {.tv_sec = 1};
	for (long waited = 0;; waited += 1000) {
		enum lease_result result = lease_take(warehouse);
		if (result != LEASE_OTHERS || waited >= wait_ms)
			return result;
		if (!waited)
			log_line(LOG_INFO, "another run holds the lease; waiting for up to %ld s",
				wait_ms / 1000);
		if (stop_signal)
			return LEASE_FAILED;
		nanosleep(&second, NULL);
	}
}

void lease_give(struct warehouse *warehouse) {
	long long changed;
	update(warehouse, give_before, NULL, "", &changed);
}
