/* Google's ways to a token: a signed assertion, a refresh token, the metadata server, an exchange
 * and an impersonation. The key pair is made when it is first asked for and is good for this server
 * only. Tokens live by the clock of the machine, not by the vendors' clock, as those of their
 * readers do. */
#include "tests/vendors/google.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/json.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/moment.h"
#include "tests/vendors/state.h"

#define KEY_ID "local-key-1"
#define CLIENT_ID "local-client"
#define CLIENT_SECRET "local-client-secret"
#define REFRESH_TOKEN "local-refresh-token"
#define SUBJECT_TOKEN "local-subject-token"
#define CLOUD_SCOPE "https://www.googleapis.com/auth/cloud-platform"
#define POOL                                            \
	"//iam.googleapis.com/projects/" PROJECT_NUMBER \
	"/locations/global/workloadIdentityPools/local/providers/local"

struct google {
	EVP_PKEY *key; /* NULL: not asked for yet */
	long long lifetime_s;
	bool lifetime_as_text;
	long long wrong_checksums;
	long long generation; /* tokens of an earlier one are revoked */
};

struct google *google_create(struct arena *arena) {
	struct google *google = arena_new(arena, struct google);
	google->lifetime_s = 3599;
	return google;
}

void google_destroy(struct google *google) {
	EVP_PKEY_free(google->key);
}

bool google_spoils_checksum(struct google *google) {
	return google->wrong_checksums > 0 && google->wrong_checksums-- > 0;
}

static EVP_PKEY *key_of(struct google *google) {
	if (!google->key)
		google->key = EVP_RSA_gen(2048);
	if (!google->key)
		out_of_memory();
	return google->key;
}

/* A token with what it is good for written in it; nobody but this server trusts it. */
static const char *make_token(struct request *r, const char *scopes) {
	const struct google *google = r->vendors->google;
	char *claims = arena_printf(r->arena, "{\"scope\":\"%s\",\"exp\":%lld,\"generation\":%lld}",
		scopes, (long long)time(NULL) + google->lifetime_s, google->generation);
	return arena_printf(
		r->arena, "ya29.%s", base64_text(r->arena, claims, strlen(claims), true));
}

static bool has_scope(const char *scopes, const char *wanted) {
	struct str rest = str_from(scopes), piece;
	while (str_split(&rest, ' ', &piece))
		if (str_is(piece, wanted))
			return true;
	return false;
}

bool google_check(struct request *r, const char *const *scopes) {
	const char *given = header_text(r, "authorization");
	const char *claims = given && !strncmp(given, "Bearer ya29.", 12)
				     ? base64_bytes(r->arena, str_from(given + 12), NULL)
				     : NULL;
	json_auto_t *token = claims ? json_loads(claims, 0, NULL) : NULL;
	if (!token || json_number_of(token, "exp", 0) <= time(NULL) ||
		json_number_of(token, "generation", -1) != r->vendors->google->generation) {
		reply_google(r, 401, "UNAUTHENTICATED", NULL,
			"Request had invalid authentication credentials.");
		return false;
	}
	for (; *scopes; scopes++)
		if (has_scope(json_text(token, "scope"), *scopes))
			return true;
	reply_google(r, 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
		"Request had insufficient authentication scopes.");
	return false;
}

bool auth_sheets(struct request *r) {
	static const char *const scopes[] = {
		"https://www.googleapis.com/auth/spreadsheets.readonly",
		"https://www.googleapis.com/auth/spreadsheets",
		"https://www.googleapis.com/auth/drive",
		"https://www.googleapis.com/auth/drive.readonly",
		"https://www.googleapis.com/auth/drive.file", NULL};
	return google_check(r, scopes);
}

bool auth_secrets(struct request *r) {
	static const char *const scopes[] = {CLOUD_SCOPE, NULL};
	return google_check(r, scopes);
}

static void reply_token(struct request *r, const char *scopes) {
	const struct google *google = r->vendors->google;
	json_t *seconds = google->lifetime_as_text ? json_sprintf("%lld", google->lifetime_s)
						   : json_integer(google->lifetime_s);
	reply_json(r, 200,
		json_pack("{s:s, s:o, s:s}", "access_token", make_token(r, scopes), "expires_in",
			seconds, "token_type", "Bearer"));
}

static void reply_oauth(struct request *r, const char *error, const char *description) {
	reply_json(
		r, 400, json_pack("{s:s, s:s}", "error", error, "error_description", description));
}

