/* Workflow commands of GitHub Actions: each becomes an annotation beside its line in a pull
 * request. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
#include "compiler/source/report.h"

#include "compiler/source/compile.h"

/* Line ends and % are escaped everywhere, in properties also what separates them. */
static void escaped(FILE *out, const char *text, const char *also) {
	for (; *text; text++) {
		if (strchr("%\r\n", *text) || strchr(also, *text))
			fprintf(out, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, out);
	}
}

static void property(FILE *out, const char *text) {
	escaped(out, text, ":,");
}

/* Columns are given for a part of one line only, since GitHub ignores them for several. */
static void place(const struct report *report, struct span span) {
	struct place start = source_place(report->c, span.source, span.start);
	struct place end = source_place(report->c, span.source, span.end);
	fputs("file=", report->out);
	property(report->out, source_of(report->c, span)->path);
	fprintf(report->out, ",line=%u,endLine=%u,", start.line, end.line);
	if (start.line == end.line)
		fprintf(report->out, "col=%u,endColumn=%u,", start.column, end.column);
}

static void remarks(const struct report *report, const struct diagnostic *d) {
	for (size_t i = 0; i < d->notes.count; i++) {
		const struct diag_note *note = &d->notes.items[i];
		fprintf(report->out, "%%0A%s: ", note->help ? "help" : "note");
		escaped(report->out, note->text, "");
		if (!report_placed(report, note->at))
			continue;
		fputs(" (", report->out);
		escaped(report->out, source_of(report->c, note->at)->path, "");
		struct place at = source_place(report->c, note->at.source, note->at.start);
		fprintf(report->out, ":%u:%u)", at.line, at.column);
	}
}

void report_github(const struct report *report) {
	for (size_t i = 0; i < report->count; i++) {
		const struct diagnostic *d = report->items[i];
		if (d->suppressed)
			continue;
		fprintf(report->out, "::%s ", report_severity(d));
		if (report_placed(report, d->at))
			place(report, d->at);
		fprintf(report->out, "title=%s %s::", diag_rows[d->code].name,
			diag_rows[d->code].slug);
		escaped(report->out, d->text, "");
		remarks(report, d);
		fputc('\n', report->out);
	}
}
