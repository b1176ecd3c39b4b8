/* Messages for programs: one object with a version, so that what reads it can tell when its shape
 * changes. docs/diagnostics.md describes it. */
#include "compiler/source/report.h"

#include "compiler/source/compile.h"
#include "runtime/term.h"

#define SHAPE_VERSION 1

json_t *report_string(struct arena *arena, struct str text) {
	json_t *string = json_stringn(text.len ? text.ptr : "", text.len);
	if (string)
		return string;
	char *clean = arena_alloc(arena, text.len * 3 + 1);
	size_t used = 0, len;
	for (size_t at = 0; at < text.len; at += len) {
		bool bad = utf8_decode(str_slice(text, at, text.len), &len) == 0xfffd;
		memcpy(clean + used, bad ? "\xef\xbf\xbd" : text.ptr + at, bad ? 3 : len);
		used += bad ? 3 : len;
	}
	return json_stringn(clean, used);
}

static json_t *place(struct compile *c, struct span span, uint32_t offset) {
	struct place at = source_place(c, span.source, offset);
	return json_pack("{s:i, s:i, s:i}", "line", (int)at.line, "column", (int)at.column,
		"offset", (int)offset);
}

static void set_place(const struct report *report, json_t *object, struct span span) {
	if (!report_placed(report, span))
		return;
	struct compile *c = report->c;
	struct str path = str_from(source_of(c, span)->path);
	json_object_set_new(object, "file", report_string(c->arena, path));
	json_object_set_new(object, "start", place(c, span, span.start));
	json_object_set_new(object, "end", place(c, span, span.end));
}

static json_t *note_json(const struct report *report, const struct diag_note *note) {
	json_t *object = json_pack("{s:s, s:o}", "kind", note->help ? "help" : "note",
		"message", report_string(report->c->arena, str_from(note->text)));
	set_place(report, object, note->at);
	return object;
}

static json_t *diagnostic_json(const struct report *report, const struct diagnostic *d) {
	const struct diag_row *row = &diag_rows[d->code];
	struct arena *arena = report->c->arena;
	json_t *notes = json_array();
	json_t *object = json_pack("{s:s, s:s, s:s, s:o}", "code", row->name, "slug", row->slug,
		"severity", report_severity(d), "message", report_string(arena, str_from(d->text)));
	set_place(report, object, d->at);
	for (size_t i = 0; i < d->notes.count; i++)
		json_array_append_new(notes, note_json(report, &d->notes.items[i]));
	json_object_set_new(object, "notes", notes);
	if (d->has_fix) {
		json_t *fix = json_pack("{s:o}", "text", report_string(arena, d->fix_text));
		set_place(report, fix, d->fix_at);
		json_object_set_new(object, "fix", fix);
	}
	if (d->suppressed)
		json_object_set_new(
			object, "suppressed", report_string(arena, str_from(d->suppressed)));
	return object;
}

void report_json(const struct report *report) {
	json_t *list = json_array();
	for (size_t i = 0; i < report->count; i++)
		json_array_append_new(list, diagnostic_json(report, report->items[i]));
	json_auto_t *whole = json_pack("{s:i, s:i, s:i, s:i, s:o}", "version", SHAPE_VERSION,
		"errors", (int)report->errors, "warnings", (int)report->warnings, "files",
		(int)report->files, "diagnostics", list);
	json_dumpf(whole, report->out, JSON_INDENT(2));
	fputc('\n', report->out);
}
