/* Faults that a test asks for, each for certain requests. */
#pragma once

#include "tests/vendors/request.h"
#include "tests/vendors/state.h"

/* Makes the pages of a request as small as a fault wants them. */
void fault_prepare(struct request *r);

/* Applies the first fault that fits the request and is not used up. */
void fault_apply(struct request *r, struct spoil *spoil);

/* Adds the faults of {"faults": [...]}. NULL, or a sentence on what is wrong with them. */
const char *faults_add(struct vendors *vendors, const json_t *script);
