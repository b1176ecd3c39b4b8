/* The lease is one row; a conditional UPDATE takes it, and the number of rows that it changed says
 * whether it did. A run that was killed loses it after 90 seconds. The times in the row are the
 * warehouse's own, so the clocks of the machines do not matter; this run counts its 90 seconds from
 * before it asked, so it stops believing before another can take the lease.
 *
 * A statement may run for longer than the lease lasts. So the warehouse's loop, which waits for the
 * statement's end anyway, calls lease_keep() between two looks, and the renewal goes through the
 * same pool of connections beside it: no thread, no lock, no second set of credentials. */
#include "ingest/lease.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/command.h"
#include "ingest/sql.h"
#include "runtime/clock.h"
#include "runtime/log.h"

#define TERM_MS 90000
#define RENEW_MS 30000
#define AGAIN_MS 5000
#define WAIT_MS 180000

static const char make_sql[] =
	"MERGE `${dataset}.leases` AS old\n"
	"USING (SELECT 'run' AS name) AS new\n"
	"ON old.name = new.name\n"
	"WHEN NOT MATCHED THEN INSERT (name, holder, expires_at) VALUES (new.name, NULL, NULL)";

static const char take_sql[] =
	"UPDATE `${dataset}.leases`\n"
	"SET holder = @holder, expires_at = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 90 SECOND)\n"
	"WHERE name = 'run'\n"
	"  AND (holder IS NULL OR expires_at < CURRENT_TIMESTAMP() OR holder = @holder)";

static const char renew_sql[] =
	"UPDATE `${dataset}.leases`\n"
	"SET expires_at = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 90 SECOND)\n"
	"WHERE name = 'run' AND holder = @holder";

static const char give_sql[] =
	"UPDATE `${dataset}.leases`\n"
	"SET holder = NULL, expires_at = NULL\n"
	"WHERE name = 'run' AND holder = @holder";

static const char read_sql[] = "SELECT holder FROM `${dataset}.leases` WHERE name = 'run'";

/* A renewal that is not answered soon is no good: the next one is tried instead. */
static const struct retry_policy hasty = {.first_ms = 500, .most_ms = 4000, .deadline_ms = 15000};

void lease_init(struct lease *lease, struct warehouse *warehouse, const char *command, day date,
	unsigned task) {
	char text[DAY_TEXT];
	char *holder = arena_printf(
		warehouse->arena, "%s %s %s", command, day_print(date, text), warehouse->run_id);
	if (task)
		holder = arena_printf(warehouse->arena, "%s task %u", holder, task);
	*lease = (struct lease){.warehouse = warehouse,
		.holder = holder,
		.other = "",
		.renew_ms = RENEW_MS,
		.wait_ms = WAIT_MS};
}

static bool ask(const struct lease *lease, const char *sql, const struct retry_policy *retry,
	struct bigquery_result *result) {
	const struct bigquery_parameter holder = {
		.name = "holder", .type = "STRING", .value = lease->holder};
	return warehouse_ask(lease->warehouse, retry ? NULL : "the lease",
		&(struct bigquery_query){
			.sql = sql, .parameters = &holder, .parameter_count = 1, .retry = retry},
		result);
}

static bool keep(void *context) {
	return lease_keep(context);
}

static void hold(struct lease *lease, long since_ms) {
	lease->held = true;
	lease->renewed_ms = since_ms;
	lease->next_ms = since_ms + lease->renew_ms;
	lease->warehouse->keep = keep;
	lease->warehouse->keep_context = lease;
}

static void let_go(struct lease *lease) {
	lease->held = false;
	lease->warehouse->keep = NULL;
}

/* False when the warehouse does not answer. */
static bool read_other(struct lease *lease) {
	struct bigquery_result result;
	if (!warehouse_query(lease->warehouse, "the lease", read_sql, &result))
		return false;
	const char *other = result.row_count ? bigquery_cell(&result, 0, 0) : NULL;
	lease->other = other ? other : "";
	return true;
}

enum lease_result lease_take(struct lease *lease) {
	struct bigquery_result result;
	for (bool again = false;; again = true) {
		long since = clock_ms();
		if (!ask(lease, take_sql, NULL, &result))
			return LEASE_FAILED;
		if (result.affected > 0) {
			hold(lease, since);
			return LEASE_HELD;
		}
		if (!read_other(lease))
			return LEASE_FAILED;
		if (*lease->other || again)
			return LEASE_OTHERS;
		if (!warehouse_query(lease->warehouse, "the lease", make_sql, NULL))
			return LEASE_FAILED;
	}
}

enum lease_result lease_wait(struct lease *lease) {
	for (long began = clock_ms(), turn = 0;; turn++) {
		enum lease_result result = lease_take(lease);
		if (result != LEASE_OTHERS || clock_ms() - began >= lease->wait_ms)
			return result;
		if (!turn)
			log_line(LOG_INFO, "`%s` holds the lease; waiting for up to %ld s",
				lease->other, lease->wait_ms / 1000);
		if (stop_signal)
			return LEASE_FAILED;
		clock_sleep_about(1000, 2000);
	}
}

static bool lose(struct lease *lease, const char *why) {
	log_line(LOG_ERROR, "the lease is lost: %s; nothing more is built", why);
	lease->held = false;
	lease->lost = true;
	return false;
}

bool lease_keep(struct lease *lease) {
	struct bigquery_result result;
	long now = clock_ms();
	if (!lease->held || now < lease->next_ms)
		return lease->held;
	if (!ask(lease, renew_sql, &hasty, &result)) {
		lease->next_ms = clock_ms() + AGAIN_MS;
		return clock_ms() - lease->renewed_ms < TERM_MS ||
		       lose(lease, "the warehouse does not answer");
	}
	if (result.affected <= 0)
		return lose(lease, "another run has it");
	hold(lease, now);
	return true;
}

/* The holder without its task. */
static struct str whole_run(const char *holder) {
	struct str text = str_from(holder);
	size_t task = str_find(text, " task ", 0);
	return task == STR_NONE ? text : str_slice(text, 0, task);
}

bool lease_is_twin(const struct lease *lease) {
	struct str mine = whole_run(lease->holder), other = whole_run(lease->other);
	size_t common = strlen("run 2026-11-21 ");
	if (!str_starts(mine, "run "))
		return str_eq(mine, other);
	return mine.len > common && other.len > common &&
	       str_eq(str_slice(mine, 0, common), str_slice(other, 0, common));
}

void lease_give(struct lease *lease) {
	struct bigquery_result result;
	bool held = lease->held;
	let_go(lease);
	if (stop_signal)
		warehouse_end(lease->warehouse);
	if (held)
		ask(lease, give_sql, NULL, &result);
}
