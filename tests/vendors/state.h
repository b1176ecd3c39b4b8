/* What a running server knows. One request at a time touches it, under the lock. */
#pragma once

#include <pthread.h>

#include "runtime/arena.h"
#include "tests/vendors/request.h"
#include "tests/vendors/vendors.h"
#include "tests/vendors/world.h"

#define ADMIN_KEY "sk-ant-admin01-local"
#define ANALYTICS_KEY "sk-ant-analytics01-local"
#define ORDINARY_KEY "sk-ant-api03-local"
#define CURSOR_KEY "crsr_local"
#define SHEET_ID "sheet-local"
#define PROJECT "local"
#define PROJECT_NUMBER "123456789012"
#define ACCOUNT_EMAIL "ingest@local.iam.gserviceaccount.com"

struct MHD_Daemon;
struct google;

struct vendors {
	struct arena *arena;
	pthread_mutex_t lock;
	struct MHD_Daemon *daemon;
	const char *address;
	struct world *world;
	json_t *sheets;  /* tab → rows of cells */
	json_t *secrets; /* name → value, added by tests */
	json_t *faults;  /* in the order they were given */
	json_t *journal;
	struct google *google;
	unsigned requests;
	int64_t started_ms;
};

/* How a reply is spoilt on its way out; see fault.c. */
struct spoil {
	long delay_ms, drip_ms; /* before the reply; between its parts */
	enum { CUT_NONE, CUT_BEFORE, CUT_WITHIN } cut;
	bool truncate; /* half of the text, as if it were all */
};

/* Finds the row of the table, checks who asks, answers; then applies faults and keeps the journal.
 */
void vendors_answer(struct request *r, struct spoil *spoil);

/* Who may ask: true, or false with the reply set. */
bool auth_anthropic(struct request *r);
bool auth_analytics(struct request *r);
bool auth_cursor(struct request *r);
bool auth_sheets(struct request *r);
bool auth_secrets(struct request *r);
