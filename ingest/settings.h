/* What the program is told from outside: one row a setting, in settings.inc. */
#pragma once

#include <stdbool.h>

#include "runtime/options.h"

enum setting {
#define SETTING(id, ...) SETTING_##id,
#define KEY(id, ...) SETTING_##id,
#include "ingest/settings.inc"
#undef SETTING
#undef KEY
	SETTING_COUNT
};
