/* Google's tokens. */
#pragma once

#include "runtime/arena.h"

struct google;

struct google *google_create(struct arena *arena);
void google_destroy(struct google *google);
