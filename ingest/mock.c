/* Options go in; a server on loopback that speaks for every vendor, and settings that point at it, come
 * out. The seed is fixed, and what is new in the data is so since the week began: who runs it day by day
 * sees one history grow. */
#include "ingest/mock.h"

#include <signal.h>
#include <string.h>

#include "runtime/log.h"
#include "tests/vendors/vendors.h"

#define SEED 7

/* 1970-01-05 was a Monday. */
static day week_start(day date) {
	return date - (date - 4) % 7;
}

static struct vendors *open_vendors(const struct config *config, const struct invocation *invocation) {
	moment now = config_now(config);
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the thread that waits for answers */
	struct vendors *vendors = vendors_open(&(struct vendors_options){
		.seed = SEED, .now = now / SECOND, .history_end = day_start(week_start(moment_day(now))) / SECOND,
		.people = (int)option_number(invocation, "mock-people", 40),
		.days = (int)option_number(invocation, "mock-days", 120)});
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return vendors;
}

bool mock_start(struct config *config, const struct invocation *invocation) {
	static const enum setting addresses[] = {
		SETTING_ANTHROPIC_URL, SETTING_CURSOR_URL, SETTING_SHEETS_URL};
	config->vendors = open_vendors(config, invocation);
	if (!config->vendors)
		return false;
	const char *address = vendors_address(config->vendors);
	for (size_t i = 0; i < COUNT_OF(addresses); i++)
		config->values[addresses[i]] = address;
	config->values[SETTING_SHEET] = vendors_sheet;
	config->anthropic_key = arena_cstr(config->arena, str_from(vendors_anthropic_key));
	config->cursor_key = arena_cstr(config->arena, str_from(vendors_cursor_key));
	config->vendors_host = address + strlen("http://");
	log_line(LOG_INFO, "all data is invented: the vendors are stand-ins in this process, asked without pacing");
	return true;
}

void mock_stop(struct config *config) {
	vendors_close(config->vendors);
	config->vendors = NULL;
}
