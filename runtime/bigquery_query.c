/* SQL and parameters go in, rows as texts come out. A query that takes longer than an answer may is
 * polled, a result of several pages is read page by page; each page's JSON is dropped when its
 * cells are in the arena. */
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/bigquery_state.h"
#include "runtime/clock.h"
#include "runtime/hash.h"
#include "runtime/json.h"

#define WAIT_MS 10000 /* that the server waits before it says "not yet" */
#define PAGE_ROWS 20000

struct run {
	struct bigquery *bq;
	struct arena *arena;
	struct bigquery_query query;
	struct bigquery_result *result;
	VEC(const char *) cells;
	json_t *fields;
	const char *page_token;
	unsigned looks;
	bool complete;
	char request_id[33];    /* empty: none was made */
	long deadline_ms;
	void (*done)(void *context);
	void *context;
};

static void look(struct run *run);

static void end(struct run *run) {
	run->result->cells = run->cells.items;
	run->result->row_count =
		run->result->column_count ? run->cells.count / run->result->column_count : 0;
	if (run->result->error.kind == BIGQUERY_OK && run->result->bytes_billed > 0)
		run->bq->totals.bytes_billed += (unsigned long long)run->result->bytes_billed;
	run->done(run->context);
	json_decref(run->fields);
	free(run);
}

static void end_with(struct run *run, const struct bigquery_error *error) {
	run->result->error = *error;
	end(run);
}

/* ---- what is asked ---- */

static json_t *value_of(const char *value) {
	return json_pack("{so}", "value", value ? json_string(value) : json_null());
}

static json_t *parameter(const struct bigquery_parameter *p) {
	if (!p->values)
		return json_pack("{ss s{ss} so}", "name", p->name, "parameterType", "type", p->type,
			"parameterValue", value_of(p->value));
	json_t *values = json_array();
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(values, value_of(p->values[i]));
	return json_pack("{ss s{ss s{ss}} s{so}}", "name", p->name, "parameterType", "type",
		"ARRAY", "arrayType", "type", p->type, "parameterValue", "arrayValues", values);
}

static json_t *parameters(const struct bigquery_query *query) {
	json_t *list = json_array();
	for (size_t i = 0; i < query->parameter_count; i++)
		json_array_append_new(list, parameter(&query->parameters[i]));
	return list;
}

/* The members that jobs.query and a query job's configuration have in common. */
static json_t *configuration(const struct run *run) {
	const struct bigquery_query *query = &run->query;
	long long most = query->max_bytes ? query->max_bytes : run->bq->max_bytes;
	json_t *body = json_pack("{ss sb s{ssss}}", "query", query->sql, "useLegacySql", 0,
		"defaultDataset", "projectId", run->bq->project, "datasetId", run->bq->dataset);
	if (query->parameter_count) {
		json_object_set_new(body, "parameterMode", json_string("NAMED"));
		json_object_set_new(body, "queryParameters", parameters(query));
	}
	if (most > 0)
		json_object_set_new(body, "maximumBytesBilled", json_sprintf("%lld", most));
	return body;
}

/* Within 15 minutes a repeated id gives the first one's result, for DML too. */
static void make_request_id(struct run *run) {
	unsigned char bytes[16];
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return;
	hash_hex(bytes, sizeof(bytes), run->request_id);
}

static long timeout_of(const struct bigquery *bq) {
	return bq->job_timeout_ms ? bq->job_timeout_ms : 30 * 60000L;
}

/* How long the server may hold its answer back: less than a try may take. */
static int wait_of(const struct bigquery *bq) {
	return bq->timeout_ms && bq->timeout_ms < 2 * WAIT_MS ? (int)(bq->timeout_ms / 2) : WAIT_MS;
}

