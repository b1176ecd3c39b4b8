/* An answer goes in, a status and a sentence come out: what was said, by which request of the vendor's, how
 * often it was tried, and what someone may do about it. The hints are rows; a vendor's own come first. */
#include "ingest/refusal.h"

#include <jansson.h>
#include <stdio.h>

#include "runtime/arena.h"

#define MOST_SAID 300

static const struct hint hints[] = {
	{300, 399, "redirects are not followed, since they would carry the key to another place", ABOUT_URL},
	{400, 400, "the vendor does not take the question: its API may have changed", ABOUT_NOTHING},
	{401, 401, "the key is wrong, expired or revoked", ABOUT_KEY},
	{403, 403, "the key may not read this", ABOUT_KEY},
	{404, 404, "nothing is there", ABOUT_URL},
	{429, 429, "the limit did not pass in time, and the next run asks again", ABOUT_NOTHING},
	{500, 599, "the trouble is the vendor's, and the next run asks again", ABOUT_NOTHING},
	{0}
};

static const struct hint *find_hint(const struct hint *hint, long status) {
	for (; hint && hint->first; hint++)
		if (status >= hint->first && status <= hint->last)
			return hint;
	return NULL;
}

const char *refusal_key(const struct config *config, const struct vendor *vendor) {
	if (vendor->google)
		return "GOOGLE_APPLICATION_CREDENTIALS";
	for (unsigned form = 0; form < 3; form++)
		if (config_text(config, vendor->key + form))
			return config_name(vendor->key + form);
	return config_name(vendor->key);
}

static const char *setting_about(
	const struct config *config, const struct stream *stream, enum hint_about about) {
	switch (about) {
	case ABOUT_NOTHING:
		return NULL;
	case ABOUT_KEY:
		return refusal_key(config, stream->vendor);
	case ABOUT_URL:
		return config_name(stream->vendor->url);
	case ABOUT_SHEET:
		return config_name(SETTING_SHEET);
	case ABOUT_RANGE:
		return config_name(stream->range);
	}
	return NULL;
}

static void put_hint(struct buf *out, const struct config *config, const struct stream *stream,
	const char *text, enum hint_about about) {
	const char *setting = setting_about(config, stream, about);
	buf_printf(out, "; %s", text);
	if (setting)
		buf_printf(out, "%s look at %s", str_ends(str_from(text), "?") ? "" : ":", setting);
}

/* The sentence of an error, wherever the vendor puts it. */
static void put_said(struct buf *out, const struct http_response *response) {
	json_auto_t *body = json_loadb(response->body.ptr, response->body.len, 0, NULL);
	const json_t *error = json_object_get(body, "error");
	const char *text = json_string_value(json_object_get(error, "message"));
	text = text ? text : json_string_value(json_object_get(body, "message"));
	text = text ? text : json_string_value(error);
	struct str place = http_header(response, "Location"),
		   type = http_header(response, "Content-Type");
	if (place.len)
		buf_printf(out, " to %.*s", STR_ARGS(place));
	else if (text)
		buf_printf(out, " %.*s", MOST_SAID, text);
	else if (!body && response->body.len)
		buf_printf(out, " with %zu bytes of %.*s", response->body.len,
			type.len ? (int)type.len : 7, type.len ? type.ptr : "no type");
}

static void put_tries(struct buf *out, const struct http_response *response) {
	struct str id = http_header(response, "request-id");
	buf_printf(out, " (");
	if (id.len)
		buf_printf(out, "request %.*s, ", STR_ARGS(id));
	buf_printf(out, "%u %s)", response->tries, response->tries == 1 ? "try" : "tries");
}

static void describe_answer(struct buf *out, const struct config *config,
	const struct stream *stream, const struct http_response *response) {
	const struct hint *hint = find_hint(stream->vendor->hints, response->status);
	hint = hint ? hint : find_hint(hints, response->status);
	buf_printf(out, "%ld", response->status);
	put_said(out, response);
	put_tries(out, response);
	if (hint)
		put_hint(out, config, stream, hint->text, hint->about);
}

static void describe_failure(struct buf *out, const struct config *config,
	const struct stream *stream, const struct http_response *response) {
	buf_puts(out, response->error);
	if (response->tries)
		put_tries(out, response);
	switch (response->outcome) {
	case OUTCOME_UNKNOWN_HOST:
	case OUTCOME_REFUSED:
	case OUTCOME_CONNECT_TIMEOUT:
	case OUTCOME_TLS:
		put_hint(out, config, stream, "nobody could be reached", ABOUT_URL);
		break;
	case OUTCOME_TIMEOUT:
	case OUTCOME_CUT:
		put_hint(out, config, stream, "the next run asks again", ABOUT_NOTHING);
		break;
	case OUTCOME_TOO_LARGE:
		put_hint(out, config, stream, "no answer may be as large", ABOUT_NOTHING);
		break;
	case OUTCOME_ANSWERED:
	case OUTCOME_BROKEN:
	case OUTCOME_STOPPED:
		break;
	}
}

struct refusal refusal_of(const struct config *config, const struct stream *stream,
	const struct http_response *response) {
	struct buf text = BUF(8192);
	bool answered = response->outcome == OUTCOME_ANSWERED;
	bool denied = response->status == 401 || response->status == 403 ||
		(stream->vendor->google && response->outcome == OUTCOME_BROKEN);
	if (answered)
		describe_answer(&text, config, stream, response);
	else
		describe_failure(&text, config, stream, response);
	struct refusal refusal = {.status = denied ? STATUS_DENIED : STATUS_FAILED,
		.reason = response->outcome == OUTCOME_TOO_LARGE ? "cap" : "http",
		.message = arena_cstr(config->arena, buf_str(&text))};
	buf_free(&text);
	return refusal;
}
