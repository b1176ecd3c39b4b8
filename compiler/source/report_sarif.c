/* SARIF 2.1.0, the form that code scanning services read: one run, a rule for each code that was
 * reported, regions in characters. */
#include "compiler/source/report.h"

#include "compiler/source/compile.h"
#include "runtime/buf.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* A path as a URI reference, relative to the root of the checkout unless it is absolute. */
static json_t *artifact(const struct report *report, struct span span) {
	const unsigned char *path = (const unsigned char *)source_of(report->c, span)->path;
	struct buf uri = BUF(64 * 1024);
	bool absolute = *path == '/';
	buf_puts(&uri, absolute ? "file://" : "");
	for (; *path; path++) {
		bool plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
			(*path >= '0' && *path <= '9') || strchr("-._~/", *path);
		buf_printf(&uri, plain ? "%c" : "%%%02X", *path);
	}
	json_t *location = json_pack("{s:s%}", "uri", uri.ptr ? uri.ptr : "", uri.len);
	if (!absolute)
		json_object_set_new(location, "uriBaseId", json_string("%SRCROOT%"));
	buf_free(&uri);
	return location;
}

static json_t *region(const struct report *report, struct span span) {
	struct place start = source_place(report->c, span.source, span.start);
	struct place end = source_place(report->c, span.source, span.end);
	return json_pack("{s:i, s:i, s:i, s:i}", "startLine", (int)start.line, "startColumn",
		(int)start.column, "endLine", (int)end.line, "endColumn", (int)end.column);
}

static json_t *location(const struct report *report, struct span span) {
	return json_pack("{s:{s:o, s:o}}", "physicalLocation", "artifactLocation",
		artifact(report, span), "region", region(report, span));
}

static json_t *message(const struct report *report, struct str text) {
	return json_pack("{s:o}", "text", report_string(report->c->arena, text));
}

/* The sentence and, below it, the remarks that have no place of their own. */
static json_t *full_message(const struct report *report, const struct diagnostic *d) {
	struct buf text = BUF(1024 * 1024);
	buf_puts(&text, d->text);
	for (size_t i = 0; i < d->notes.count; i++) {
		const struct diag_note *note = &d->notes.items[i];
		if (!report_placed(report, note->at))
			buf_printf(&text, "\n%s: %s", note->help ? "help" : "note", note->text);
	}
	json_t *object = message(report, buf_str(&text));
	buf_free(&text);
	return object;
}

static json_t *related(const struct report *report, const struct diagnostic *d) {
	json_t *list = json_array();
	for (size_t i = 0; i < d->notes.count; i++) {
		const struct diag_note *note = &d->notes.items[i];
		if (!report_placed(report, note->at))
			continue;
		json_t *place = location(report, note->at);
		json_object_set_new(
			place, "id", json_integer((json_int_t)json_array_size(list) + 1));
		json_object_set_new(place, "message", message(report, str_from(note->text)));
		json_array_append_new(list, place);
	}
	return list;
}

static json_t *fix(const struct report *report, const struct diagnostic *d) {
	return json_pack("{s:[{s:o, s:[{s:o, s:o}]}]}", "artifactChanges",
		"artifactLocation", artifact(report, d->fix_at), "replacements",
		"deletedRegion", region(report, d->fix_at), "insertedContent", message(report, d->fix_text));
}

static json_t *result(const struct report *report, const struct diagnostic *d, size_t rule) {
	json_t *object = json_pack("{s:s, s:i, s:s, s:o, s:[]}", "ruleId", diag_rows[d->code].name,
		"ruleIndex", (int)rule, "level", report_severity(d), "message", full_message(report, d),
		"locations");
	if (report_placed(report, d->at))
		json_array_append_new(
			json_object_get(object, "locations"), location(report, d->at));
	json_t *others = related(report, d);
	if (json_array_size(others))
		json_object_set(object, "relatedLocations", others);
	json_decref(others);
	if (d->has_fix && report_placed(report, d->fix_at))
		json_object_set_new(object, "fixes", json_pack("[o]", fix(report, d)));
	if (d->suppressed)
		json_object_set_new(object, "suppressions",
			json_pack("[{s:s, s:o}]", "kind", "inSource", "justification",
				report_string(report->c->arena, str_from(d->suppressed))));
	return object;
}

static json_t *rule(const struct diag_row *row) {
	return json_pack("{s:s, s:s, s:{s:s}, s:{s:s}}", "id", row->name, "name", row->slug,
		"shortDescription", "text", row->sentence, "defaultConfiguration", "level",
		row->severity == DIAG_ERROR ? "error" : "warning");
}

void report_sarif(const struct report *report) {
	json_t *rules = json_array(), *results = json_array();
	size_t *index = arena_array(report->c->arena, size_t, DIAG_CODE_COUNT);
	for (size_t i = 0; i < report->count; i++) {
		const struct diagnostic *d = report->items[i];
		if (!index[d->code]) {
			json_array_append_new(rules, rule(&diag_rows[d->code]));
			index[d->code] = json_array_size(rules);
		}
		json_array_append_new(results, result(report, d, index[d->code] - 1));
	}
	json_auto_t *whole = json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:s, s:o}]}",
		"$schema", SCHEMA, "version", "2.1.0", "runs", "tool", "driver", "name", "mbc", "version",
		MBC_VERSION, "rules", rules, "columnKind", "unicodeCodePoints", "results", results);
	json_dumpf(whole, report->out, JSON_INDENT(2));
	fputc('\n', report->out);
}
