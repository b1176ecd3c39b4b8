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

/* Does a plain value around `at` begin with `{{`, `*` or another mark that only quotes keep as text?
 * Then that is reported, with the quoted value as its fix. */
bool yaml_needs_quotes(struct compile *c, uint32_t source, uint32_t at);
