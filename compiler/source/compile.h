/* One compilation: everything a phase reads or adds to. Passed first everywhere; the programs have
 * no other state than the log level and the terminal. */
#pragma once

#include "compiler/source/allow.h"
#include "compiler/source/diag.h"
#include "compiler/source/node.h"
#include "compiler/source/source.h"

struct chart_type;
struct filter_type;
struct project;
struct catalogue;

struct compile {
	struct arena *arena;
	VEC(struct source *) sources;
	VEC(struct diagnostic *) diagnostics;
	size_t error_count;
	VEC(struct allow) allows;       /* suppressions, as the files are read */
	size_t replaced;                /* bytes of texts that had variables in them */
	VEC(const char *) remarks;      /* for -v: what was skipped and why */

	/* The lists, handed in by compiler/cli so that nothing below names a chart or a filter.
	 * Each ends with NULL. */
	const struct chart_type *const *chart_types;
	const struct filter_type *const *filter_types;

	/* What the phases make. */
	struct project *project;        /* compiler/model/project.h */
	struct catalogue *catalogue;    /* compiler/query/catalogue.h */
};

/* Starts and ends a compile; the caller owns the struct. */
void compile_init(struct compile *c);
void compile_finish(struct compile *c);
