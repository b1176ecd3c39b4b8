/* Requests go in, answers as JSON and errors as data come out. This file holds what all calls
 * share, and the plain ones: datasets and tables. Which failures are sent again is decided by the
 * error that the body names, not by the status alone, because BigQuery says 403 for a rate limit,
 * too. */
#include "runtime/bigquery.h"

#include <stdlib.h>

#include "runtime/bigquery_state.h"
#include "runtime/clock.h"
#include "runtime/google.h"
#include "runtime/json.h"

#define SLOW_MS 300000L /* one try; a local warehouse answers a load only when it is done */

/* The deadline of Google's own libraries. */
static const struct retry_policy retry_bigquery = {
	.first_ms = 1000, .most_ms = 32000, .deadline_ms = 600000};

struct sending {
	struct bigquery *bq;
	struct bigquery_request request;
	struct buf url;
	char *text;
	char *headers[6];
};

long bigquery_deadline(const struct bigquery *bq) {
	return clock_ms() + (bq->job_timeout_ms ? bq->job_timeout_ms : 30 * 60000L);
}

long bigquery_poll_delay(const struct bigquery *bq, unsigned looks) {
	long first = bq->poll_ms ? bq->poll_ms : 1000, wait = first;
	for (unsigned i = 0; i < looks && wait < 10 * first; i++)
		wait *= 2;
	return wait < 10 * first ? wait : 10 * first;
}

long long bigquery_integer(const json_t *object, const char *key, long long fallback) {
	const json_t *value = json_object_get(object, key);
	long long number = fallback;
	if (json_is_integer(value))
		return json_integer_value(value);
	if (json_is_string(value) && !str_integer(str_from(json_string_value(value)), &number))
		return fallback;
	return number;
}

const char *bigquery_base(const struct bigquery *bq) {
	return bq->endpoint && *bq->endpoint ? bq->endpoint : "https://bigquery.googleapis.com";
}

bool bigquery_endpoint(const char *setting, struct buf *endpoint, struct buf *error) {
	struct str text = str_trim(str_from(setting));
	while (str_ends(text, "/"))
		text.len--;
	if (str_find(text, "://", 0) == STR_NONE)
		buf_puts(endpoint, "http://");
	buf_add_str(endpoint, text);
	size_t host = endpoint->ptr ? str_find(buf_str(endpoint), "://", 0) + 3 : 0;
	if (text.len && google_url_allowed(endpoint->ptr) && !strpbrk(endpoint->ptr + host, "/?# "))
		return true;
	buf_printf(error,
		"`%s` is no address of a local warehouse: write host:port of this machine, or an "
		"https URL",
		setting);
	buf_clear(endpoint);
	return false;
}

/* ---- labels ---- */