static int hex_digit(char c) {
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The value of a field of a form, decoded; "" without one. */
static const char *form_text(const struct request *r, const char *name) {
	struct str rest = r->body, piece;
	while (str_split(&rest, '&', &piece)) {
		size_t equals = str_find(piece, "=", 0);
		if (equals == STR_NONE || !str_is(str_slice(piece, 0, equals), name))
			continue;
		char *text = arena_cstr(r->arena, str_slice(piece, equals + 1, piece.len)),
		     *to = text;
		for (const char *from = text; *from; from++) {
			if (*from == '%' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
				*to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
				from += 2;
			} else {
				*to++ = *from == '+' ? ' ' : *from;
			}
		}
		*to = '\0';
		return text;
	}
	return "";
}

static bool is_signed(struct request *r, struct str message, struct str signature) {
	size_t len;
	char *bytes = base64_bytes(r->arena, signature, &len);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = bytes && context &&
		    EVP_DigestVerifyInit(
			    context, NULL, EVP_sha256(), NULL, key_of(r->vendors->google)) == 1 &&
		    EVP_DigestVerify(context, (unsigned char *)bytes, len,
			    (const unsigned char *)message.ptr, message.len) == 1;
	EVP_MD_CTX_free(context);
	return good;
}

static json_t *part_of_jwt(struct request *r, struct str part) {
	const char *text = base64_bytes(r->arena, part, NULL);
	json_t *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	return json ? arena_own_json(r->arena, json) : NULL;
}

/* Is it made for now, by the clock of the machine or by that of the vendors? */
static bool is_timely(const struct request *r, const json_t *claims) {
	long long issued = json_number_of(claims, "iat", 0),
		  ends = json_number_of(claims, "exp", 0);
	long long clocks[] = {time(NULL), r->vendors->world->now};
	for (size_t i = 0; i < COUNT_OF(clocks); i++)
		if (ends - issued <= 3600 && ends > clocks[i] && issued <= clocks[i] + 60)
			return true;
	return false;
}

static void reply_assertion(struct request *r) {
	struct str jwt = str_from(form_text(r, "assertion")), rest = jwt, head, body, signature;
	if (!str_split(&rest, '.', &head) || !str_split(&rest, '.', &body) ||
		!str_split(&rest, '.', &signature)) {
		reply_oauth(r, "invalid_grant", "Invalid JWT: expected three parts.");
		return;
	}
	const json_t *header = part_of_jwt(r, head), *claims = part_of_jwt(r, body);
	const char *kid = json_text(header, "kid"), *alg = json_text(header, "alg");
	const char *issuer = json_text(claims, "iss"), *audience = json_text(claims, "aud");
	const char *scope = json_text(claims, "scope");
	struct str message = {jwt.ptr, head.len + 1 + body.len};
	if (!alg || strcmp(alg, "RS256") || (kid && strcmp(kid, KEY_ID)) ||
		!is_signed(r, message, signature))
		reply_oauth(r, "invalid_grant", "Invalid JWT Signature.");
	else if (!issuer || strcmp(issuer, ACCOUNT_EMAIL))
		reply_oauth(r, "invalid_grant", "Invalid grant: account not found");
	else if (!audience ||
		 strcmp(audience, arena_printf(r->arena, "%s/token", r->vendors->address)))
		reply_oauth(r, "invalid_grant", "Invalid JWT: Failed audience check.");
	else if (!is_timely(r, claims))
		reply_oauth(r, "invalid_grant",
			"Invalid JWT: Token must be a short-lived token (60 "
			"minutes) and in a reasonable timeframe. Check your iat and exp values.");
	else if (!scope || !*scope)
		reply_oauth(
			r, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
	else
		reply_token(r, scope);
}

static void reply_refresh(struct request *r) {
	if (strcmp(form_text(r, "client_id"), CLIENT_ID) ||
		strcmp(form_text(r, "client_secret"), CLIENT_SECRET))
		reply_oauth(r, "invalid_client", "The OAuth client was not found.");
	else if (strcmp(form_text(r, "refresh_token"), REFRESH_TOKEN))
		reply_oauth(r, "invalid_grant", "Token has been expired or revoked.");
	else
		reply_token(r, CLOUD_SCOPE " https://www.googleapis.com/auth/spreadsheets.readonly "
					   "https://www.googleapis.com/auth/bigquery");
}

void google_token(struct request *r) {
	const char *grant = form_text(r, "grant_type");
	if (!strcmp(grant, "urn:ietf:params:oauth:grant-type:jwt-bearer"))
		reply_assertion(r);
	else if (!strcmp(grant, "refresh_token"))
		reply_refresh(r);
	else
		reply_oauth(r, "unsupported_grant_type", "Invalid grant_type.");
}

void google_exchange(struct request *r) {
	if (strcmp(form_text(r, "grant_type"), "urn:ietf:params:oauth:grant-type:token-exchange"))
		reply_oauth(r, "unsupported_grant_type", "Invalid grant_type.");
	else if (strcmp(form_text(r, "audience"), POOL))
		reply_oauth(r, "invalid_target",
			"The target service indicated by the audience is invalid.");
	else if (strcmp(form_text(r, "requested_token_type"),
			 "urn:ietf:params:oauth:token-type:access_token") ||
		 strcmp(form_text(r, "subject_token_type"), "urn:ietf:params:oauth:token-type:jwt"))
		reply_oauth(r, "invalid_request", "Invalid token type.");
	else if (strcmp(form_text(r, "subject_token"), SUBJECT_TOKEN))
		reply_oauth(r, "invalid_grant", "The subject token is invalid.");
	else
		reply_token(r, form_text(r, "scope"));
}

static const char *joined(struct request *r, const json_t *scopes) {
	const char *text = "";
	json_t *scope;
	size_t i;
	json_array_foreach(scopes, i, scope)
		text = arena_printf(
			r->arena, "%s%s%s", text, *text ? " " : "", json_string_value(scope));
	return text;
}

/* POST …/serviceAccounts/EMAIL:generateAccessToken */
void google_impersonate(struct request *r) {
	const char *scopes = joined(r, json_object_get(r->json, "scope"));
	if (strcmp(r->captures[0], ACCOUNT_EMAIL ":generateAccessToken"))
		reply_google(r, 404, "NOT_FOUND", NULL, "Not found; Gaia id not found for email");
	else if (!*scopes)
		reply_google(r, 400, "INVALID_ARGUMENT", NULL, "Scope required.");
	else
		reply_json(r, 200,
			json_pack("{s:s, s:s}", "accessToken", make_token(r, scopes), "expireTime",
				moment_text(
					r->arena, time(NULL) + r->vendors->google->lifetime_s)));
}

/* The metadata server answers those only who say that they mean it. */
static bool means_it(struct request *r) {
	const char *flavor = header_text(r, "metadata-flavor");
	reply_header(r, "Metadata-Flavor", "Google");
	if (flavor && !strcmp(flavor, "Google") && !header_text(r, "x-forwarded-for"))
		return true;
	reply_text(r, 403, "text/html", "Missing required header: Metadata-Flavor");
	return false;
}

void metadata_token(struct request *r) {
	const char *scopes = query_text(r, "scopes");
	if (!means_it(r))
		return;
	char *text = arena_cstr(r->arena, str_from(scopes ? scopes : CLOUD_SCOPE));
	for (char *c = text; *c; c++)
		*c = (char)(*c == ',' ? ' ' : *c);
	reply_token(r, text);
}

void metadata_email(struct request *r) {
	if (means_it(r))
		reply_text(r, 200, "application/text", ACCOUNT_EMAIL);
}

void metadata_project(struct request *r) {
	if (means_it(r))
		reply_text(r, 200, "application/text", PROJECT);
}

static const char *private_key(struct request *r) {
	char *bytes;
	BIO *bio = BIO_new(BIO_s_mem());
	if (!bio || !PEM_write_bio_PKCS8PrivateKey(
			    bio, key_of(r->vendors->google), NULL, NULL, 0, NULL, NULL))
		out_of_memory();
	long len = BIO_get_mem_data(bio, &bytes);
	const char *text = arena_cstr(r->arena, (struct str){bytes, (size_t)len});
	BIO_free(bio);
	return text;
}

/* Files of credentials, as Google's console and tools write them. */
void control_service_account(struct request *r) {
	reply_json(r, 200,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "type", "service_account", "project_id",
			PROJECT, "private_key_id", KEY_ID, "private_key", private_key(r),
			"client_email", ACCOUNT_EMAIL, "token_uri",
			arena_printf(r->arena, "%s/token", r->vendors->address)));
}

void control_authorized_user(struct request *r) {
	reply_json(r, 200,
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "authorized_user", "client_id",
			CLIENT_ID, "client_secret", CLIENT_SECRET, "refresh_token", REFRESH_TOKEN,
			"quota_project_id", PROJECT));
}

