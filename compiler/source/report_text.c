/* Messages for people: each with the line that it is about and carets under the part that it means.
 * Columns are those of a terminal, so wide, combining and tabbed text stays aligned; of a line that
 * is too long only the part around the carets is shown. */
#include "compiler/source/report.h"

#include "compiler/source/compile.h"
#include "runtime/term.h"

#define USUAL_WIDTH 160
#define LEAST_WIDTH 40
#define TAB_WIDTH   4

struct page {
	const struct report *report;
	FILE *out;
	size_t width;           /* for the text of a line */
	unsigned gutter;        /* digits of the largest line number */
};

#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"
#define GREEN  "\033[1;32m"
#define CYAN   "\033[1;36m"
#define BLUE   "\033[1;34m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

static void paint(const struct page *page, const char *colour) {
	if (page->report->how->colour)
		fputs(colour, page->out);
}

static size_t cell(struct str line, size_t at, size_t *len) {
	uint32_t character = utf8_decode(str_slice(line, at, line.len), len);
	return character == '\t' ? TAB_WIDTH : character_width(character);
}

/* Offset of the last character that fits `columns` columns from `at` on. Characters of no width
 * could go on for ever, so bytes are limited too. */
static size_t forward(struct str line, size_t at, size_t columns) {
	size_t most = at + columns * 8, len;
	while (at < line.len && at < most) {
		size_t width = cell(line, at, &len);
		if (width > columns)
			break;
		columns -= width;
		at += len;
	}
	return at;
}

static size_t backward(struct str line, size_t at, size_t columns) {
	size_t least = at > columns * 8 ? at - columns * 8 : 0, len;
	while (at > least) {
		size_t before = at - 1;
		while (before > 0 && at - before < 4 &&
			((unsigned char)line.ptr[before] & 0xc0) == 0x80)
			before--;
		size_t width = cell(line, before, &len);
		if (width > columns)
			break;
		columns -= width;
		at = before;
	}
	return at;
}

static size_t columns_between(struct str line, size_t from, size_t to) {
	size_t columns = 0, len;
	for (; from < to && from < line.len; from += len)
		columns += cell(line, from, &len);
	return columns;
}

/* The part of a line that is shown when `at` must be. */
static void choose_window(
	const struct page *page, struct str line, size_t at, size_t *start, size_t *end) {
	*start = 0;
	*end = forward(line, 0, page->width);
	if (*end == line.len)
		return;
	*start = backward(line, at, page->width / 3);
	*end = forward(line, *start, page->width - 2);
	if (*end == line.len)
		*start = backward(line, line.len, page->width - 1);
}

static void gutter(const struct page *page, uint32_t line) {
	paint(page, BLUE);
	if (line)
		fprintf(page->out, "%*u |", (int)page->gutter, line);
	else
		fprintf(page->out, "%*s |", (int)page->gutter, "");
	paint(page, PLAIN);
}

static void repeat(FILE *out, char c, size_t count) {
	while (count-- > 0)
		fputc(c, out);
}

/* How a place is underlined. */
struct stroke {
	char sign;
	const char *colour;
};

static void underline(const struct page *page, struct stroke stroke, size_t before, size_t count,
	uint32_t until) {
	gutter(page, 0);
	repeat(page->out, ' ', before + 1);
	paint(page, stroke.colour);
	repeat(page->out, stroke.sign, count ? count : 1);
	if (until)
		fprintf(page->out, " … to line %u", until);
	paint(page, PLAIN);
	fputc('\n', page->out);
}

static struct place last_place(const struct page *page, struct span span) {
	return source_place(
		page->report->c, span.source, span.end > span.start ? span.end - 1 : span.end);
}

/* ` --> file:line:column`, the line and what is underlined in it. */
static void excerpt(const struct page *page, struct span span, struct stroke stroke) {
	struct compile *c = page->report->c;
	const struct source *source = source_of(c, span);
	struct place first = source_place(c, span.source, span.start);
	uint32_t last_line = last_place(page, span).line;
	fprintf(page->out, "%*s", (int)page->gutter, "");
	paint(page, BLUE);
	fputs("--> ", page->out);
	paint(page, PLAIN);
	report_clean(page->out, str_from(source->path));
	fprintf(page->out, ":%u:%u\n", first.line, first.column);
	if (source->text.len == 0)
		return;
	struct str line = source_line(c, span.source, first.line);
	size_t line_start = (size_t)(line.ptr - source->text.ptr), start, end;
	size_t from = span.start - line_start < line.len ? span.start - line_start : line.len;
	size_t to = span.end - line_start < line.len ? span.end - line_start : line.len;
	choose_window(page, line, from, &start, &end);
	gutter(page, 0);
	fputc('\n', page->out);
	gutter(page, first.line);
	fputs(end > start ? " " : "", page->out);
	fputs(start ? "…" : "", page->out);
	report_clean(page->out, str_slice(line, start, end));
	fputs(end < line.len ? "…\n" : "\n", page->out);
	underline(page, stroke, columns_between(line, start, from) + (start > 0),
		columns_between(line, from, to < end ? to : end),
		last_line > first.line ? last_line : 0);
}

