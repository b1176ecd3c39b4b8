/* POST and DELETE /api/session, and who a request is from: a session's cookie, its header, or an
 * API key, in this order. Logins that fail ten times have to wait, longer with each further one. */
#include "vm/sandbox/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/clock.h"
#include "vm/sandbox/check.h"
#include "vm/sandbox/ident.h"
#include "vm/sandbox/resource.h"

#define FREE_ATTEMPTS 10
#define FIRST_WAIT_MS 15000
#define FORGET_MS (3600 * 1000)
#define MOST_NAMES 64

const struct store_table session_table = {
	.name = "core_session",
	.columns = (const struct store_column[]){
		{"key", STORE_TEXT}, {"user_id", STORE_INTEGER}, {"created_at", STORE_TIME}, {0}},
	.constraints = ", UNIQUE (key)",
};

struct throttle {
	struct attempts {
		char name[128];
		int count;
		long long last_ms;
	} names[MOST_NAMES];
};

struct throttle *throttle_open(void) {
	struct throttle *throttle = calloc(1, sizeof(*throttle));
	if (!throttle)
		out_of_memory();
	return throttle;
}

void throttle_close(struct throttle *throttle) {
	free(throttle);
}

/* The counter of a name; a full table gives the oldest one up. */
static struct attempts *attempts_of(struct throttle *throttle, const char *name) {
	struct attempts *oldest = &throttle->names[0];
	for (size_t i = 0; i < MOST_NAMES; i++) {
		struct attempts *entry = &throttle->names[i];
		if (!strncmp(entry->name, name, sizeof(entry->name) - 1))
			return entry;
		if (entry->last_ms < oldest->last_ms)
			oldest = entry;
	}
	*oldest = (struct attempts){0};
	snprintf(oldest->name, sizeof(oldest->name), "%s", name);
	return oldest;
}

static long long wait_ms(struct attempts *attempts) {
	long long since = clock_ms() - attempts->last_ms;
	if (since > FORGET_MS)
		attempts->count = 0;
	if (attempts->count < FREE_ATTEMPTS)
		return 0;
	long long wait = (long long)(FIRST_WAIT_MS * pow(attempts->count - FREE_ATTEMPTS + 1, 1.5));
	return wait > since ? wait - since : 0;
}

static void refuse(struct request *r, const char *field, const char *sentence) {
	reply_json(r, 401, json_pack("{s:{s:s}}", "errors", field, translate(r, sentence)));
}

static bool throttled(struct request *r, struct attempts *attempts) {
	long long wait = r->sandbox->settings->throttle ? wait_ms(attempts) : 0;
	if (wait == 0)
		return false;
	attempts->count++;
	refuse(r, "username",
		arena_printf(r->arena,
			"Too many attempts! You must wait %lld seconds before trying again.",
			(wait + 999) / 1000));
	return true;
}

static bool password_fits(const json_t *user, const char *password) {
	char hash[HASH_SIZE];
	hash_secret(get_text(user, "password_salt"), password, hash);
	return !strcmp(hash, get_text(user, "password"));
}

static void start(struct request *r, int64_t user_id) {
	char key[UUID_SIZE];
	make_uuid(key);
	store_insert(r->store, &session_table,
		json_pack("{s:s, s:I}", "key", key, "user_id", (json_int_t)user_id));
	r->cookie = arena_printf(r->arena, "%s", key);
	reply_json(r, 200, json_pack("{s:s}", "id", key));
}

void session_create(struct request *r) {
	static const struct rule rules[] = {
		{"username", RULE_NONBLANK, REQUIRED}, {"password", RULE_NONBLANK, REQUIRED},
		{"remember", RULE_BOOLEAN, NULLABLE}, {0},
	};
	if (!check_body(r, rules))
		return;
	const char *name = get_text(r->body, "username");
	struct attempts *attempts = attempts_of(r->sandbox->throttle, name);
	if (throttled(r, attempts))
		return;
	json_auto_t *user = store_find(r->store, &user_table, "lower(email) = lower(?)",
		json_pack("[s]", name));
	if (!user || !password_fits(user, get_text(r->body, "password"))) {
		attempts->count++;
		attempts->last_ms = clock_ms();
		refuse(r, "password", "did not match stored password");
	} else if (!get_flag(user, "is_active")) {
		refuse(r, "_error", "Your account is disabled.");
	} else {
		attempts->count = 0;
		start(r, get_id(user, "id"));
	}
}

/* The session key that the request carries, or NULL. */
static const char *session_key(struct request *r) {
	struct str rest = str_from(json_string_value(json_object_get(r->headers, "cookie"))), piece;
	while (str_split(&rest, ';', &piece)) {
		piece = str_trim(piece);
		if (str_starts(piece, "metabase.SESSION="))
			return arena_cstr(
				r->arena, str_slice(piece, strlen("metabase.SESSION="), piece.len));
	}
	return json_string_value(json_object_get(r->headers, "x-metabase-session"));
}

void session_delete(struct request *r) {
	const char *key = session_key(r);
	json_auto_t *session = key ?
		store_find(r->store, &session_table, "key = ?", json_pack("[s]", key)) : NULL;
	if (!session) {
		reply_not_found(r);
		return;
	}
	store_delete(r->store, &session_table, get_id(session, "id"));
	reply_nothing(r);
}

static int64_t user_of_session(struct request *r) {
	const char *key = session_key(r);
	json_auto_t *session = key ?
		store_find(r->store, &session_table, "key = ?", json_pack("[s]", key)) : NULL;
	return get_id(session, "user_id");
}

static int64_t user_of_key(struct request *r) {
	const char *key = json_string_value(json_object_get(r->headers, "x-api-key"));
	if (!key)
		return 0;
	char hash[HASH_SIZE];
	hash_secret("", key, hash);
	json_auto_t *row = store_find(r->store, &api_key_table, "key = ?", json_pack("[s]", hash));
	return get_id(row, "user_id");
}

bool find_user(struct request *r) {
	int64_t id = user_of_session(r);
	if (!id)
		id = user_of_key(r);
	json_auto_t *user = id ? store_get(r->store, &user_table, id) : NULL;
	if (!user || !get_flag(user, "is_active"))
		return false;
	r->user = (struct user){id, get_flag(user, "is_superuser")};
	return true;
}