static json_t *query_body(const struct run *run) {
	const struct bigquery_query *query = &run->query;
	json_t *body = configuration(run);
	json_t *more = json_pack("{si si s{sb} so*}", "timeoutMs", wait_of(run->bq), "maxResults", PAGE_ROWS,
		"formatOptions", "useInt64Timestamp", 1, "labels",
		bigquery_labels(run->bq, query->labels, query->label_count));
	json_object_update(body, more);
	json_decref(more);
	if (*run->bq->location)
		json_object_set_new(body, "location", json_string(run->bq->location));
	if (query->dry_run) {
		json_object_set_new(body, "dryRun", json_true());
		return body;
	}
	json_object_set_new(body, "jobTimeoutMs", json_sprintf("%ld", timeout_of(run->bq)));
	if (*run->request_id)
		json_object_set_new(body, "requestId", json_string(run->request_id));
	return body;
}

static json_t *job_body(const struct run *run) {
	const struct bigquery_query *query = &run->query;
	return json_pack("{so s{so* so so}}", "jobReference",
		bigquery_job_reference(run->bq, query->job_id), "configuration", "labels",
		bigquery_labels(run->bq, query->labels, query->label_count), "query",
		configuration(run), "jobTimeoutMs", json_sprintf("%ld", timeout_of(run->bq)));
}

/* ---- what comes back ---- */

/* {"v": …} and {"f": […]} are how the API wraps cells; without them it is plain JSON. */
static json_t *unwrap(const json_t *value, const json_t *field, bool item) {
	const char *mode = json_text(field, "mode");
	size_t i;
	json_t *cell;
	if (!item && mode && strcmp(mode, "REPEATED") == 0) {
		json_t *list = json_array();
		json_array_foreach(value, i, cell) json_array_append_new(
			list, unwrap(json_object_get(cell, "v"), field, true));
		return list;
	}
	const json_t *cells = json_object_get(value, "f"),
		     *fields = json_object_get(field, "fields");
	if (!cells)
		return value ? json_incref((json_t *)value) : json_null();
	json_t *record = json_object();
	json_array_foreach(cells, i, cell) {
		const json_t *inner = json_array_get(fields, i);
		const char *name = json_text(inner, "name");
		if (name)
			json_object_set_new(
				record, name, unwrap(json_object_get(cell, "v"), inner, false));
	}
	return record;
}

