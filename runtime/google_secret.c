/* A secret's name goes in, its value comes out, checked against the checksum that came with it.
 * What a refusal means is a table of sentences, because a missing secret stops a run before it
 * began. */
#include <stdlib.h>

#include "runtime/base64.h"
#include "runtime/crc32c.h"
#include "runtime/google_state.h"
#include "runtime/json.h"
#include "runtime/log.h"

#define MOST_BYTES (64 * 1024) /* Secret Manager's own limit */
#define MOST_READINGS 3        /* when the checksum is wrong */

struct reading {
	const char *name;
	struct buf *value, *version, *error;
	bool done, good, damaged;
};

static const struct retry_policy retry_secret = {
	.first_ms = 500, .most_ms = 8000, .deadline_ms = 60000};

static enum http_verdict judge(void *context, const struct http_response *response) {
	(void)context;
	if (response->outcome != OUTCOME_ANSWERED)
		return HTTP_USUAL;
	return response->status == 429 || response->status >= 500 ? HTTP_AGAIN : HTTP_TAKE;
}

static const struct {
	long status;
	const char *advice;
} refusals[] = {
	{400, "its version is disabled or destroyed, or the name is malformed: enable or add a "
	      "version"},
	{401, "the access token was refused: check the credential"},
	{403, "the account needs roles/secretmanager.secretAccessor on it, and the Secret Manager "
	      "API must be "
	      "enabled"},
	{404, "there is no such secret, or it has no version: create it, or correct the name"},
};

static void refuse(struct reading *r, const struct http_response *response) {
	const char *advice = "try again later";
	for (size_t i = 0; i < COUNT_OF(refusals); i++)
		if (refusals[i].status == response->status)
			advice = refusals[i].advice;
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const char *said = json_text(json_object_get(body, "error"), "message");
	buf_printf(r->error, "cannot read the secret %s: %ld%s%s; %s", r->name, response->status,
		said ? " " : "", said ? said : "", advice);
}

/* The checksum is a number as text; Google's libraries take an absent one as unchecked, we do not.
 */
static bool is_whole(struct str bytes, const char *expected) {
	long long value;
	return expected && str_integer(str_from(expected), &value) &&
	       value == (long long)crc32c(bytes);
}

static void take_payload(struct reading *r, const json_t *body) {
	const json_t *payload = json_object_get(body, "payload");
	const char *data = json_text(payload, "data");
	struct buf bytes = BUF(MOST_BYTES);
	bool decoded = data && base64_decode(&bytes, str_from(data));
	r->damaged = !decoded || !is_whole(buf_str(&bytes), json_text(payload, "dataCrc32c"));
	if (r->damaged) {
		buf_printf(r->error,
			"the secret %s arrived damaged (its CRC-32C is wrong), %d times; try again "
			"later",
			r->name, MOST_READINGS);
	} else {
		while (bytes.len && strchr("\r\n", bytes.ptr[bytes.len - 1]))
			bytes.ptr[--bytes.len] = '\0';
		r->good = bytes.len > 0 && strlen(bytes.ptr) == bytes.len;
		if (r->good)
			buf_add_str(r->value, buf_str(&bytes));
		else
			buf_printf(r->error, "the secret %s is empty, or no text: add a version",
				r->name);
		if (r->version)
			buf_puts(r->version,
				json_text(body, "name") ? json_text(body, "name") : r->name);
		log_secret(bytes.ptr);
	}
	if (bytes.ptr)
		explicit_bzero(bytes.ptr, bytes.capacity);
	buf_free(&bytes);
}

static void answered(void *context, const struct http_response *response) {
	struct reading *r = context;
	r->done = true;
	buf_clear(r->error);
	if (response->outcome != OUTCOME_ANSWERED) {
		buf_printf(r->error, "cannot read the secret %s: %s", r->name, response->error);
		return;
	}
	if (response->status != 200) {
		refuse(r, response);
		return;
	}
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	take_payload(r, body);
	const char *data = json_text(json_object_get(body, "payload"), "data");
	if (data)
		explicit_bzero((char *)data, strlen(data));
}

/* "projects/P/…/versions/V" of a short or long name. */
static bool full_name(const struct google_secret *secret, struct buf *out, struct buf *error) {
	struct str name = str_from(secret->name);
	bool is_long = str_starts(name, "projects/");
	if (!name.len || strpbrk(secret->name, "?#% \r\n:") || strstr(secret->name, "..")) {
		buf_printf(error, "`%s` is no name of a secret", secret->name ? secret->name : "");
		return false;
	}
	if (!is_long && (!secret->project || !*secret->project)) {
		buf_printf(error,
			"the secret %s needs a project: set GOOGLE_CLOUD_PROJECT, or write "
			"projects/P/secrets/%s",
			secret->name, secret->name);
		return false;
	}
	if (!is_long)
		buf_printf(out, "projects/%s/secrets/", secret->project);
	buf_add_str(out, name);
	if (str_find(name, "/versions/", 0) == STR_NONE)
		buf_puts(out, "/versions/latest");
	return true;
}

static void secret_url(const struct google_secret *secret, const char *name, struct buf *url) {
	struct str text = str_from(name), region = {NULL, 0};
	size_t at = str_find(text, "/locations/", 0);
	if (at != STR_NONE) {
		struct str rest = str_slice(text, at + strlen("/locations/"), text.len);
		str_split(&rest, '/', &region);
	}
	if (secret->base_url && *secret->base_url)
		buf_add_str(url, str_ends(str_from(secret->base_url), "/")
					 ? str_slice(str_from(secret->base_url), 0,
						   strlen(secret->base_url) - 1)
					 : str_from(secret->base_url));
	else if (region.len)
		buf_printf(url, "https://secretmanager.%.*s.rep.googleapis.com", STR_ARGS(region));
	else
		buf_puts(url, "https://secretmanager.googleapis.com");
	buf_printf(url, "/v1/%s:access", name);
}

static bool read_secret(struct google *google, const char *url, struct reading *r) {
	for (int i = 0; i < MOST_READINGS; i++) {
		r->done = r->damaged = false;
		google_send(google, GOOGLE_SCOPE_CLOUD,
			&(struct http_request){.method = "GET",
				.url = url,
				.safe = true,
				.secret = true,
				.timeout_ms = 20000,
				.retry = &retry_secret,
				.judge = judge,
				.done = answered,
				.context = r});
		http_run_until(google->http, &r->done);
		if (!r->damaged)
			break;
	}
	return r->good;
}

bool google_secret(struct google *google, const struct google_secret *secret, struct buf *value,
	struct buf *version, struct buf *error) {
	struct buf name = BUF(2048), url = BUF(4096);
	bool good = full_name(secret, &name, error);
	if (good) {
		secret_url(secret, name.ptr, &url);
		struct reading reading = {
			.name = name.ptr, .value = value, .version = version, .error = error};
		good = google_url_allowed(url.ptr);
		if (!good)
			buf_printf(error,
				"%s is neither https nor loopback, so no credential is sent there",
				url.ptr);
		else
			good = read_secret(google, url.ptr, &reading);
	}
	buf_free(&name);
	buf_free(&url);
	return good;
}
