/* A description goes in, its marker and the author's own text come out, and the other way round.
 * The marker is found anywhere, not only at the end: somebody may have added a paragraph below it,
 * and that must show as an edit, not as the loss of the object. */
#include "compiler/metabase/marker.h"

#include <stdlib.h>

#define INTRODUCTION "Managed as code: "
#define SEPARATOR " \xC2\xB7 "

static bool is_fingerprint(struct str text) {
	size_t dash = str_find(text, "-", 0);
	long long version;
	if (dash == STR_NONE || !str_integer(str_slice(text, 0, dash), &version) || version < 0)
		return false;
	for (size_t i = dash + 1; i < text.len; i++)
		if (!strchr("0123456789abcdef", text.ptr[i]))
			return false;
	return text.len - dash - 1 == 8;
}

static bool parse_line(struct arena *arena, struct str line, struct marker *marker) {
	line = str_trim(line);
	if (!str_starts(line, INTRODUCTION))
		return false;
	struct str rest = str_slice(line, strlen(INTRODUCTION), line.len);
	size_t slash = str_find(rest, "/", 0), dot = STR_NONE;
	for (size_t at = str_find(rest, SEPARATOR, 0); at != STR_NONE;
		at = str_find(rest, SEPARATOR, at + 1))
		dot = at;
	if (slash == STR_NONE || dot == STR_NONE || slash > dot)
		return false;
	struct str fingerprint = str_trim(str_slice(rest, dot + strlen(SEPARATOR), rest.len));
	if (!is_fingerprint(fingerprint))
		return false;
	marker->project = arena_cstr(arena, str_slice(rest, 0, slash));
	marker->key = arena_cstr(arena, str_slice(rest, slash + 1, dot));
	marker->fingerprint = arena_cstr(arena, fingerprint);
	return true;
}

struct marker marker_parse(struct arena *arena, const char *text) {
	struct marker marker = {0};
	struct str whole = str_from(text), rest = whole, line;
	while (str_split(&rest, '\n', &line)) {
		if (!parse_line(arena, line, &marker))
			continue;
		struct str before = str_trim(str_slice(whole, 0, (size_t)(line.ptr - whole.ptr)));
		struct str after = str_trim(
			str_slice(whole, (size_t)(line.ptr - whole.ptr) + line.len, whole.len));
		marker.description =
			!after.len ? before
				   : str_from(arena_printf(arena, "%.*s%s%.*s", STR_ARGS(before),
					     before.len ? "\n\n" : "", STR_ARGS(after)));
		return marker;
	}
	marker.description = str_trim(whole);
	return marker;
}

const char *marker_write(struct arena *arena, struct str description, const char *project,
	const char *key, const char *fingerprint) {
	description = str_trim(description);
	return arena_printf(arena, "%.*s%s" INTRODUCTION "%s/%s" SEPARATOR "%s",
		STR_ARGS(description), description.len ? "\n\n" : "", project, key, fingerprint);
}

bool marker_other_projection(const struct marker *marker, int projection) {
	return marker->fingerprint && atoi(marker->fingerprint) != projection;
}
