/* An answer or a job's resource goes in, a kind comes out. What BigQuery's reasons mean is one
 * table: its first row that fits counts, so reasons stand above statuses. */
#include <stdarg.h>
#include <stdio.h>

#include "runtime/bigquery_state.h"
#include "runtime/json.h"

static const struct row {
	const char *reason; /* NULL: any */
	long status;        /* 0: any */
	enum bigquery_kind kind;
	bool retryable;
} rows[] = {
	{"rateLimitExceeded", 0, BIGQUERY_BUSY, true},
	{"jobRateLimitExceeded", 0, BIGQUERY_BUSY, true},
	{"quotaExceeded", 0, BIGQUERY_QUOTA, false},
	{"bytesBilledLimitExceeded", 0, BIGQUERY_QUOTA, false},
	{"responseTooLarge", 0, BIGQUERY_INVALID, false},
	{"resourcesExceeded", 0, BIGQUERY_INVALID, false},
	{"accessDenied", 0, BIGQUERY_DENIED, false},
	{"billingNotEnabled", 0, BIGQUERY_DENIED, false},
	{"billingTierLimitExceeded", 0, BIGQUERY_DENIED, false},
	{"notFound", 0, BIGQUERY_NOT_FOUND, false},
	{"duplicate", 0, BIGQUERY_DUPLICATE, false},
	{"conditionNotMet", 0, BIGQUERY_CONFLICT, false},
	{"backendError", 0, BIGQUERY_SERVER, true},
	{"internalError", 0, BIGQUERY_SERVER, true},
	{"jobBackendError", 0, BIGQUERY_SERVER, true},
	{"jobInternalError", 0, BIGQUERY_SERVER, true},
	{"badGateway", 0, BIGQUERY_SERVER, true},
	{"stopped", 0, BIGQUERY_UNFINISHED, true},
	{"timeout", 0, BIGQUERY_UNFINISHED, true},
	{"invalid", 0, BIGQUERY_INVALID, false},
	{"invalidQuery", 0, BIGQUERY_INVALID, false},
	{"parseError", 0, BIGQUERY_INVALID, false},
	{"required", 0, BIGQUERY_INVALID, false},
	{"authError", 0, BIGQUERY_CREDENTIALS, false},
	{NULL, 400, BIGQUERY_INVALID, false},
	{NULL, 401, BIGQUERY_CREDENTIALS, false},
	{NULL, 403, BIGQUERY_DENIED, false},
	{NULL, 404, BIGQUERY_NOT_FOUND, false},
	{NULL, 409, BIGQUERY_DUPLICATE, false},
	{NULL, 410, BIGQUERY_NOT_FOUND, false},
	{NULL, 412, BIGQUERY_CONFLICT, false},
	{NULL, 408, BIGQUERY_SERVER, true},
	{NULL, 429, BIGQUERY_BUSY, true},
};

static void classify(struct bigquery_error *error) {
	error->kind = error->status >= 500 ? BIGQUERY_SERVER : BIGQUERY_STRANGE;
	error->retryable = error->status >= 500;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (rows[i].reason && strcmp(rows[i].reason, error->reason) != 0)
			continue;
		if (rows[i].status && rows[i].status != error->status)
			continue;
		error->kind = rows[i].kind;
		error->retryable = rows[i].retryable;
		break;
	}
	if (error->kind == BIGQUERY_INVALID && strstr(error->message, "concurrent update")) {
		error->kind = BIGQUERY_CONFLICT;
		error->retryable = true;
	}
}

