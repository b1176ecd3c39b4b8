/* --mock-apis: the stand-in for all vendors, in threads of this process. */
#pragma once

#include "ingest/config.h"

/* Rows for the options of a command that knows it. */
#define MOCK_OPTIONS \
	{.name = "mock-apis", .type = OPTION_FLAG, \
		.doc = "ask a stand-in in this process, which invents all data, instead of the vendors"}, \
	{.name = "mock-people", .type = OPTION_NUMBER, .argument = "N", .min = 4, .max = 5000, \
		.doc = "with --mock-apis: how many people there are (40)"}, \
	{.name = "mock-days", .type = OPTION_NUMBER, .argument = "N", .min = 1, .max = 800, \
		.doc = "with --mock-apis: days of history before this week (120)"}

/* Starts it by the run's clock and points the settings at it. False with the problem said. */
bool mock_start(struct config *config, const struct invocation *invocation);

/* Ends it, if it runs. */
void mock_stop(struct config *config);
