/* What Google's services check to the bit: tokens, checksums, credential files, secrets' names. The
 * signature in google/token.txt was made by the openssl command with google/key.pem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "runtime/base64.h"
#include "runtime/crc32c.h"
#include "runtime/file.h"
#include "runtime/google.h"
#include "runtime/jwt.h"

static struct buf fixture(const char *name) {
	char path[512];
	struct buf text = BUF(1 << 16);
	snprintf(path, sizeof(path), "%s/tests/unit/google/%s", getenv("MBC_SOURCE_ROOT"), name);
	assert_true(file_read(path, &text));
	return text;
}

static void test_crc32c(void **state) {
	(void)state;
	char zeros[32] = {0}, ones[32], rising[32];
	for (int i = 0; i < 32; i++) {
		ones[i] = (char)0xff;
		rising[i] = (char)i;
	}
	/* RFC 3720, B.4; the first is the catalogue's check value. */
	assert_int_equal(crc32c(STR("123456789")), 0xe3069283);
	assert_int_equal(crc32c((struct str){zeros, 32}), 0x8a9136aa);
	assert_int_equal(crc32c((struct str){ones, 32}), 0x62a8ab43);
	assert_int_equal(crc32c((struct str){rising, 32}), 0x46dd794e);
	assert_int_equal(crc32c(STR("")), 0);
}