/* Cut to its place, never within a character. */
static void set(char *to, size_t size, const char *text) {
	size_t len = text ? strlen(text) : 0;
	if (len >= size)
		for (len = size - 1; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	memcpy(to, text ? text : "", len);
	to[len] = '\0';
}

void bigquery_fail(struct bigquery_error *error, enum bigquery_kind kind, const char *format, ...) {
	char text[2000];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	*error = (struct bigquery_error){.kind = kind};
	set(error->message, sizeof(error->message), text);
}

static void fail_unanswered(const struct http_response *response, struct bigquery_error *error) {
	bool stopped = response->outcome == OUTCOME_STOPPED;
	bool broken = response->outcome == OUTCOME_BROKEN;
	bigquery_fail(error,
		stopped  ? BIGQUERY_STOPPED
		: broken ? BIGQUERY_CREDENTIALS
			 : BIGQUERY_UNREACHABLE,
		"%s", response->error);
	error->retryable = !stopped && !broken && response->outcome != OUTCOME_TLS;
}

/* A page of HTML says little to a person: its first words do. */
static void fail_unread(const struct http_response *response, struct bigquery_error *error) {
	struct str body = str_trim(response->body);
	char shown[120];
	size_t len = body.len < sizeof(shown) - 1 ? body.len : sizeof(shown) - 1;
	for (size_t i = 0; i < len; i++)
		shown[i] = (unsigned char)body.ptr[i] < 0x20 || (unsigned char)body.ptr[i] > 0x7e
				   ? ' '
				   : body.ptr[i];
	shown[len] = '\0';
	long status = response->status;
	bigquery_fail(error, status >= 500 ? BIGQUERY_SERVER : BIGQUERY_STRANGE, "%s%s",
		len ? "no answer of BigQuery's: " : "an empty answer", shown);
	error->status = status;
	error->retryable = status >= 500 || status == 429 || status == 408;
	if (status == 429)
		error->kind = BIGQUERY_BUSY;
}

static void read_proto(const json_t *proto, struct bigquery_error *error) {
	set(error->reason, sizeof(error->reason), json_text(proto, "reason"));
	set(error->location, sizeof(error->location), json_text(proto, "location"));
	const char *message = json_text(proto, "message");
	if (message && *message)
		set(error->message, sizeof(error->message), message);
}

void bigquery_error_of(const struct http_response *response, struct bigquery_error *error) {
	*error = (struct bigquery_error){.status = response->status};
	if (response->outcome != OUTCOME_ANSWERED) {
		fail_unanswered(response, error);
		return;
	}
	if (response->status >= 200 && response->status < 300)
		return;
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const json_t *said = json_object_get(body, "error");
	if (!json_is_object(said)) {
		fail_unread(response, error);
		return;
	}
	set(error->message, sizeof(error->message), json_text(said, "message"));
	const json_t *first = json_array_get(json_object_get(said, "errors"), 0);
	if (first)
		read_proto(first, error);
	classify(error);
}

/* The cause is often not in the result but in the first of the errors that points at a row. */
static void add_detail(const json_t *errors, struct bigquery_error *error) {
	size_t i;
	json_t *item;
	json_array_foreach(errors, i, item) {
		const char *message = json_text(item, "message");
		size_t used = strlen(error->message);
		if (!message || strstr(error->message, message) ||
			used + 3 >= sizeof(error->message))
			continue;
		memcpy(error->message + used, "; ", 3);
		set(error->message + used + 2, sizeof(error->message) - used - 2, message);
		return;
	}
}

void bigquery_job_error(const json_t *job, struct bigquery_error *error) {
	*error = (struct bigquery_error){.status = 200};
	const json_t *status = json_object_get(job, "status");
	const json_t *result = json_object_get(status, "errorResult");
	if (!json_is_object(result))
		return;
	read_proto(result, error);
	classify(error);
	add_detail(json_object_get(status, "errors"), error);
}

void bigquery_describe(const struct bigquery_error *error, struct buf *out) {
	if (error->kind == BIGQUERY_OK) {
		buf_puts(out, "warehouse: no error");
		return;
	}
	buf_puts(out, "warehouse: ");
	bool status = error->status && error->status != 200;
	if (status)
		buf_printf(out, "%ld", error->status);
	if (*error->reason)
		buf_printf(out, "%s%s", status ? " " : "", error->reason);
	if (status || *error->reason)
		buf_puts(out, ": ");
	buf_puts(out, error->message);
	if (*error->location)
		buf_printf(out, " (at %s)", error->location);
}