/* Lower case, digits, _ and -, at most 63: anything else would refuse the whole job. */
static void label_text(const char *from, char to[64]) {
	size_t len = 0;
	for (; from && *from && len < 63; from++) {
		unsigned char c = (unsigned char)*from;
		if ((c & 0xc0) == 0x80)
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		bool fine =
			(c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
		to[len++] = fine ? (char)c : '_';
	}
	to[len] = '\0';
}

static void add_labels(json_t *object, const struct bigquery_label *labels, size_t count) {
	for (size_t i = 0; i < count; i++) {
		char key[64], value[64];
		label_text(labels[i].key, key);
		label_text(labels[i].value, value);
		json_object_set_new(object, key, json_string(value));
	}
}

json_t *bigquery_labels(
	const struct bigquery *bq, const struct bigquery_label *labels, size_t count) {
	json_t *object = json_object();
	add_labels(object, bq->labels, bq->label_count);
	add_labels(object, labels, count);
	if (json_object_size(object))
		return object;
	json_decref(object);
	return NULL;
}

/* ---- one request ---- */

static void sending_free(struct sending *sending) {
	buf_free(&sending->url);
	free(sending->text);
	for (size_t i = 0; sending->headers[i]; i++)
		free(sending->headers[i]);
	free(sending);
}

static enum http_verdict judge(void *context, const struct http_response *response) {
	const struct sending *sending = context;
	if (sending->request.once)
		return HTTP_TAKE;
	if (response->outcome != OUTCOME_ANSWERED)
		return HTTP_USUAL;
	struct bigquery_error error;
	bigquery_error_of(response, &error);
	bool passing = error.kind == BIGQUERY_BUSY ||
		       (error.kind == BIGQUERY_SERVER && sending->request.safe);
	return passing ? HTTP_AGAIN : HTTP_TAKE;
}

static void answered(void *context, const struct http_response *response) {
	struct sending *sending = context;
	struct bigquery_error error;
	json_auto_t *body = NULL;
	sending->bq->totals.calls += response->tries;
	sending->bq->totals.retries += response->tries > 1 ? response->tries - 1 : 0;
	bigquery_error_of(response, &error);
	if (error.kind == BIGQUERY_OK && response->body.len)
		body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	if (error.kind == BIGQUERY_OK && response->body.len && !json_is_object(body)) {
		bigquery_fail(&error, BIGQUERY_STRANGE, "no JSON in the answer of %s",
			bigquery_base(sending->bq));
		error.status = response->status;
	}
	sending->request.done(sending->request.context, response, body, &error);
	sending_free(sending);
}

static void set_headers(struct sending *sending, const struct bigquery_request *request) {
	size_t count = 0;
	for (size_t i = 0; i < COUNT_OF(request->headers) && request->headers[i]; i++)
		sending->headers[count++] = strdup(request->headers[i]);
	if (request->body)
		sending->headers[count++] = strdup("Content-Type: application/json");
	for (size_t i = 0; i < count; i++)
		if (!sending->headers[i])
			out_of_memory();
}

void bigquery_send(struct bigquery *bq, const struct bigquery_request *request) {
	struct sending *sending = calloc(1, sizeof(*sending));
	if (!sending)
		out_of_memory();
	*sending = (struct sending){.bq = bq, .request = *request, .url = BUF(32 * 1024)};
	if (strstr(request->path, "://"))
		buf_puts(&sending->url, request->path);
	else
		buf_printf(&sending->url, "%s/bigquery/v2/projects/%s/%s", bigquery_base(bq),
			bq->project, request->path);
	sending->text = request->body ? json_dumps(request->body, JSON_COMPACT) : NULL;
	set_headers(sending, request);
	struct http_request http = {.method = request->method,
		.url = sending->url.ptr,
		.headers = (const char *const *)sending->headers,
		.body = sending->text ? str_from(sending->text) : request->bytes,
		.safe = request->safe,
		.timeout_ms = bq->timeout_ms ? bq->timeout_ms : SLOW_MS,
		.delay_ms = request->delay_ms,
		.retry = request->retry          ? request->retry
			 : bq->retry.deadline_ms ? &bq->retry
						 : &retry_bigquery,
		.judge = judge,
		.done = answered,
		.context = sending};
	if (bq->google)
		google_send(bq->google, GOOGLE_SCOPE_BIGQUERY, &http);
	else
		http_send(bq->http, &http);
}

/* ---- plain calls ---- */

struct waiting {
	json_t *answer;
	struct bigquery_error *error;
	bool done;
};

static void take_answer(void *context, const struct http_response *response, const json_t *body,
	const struct bigquery_error *error) {
	(void)response;
	struct waiting *waiting = context;
	*waiting->error = *error;
	waiting->answer = error->kind != BIGQUERY_OK ? NULL
			  : body                     ? json_incref((json_t *)body)
						     : json_object();
	waiting->done = true;
}

static json_t *call(
	struct bigquery *bq, struct bigquery_request request, struct bigquery_error *error) {
	struct waiting waiting = {.error = error};
	request.done = take_answer;
	request.context = &waiting;
	bigquery_send(bq, &request);
	http_run_until(bq->http, &waiting.done);
	return waiting.answer;
}

json_t *bigquery_call(struct bigquery *bq, const char *method, const char *path, const json_t *body,
	bool safe, struct bigquery_error *error) {
	return call(bq,
		(struct bigquery_request){
			.method = method, .path = path, .body = body, .safe = safe},
		error);
}

static void keep_location(struct bigquery *bq, const json_t *dataset) {
	const char *location = json_text(dataset, "location");
	if (location && strlen(location) < sizeof(bq->location))
		memcpy(bq->location, location, strlen(location) + 1);
}

json_t *bigquery_dataset_open(struct bigquery *bq, struct bigquery_error *error) {
	struct buf path = BUF(2048);
	buf_puts(&path, "datasets/");
	http_encode(&path, bq->dataset);
	json_t *dataset = bigquery_call(bq, "GET", path.ptr, NULL, true, error);
	keep_location(bq, dataset);
	buf_free(&path);
	return dataset;
}

/* A create whose first answer was lost says 409 the second time; its caller then looks what is
 * there. */
json_t *bigquery_dataset_create(struct bigquery *bq, const char *location, const json_t *members,
	struct bigquery_error *error) {
	json_auto_t *body = json_pack("{s{ssss}}", "datasetReference", "projectId", bq->project,
		"datasetId", bq->dataset);
	if (location && *location)
		json_object_set_new(body, "location", json_string(location));
	json_object_update_missing(body, (json_t *)members);
	json_t *dataset = bigquery_call(bq, "POST", "datasets", body, true, error);
	keep_location(bq, dataset);
	return dataset;
}

static void table_path(const struct bigquery *bq, const char *table, struct buf *path) {
	buf_puts(path, "datasets/");
	http_encode(path, bq->dataset);
	buf_puts(path, "/tables");
	if (table) {
		buf_putc(path, '/');
		http_encode(path, table);
	}
}

json_t *bigquery_table_get(struct bigquery *bq, const char *table, struct bigquery_error *error) {
	struct buf path = BUF(8192);
	table_path(bq, table, &path);
	json_t *answer = bigquery_call(bq, "GET", path.ptr, NULL, true, error);
	buf_free(&path);
	return answer;
}

json_t *bigquery_table_create(struct bigquery *bq, const char *table, const json_t *resource,
	struct bigquery_error *error) {
	struct buf path = BUF(8192);
	json_auto_t *body = json_pack("{s{ssssss}}", "tableReference", "projectId", bq->project,
		"datasetId", bq->dataset, "tableId", table);
	json_object_update_missing(body, (json_t *)resource);
	table_path(bq, NULL, &path);
	json_t *answer = bigquery_call(bq, "POST", path.ptr, body, true, error);
	buf_free(&path);
	return answer;
}

json_t *bigquery_table_patch(struct bigquery *bq, const char *table, const json_t *members,
	const char *etag, struct bigquery_error *error) {
	struct buf path = BUF(8192), match = BUF(1024);
	table_path(bq, table, &path);
	if (etag)
		buf_printf(&match, "If-Match: %s", etag);
	json_t *answer = call(bq,
		(struct bigquery_request){.method = "PATCH",
			.path = path.ptr,
			.body = members,
			.headers = {match.ptr},
			.safe = true},
		error);
	buf_free(&path);
	buf_free(&match);
	return answer;
}

static json_t *table_page(struct bigquery *bq, const char *token, struct bigquery_error *error) {
	struct buf path = BUF(16 * 1024);
	table_path(bq, NULL, &path);
	buf_puts(&path, "?maxResults=1000");
	if (token) {
		buf_puts(&path, "&pageToken=");
		http_encode(&path, token);
	}
	json_t *page = bigquery_call(bq, "GET", path.ptr, NULL, true, error);
	buf_free(&path);
	return page;
}

json_t *bigquery_table_list(struct bigquery *bq, struct bigquery_error *error) {
	json_t *tables = json_array(), *page = table_page(bq, NULL, error);
	while (page) {
		json_array_extend(tables, json_object_get(page, "tables"));
		const char *token = json_text(page, "nextPageToken");
		json_t *next = token && *token ? table_page(bq, token, error) : NULL;
		json_decref(page);
		page = next;
	}
	if (error->kind == BIGQUERY_OK)
		return tables;
	json_decref(tables);
	return NULL;
}
