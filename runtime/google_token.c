/* A set of scopes goes in, an access token comes out: one function a kind of credential builds the
 * request, one a step reads the answer. A fetch that fails ends with a sentence that says what to
 * do, since the person who reads it sees nothing else of Google's. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/file.h"
#include "runtime/clock.h"
#include "runtime/google_state.h"
#include "runtime/json.h"
#include "runtime/log.h"

#define DEFAULT_LIFETIME_S 1800 /* when an answer does not say */

struct google_fetch {
	struct google_token *token;
	struct arena *arena;     /* no secrets in it */
	struct buf body, bearer; /* wiped */
	const char *url;
	VEC(const char *) headers;
	void (*step)(struct google_fetch *fetch, const struct http_response *response);
};

static const struct retry_policy retry_token = {
	.first_ms = 500, .most_ms = 8000, .deadline_ms = 30000};

static const char *const form_type = "Content-Type: application/x-www-form-urlencoded";

static void wipe(struct buf *buf) {
	if (buf->ptr)
		explicit_bzero(buf->ptr, buf->capacity);
	buf_free(buf);
}

void google_fetch_free(struct google_fetch *fetch) {
	if (!fetch)
		return;
	wipe(&fetch->body);
	wipe(&fetch->bearer);
	arena_destroy(fetch->arena);
	free(fetch);
}

static void end(struct google_fetch *fetch, enum outcome outcome, const char *error) {
	fetch->token->fetch = NULL;
	google_token_ready(fetch->token, outcome, error);
	google_fetch_free(fetch);
}

