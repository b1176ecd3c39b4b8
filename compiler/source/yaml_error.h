/* What libyaml says about a file that it cannot read, in words that help the author. */
#pragma once

#include "compiler/source/source.h"

struct yaml_error {
	const char *problem;    /* libyaml's words */
	const char *context;    /* or NULL */
	uint32_t at;            /* byte of the file */
	uint32_t context_at;
	int value;              /* the character that the reader refused, else 0 */
};

/* Reports exactly one diagnostic. */
void yaml_report(struct compile *c, uint32_t source, const struct yaml_error *error);

/* Reports a value around `at` that only quotes keep as text (it begins with `{{`, contains `: ` and
 * so on), with the quoted value as its fix. False, and nothing reported, if there is none. */
bool yaml_needs_quotes(struct compile *c, uint32_t source, uint32_t at);

/* The value that begins at `at`, in quotes; `at` is widened to the whole of it. */
struct str yaml_quoted(struct compile *c, struct span *at);
