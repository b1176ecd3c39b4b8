/* The table of endpoints. */
#pragma once

#include "tests/vendors/request.h"

struct endpoint {
	const char *method;
	const char *path; /* "/v4/spreadsheets/:id"; a name takes all up to the next slash */
	void (*handle)(struct request *r);
	bool (*auth)(struct request *r); /* NULL: everybody may */
	bool quiet;                      /* not in the journal */
};

#define ENDPOINT(method, path, handle, ...) void handle(struct request *r);
#include "tests/vendors/endpoints.inc"
#undef ENDPOINT
