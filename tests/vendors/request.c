/* What handlers need to read a request and to word a reply. */
#include "tests/vendors/request.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "tests/vendors/vendors.h"

/* Marks a string that is written as a number; no data of ours begins with it. */
#define NUMBER_MARK "\x01"
#define NUMBER_MARK_DUMPED "\"\\u0001"

void reply_json(struct request *r, int status, json_t *value) {
	r->status = status;
	r->reply = arena_own_json(r->arena, value);
	r->content_type = "application/json";
}

void reply_text(struct request *r, int status, const char *content_type, const char *text) {
	r->status = status;
	r->reply = NULL;
	r->text = text;
	r->content_type = content_type;
}

void reply_header(struct request *r, const char *name, const char *value) {
	json_object_set_new(r->reply_headers, name, json_string(value));
}

void reply_anthropic(struct request *r, int status, const char *type, const char *format, ...) {
	va_list args;
	va_start(args, format);
	const char *message = arena_vprintf(r->arena, format, args);
	va_end(args);
	const char *id = json_string_value(json_object_get(r->reply_headers, "request-id"));
	reply_json(r, status,
		json_pack("{s:s, s:{s:s, s:s}, s:s}", "type", "error", "error", "type", type,
			"message", message, "request_id", id ? id : ""));
}

void reply_cursor(struct request *r, int status, const char *message) {
	const char *error = status == 400   ? "Bad Request"
			    : status == 401 ? "Unauthorized"
			    : status == 403 ? "Forbidden"
			    : status == 404 ? "Not Found"
					    : "Method Not Allowed";
	reply_json(r, status, json_pack("{s:s, s:s}", "error", error, "message", message));
}

void reply_google(
	struct request *r, int status, const char *name, const char *reason, const char *message) {
	json_t *details = json_array();
	if (reason)
		json_array_append_new(
			details, json_pack("{s:s, s:s, s:s}", "@type",
					 "type.googleapis.com/google.rpc.ErrorInfo", "reason",
					 reason, "domain", "googleapis.com"));
	reply_json(r, status,
		json_pack("{s:{s:i, s:s, s:s, s:o}}", "error", "code", status, "message", message,
			"status", name, "details", details));
}

const json_t *query_values(const struct request *r, const char *name) {
	return json_object_get(r->query, name);
}

const char *query_text(const struct request *r, const char *name) {
	return json_string_value(json_array_get(query_values(r, name), 0));
}

bool query_number(
	const struct request *r, const char *name, int64_t least, int64_t most, int64_t *value) {
	const char *text = query_text(r, name);
	long long number;
	if (!text)
		return true;
	if (!str_integer(str_from(text), &number) || number < least || number > most)
		return false;
	*value = number;
	return true;
}

const char *header_text(const struct request *r, const char *name) {
	return json_string_value(json_object_get(r->headers, name));
}

json_t *number_text(const char *digits) {
	return json_sprintf(NUMBER_MARK "%s", digits);
}

char *json_text_of(struct arena *arena, const json_t *value) {
	char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!dump)
		out_of_memory();
	char *text = arena_cstr(arena, str_from(dump)), *to = text;
	free(dump);
	const size_t mark = sizeof(NUMBER_MARK_DUMPED) - 1;
	for (const char *from = text; *from;) {
		if (strncmp(from, NUMBER_MARK_DUMPED, mark)) {
			*to++ = *from++;
			continue;
		}
		for (from += mark; *from != '"';)
			*to++ = *from++;
		from++;
	}
	*to = '\0';
	return text;
}

/* A number for the query without its page, the same in every run. */
static uint64_t query_hash(const struct request *r) {
	json_auto_t *query = json_deep_copy(r->query);
	json_object_del(query, "page");
	char *text = json_dumps(query, JSON_COMPACT | JSON_SORT_KEYS);
	uint64_t hash = 0xCBF29CE484222325;
	for (const char *c = text; c && *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001B3;
	free(text);
	return hash;
}

const char *page_make(const struct request *r, const char *prefix, int64_t position) {
	char *plain = arena_printf(
		r->arena, "%lld|%016llx", (long long)position, (unsigned long long)query_hash(r));
	return arena_printf(
		r->arena, "%s%s", prefix, base64_text(r->arena, plain, strlen(plain), true));
}

bool page_read(const struct request *r, const char *prefix, int64_t *position) {
	const char *page = query_text(r, "page");
	*position = 0;
	if (!page)
		return true;
	if (!str_starts(str_from(page), prefix))
		return false;
	const char *plain = base64_bytes(r->arena, str_from(page + strlen(prefix)), NULL);
	if (!plain)
		return false;
	struct str rest = str_from(plain), piece;
	long long number;
	if (!str_split(&rest, '|', &piece) || !str_integer(piece, &number) || number < 0)
		return false;
	*position = number;
	return str_is(rest, arena_printf(r->arena, "%016llx", (unsigned long long)query_hash(r)));
}

char *base64_text(struct arena *arena, const void *bytes, size_t len, bool for_url) {
	char *text = arena_alloc(arena, (len + 2) / 3 * 4 + 1);
	int end = EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
	for (int i = 0; for_url && i < end; i++)
		text[i] = (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
	while (for_url && end > 0 && text[end - 1] == '=')
		text[--end] = '\0';
	return text;
}

char *base64_bytes(struct arena *arena, struct str text, size_t *len) {
	char *padded = arena_alloc(arena, text.len + 5);
	size_t end = 0, pad = 0;
	for (; end < text.len && text.ptr[end] != '='; end++) {
		char c = text.ptr[end];
		padded[end] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
	}
	for (; (end + pad) % 4; pad++)
		padded[end + pad] = '=';
	unsigned char *bytes = arena_alloc(arena, end + pad + 1);
	int count = EVP_DecodeBlock(bytes, (unsigned char *)padded, (int)(end + pad));
	if (count < (int)pad)
		return NULL;
	bytes[(size_t)count - pad] = '\0';
	if (len)
		*len = (size_t)count - pad;
	return (char *)bytes;
}
