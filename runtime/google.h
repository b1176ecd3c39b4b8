/* Google credentials, access tokens and Secret Manager.
 *
 * A `struct google` holds one credential and a cache of tokens, one a set of scopes. Requests that
 * need a token go through google_send(), which works like http_send(): the token is fetched when
 * there is none with 225 s left, and once more when the service answers 401. Tokens and keys live
 * in memory only, are given to log_secret(), and are wiped by google_close(). */
#pragma once

#include <stdbool.h>

#include "runtime/buf.h"
#include "runtime/http.h"

/* A set of scopes is one text, its scopes separated by blanks; the order does not matter. */
#define GOOGLE_SCOPE_BIGQUERY "https://www.googleapis.com/auth/bigquery"
#define GOOGLE_SCOPE_CLOUD "https://www.googleapis.com/auth/cloud-platform"
#define GOOGLE_SCOPE_SHEETS "https://www.googleapis.com/auth/spreadsheets.readonly"
#define GOOGLE_SCOPE_DRIVE_METADATA "https://www.googleapis.com/auth/drive.metadata.readonly"

struct google;

enum google_kind {
	GOOGLE_SERVICE_ACCOUNT,
	GOOGLE_AUTHORIZED_USER,
	GOOGLE_EXTERNAL_ACCOUNT,
	GOOGLE_METADATA_SERVER,
};

/* Texts are copied; NULL and "" mean "not set". The environment is read by the caller, so that one
 * place knows all settings. */
struct google_options {
	struct http *http;            /* stays the caller's, outlives the struct google */
	const char *credentials_file; /* GOOGLE_APPLICATION_CREDENTIALS */
	const char *config_directory; /* CLOUDSDK_CONFIG */
	const char *home;             /* HOME, for ~/.config/gcloud */
	const char *token_url;        /* GOOGLE_TOKEN_URL: instead of the file's or Google's own */
	const char *metadata_host;    /* GCE_METADATA_HOST: host[:port] */
};

/* Finds and reads the credential: the file named, else gcloud's well-known file, else the metadata
 * server. No request is made. NULL with a sentence in `error` when a file is unreadable,
 * incomplete, of a kind that is not supported, or names a URL that is neither https nor loopback.
 */
struct google *google_open(const struct google_options *options, struct buf *error);

/* Wipes keys and tokens; NULL is fine. Requests in flight must be over (or the pool closed before).
 */
void google_close(struct google *google);

enum google_kind google_kind(const struct google *google);

/* Who it is, for messages: "service account ann@p.iam.gserviceaccount.com (/key.json)". */
const char *google_describe(const struct google *google);

/* The project that the credential's file names, or NULL (then google_metadata_project() may know).
 */
const char *google_project(const struct google *google);

/* Asks the metadata server for the project's id; runs the pool until it has answered. False with a
 * sentence in `error` when there is none. */
bool google_metadata_project(struct google *google, struct buf *project, struct buf *error);

/* As http_send(), with `Authorization: Bearer` (and x-goog-user-project where the credential asks
 * for it) added to the headers. When no token can be had, `done` is called with status 0 and a
 * sentence in `error`: OUTCOME_BROKEN when the credential is wrong or refused (trying again is of
 * no use), else the outcome of the request that did not reach the token's issuer. `done` is never
 * called before google_send() returns. */
void google_send(struct google *google, const char *scopes, const struct http_request *request);

struct google_secret {
	/* "S", "S/versions/4" or "projects/P/[locations/L/]secrets/S[/versions/V]" */
	const char *name;
	const char *project;  /* for a short name */
	const char *base_url; /* SECRET_MANAGER_BASE_URL; NULL: Google's, of the name's region */
};

/* Reads a secret's value (version `latest` unless named), checks its CRC-32C, strips the CR and LF
 * that an operator's editor left at its end, and gives it to log_secret(). Runs the pool until it
 * has answered. `version` (may be NULL) gets the resolved name, which is no secret. False with a
 * sentence that says what to do in `error`. The caller wipes `value`. */
bool google_secret(struct google *google, const struct google_secret *secret, struct buf *value,
	struct buf *version, struct buf *error);

/* May this URL be sent a token? https, or http to a loopback address. */
bool google_url_allowed(const char *url);
