/* What a run is told: the environment and the flags of settings.inc, checked as a whole before anything
 * starts, and what follows from them. */
#pragma once

#include "ingest/day.h"
#include "ingest/settings.h"
#include "ingest/stream.h"
#include "runtime/arena.h"

struct config {
	struct arena *arena;
	const char *values[SETTING_COUNT];
	const struct stream **streams;  /* those that are enabled, in the order of the manual; ends with NULL */
	char *anthropic_key, *cursor_key;       /* NULL until known */
	moment fixed_now;               /* of MBC_NOW */
	bool clock_is_fixed, warehouse_is_local, production;
	bool mock;                      /* --mock-apis: the vendors are stand-ins in this process */
	bool no_warehouse;              /* with these only: fetch and count, write nothing */
	struct vendors *vendors;        /* the stand-ins, or NULL */
	const char *vendors_host;       /* their host and port, which is Google's metadata server, too */
	unsigned wrong;                 /* settings that were found wrong */
};

/* The options that stand for the settings; ends with an empty row. */
extern const struct option_row config_options[];

enum config_needs { NEEDS_NOTHING = 0, NEEDS_WAREHOUSE = 1, NEEDS_VENDORS = 2 };

/* Reads all settings and says what is missing or contradictory, one line each, before anything starts.
 * False when there is such a line: the program ends with EXIT_CONFIGURATION. */
bool config_read(struct config *config, const struct invocation *invocation, unsigned needs);
void config_finish(struct config *config);

/* A setting's value, or its fallback, or NULL. */
const char *config_text(const struct config *config, enum setting setting);

/* The value of a setting that is checked as a number. */
long config_number(const struct config *config, enum setting setting);

/* The name of a setting's variable. */
const char *config_name(enum setting setting);

/* The time now, or that of MBC_NOW. */
moment config_now(const struct config *config);

bool config_has_stream(const struct config *config, const struct stream *stream);

/* Is this URL's host the machine itself? */
bool url_is_local(const char *url);