void control_external_account(struct request *r) {
	const char *base = r->vendors->address;
	reply_json(r, 200,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:{s:s}, s:{s:s, s:s}}}", "type",
			"external_account", "audience", POOL, "subject_token_type",
			"urn:ietf:params:oauth:token-type:jwt", "token_url",
			arena_printf(r->arena, "%s/v1/token", base),
			"service_account_impersonation_url",
			arena_printf(r->arena,
				"%s/v1/projects/-/serviceAccounts/" ACCOUNT_EMAIL
				":generateAccessToken",
				base),
			"credential_source", "url",
			arena_printf(r->arena, "%s/__control/credentials/subject-token", base),
			"headers", "Authorization", "Bearer local-request-token", "format", "type",
			"json", "subject_token_field_name", "value"));
}

void control_subject_token(struct request *r) {
	const char *given = header_text(r, "authorization");
	if (!given || strcmp(given, "Bearer local-request-token"))
		reply_text(r, 401, "text/plain", "not authorized");
	else
		reply_json(r, 200, json_pack("{s:s}", "value", SUBJECT_TOKEN));
}

/* {"expires_in": seconds, "expires_in_text": true, "wrong_crc": how many times, "revoke": true} */
void control_google(struct request *r) {
	struct google *google = r->vendors->google;
	google->lifetime_s = json_number_of(r->json, "expires_in", google->lifetime_s);
	google->wrong_checksums = json_number_of(r->json, "wrong_crc", google->wrong_checksums);
	if (json_object_get(r->json, "expires_in_text"))
		google->lifetime_as_text = json_is_set(r->json, "expires_in_text");
	if (json_is_set(r->json, "revoke"))
		google->generation++;
	reply_json(r, 200, json_pack("{s:b}", "done", true));
}
