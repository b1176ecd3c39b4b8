/* The store of messages. A phase adds them in the order in which it finds them; they are sorted and
 * cleared of doubles when they are printed. */
#include "compiler/source/diag.h"

#include "compiler/source/compile.h"
#include "runtime/suggest.h"

const struct diag_row diag_rows[DIAG_CODE_COUNT] = {
#define DIAG(code, severity, slug, sentence) [code] = {#code, severity, slug, sentence},
#include "compiler/source/diag_codes.inc"
#undef DIAG
};

const struct diag_row *diag_find(struct str name) {
	for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
		if (str_eq_fold(name, str_from(diag_rows[i].name)) ||
			str_is(name, diag_rows[i].slug))
			return &diag_rows[i];
	}
	return NULL;
}

struct diagnostic *diag_add(
	struct compile *c, enum diag_code code, struct span at, const char *format, ...) {
	va_list args;
	va_start(args, format);
	struct diagnostic *d = arena_new(c->arena, struct diagnostic);
	*d = (struct diagnostic){
		.code = code, .at = at, .text = arena_vprintf(c->arena, format, args)};
	va_end(args);
	vec_push(c->arena, &c->diagnostics, d);
	c->error_count += diag_rows[code].severity == DIAG_ERROR;
	return d;
}

void diag_note(struct compile *c, struct diagnostic *d, struct span at, const char *format, ...) {
	va_list args;
	va_start(args, format);
	struct diag_note note = {.at = at, .text = arena_vprintf(c->arena, format, args)};
	va_end(args);
	vec_push(c->arena, &d->notes, note);
}

void diag_help(struct compile *c, struct diagnostic *d, const char *format, ...) {
	va_list args;
	va_start(args, format);
	struct diag_note note = {
		.help = true, .at = SPAN_NONE, .text = arena_vprintf(c->arena, format, args)};
	va_end(args);
	vec_push(c->arena, &d->notes, note);
}

void diag_fix(struct compile *c, struct diagnostic *d, struct span at, struct str text) {
	d->has_fix = true;
	d->fix_at = at;
	d->fix_text = arena_str(c->arena, text);
}

void diag_suggest(
	struct compile *c, struct diagnostic *d, struct span at, const struct suggest *s) {
	struct str best = suggest_best(s);
	if (best.len == 0)
		return;
	diag_help(c, d, "did you mean `%.*s`?", STR_ARGS(best));
	diag_fix(c, d, at, best);
}

size_t diag_errors(const struct compile *c) {
	return c->error_count;
}
