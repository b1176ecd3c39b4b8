/* Requests go in, requests with a token come out. Those that find no fresh token wait for the one
 * that is being fetched, so a hundred requests at the start ask for one token. A 401 drops the
 * token that was used and sends the request once more; a second 401 is the caller's. */
#include "runtime/google.h"

#include <stdlib.h>
#include <unistd.h>

#include "runtime/clock.h"
#include "runtime/google_state.h"
#include "runtime/json.h"
#include "runtime/log.h"

/* Google's own libraries refresh when less than this remains; the metadata server gives the same
 * token until about four minutes before its end. */
#define REFRESH_BEFORE_MS (225L * 1000)

struct google_call {
	struct google_call *next;
	struct google_token *token;
	struct http_request request; /* as the caller gave it */
	const char **headers;
	char *bearer, *user_project;
	char *used; /* the token that was sent */
	bool waiting, repeated;
};

const char *const google_metadata_headers[] = {"Metadata-Flavor: Google", NULL};

void google_wipe(char *secret) {
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

bool google_url_allowed(const char *url) {
	static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
	struct str text = str_from(url);
	size_t start = str_find(text, "://", 0);
	if (start == STR_NONE)
		return false;
	struct str host = str_slice(text, start + 3, start + 3 + strcspn(url + start + 3, "/?#"));
	if (!host.len || memchr(host.ptr, '@', host.len))
		return false;
	if (str_starts(text, "https://"))
		return true;
	for (size_t i = 0; i < COUNT_OF(hosts) && str_starts(text, "http://"); i++) {
		size_t len = strlen(hosts[i]);
		if (str_starts(host, hosts[i]) && (host.len == len || host.ptr[len] == ':'))
			return true;
	}
	return false;
}

/* ---- opening ---- */

static const char *set(const char *text) {
	return text && *text ? text : NULL;
}

/* The file to read, or NULL for the metadata server. */
static const char *find_file(struct arena *arena, const struct google_options *options) {
	if (set(options->credentials_file))
		return options->credentials_file;
	static const char name[] = "application_default_credentials.json";
	const char *path = NULL;
	if (set(options->config_directory))
		path = arena_printf(arena, "%s/%s", options->config_directory, name);
	else if (set(options->home))
		path = arena_printf(arena, "%s/.config/gcloud/%s", options->home, name);
	return path && access(path, F_OK) == 0 ? path : NULL;
}

struct google *google_open(const struct google_options *options, struct buf *error) {
	struct google *google = calloc(1, sizeof(*google));
	if (!google)
		out_of_memory();
	google->arena = arena_create();
	google->http = options->http;
	google->metadata_host = arena_cstr(
		google->arena, str_from(set(options->metadata_host) ? options->metadata_host
								    : "metadata.google.internal"));
	const char *path = find_file(google->arena, options);
	google->kind = GOOGLE_METADATA_SERVER;
	google->describe =
		arena_printf(google->arena, "the metadata server (%s)", google->metadata_host);
	if (path && !google_credential_read(google, options, path, error)) {
		google_close(google);
		return NULL;
	}
	return google;
}

static void token_drop(struct google_token *token) {
	log_forget(token->value);
	google_wipe(token->value);
	token->value = NULL;
}

static void call_free(struct google_call *call) {
	google_wipe(call->bearer);
	google_wipe(call->used);
	free(call->user_project);
	free(call->headers);
	free(call);
}

void google_close(struct google *google) {
	if (!google)
		return;
	while (google->calls) {
		struct google_call *call = google->calls;
		google->calls = call->next;
		call_free(call);
	}
	while (google->tokens) {
		struct google_token *token = google->tokens;
		google->tokens = token->next;
		token_drop(token);
		google_fetch_free(token->fetch);
		free(token->scopes);
		free(token);
	}
	jwt_key_free(google->key);
	google_wipe(google->client_secret);
	google_wipe(google->refresh_token);
	json_decref(google->source_headers);
	arena_destroy(google->arena);
	free(google);
}

enum google_kind google_kind(const struct google *google) {
	return google->kind;
}

const char *google_describe(const struct google *google) {
	return google->describe;
}

const char *google_project(const struct google *google) {
	return google->project ? google->project : google->quota_project;
}

/* ---- tokens and requests ---- */

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The scopes in one order, so that the same set is one token; the caller frees. */
static char *sort_scopes(const char *scopes) {
	char *copy = strdup(scopes), *list[32], *rest = copy;
	size_t count = 0;
	struct buf sorted = BUF(8192);
	if (!copy)
		out_of_memory();
	for (char *scope; count < COUNT_OF(list) && (scope = strsep(&rest, " ")) != NULL;)
		if (*scope)
			list[count++] = scope;
	qsort(list, count, sizeof(*list), by_text);
	for (size_t i = 0; i < count; i++)
		buf_printf(&sorted, "%s%s", i ? " " : "", list[i]);
	free(copy);
	return sorted.ptr ? sorted.ptr : strdup("");
}

static struct google_token *token_for(struct google *google, const char *scopes) {
	char *sorted = sort_scopes(scopes);
	for (struct google_token *token = google->tokens; token; token = token->next)
		if (strcmp(token->scopes, sorted) == 0) {
			free(sorted);
			return token;
		}
	struct google_token *token = calloc(1, sizeof(*token));
	if (!token)
		out_of_memory();
	*token = (struct google_token){.next = google->tokens, .google = google, .scopes = sorted};
	google->tokens = token;
	return token;
}

static void unlink_call(struct google_call *call) {
	struct google_call **at = &call->token->google->calls;
	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
}

static void finish(struct google_call *call, const struct http_response *response) {
	unlink_call(call);
	call->request.done(call->request.context, response);
	call_free(call);
}

static void dispatch(struct google_call *call);

static enum http_verdict judged(void *context, const struct http_response *response) {
	const struct google_call *call = context;
	return call->request.judge(call->request.context, response);
}

static long turned(void *context) {
	const struct google_call *call = context;
	return call->request.turn(call->request.context);
}

static void answered(void *context, const struct http_response *response) {
	struct google_call *call = context;
	struct google_token *token = call->token;
	if (response->outcome != OUTCOME_ANSWERED || response->status != 401 || call->repeated) {
		finish(call, response);
		return;
	}
	call->repeated = true;
	if (token->value && strcmp(token->value, call->used) == 0)
		token_drop(token);
	dispatch(call);
}

static void send_with(struct google_call *call) {
	struct google_token *token = call->token;
	size_t count = 0, own = 0;
	while (call->request.headers && call->request.headers[own])
		own++;
	google_wipe(call->bearer);
	google_wipe(call->used);
	free(call->headers);
	call->used = strdup(token->value);
	call->headers = calloc(own + 3, sizeof(*call->headers));
	if (!call->used || !call->headers ||
		asprintf(&call->bearer, "Authorization: Bearer %s", token->value) < 0)
		out_of_memory();
	for (; count < own; count++)
		call->headers[count] = call->request.headers[count];
	call->headers[count++] = call->bearer;
	const char *project = token->google->quota_project;
	if (project && !call->user_project &&
		asprintf(&call->user_project, "x-goog-user-project: %s", project) < 0)
		out_of_memory();
	call->headers[count] = call->user_project;
	struct http_request request = call->request;
	request.headers = call->headers;
	request.judge = request.judge ? judged : NULL;
	request.turn = request.turn ? turned : NULL;
	request.done = answered;
	request.context = call;
	http_send(token->google->http, &request);
}

/* Sends the request if its token is fresh, else lets it wait for the one that is fetched. */
static void dispatch(struct google_call *call) {
	struct google_token *token = call->token;
	if (!token->fetch && token->value &&
		token->expires_ms - clock_ms() >= REFRESH_BEFORE_MS) {
		send_with(call);
		return;
	}
	call->waiting = true;
	if (token->fetch)
		return;
	token_drop(token);
	google_token_fetch(token);
}

static struct google_call *next_waiting(const struct google_token *token) {
	for (struct google_call *call = token->google->calls; call; call = call->next)
		if (call->waiting && call->token == token)
			return call;
	return NULL;
}

void google_token_ready(struct google_token *token, enum outcome outcome, const char *error) {
	struct http_response response = {
		.outcome = outcome, .error = error, .body = STR(""), .headers = STR("")};
	struct google_call *ready = NULL;
	for (struct google_call *call; (call = next_waiting(token)) != NULL;) {
		call->waiting = false;
		if (outcome == OUTCOME_ANSWERED) {
			send_with(call);
			continue;
		}
		unlink_call(call);
		call->next = ready;
		ready = call;
	}
	while (ready) {
		struct google_call *call = ready;
		ready = call->next;
		call->request.done(call->request.context, &response);
		call_free(call);
	}
}

void google_send(struct google *google, const char *scopes, const struct http_request *request) {
	struct google_call *call = calloc(1, sizeof(*call));
	if (!call)
		out_of_memory();
	*call = (struct google_call){
		.next = google->calls, .token = token_for(google, scopes), .request = *request};
	google->calls = call;
	dispatch(call);
}

/* ---- the metadata server ---- */

const char *google_metadata_url(const struct google *google, const char *path) {
	return arena_printf(
		google->arena, "http://%s/computeMetadata/v1/%s", google->metadata_host, path);
}

const char *google_metadata_problem(
	struct arena *arena, const struct google *google, const struct http_response *response) {
	if (response->outcome == OUTCOME_STOPPED)
		return arena_cstr(arena, str_from(response->error));
	if (response->outcome != OUTCOME_ANSWERED)
		return arena_printf(arena,
			"no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS to a key file, "
			"run `gcloud auth "
			"application-default login`, or run on Google Cloud (no metadata server at "
			"%s: %s)",
			google->metadata_host, response->error);
	if (!str_is(http_header(response, "Metadata-Flavor"), "Google"))
		return arena_printf(arena,
			"%s answered, but it is no metadata server of Google Cloud (no "
			"Metadata-Flavor); set "
			"GOOGLE_APPLICATION_CREDENTIALS, or GCE_METADATA_HOST",
			google->metadata_host);
	if (response->status == 404)
		return arena_printf(arena,
			"the metadata server (%s) knows no such thing: does this machine or job "
			"have a service "
			"account?",
			google->metadata_host);
	return NULL;
}

struct project_reading {
	struct google *google;
	struct buf *project, *error;
	bool done, good;
};

static void take_project(void *context, const struct http_response *response) {
	struct project_reading *reading = context;
	const char *problem =
		google_metadata_problem(reading->google->arena, reading->google, response);
	struct str text = str_trim(response->body);
	reading->done = true;
	reading->good = !problem && response->status == 200 && text.len;
	if (reading->good)
		buf_add_str(reading->project, text);
	else if (problem)
		buf_puts(reading->error, problem);
	else
		buf_printf(reading->error,
			"the metadata server (%s) answered %ld and names no project",
			reading->google->metadata_host, response->status);
}

bool google_metadata_project(struct google *google, struct buf *project, struct buf *error) {
	struct project_reading reading = {.google = google, .project = project, .error = error};
	http_send(google->http, &(struct http_request){.method = "GET",
					.url = google_metadata_url(google, "project/project-id"),
					.headers = google_metadata_headers,
					.safe = true,
					.direct = true,
					.timeout_ms = 3000,
					.done = take_project,
					.context = &reading});
	http_run_until(google->http, &reading.done);
	return reading.good;
}