static const char *cell_text(struct run *run, const json_t *value, const json_t *field) {
	if (!value || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return arena_cstr(run->arena,
			(struct str){json_string_value(value), json_string_length(value)});
	json_auto_t *plain = unwrap(value, field, false);
	char *text = json_dumps(plain, JSON_COMPACT | JSON_ENCODE_ANY);
	const char *copy = arena_cstr(run->arena, str_from(text));
	free(text);
	return copy;
}

static void take_columns(struct run *run, const json_t *body) {
	json_t *fields = json_object_get(json_object_get(body, "schema"), "fields");
	if (run->fields || !json_array_size(fields))
		return;
	run->fields = json_incref(fields);
	size_t count = json_array_size(fields), i;
	struct bigquery_column *columns = arena_array(run->arena, struct bigquery_column, count);
	json_t *field;
	json_array_foreach(fields, i, field) {
		const char *name = json_text(field, "name"), *type = json_text(field, "type");
		const char *mode = json_text(field, "mode");
		columns[i].name = arena_cstr(run->arena, str_from(name ? name : ""));
		columns[i].type = arena_cstr(run->arena, str_from(type ? type : ""));
		columns[i].mode = arena_cstr(run->arena, str_from(mode ? mode : "NULLABLE"));
	}
	run->result->columns = columns;
	run->result->column_count = count;
}

static bool take_rows(struct run *run, const json_t *body) {
	size_t i, j;
	json_t *row, *cell;
	json_array_foreach(json_object_get(body, "rows"), i, row) {
		const json_t *cells = json_object_get(row, "f");
		if (json_array_size(cells) != run->result->column_count)
			return false;
		json_array_foreach(cells, j, cell) vec_push(run->arena, &run->cells,
			cell_text(run, json_object_get(cell, "v"), json_array_get(run->fields, j)));
	}
	return true;
}

static void take_dml(struct bigquery_result *result, const json_t *dml) {
	if (!dml)
		return;
	result->inserted = bigquery_integer(dml, "insertedRowCount", 0);
	result->updated = bigquery_integer(dml, "updatedRowCount", 0);
	result->deleted = bigquery_integer(dml, "deletedRowCount", 0);
	if (result->affected < 0)
		result->affected = result->inserted + result->updated + result->deleted;
}

static void take_figures(struct run *run, const json_t *body) {
	struct bigquery_result *result = run->result;
	const char *id = json_text(json_object_get(body, "jobReference"), "jobId");
	if (id)
		snprintf(result->job_id, sizeof(result->job_id), "%s", id);
	result->cache_hit = json_is_set(body, "cacheHit");
	result->bytes_processed =
		bigquery_integer(body, "totalBytesProcessed", result->bytes_processed);
	result->bytes_billed = bigquery_integer(body, "totalBytesBilled", result->bytes_billed);
	result->affected = bigquery_integer(body, "numDmlAffectedRows", result->affected);
	take_dml(result, json_object_get(body, "dmlStats"));
}

static void statistics_answered(void *context, const struct http_response *response,
	const json_t *body, const struct bigquery_error *error) {
	(void)response;
	struct run *run = context;
	const json_t *query = json_object_get(json_object_get(body, "statistics"), "query");
	if (error->kind == BIGQUERY_OK) {
		run->result->bytes_billed =
			bigquery_integer(query, "totalBytesBilled", run->result->bytes_billed);
		run->result->affected =
			bigquery_integer(query, "numDmlAffectedRows", run->result->affected);
		take_dml(run->result, json_object_get(query, "dmlStats"));
	}
	end(run);
}

static void ask_statistics(struct run *run) {
	struct buf path = BUF(8192);
	bigquery_job_path(run->bq, "jobs", run->result->job_id, &path);
	bigquery_send(run->bq, &(struct bigquery_request){.method = "GET",
				       .path = path.ptr,
				       .safe = true,
				       .retry = run->query.retry,
				       .done = statistics_answered,
				       .context = run});
	buf_free(&path);
}

static bool lacks_statistics(const struct run *run) {
	const struct bigquery_result *result = run->result;
	bool is_dml = result->affected >= 0;
	return run->query.statistics && !run->query.dry_run && *result->job_id &&
	       (result->bytes_billed < 0 || (is_dml && result->inserted < 0));
}

static void take_page(struct run *run, const json_t *body) {
	struct bigquery_error error;
	take_columns(run, body);
	if (!take_rows(run, body)) {
		bigquery_fail(&error, BIGQUERY_STRANGE,
			"a row has another number of columns than the schema");
		end_with(run, &error);
		return;
	}
	const char *token = json_text(body, "pageToken");
	if (token && *token && run->page_token && strcmp(token, run->page_token) == 0) {
		bigquery_fail(&error, BIGQUERY_STRANGE, "the same page of a result came twice");
		end_with(run, &error);
		return;
	}
	run->page_token = token && *token ? arena_cstr(run->arena, str_from(token)) : NULL;
	if (run->page_token)
		look(run);
	else if (lacks_statistics(run))
		ask_statistics(run);
	else
		end(run);
}

/* Asked again after an answer was lost, the local warehouse does not give the first one's result, but says
 * that there is a job of that name. */
static bool is_known_already(const struct run *run, const struct bigquery_error *error) {
	return error->kind == BIGQUERY_DUPLICATE && !*run->result->job_id && *run->request_id &&
	       str_find(str_from(error->message), run->request_id, 0) != STR_NONE;
}

static void answered(void *context, const struct http_response *response, const json_t *body,
	const struct bigquery_error *error) {
	(void)response;
	struct run *run = context;
	if (is_known_already(run, error)) {
		snprintf(run->result->job_id, sizeof(run->result->job_id), "%s", run->request_id);
		look(run);
		return;
	}
	if (error->kind != BIGQUERY_OK) {
		end_with(run, error);
		return;
	}
	take_figures(run, body);
	if (run->query.dry_run || json_is_set(body, "jobComplete")) {
		run->complete = true;
		take_page(run, body);
		return;
	}
	struct bigquery_error problem;
	if (clock_ms() >= run->deadline_ms)
		bigquery_fail(
			&problem, BIGQUERY_UNFINISHED, "query %s still runs", run->result->job_id);
	else if (!*run->result->job_id)
		bigquery_fail(
			&problem, BIGQUERY_STRANGE, "a query that is not done, and has no job");
	else {
		look(run);
		return;
	}
	end_with(run, &problem);
}

/* Asks for the result, or for its next page. The server waits for a running query itself. */
static void look(struct run *run) {
	struct buf path = BUF(32 * 1024);
	bigquery_job_path(run->bq, "queries", run->result->job_id, &path);
	buf_printf(&path, "%smaxResults=%d&timeoutMs=%d&formatOptions.useInt64Timestamp=true",
		str_ends(buf_str(&path), "?") ? "" : "&", PAGE_ROWS, wait_of(run->bq));
	if (run->page_token) {
		buf_puts(&path, "&pageToken=");
		http_encode(&path, run->page_token);
	}
	long delay = run->complete || !run->looks ? 0 : bigquery_poll_delay(run->bq, 0) / 4;
	run->looks++;
	bigquery_send(run->bq, &(struct bigquery_request){.method = "GET",
				       .path = path.ptr,
				       .safe = true,
				       .retry = run->query.retry,
				       .delay_ms = delay,
				       .done = answered,
				       .context = run});
	buf_free(&path);
}

/* ---- under an id of ours ---- */

static void job_made(void *context, const struct http_response *response, const json_t *body,
	const struct bigquery_error *error) {
	(void)response, (void)body;
	struct run *run = context;
	if (error->kind == BIGQUERY_OK || error->kind == BIGQUERY_DUPLICATE)
		look(run);
	else
		end_with(run, error);
}

static void make_job(struct run *run) {
	json_auto_t *body = job_body(run);
	snprintf(run->result->job_id, sizeof(run->result->job_id), "%s", run->query.job_id);
	bigquery_send(run->bq, &(struct bigquery_request){.method = "POST",
				       .path = "jobs",
				       .body = body,
				       .safe = true,
				       .retry = run->query.retry,
				       .done = job_made,
				       .context = run});
}

void bigquery_query_start(struct bigquery *bq, struct arena *arena,
	const struct bigquery_query *query, struct bigquery_result *result,
	void (*done)(void *context), void *context) {
	struct run *run = calloc(1, sizeof(*run));
	if (!run)
		out_of_memory();
	*run = (struct run){.bq = bq,
		.arena = arena,
		.query = *query,
		.result = result,
		.deadline_ms = bigquery_deadline(bq),
		.done = done,
		.context = context};
	*result = (struct bigquery_result){.bytes_billed = -1,
		.bytes_processed = -1,
		.affected = -1,
		.inserted = -1,
		.updated = -1,
		.deleted = -1};
	bq->totals.query_jobs += !query->dry_run;
	if (query->job_id && !query->dry_run) {
		make_job(run);
		return;
	}
	make_request_id(run);
	json_auto_t *body = query_body(run);
	bigquery_send(bq, &(struct bigquery_request){.method = "POST",
				  .path = "queries",
				  .body = body,
				  .safe = true,
				  .retry = run->query.retry,
				  .done = answered,
				  .context = run});
}

static void raise_flag(void *context) {
	*(bool *)context = true;
}

bool bigquery_query(struct bigquery *bq, struct arena *arena, const struct bigquery_query *query,
	struct bigquery_result *result) {
	bool done = false;
	bigquery_query_start(bq, arena, query, result, raise_flag, &done);
	http_run_until(bq->http, &done);
	return result->error.kind == BIGQUERY_OK;
}

int bigquery_column(const struct bigquery_result *result, const char *name) {
	for (size_t i = 0; i < result->column_count; i++)
		if (strcmp(result->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}
