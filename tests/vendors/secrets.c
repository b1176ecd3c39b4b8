/* Secret Manager: secrets with their checksums, and some that cannot be had. */
#include "runtime/json.h"
#include "tests/vendors/endpoint.h"
#include "tests/vendors/google.h"
#include "tests/vendors/state.h"

/* CRC-32C (Castagnoli), bit by bit: secrets are short. */
static uint32_t crc32c(const char *bytes, size_t len) {
	uint32_t crc = 0xFFFFFFFF;
	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78 : 0);
	}
	return ~crc;
}

static void reply_secret(struct request *r, const char *secret, const char *value) {
	size_t len = strlen(value);
	uint32_t crc = crc32c(value, len) ^ (google_spoils_checksum(r->vendors->google) ? 1 : 0);
	reply_json(r, 200,
		json_pack("{s:s, s:{s:s, s:s}}", "name",
			arena_printf(r->arena, "projects/" PROJECT_NUMBER "/secrets/%s/versions/4",
				secret),
			"payload", "data", base64_text(r->arena, value, len, false), "dataCrc32c",
			arena_printf(r->arena, "%u", crc)));
}

/* GET /v1/projects/P/secrets/S/versions/V:access. `disabled` and `forbidden` are what they are
 * called; the end of line behind one key is there because operators type it. */
void secret_access(struct request *r) {
	const char *secret = r->captures[1];
	const char *added = json_text(r->vendors->secrets, secret);
	struct str version = str_from(r->captures[2]);
	if (!str_ends(version, ":access"))
		reply_google(r, 404, "NOT_FOUND", NULL, "Requested entity was not found.");
	else if (strcmp(r->captures[0], PROJECT) && strcmp(r->captures[0], PROJECT_NUMBER))
		reply_google(r, 403, "PERMISSION_DENIED", NULL,
			"Permission 'secretmanager.versions.access' denied on resource.");
	else if (added)
		reply_secret(r, secret, added);
	else if (!strcmp(secret, "anthropic-admin-key"))
		reply_secret(r, secret, ADMIN_KEY "\n");
	else if (!strcmp(secret, "cursor-api-key"))
		reply_secret(r, secret, CURSOR_KEY);
	else if (!strcmp(secret, "disabled"))
		reply_google(r, 400, "FAILED_PRECONDITION", NULL,
			"Secret Version is in DISABLED state.");
	else if (!strcmp(secret, "forbidden"))
		reply_google(r, 403, "PERMISSION_DENIED", NULL,
			"Permission 'secretmanager.versions.access' denied on resource.");
	else
		reply_google(r, 404, "NOT_FOUND", NULL,
			arena_printf(r->arena,
				"Secret [projects/" PROJECT_NUMBER
				"/secrets/%s] not found or has no versions.",
				secret));
}

/* {"name": "value"} adds secrets or changes them. */
void control_secrets(struct request *r) {
	if (json_is_object(r->json))
		json_object_update(r->vendors->secrets, r->json);
	reply_json(r, 200, json_pack("{s:b}", "done", true));
}