static void widen_gutter(struct page *page, struct span span) {
	if (!report_placed(page->report, span))
		return;
	unsigned digits = 1;
	for (uint32_t line = source_place(page->report->c, span.source, span.start).line; line > 9;
		line /= 10)
		digits++;
	if (digits > page->gutter)
		page->gutter = digits;
}

static struct page page_for(const struct report *report, const struct diagnostic *d) {
	struct page page = {.report = report, .out = report->out, .gutter = 1};
	widen_gutter(&page, d->at);
	for (size_t i = 0; i < d->notes.count; i++)
		widen_gutter(&page, d->notes.items[i].at);
	size_t width = report->how->width ? report->how->width : USUAL_WIDTH;
	page.width = (width < LEAST_WIDTH ? LEAST_WIDTH : width) - page.gutter - 3;
	return page;
}

static void headline(const struct page *page, const struct diagnostic *d) {
	paint(page, diag_rows[d->code].severity == DIAG_ERROR ? RED : YELLOW);
	fprintf(page->out, "%s[%s]", report_severity(d), diag_rows[d->code].name);
	paint(page, PLAIN);
	paint(page, BOLD);
	fputs(": ", page->out);
	report_clean(page->out, str_from(d->text));
	paint(page, PLAIN);
	fputc('\n', page->out);
}

/* Lines of a remark are set below each other. */
static void remark(const struct page *page, const struct diag_note *note) {
	struct str rest = str_from(note->text), line;
	fprintf(page->out, "%*s", (int)page->gutter + 1, "");
	paint(page, BLUE);
	fputs("= ", page->out);
	paint(page, note->help ? CYAN : GREEN);
	fputs(note->help ? "help" : "note", page->out);
	paint(page, PLAIN);
	fputs(": ", page->out);
	for (bool first = true; str_split(&rest, '\n', &line); first = false) {
		fprintf(page->out, "%*s", first ? 0 : (int)page->gutter + 9, "");
		report_clean(page->out, line);
		fputc('\n', page->out);
	}
}

static void placed_note(const struct page *page, const struct diag_note *note) {
	paint(page, GREEN);
	fputs("note", page->out);
	paint(page, PLAIN);
	fputs(": ", page->out);
	report_clean(page->out, str_from(note->text));
	fputc('\n', page->out);
	excerpt(page, note->at, (struct stroke){'-', BLUE});
}

static void print_one(const struct report *report, const struct diagnostic *d) {
	struct page page = page_for(report, d);
	const char *colour = diag_rows[d->code].severity == DIAG_ERROR ? RED : YELLOW;
	headline(&page, d);
	if (report_placed(report, d->at))
		excerpt(&page, d->at, (struct stroke){'^', colour});
	for (size_t i = 0; i < d->notes.count; i++) {
		if (!report_placed(report, d->notes.items[i].at))
			remark(&page, &d->notes.items[i]);
	}
	for (size_t i = 0; i < d->notes.count; i++) {
		if (report_placed(report, d->notes.items[i].at))
			placed_note(&page, &d->notes.items[i]);
	}
	fputc('\n', page.out);
}

/* Calls `print` for each message that is shown; gives their number. */
static size_t print_all(const struct report *report,
	void (*print)(const struct report *report, const struct diagnostic *d)) {
	size_t shown = 0;
	for (size_t i = 0; i < report->count && shown < report_limit(report); i++) {
		if (report->items[i]->suppressed)
			continue;
		print(report, report->items[i]);
		shown++;
	}
	return shown;
}

static void counted(FILE *out, size_t count, const char *what) {
	fprintf(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void closing(const struct report *report, size_t shown) {
	size_t all = report->errors + report->warnings;
	if (all == 0)
		return;
	if (shown < all)
		fprintf(report->out, "… and %zu more\n", all - shown);
	if (report->errors)
		counted(report->out, report->errors, "error");
	if (report->errors && report->warnings)
		fputs(", ", report->out);
	if (report->warnings)
		counted(report->out, report->warnings, "warning");
	if (report->touched) {
		fputs(" in ", report->out);
		counted(report->out, report->touched, "file");
	}
	fputc('\n', report->out);
}

void report_text(const struct report *report) {
	closing(report, print_all(report, print_one));
}

static void print_short(const struct report *report, const struct diagnostic *d) {
	if (report_placed(report, d->at)) {
		struct place place = source_place(report->c, d->at.source, d->at.start);
		report_clean(report->out, str_from(source_of(report->c, d->at)->path));
		fprintf(report->out, ":%u:%u: ", place.line, place.column);
	}
	fprintf(report->out, "%s[%s]: ", report_severity(d), diag_rows[d->code].name);
	report_clean(report->out, str_from(d->text));
	fputc('\n', report->out);
}

void report_short(const struct report *report) {
	closing(report, print_all(report, print_short));
}
