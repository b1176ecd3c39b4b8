/* Everything that was reported in, one sorted report out, in the format asked for. */
#include "compiler/source/report.h"

#include <stdlib.h>

#include "compiler/source/compile.h"
#include "runtime/term.h"

#define MOST_MESSAGES 50

const char *report_severity(const struct diagnostic *d) {
	return diag_rows[d->code].severity == DIAG_ERROR ? "error" : "warning";
}

bool report_placed(const struct report *report, struct span span) {
	return source_of(report->c, span) != NULL;
}

size_t report_limit(const struct report *report) {
	return report->how->most ? report->how->most : MOST_MESSAGES;
}

/* Marks that change the order in which a terminal shows what follows. */
static bool turns_text(uint32_t character) {
	return (character >= 0x200e && character <= 0x200f) ||
		(character >= 0x2028 && character <= 0x202e) ||
		(character >= 0x2066 && character <= 0x2069);
}

void report_clean(FILE *out, struct str text) {
	while (text.len) {
		size_t len;
		uint32_t character = utf8_decode(text, &len);
		if (character == '\t')
			fputs("    ", out);
		else if (character == '\n' || character == '\r')
			fputc(' ', out);
		else if (character < 0x20 || (character >= 0x7f && character < 0xa0) ||
			turns_text(character) || character == 0xfffd)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(text.ptr, 1, len, out);
		text = str_slice(text, len, text.len);
	}
}

/* A message and where it was in the order of finding, so that sorting keeps that order among
 * equals. */
struct ranked {
	struct diagnostic *d;
	const char *path;
	size_t rank;
};

static int by_place(const void *left, const void *right) {
	const struct ranked *a = left, *b = right;
	int paths = strcmp(a->path, b->path);
	if (paths)
		return paths;
	if (a->d->at.source != b->d->at.source)
		return a->d->at.source < b->d->at.source ? -1 : 1;
	if (a->d->at.start != b->d->at.start)
		return a->d->at.start < b->d->at.start ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static bool same(const struct diagnostic *a, const struct diagnostic *b) {
	return a->code == b->code && a->at.source == b->at.source && a->at.start == b->at.start &&
		a->at.end == b->at.end && strcmp(a->text, b->text) == 0;
}

/* Is it among the messages before it that begin at the same byte? */
static bool is_double(struct diagnostic **items, size_t count, const struct diagnostic *d) {
	while (count-- > 0 && items[count]->at.source == d->at.source &&
		items[count]->at.start == d->at.start) {
		if (same(items[count], d))
			return true;
	}
	return false;
}

static bool is_left_out(const struct diag_print *how, const struct diagnostic *d) {
	return how->errors_only && diag_rows[d->code].severity != DIAG_ERROR;
}

/* What concerns no file comes first. */
static void sort(struct report *report) {
	struct compile *c = report->c;
	struct ranked *ranked = arena_array(c->arena, struct ranked, c->diagnostics.count);
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		struct diagnostic *d = c->diagnostics.items[i];
		const struct source *source = source_of(c, d->at);
		ranked[i] = (struct ranked){d, source ? source->path : "", i};
	}
	if (c->diagnostics.count)
		qsort(ranked, c->diagnostics.count, sizeof(*ranked), by_place);
	report->items = arena_array(c->arena, struct diagnostic *, c->diagnostics.count);
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		if (is_left_out(report->how, ranked[i].d))
			continue;
		if (!is_double(report->items, report->count, ranked[i].d))
			report->items[report->count++] = ranked[i].d;
	}
}

static void count(struct report *report) {
	uint32_t last = UINT32_MAX;
	for (size_t i = 0; i < report->count; i++) {
		const struct diagnostic *d = report->items[i];
		if (d->suppressed)
			continue;
		bool error = diag_rows[d->code].severity == DIAG_ERROR;
		report->errors += error;
		report->warnings += !error;
		report->touched += report_placed(report, d->at) && d->at.source != last;
		last = d->at.source;
	}
}

size_t diag_print(struct compile *c, FILE *out, const struct diag_print *how) {
	static void (*const formats[])(const struct report *report) = {
		[DIAG_TEXT] = report_text,
		[DIAG_SHORT] = report_short,
		[DIAG_JSON] = report_json,
		[DIAG_SARIF] = report_sarif,
		[DIAG_GITHUB] = report_github,
	};
	struct report report = {.c = c, .out = out, .how = how};
	allow_apply(c);
	sort(&report);
	count(&report);
	report.files = how->files ? how->files : report.touched;
	formats[how->format](&report);
	return report.errors;
}
