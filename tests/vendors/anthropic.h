/* What the handlers of Anthropic share. */
#pragma once

#include "tests/vendors/request.h"
#include "tests/vendors/state.h"
#include "tests/vendors/sums.h"

/* How soon figures are known: the older reports, Claude Code, the analytics pair. */
#define REPORT_LATENCY_S 300
#define CODE_LATENCY_S 3600
#define ANALYTICS_LATENCY_S (4 * 3600)

/* The members of a row that count tokens and searches. */
json_t *anthropic_counts(const struct usage *sum);

/* 400 that names a parameter; gives false. */
bool anthropic_refuse(struct request *r, const char *parameter, const char *what);

/* Loads a day's records that the request's filters let through. */
void anthropic_load(struct request *r, int64_t day, int64_t latency_s, struct usage_list *out);

/* starting_at (required) and ending_at (`end` stays as it is when there is none). */
bool anthropic_range(struct request *r, int64_t *start, int64_t *end);

json_t *text_or_null(const char *text);