static void test_base64(void **state) {
	(void)state;
	static const struct {
		const char *plain, *url, *padded;
	} rows[] = {
		{"", "", ""},
		{"f", "Zg", "Zg=="},
		{"fo", "Zm8", "Zm8="},
		{"foo", "Zm9v", "Zm9v"},
		{"foob", "Zm9vYg", "Zm9vYg=="},
		{"\xfb\xff\xfe", "-__-", "+//+"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF(64);
		base64url_encode(&out, str_from(rows[i].plain));
		assert_string_equal(out.ptr ? out.ptr : "", rows[i].url);
		buf_clear(&out);
		assert_true(base64_decode(&out, str_from(rows[i].padded)));
		assert_string_equal(out.ptr ? out.ptr : "", rows[i].plain);
		buf_free(&out);
	}
	static const char *const bad[] = {"Zg", "Z===", "Zg=a", "Z m9", "Zm9v\n", "-__-"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf out = BUF(64);
		assert_false(base64_decode(&out, str_from(bad[i])));
		buf_free(&out);
	}
}

static void test_jwt(void **state) {
	(void)state;
	struct buf pem = fixture("key.pem"), expected = fixture("token.txt"), token = BUF(1 << 16);
	struct jwt_key *key = jwt_key_read(buf_str(&pem));
	assert_non_null(key);
	assert_true(jwt_sign(key, STR("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}"),
		STR("{\"iss\":\"test@example.com\",\"scope\":\"s\",\"aud\":\"https://"
		    "oauth2.googleapis.com/token\","
		    "\"iat\":1767225600,\"exp\":1767229200}"),
		&token));
	assert_int_equal(token.len, str_trim(buf_str(&expected)).len);
	assert_memory_equal(token.ptr, expected.ptr, token.len);
	jwt_key_free(key);
	assert_null(jwt_key_read(
		STR("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")));
	assert_null(jwt_key_read(STR("")));
	buf_free(&pem);
	buf_free(&expected);
	buf_free(&token);
}

static void test_urls(void **state) {
	(void)state;
	static const struct {
		const char *url;
		bool allowed;
	} rows[] = {
		{"https://oauth2.googleapis.com/token", true},
		{"http://127.0.0.1:9000/token", true},
		{"http://localhost", true},
		{"https://iam.googleapis.com/accounts/a@b.example:generate", true},
		{"http://127.0.0.1:9/accounts/a@b.example", true},
		{"https://a@example.com/", false},
		{"http://localhost?x", true},
		{"http://[::1]:1/", true},
		{"http://example.com/token", false},
		{"http://127.0.0.1.example.com/", false},
		{"http://localhost@example.com/", false},
		{"http://localhost:80@example.com/", false},
		{"https://", false},
		{"file:///etc/passwd", false},
		{"", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (google_url_allowed(rows[i].url) != rows[i].allowed)
			fail_msg("%s", rows[i].url);
}

/* Opens a credential with this text; gives what it is, or why it is none. */
static char *opened(const char *json) {
	char path[] = "/tmp/mbc-credential-XXXXXX", *said;
	int fd = mkstemp(path);
	assert_true(fd >= 0 && write(fd, json, strlen(json)) == (ssize_t)strlen(json));
	close(fd);
	struct buf error = BUF(4096);
	struct google *google =
		google_open(&(struct google_options){.credentials_file = path}, &error);
	struct str text = google ? str_from(google_describe(google)) : buf_str(&error);
	assert_true(google || error.len);
	size_t at = str_find(text, path, 0);
	assert_true(at != STR_NONE);
	said = malloc(text.len + 1);
	assert_non_null(said);
	snprintf(said, text.len + 1, "%.*sFILE%.*s", (int)at, text.ptr,
		(int)(text.len - at - strlen(path)), text.ptr + at + strlen(path));
	google_close(google);
	buf_free(&error);
	unlink(path);
	return said;
}

static void test_kinds(void **state) {
	(void)state;
	static const char more[] = "; use a service account's key, your own login, workload "
				   "identity with a file or url, or the "
				   "metadata server";
	static const struct {
		const char *json, *said;
		bool is_start;
	} rows[] = {
		{"{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"sssss\","
		 "\"refresh_token\":\"rrrrr\"}",
			"your own login (FILE)"},
		{"{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"sssss\"}",
			"FILE: a credential of type `authorized_user` needs `refresh_token`"},
		{"{\"type\":\"service_account\",\"client_email\":\"a@b\",\"private_key\":\"no "
		 "key\"}",
			"FILE: `private_key` is no RSA key in PEM; download the key again, or make "
			"a new one"},
		{"{\"type\":\"service_account\",\"private_key\":\"x\"}",
			"FILE: a credential of type `service_account` needs `client_email`"},
		{"{\"type\":\"external_account\",\"audience\":\"//iam/"
		 "p\",\"subject_token_type\":\"t\","
		 "\"credential_source\":{\"file\":\"/t\"}}",
			"workload identity //iam/p (FILE)"},
		{"{\"type\":\"external_account\",\"audience\":\"//iam/"
		 "p\",\"subject_token_type\":\"t\","
		 "\"credential_source\":{\"executable\":{}}}",
			"FILE: `credential_source` has neither `file` nor `url`; executables, "
			"certificates and AWS "
			"are not supported"},
		{"{\"type\":\"external_account\",\"audience\":\"a\",\"subject_token_type\":\"t\","
		 "\"token_url\":"
		 "\"http://sts.example.com/\",\"credential_source\":{\"file\":\"/t\"}}",
			"FILE: `http://sts.example.com/` is neither https nor loopback, so no "
			"credential is sent there"},
		{"{\"type\":\"impersonated_service_account\"}",
			"FILE: credentials of type `impersonated_service_account` are not "
			"supported",
			true},
		{"{}", "FILE: the file has no `type`, so it is no Google credential", true},
		{"[]", "FILE is no JSON object (line 1), so it is no Google credential"},
		{"{\n\"type\":", "FILE is no JSON object (line 2), so it is no Google credential"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char expected[600], *said = opened(rows[i].json);
		snprintf(expected, sizeof(expected), "%s%s", rows[i].said,
			rows[i].is_start ? more : "");
		assert_string_equal(said, expected);
		free(said);
	}
}

static void test_service_account(void **state) {
	(void)state;
	struct buf pem = fixture("key.pem");
	json_t *file = json_pack("{ss ss ss ss ss}", "type", "service_account", "client_email",
		"a@b.example", "private_key", pem.ptr, "private_key_id", "k1", "project_id", "p");
	char *text = json_dumps(file, 0), *said = opened(text);
	assert_string_equal(said, "service account a@b.example (FILE)");
	free(said);
	free(text);
	json_decref(file);
	buf_free(&pem);
}

static void test_order(void **state) {
	(void)state;
	struct buf error = BUF(4096);
	assert_null(google_open(
		&(struct google_options){.credentials_file = "/nowhere/key.json"}, &error));
	assert_string_equal(error.ptr,
		"cannot read the Google credentials /nowhere/key.json: No such file or directory");
	struct google *google = google_open(
		&(struct google_options){.credentials_file = "", .home = "/nowhere"}, &error);
	assert_int_equal(google_kind(google), GOOGLE_METADATA_SERVER);
	assert_string_equal(
		google_describe(google), "the metadata server (metadata.google.internal)");
	google_close(google);

	char folder[] = "/tmp/mbc-gcloud-XXXXXX", path[200];
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/application_default_credentials.json", folder);
	assert_true(file_write(
		path, STR("{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":"
			  "\"sssss\",\"refresh_token\":\"rrrrr\",\"quota_project_id\":\"q\"}")));
	google = google_open(
		&(struct google_options){.config_directory = folder, .home = "/nowhere"}, &error);
	assert_int_equal(google_kind(google), GOOGLE_AUTHORIZED_USER);
	assert_string_equal(google_project(google), "q");
	google_close(google);
	unlink(path);
	rmdir(folder);
	buf_free(&error);
}

static void test_secret_names(void **state) {
	(void)state;
	static const struct {
		struct google_secret secret;
		const char *said;
	} rows[] = {
		{{"", "p", NULL}, "`` is no name of a secret"},
		{{"a/../b", "p", NULL}, "`a/../b` is no name of a secret"},
		{{"key?x=1", "p", NULL}, "`key?x=1` is no name of a secret"},
		{{"key", NULL, NULL}, "the secret key needs a project: set GOOGLE_CLOUD_PROJECT, "
				      "or write projects/P/secrets/key"},
		{{"key", "p", "http://example.com"}, "http://example.com/v1/projects/p/secrets/key/"
						     "versions/latest:access is neither https nor "
						     "loopback, so no credential is sent there"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf value = BUF(1024), error = BUF(1024);
		assert_false(google_secret(NULL, &rows[i].secret, &value, NULL, &error));
		assert_string_equal(error.ptr, rows[i].said);
		buf_free(&value);
		buf_free(&error);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc32c),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_jwt),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_service_account),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_secret_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