static void fail(struct google_fetch *fetch, enum outcome outcome, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void fail(struct google_fetch *fetch, enum outcome outcome, const char *format, ...) {
	va_list args;
	va_start(args, format);
	const char *text = arena_vprintf(fetch->arena, format, args);
	va_end(args);
	end(fetch, outcome, text);
}

/* OAuth's errors that pass, and statuses that do. */
static enum http_verdict judge(void *context, const struct http_response *response) {
	static const char *const passing[] = {
		"internal_failure", "server_error", "temporarily_unavailable"};
	(void)context;
	if (response->outcome != OUTCOME_ANSWERED)
		return HTTP_USUAL;
	long status = response->status;
	if (status == 408 || status == 429 || status >= 500)
		return HTTP_AGAIN;
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const char *error = json_text(body, "error");
	for (size_t i = 0; error && i < COUNT_OF(passing); i++)
		if (strcmp(error, passing[i]) == 0)
			return HTTP_AGAIN;
	return HTTP_TAKE;
}

static void stepped(void *context, const struct http_response *response) {
	struct google_fetch *fetch = context;
	if (response->outcome == OUTCOME_ANSWERED) {
		fetch->step(fetch, response);
		return;
	}
	if (response->outcome == OUTCOME_STOPPED)
		fail(fetch, OUTCOME_STOPPED, "%s", response->error);
	else
		fail(fetch, response->outcome, "no access token for %s: no answer from %s: %s",
			fetch->token->google->describe, fetch->url, response->error);
}

static void send(struct google_fetch *fetch, const char *method, const char *url,
	void (*step)(struct google_fetch *fetch, const struct http_response *response)) {
	fetch->url = url;
	fetch->step = step;
	vec_push(fetch->arena, &fetch->headers, NULL);
	http_send(fetch->token->google->http, &(struct http_request){.method = method,
						      .url = url,
						      .headers = fetch->headers.items,
						      .body = buf_str(&fetch->body),
						      .safe = true,
						      .secret = true,
						      .timeout_ms = 20000,
						      .retry = &retry_token,
						      .judge = judge,
						      .done = stepped,
						      .context = fetch});
}

static void header(struct google_fetch *fetch, const char *text) {
	vec_push(fetch->arena, &fetch->headers, text);
}

/* What an issuer's refusal means for the person who set the credential up. */
static const struct {
	const char *error, *said, *advice;
} refusals[] = {
	{"invalid_grant", "short-lived token", "set this machine's clock"},
	{"invalid_grant", "Invalid JWT Signature",
		"the key was deleted or is another one: make a new key"},
	{"invalid_grant", "account not found",
		"the service account was deleted: make a new one and its key"},
	{"invalid_grant", "",
		"the login was revoked or has expired: run `gcloud auth application-default "
		"login` again"},
	{"invalid_scope", "", "log in with the scopes that are asked for"},
	{"invalid_client", "", "the client of this login was deleted: log in again"},
	{"unauthorized_client", "", "the account may not ask for these scopes"},
	{"invalid_target", "", "`audience` names no workload identity provider that exists"},
};

static const char *advice_for(const char *error, const char *said) {
	for (size_t i = 0; error && i < COUNT_OF(refusals); i++)
		if (strcmp(error, refusals[i].error) == 0 && strstr(said, refusals[i].said))
			return refusals[i].advice;
	return "check the credential and the roles of its account";
}

static void refuse(struct google_fetch *fetch, const struct http_response *response) {
	const char *who = fetch->token->google->describe;
	if (response->status == 408 || response->status == 429 || response->status >= 500) {
		fail(fetch, OUTCOME_CUT, "no access token for %s: %s answered %ld, %u times", who,
			fetch->url, response->status, response->tries);
		return;
	}
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const json_t *inner = json_object_get(body, "error");
	const char *error = json_text(body, "error");
	const char *said = json_text(body, json_is_object(inner) ? "" : "error_description");
	if (json_is_object(inner)) {
		error = json_text(inner, "status");
		said = json_text(inner, "message");
	}
	fail(fetch, OUTCOME_BROKEN, "no access token for %s: %s answered %ld %s%s%s; %s", who,
		fetch->url, response->status, error ? error : "(no reason)", said ? ": " : "",
		said ? said : "", advice_for(error, said ? said : ""));
}

static void keep(struct google_fetch *fetch, const char *value, long lifetime_s) {
	struct google_token *token = fetch->token;
	token->value = strdup(value);
	if (!token->value)
		out_of_memory();
	token->expires_ms = clock_ms() + lifetime_s * 1000;
	log_secret(value);
	end(fetch, OUTCOME_ANSWERED, "");
}

/* A number or, from some issuers, a text. */
static long lifetime_of(const json_t *body) {
	const json_t *value = json_object_get(body, "expires_in");
	long long seconds = json_integer_value(value);
	if (json_is_string(value) && !str_integer(str_from(json_string_value(value)), &seconds))
		seconds = 0;
	return seconds > 0 && seconds <= 24 * 3600 ? (long)seconds : DEFAULT_LIFETIME_S;
}

static void take_token(struct google_fetch *fetch, const struct http_response *response) {
	if (response->status != 200) {
		refuse(fetch, response);
		return;
	}
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const char *value = json_text(body, "access_token");
	if (!value || !*value || strpbrk(value, "\r\n"))
		fail(fetch, OUTCOME_BROKEN, "no access token for %s: the answer of %s holds none",
			fetch->token->google->describe, fetch->url);
	else
		keep(fetch, value, lifetime_of(body));
}

static bool assertion(const struct google *google, const char *scopes, struct buf *out) {
	long long now = (long long)time(NULL) - 10;
	json_auto_t *header =
		json_pack("{ss ss ss*}", "alg", "RS256", "typ", "JWT", "kid", google->key_id);
	json_auto_t *claims = json_pack("{ss ss ss sI sI}", "iss", google->email, "scope", scopes,
		"aud", google->audience, "iat", (json_int_t)now, "exp", (json_int_t)now + 3600);
	char *head = json_dumps(header, JSON_COMPACT), *body = json_dumps(claims, JSON_COMPACT);
	bool good = head && body && jwt_sign(google->key, str_from(head), str_from(body), out);
	free(head);
	free(body);
	return good;
}

static void fail_later_done(void *context, const struct http_response *response) {
	struct google_fetch *fetch = context;
	end(fetch, response->outcome == OUTCOME_STOPPED ? OUTCOME_STOPPED : OUTCOME_BROKEN,
		fetch->url);
}

/* An empty address fails from within http_run(), as every other failure does. */
static void fail_later(struct google_fetch *fetch, const char *sentence) {
	fetch->url = sentence;
	http_send(fetch->token->google->http,
		&(struct http_request){
			.method = "GET", .url = "", .done = fail_later_done, .context = fetch});
}

static void fetch_service_account(struct google_fetch *fetch) {
	struct google *google = fetch->token->google;
	struct buf jwt = BUF(64 * 1024);
	if (assertion(google, fetch->token->scopes, &jwt)) {
		http_form(
			&fetch->body, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
		http_form(&fetch->body, "assertion", jwt.ptr);
		header(fetch, form_type);
		send(fetch, "POST", google->token_url, take_token);
	} else {
		fail_later(fetch,
			arena_printf(fetch->arena, "the key of %s cannot sign", google->describe));
	}
	wipe(&jwt);
}

static void fetch_authorized_user(struct google_fetch *fetch) {
	struct google *google = fetch->token->google;
	http_form(&fetch->body, "grant_type", "refresh_token");
	http_form(&fetch->body, "client_id", google->client_id);
	http_form(&fetch->body, "client_secret", google->client_secret);
	http_form(&fetch->body, "refresh_token", google->refresh_token);
	header(fetch, form_type);
	send(fetch, "POST", google->token_url, take_token);
}

static void take_impersonated(struct google_fetch *fetch, const struct http_response *response) {
	if (response->status != 200) {
		refuse(fetch, response);
		return;
	}
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const char *value = json_text(body, "accessToken"), *until = json_text(body, "expireTime");
	struct tm parts = {0};
	long long left = until && strptime(until, "%Y-%m-%dT%H:%M:%S", &parts)
				 ? (long long)timegm(&parts) - (long long)time(NULL)
				 : DEFAULT_LIFETIME_S;
	if (!value || !*value || strpbrk(value, "\r\n"))
		fail(fetch, OUTCOME_BROKEN, "no access token for %s: the answer of %s holds none",
			fetch->token->google->describe, fetch->url);
	else
		keep(fetch, value, left > 0 ? (long)left : 0);
}

static json_t *split_scopes(const char *scopes) {
	json_t *list = json_array();
	struct str rest = str_from(scopes), scope;
	while (str_split(&rest, ' ', &scope))
		json_array_append_new(list, json_stringn(scope.ptr, scope.len));
	return list;
}

static void impersonate(struct google_fetch *fetch, const char *federated) {
	json_auto_t *body = json_pack(
		"{so ss}", "scope", split_scopes(fetch->token->scopes), "lifetime", "3600s");
	char *text = json_dumps(body, JSON_COMPACT);
	wipe(&fetch->body);
	buf_puts(&fetch->body, text);
	free(text);
	buf_printf(&fetch->bearer, "Authorization: Bearer %s", federated);
	log_secret(federated);
	fetch->headers.count = 0;
	header(fetch, "Content-Type: application/json");
	header(fetch, fetch->bearer.ptr);
	send(fetch, "POST", fetch->token->google->impersonation_url, take_impersonated);
}

static void take_federated(struct google_fetch *fetch, const struct http_response *response) {
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const char *value = json_text(body, "access_token");
	if (response->status == 200 && value && fetch->token->google->impersonation_url)
		impersonate(fetch, value);
	else
		take_token(fetch, response);
}

static void exchange(struct google_fetch *fetch, const char *subject) {
	struct google *google = fetch->token->google;
	log_secret(subject);
	wipe(&fetch->body);
	http_form(&fetch->body, "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
	http_form(&fetch->body, "audience", google->audience);
	http_form(&fetch->body, "scope",
		google->impersonation_url ? GOOGLE_SCOPE_CLOUD : fetch->token->scopes);
	http_form(&fetch->body, "requested_token_type",
		"urn:ietf:params:oauth:token-type:access_token");
	http_form(&fetch->body, "subject_token", subject);
	http_form(&fetch->body, "subject_token_type", google->subject_type);
	fetch->headers.count = 0;
	header(fetch, form_type);
	send(fetch, "POST", google->token_url, take_federated);
}

/* The subject's token: the whole text, or a member of a JSON object. NULL when there is none. */
static char *subject_of(const struct google *google, struct str text) {
	if (!google->source_field) {
		struct str trimmed = str_trim(text);
		return trimmed.len ? strndup(trimmed.ptr, trimmed.len) : NULL;
	}
	json_auto_t *object = json_loadb(text.ptr, text.len, 0, NULL);
	const char *value = json_text(object, google->source_field);
	return value && *value ? strdup(value) : NULL;
}

static void take_subject(struct google_fetch *fetch, const struct http_response *response) {
	const struct google *google = fetch->token->google;
	char *subject = response->status == 200 ? subject_of(google, response->body) : NULL;
	if (subject)
		exchange(fetch, subject);
	else
		fail(fetch, OUTCOME_BROKEN,
			"no access token for %s: %s answered %ld and no subject token; in GitHub "
			"Actions the job "
			"needs the permission `id-token: write`",
			google->describe, fetch->url, response->status);
	google_wipe(subject);
}

static void fetch_source_file(struct google_fetch *fetch) {
	const struct google *google = fetch->token->google;
	struct buf text = BUF(1 << 20);
	bool read = file_read(google->source_file, &text);
	int problem = errno;
	char *subject = read ? subject_of(google, buf_str(&text)) : NULL;
	wipe(&text);
	if (subject)
		exchange(fetch, subject);
	else
		fail_later(fetch,
			arena_printf(fetch->arena, "no access token for %s: %s: %s",
				google->describe, google->source_file,
				read ? "there is no subject token in it" : strerror(problem)));
	google_wipe(subject);
}

static void fetch_external_account(struct google_fetch *fetch) {
	const struct google *google = fetch->token->google;
	if (google->source_file) {
		fetch_source_file(fetch);
		return;
	}
	const char *key;
	json_t *value;
	json_object_foreach(google->source_headers, key, value) if (json_is_string(value))
		header(fetch, arena_printf(fetch->arena, "%s: %s", key, json_string_value(value)));
	send(fetch, "GET", google->source_url, take_subject);
}

static void take_metadata(void *context, const struct http_response *response) {
	struct google_fetch *fetch = context;
	const struct google *google = fetch->token->google;
	const char *problem = google_metadata_problem(fetch->arena, google, response);
	if (!problem)
		take_token(fetch, response);
	else
		end(fetch,
			response->outcome == OUTCOME_ANSWERED ? OUTCOME_BROKEN : response->outcome,
			problem);
}

static void fetch_metadata(struct google_fetch *fetch) {
	struct google *google = fetch->token->google;
	struct buf path = BUF(8192);
	buf_puts(&path, "instance/service-accounts/default/token?scopes=");
	struct str rest = str_from(fetch->token->scopes), scope;
	for (bool first = true; str_split(&rest, ' ', &scope); first = false) {
		buf_puts(&path, first ? "" : ",");
		http_encode(&path, arena_cstr(fetch->arena, scope));
	}
	fetch->url = arena_cstr(fetch->arena, str_from(google_metadata_url(google, path.ptr)));
	buf_free(&path);
	http_send(google->http, &(struct http_request){.method = "GET",
					.url = fetch->url,
					.headers = google_metadata_headers,
					.safe = true,
					.secret = true,
					.direct = true,
					.timeout_ms = 3000,
					.retry = &retry_token,
					.judge = judge,
					.done = take_metadata,
					.context = fetch});
}

void google_token_fetch(struct google_token *token) {
	static void (*const kinds[])(struct google_fetch * fetch) = {
		[GOOGLE_SERVICE_ACCOUNT] = fetch_service_account,
		[GOOGLE_AUTHORIZED_USER] = fetch_authorized_user,
		[GOOGLE_EXTERNAL_ACCOUNT] = fetch_external_account,
		[GOOGLE_METADATA_SERVER] = fetch_metadata,
	};
	struct google_fetch *fetch = calloc(1, sizeof(*fetch));
	if (!fetch)
		out_of_memory();
	*fetch = (struct google_fetch){.token = token,
		.arena = arena_create(),
		.body = BUF(1 << 20),
		.bearer = BUF(64 * 1024)};
	token->fetch = fetch;
	kinds[token->google->kind](fetch);
}
