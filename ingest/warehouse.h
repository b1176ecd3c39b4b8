/* The warehouse of a run: where it is, who asks, and the few ways in which the steps use it. */
#pragma once

#include "ingest/config.h"
#include "runtime/bigquery.h"

struct warehouse {
	struct bigquery bq;
	const struct config *config;
	struct arena *arena;
	struct http *http;
	struct google *google;
	struct buf endpoint;
	const char *run_id;
	struct bigquery_label labels[2];
	bool unreachable;               /* a call failed for want of an answer */
	bool refused;                   /* one was refused for what it is */
	bool misconfigured;             /* the settings lead to no warehouse */
	bool ending;                    /* by warehouse_end() */
	const char *problem;            /* the first; or NULL */
	bool aside;
	VEC(const char *) changed;      /* tables that somebody changed by hand, see drift.h */
	/* Asked before each query and while it runs; false: begin none. NULL: always. */
	bool (*keep)(void *context);
	void *keep_context;
	bool keeping;                   /* `keep` is at work, its own queries are not asked about */
};

/* What it is opened for. In haste, a call that is not answered within seconds has failed. Aside, that is so,
 * too, and problems are kept in `problem` and not said. */
enum warehouse_use { WAREHOUSE_READ, WAREHOUSE_WRITE, WAREHOUSE_HASTE, WAREHOUSE_ASIDE };

/* Opens it and the dataset, which is created (with BIGQUERY_LOCATION) for WAREHOUSE_WRITE. False with
 * the problem said. */
bool warehouse_open(struct warehouse *warehouse, const struct config *config, const char *run_id,
	enum warehouse_use use);
void warehouse_close(struct warehouse *warehouse);

/* The parameters @from and @to of a query, and their texts: it must stay where it was set. */
struct day_parameters {
	char from[DAY_TEXT], to[DAY_TEXT];
	struct bigquery_parameter rows[2];
};

void warehouse_set_days(struct day_parameters *days, day from, day to);

/* What is asked side by side with others: `result` and `answered` come out. */
struct question {
	const char *what;               /* the name under which a problem is said; NULL: it is not */
	struct bigquery_query query;    /* its text names ${dataset} */
	struct bigquery_result result;  /* lives in the warehouse's arena */
	bool answered;
};

/* Asks them all at once, the pool's number at a time. False when one was not answered, with the problem
 * said. For queries that only read: those that write would meet each other. */
bool warehouse_ask_all(struct warehouse *warehouse, struct question *questions, size_t count);

/* Runs a query, its text naming ${dataset}; the result lives in the warehouse's arena. False with the
 * problem said under the name `what`, or not said if that is NULL. */
bool warehouse_ask(struct warehouse *warehouse, const char *what, const struct bigquery_query *asked,
	struct bigquery_result *result);

/* The same for a mere text; `result` may be NULL. */
bool warehouse_query(struct warehouse *warehouse, const char *what, const char *sql, struct bigquery_result *result);

/* The same for the days from @from to @to. */
bool warehouse_query_days(struct warehouse *warehouse, const char *what, const char *sql, day from, day to,
	struct bigquery_result *result);

/* Why a call failed: EXIT_UNREACHABLE, EXIT_REFUSED when the warehouse answered and refused,
 * EXIT_CONFIGURATION, or EXIT_TERMINATED when the program was told to end. */
int warehouse_exit(const struct warehouse *warehouse);

/* The program was told to end, so calls end at once. From here on a few may be made nevertheless, to give
 * back what is held; they have two seconds each, and the first that fails is the last. */
void warehouse_end(struct warehouse *warehouse);

/* Did the warehouse refuse what was asked for what it is? Anything else may be otherwise tomorrow. */
bool warehouse_is_refusal(const struct bigquery_error *error);

/* Says what an error of a call means, and what to do about it. */
void warehouse_complain(struct warehouse *warehouse, const char *what, const struct bigquery_error *error);
