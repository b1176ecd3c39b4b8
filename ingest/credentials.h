/* Google's credentials of a run, and the keys that Secret Manager holds for it. */
#pragma once

#include "ingest/config.h"

struct google;
struct http;

/* Finds the credential by the environment; NULL with the problem said. */
struct google *credentials_open(const struct config *config, struct http *http);

/* Reads the keys whose names were given instead of their values. False with the problem said. */
bool credentials_keys(struct config *config);
