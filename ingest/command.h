/* What the commands of mbc-ingest share: the exit codes, and the options that most of them take. */
#pragma once

#include <signal.h>

#include "ingest/config.h"
#include "runtime/options.h"

#define EXIT_DONE          0
#define EXIT_CHECKS        1    /* a check of severity error */
#define EXIT_REFUSED       3    /* edited migration, table changed by hand, shrunk day */
#define EXIT_PARTIAL       4    /* a stream was denied or failed */
#define EXIT_UNREACHABLE   5    /* the warehouse, or every stream */
#define EXIT_LEASE         75   /* another run holds the lease */
#define EXIT_CONFIGURATION 78   /* a setting or a secret */
#define EXIT_TERMINATED    143

/* Not 0 once SIGTERM or SIGINT came: everything under way then ends within a second. */
extern volatile sig_atomic_t stop_signal;

/* The day of --date, or yesterday by the run's clock. False, with the problem said, when it is no day. */
bool command_date(const struct invocation *invocation, const struct config *config, const char *option, day *date);

/* What --accept-shrink names, for struct load_options. */
const char *const *command_shrink(const struct invocation *invocation, const struct config *config);
