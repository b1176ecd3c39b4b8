/* Who may ask. The keys are fixed and worth nothing elsewhere. */
#include "tests/vendors/state.h"

static bool is_versioned(struct request *r) {
	if (header_text(r, "anthropic-version"))
		return true;
	reply_anthropic(r, 400, "invalid_request_error", "anthropic-version: header is required");
	return false;
}

/* `analytics`: keys for analytics may, too. */
static bool has_anthropic_key(struct request *r, bool analytics) {
	const char *key = header_text(r, "x-api-key");
	if (!key) {
		reply_anthropic(r, 401, "authentication_error", "x-api-key header is required");
		return false;
	}
	if (!strcmp(key, ADMIN_KEY) || (analytics && !strcmp(key, ANALYTICS_KEY)))
		return true;
	if (!strcmp(key, ORDINARY_KEY) || !strcmp(key, ANALYTICS_KEY))
		reply_anthropic(r, 403, "permission_error", "This endpoint needs an Admin API key");
	else
		reply_anthropic(r, 401, "authentication_error", "invalid x-api-key");
	return false;
}

bool auth_anthropic(struct request *r) {
	return has_anthropic_key(r, false) && is_versioned(r);
}

static bool has_word(const char *list, const char *word) {
	struct str rest = str_from(list), piece;
	while (str_split(&rest, ',', &piece))
		if (str_is(str_trim(piece), word))
			return true;
	return false;
}

bool auth_analytics(struct request *r) {
	if (!has_anthropic_key(r, true) || !is_versioned(r))
		return false;
	if (has_word(header_text(r, "anthropic-beta"), "analytics-usage-cost-2026-08-24"))
		return true;
	reply_anthropic(r, 400, "invalid_request_error",
		"anthropic-beta: this endpoint needs analytics-usage-cost-2026-08-24");
	return false;
}

/* Basic with the key as the name and an empty password. */
bool auth_cursor(struct request *r) {
	const char *given = header_text(r, "authorization");
	const char *wanted = CURSOR_KEY ":";
	wanted = base64_text(r->arena, wanted, strlen(wanted), false);
	if (given && !strncmp(given, "Basic ", 6) && !strcmp(given + 6, wanted))
		return true;
	reply_cursor(r, 401, "Invalid or missing API key");
	return false;
}
