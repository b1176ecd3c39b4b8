/* Faults that a test asks for, each for certain requests. */
#pragma once

#include "tests/vendors/request.h"
#include "tests/vendors/state.h"

/* Applies the first fault that fits the request and is not used up. */
void fault_apply(struct request *r, struct spoil *spoil);

/* Adds the faults of {"faults": [...]}. NULL, or a sentence on what is wrong with them. */
const char *faults_add(struct vendors *vendors, const json_t *script);
