/* A credential's file goes in, a struct google comes out that knows all its token fetches need.
 * What a kind of file must hold is a table, so that every missing member gets the same sentence. */
#include <errno.h>
#include <stdlib.h>

#include "runtime/file.h"
#include "runtime/google_state.h"
#include "runtime/json.h"
#include "runtime/log.h"

#define GOOGLE_TOKEN_URL "https://oauth2.googleapis.com/token"
#define STS_TOKEN_URL "https://sts.googleapis.com/v1/token"

struct reading {
	struct google *google;
	const json_t *file;
	const char *path;
	const char *token_url;
	struct buf *error;
};

struct file_kind {
	const char *type;
	enum google_kind kind;
	const char *needed[6];
	bool (*read)(struct reading *r);
};

static const char *copy(const struct reading *r, const char *key) {
	const char *text = json_text(r->file, key);
	return text && *text ? arena_cstr(r->google->arena, str_from(text)) : NULL;
}

static char *copy_secret(const struct reading *r, const char *key) {
	char *secret = strdup(json_text(r->file, key));
	if (!secret)
		out_of_memory();
	log_secret(secret);
	return secret;
}

static bool take_url(
	const struct reading *r, const char **to, const char *given, const char *usual) {
	*to = given && *given ? arena_cstr(r->google->arena, str_from(given)) : usual;
	if (!*to || google_url_allowed(*to))
		return true;
	buf_printf(r->error,
		"%s: `%s` is neither https nor loopback, so no credential is sent there", r->path,
		*to);
	return false;
}

static bool read_service_account(struct reading *r) {
	struct google *google = r->google;
	google->key = jwt_key_read(str_from(json_text(r->file, "private_key")));
	if (!google->key) {
		buf_printf(r->error,
			"%s: `private_key` is no RSA key in PEM; download the key again, or make a "
			"new one",
			r->path);
		return false;
	}
	google->email = copy(r, "client_email");
	google->key_id = copy(r, "private_key_id");
	google->audience = copy(r, "token_uri");
	if (!google->audience)
		google->audience = GOOGLE_TOKEN_URL;
	google->describe =
		arena_printf(google->arena, "service account %s (%s)", google->email, r->path);
	return take_url(
		r, &google->token_url, *r->token_url ? r->token_url : google->audience, NULL);
}

static bool read_authorized_user(struct reading *r) {
	struct google *google = r->google;
	google->client_id = copy(r, "client_id");
	google->client_secret = copy_secret(r, "client_secret");
	google->refresh_token = copy_secret(r, "refresh_token");
	google->quota_project = copy(r, "quota_project_id");
	google->describe = arena_printf(google->arena, "your own login (%s)", r->path);
	return take_url(r, &google->token_url, r->token_url, GOOGLE_TOKEN_URL);
}

static bool read_source(struct reading *r, const json_t *source) {
	struct google *google = r->google;
	const json_t *format = json_object_get(source, "format");
	const char *type = json_text(format, "type");
	const char *file = json_text(source, "file");
	if (file)
		google->source_file = arena_cstr(google->arena, str_from(file));
	if (type && strcmp(type, "json") == 0) {
		const char *field = json_text(format, "subject_token_field_name");
		google->source_field =
			arena_cstr(google->arena, str_from(field ? field : "access_token"));
	}
	google->source_headers = json_incref(json_object_get(source, "headers"));
	if (!take_url(r, &google->source_url, json_text(source, "url"), NULL))
		return false;
	bool good = !json_object_get(source, "environment_id") && (file || google->source_url);
	if (!good)
		buf_printf(r->error,
			"%s: `credential_source` has neither `file` nor `url`; executables, "
			"certificates and "
			"AWS are not supported",
			r->path);
	return good;
}

static bool read_external_account(struct reading *r) {
	struct google *google = r->google;
	google->audience = copy(r, "audience");
	google->subject_type = copy(r, "subject_token_type");
	google->describe =
		arena_printf(google->arena, "workload identity %s (%s)", google->audience, r->path);
	return take_url(r, &google->token_url, json_text(r->file, "token_url"), STS_TOKEN_URL) &&
	       take_url(r, &google->impersonation_url,
		       json_text(r->file, "service_account_impersonation_url"), NULL) &&
	       read_source(r, json_object_get(r->file, "credential_source"));
}

static const struct file_kind file_kinds[] = {
	{"service_account", GOOGLE_SERVICE_ACCOUNT, {"client_email", "private_key"},
		read_service_account},
	{"authorized_user", GOOGLE_AUTHORIZED_USER, {"client_id", "client_secret", "refresh_token"},
		read_authorized_user},
	{"external_account", GOOGLE_EXTERNAL_ACCOUNT, {"audience", "subject_token_type"},
		read_external_account},
};

static bool has_needed(const struct reading *r, const struct file_kind *kind) {
	for (const char *const *key = kind->needed; *key; key++) {
		const char *text = json_text(r->file, *key);
		if (text && *text)
			continue;
		buf_printf(r->error, "%s: a credential of type `%s` needs `%s`", r->path,
			kind->type, *key);
		return false;
	}
	return true;
}

static bool read_file_json(struct reading *r) {
	const char *type = json_text(r->file, "type");
	for (size_t i = 0; i < COUNT_OF(file_kinds); i++) {
		const struct file_kind *kind = &file_kinds[i];
		if (!type || strcmp(type, kind->type) != 0)
			continue;
		r->google->kind = kind->kind;
		r->google->project = copy(r, "project_id");
		return has_needed(r, kind) && kind->read(r);
	}
	buf_printf(r->error,
		"%s: %s%s%s; use a service account's key, your own login, workload identity with a "
		"file or "
		"url, or the metadata server",
		r->path, type ? "credentials of type `" : "the file has no `type`",
		type ? type : "", type ? "` are not supported" : ", so it is no Google credential");
	return false;
}

/* jansson frees its texts as they are: wipe the ones that open something. */
static void wipe_file(json_t *file) {
	static const char *const secrets[] = {"private_key", "client_secret", "refresh_token"};
	for (size_t i = 0; i < COUNT_OF(secrets); i++) {
		const char *text = json_text(file, secrets[i]);
		if (text)
			explicit_bzero((char *)text, strlen(text));
	}
	json_decref(file);
}

bool google_credential_read(struct google *google, const struct google_options *options,
	const char *path, struct buf *error) {
	struct buf text = BUF(1 << 20);
	if (!file_read(path, &text)) {
		buf_printf(
			error, "cannot read the Google credentials %s: %s", path, strerror(errno));
		return false;
	}
	json_error_t problem;
	json_t *file =
		json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &problem);
	if (text.ptr)
		explicit_bzero(text.ptr, text.capacity);
	buf_free(&text);
	if (!json_is_object(file)) {
		buf_printf(error, "%s is no JSON object (line %d), so it is no Google credential",
			path, file ? 1 : problem.line);
		json_decref(file);
		return false;
	}
	struct reading reading = {.google = google,
		.file = file,
		.path = path,
		.token_url = options->token_url ? options->token_url : "",
		.error = error};
	bool good = read_file_json(&reading);
	wipe_file(file);
	return good;
}
