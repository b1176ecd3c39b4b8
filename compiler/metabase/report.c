/* A plan goes in, text comes out: what would be created, changed, or is left alone and why. The
 * text form is made to be read from the top on a terminal, the markdown form to be folded under a
 * pull request. */
#include "compiler/metabase/report.h"

#include <stdlib.h>

#include "compiler/metabase/textdiff.h"
#include "runtime/buf.h"
#include "runtime/json.h"

static const struct {
	const char *sign, *word, *colour;
} looks[VERDICT_COUNT] = {
	[VERDICT_SAME]   = {"=", "same", ""},
	[VERDICT_CREATE] = {"+", "create", "\033[32m"},
	[VERDICT_CHANGE] = {"~", "change", "\033[33m"},
	[VERDICT_MARK]   = {"~", "mark", "\033[33m"},
	[VERDICT_DRIFT]  = {"!", "drift", "\033[31m"},
	[VERDICT_CLASH]  = {"!", "clash", "\033[31m"},
	[VERDICT_ORPHAN] = {"?", "orphan", "\033[36m"},
};

static enum object_kind kind_of(const struct step *step) {
	return step->code ? step->code->kind : step->live->kind;
}

static const char *key_of(const struct step *step) {
	return step->code ? step->code->key : step->live->marker.key;
}

static const char *title_of(const struct step *step) {
	return step->code ? json_text(step->code->body, "name") : step->live->title;
}

static bool shown(const struct step *step, bool verbose) {
	bool selected = !step->code || step->code->selected;
	return selected && !step->container && (verbose || step->verdict != VERDICT_SAME);
}

/* A JSON value on one short line. */
static void put_value(struct buf *out, const json_t *value) {
	if (!value) {
		buf_puts(out, "nothing");
		return;
	}
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
	size_t len = text ? strlen(text) : 0, most = 120;
	if (len > most) {
		while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
			most--;
		text[most] = '\0';
	}
	buf_printf(out, "%s%s", text ? text : "?", len > 120 ? "…" : "");
	free(text);
}

static bool is_long_text(const json_t *value) {
	return json_is_string(value) && strchr(json_string_value(value), '\n');
}

/* What came or went, in short: a card on a dashboard by its place, a filter by its type. */
static void put_part(struct buf *out, const json_t *value) {
	if (json_object_get(value, "size_x"))
		buf_printf(out, "%lldx%lld at row %lld, column %lld",
			json_number_of(value, "size_x", 0), json_number_of(value, "size_y", 0),
			json_number_of(value, "row", 0), json_number_of(value, "col", 0));
	else if (json_text(value, "slug") && json_text(value, "type"))
		buf_printf(out, "%s `%s`", json_text(value, "type"), json_text(value, "name"));
	else if (json_object_size(value) == 1 && json_text(value, "name"))
		buf_puts(out, "tab");
	else
		put_value(out, value);
}

/* A text as a unified diff, in red and green on a terminal. */
static void put_text_diff(struct buf *out, struct str live, struct str code, const char *indent, bool colour) {
	struct buf plain = BUF(64u << 20);
	text_diff(&plain, live, code, "");
	struct str rest = buf_str(&plain), line;
	while (str_split(&rest, '\n', &line)) {
		const char *paint = !colour || line.len == 0 ? "" : line.ptr[0] == '+' ? "\033[32m" :
			line.ptr[0] == '-' ? "\033[31m" : line.ptr[0] == '@' ? "\033[36m" : "";
		buf_printf(out, "%s%s%s%.*s%s\n", indent, *indent ? "  " : "", paint, STR_ARGS(line), *paint ? "\033[0m" : "");
	}
	buf_free(&plain);
}

static void put_difference(struct buf *out, const struct difference *d, const char *indent, bool colour) {
	if ((is_long_text(d->live) || is_long_text(d->code)) && json_is_string(d->live) &&
		json_is_string(d->code)) {
		buf_printf(out, "%s%s:\n", indent, d->path);
		put_text_diff(out, str_from(json_string_value(d->live)), str_from(json_string_value(d->code)),
			indent, colour);
		return;
	}
	buf_printf(out, "%s%s: ", indent, d->path);
	if (!d->live) {
		buf_puts(out, "+ ");
		put_part(out, d->code);
	} else if (!d->code) {
		buf_puts(out, "- ");
		put_part(out, d->live);
	} else {
		put_value(out, d->live);
		buf_puts(out, " -> ");
		put_value(out, d->code);
	}
	buf_putc(out, '\n');
}

static void put_editor(struct buf *out, const struct editor *editor) {
	buf_puts(out, editor->name ? editor->name : "somebody");
	if (editor->at)
		buf_printf(out, " on %.10s at %.5s", editor->at,
			strlen(editor->at) > 16 ? editor->at + 11 : "");
}

static void put_reason(
	struct buf *out, const struct plan *plan, const struct step *step, const char *indent) {
	switch (step->verdict) {
	case VERDICT_DRIFT:
		buf_printf(out, "%sedited in Metabase by ", indent);
		put_editor(out, &step->editor);
		buf_printf(out, "; left alone (`--overwrite %s` writes over it)\n", key_of(step));
		break;
	case VERDICT_CLASH:
		buf_printf(out, "%sedited in Metabase by ", indent);
		put_editor(out, &step->editor);
		buf_printf(out, " and changed here; left alone (`--overwrite %s` writes over it)\n",
			key_of(step));
		break;
	case VERDICT_ORPHAN:
		buf_printf(out, "%sno longer in the definitions; left alone: %s\n", indent,
			live_address(plan->live, step->live));
		break;
	case VERDICT_MARK:
		buf_printf(out, "%sonly its marker is out of date\n", indent);
		break;
	case VERDICT_CREATE:
	case VERDICT_CHANGE:
		if (step->refusal)
			buf_printf(out, "%snot written: %s\n", indent, step->refusal);
		break;
	case VERDICT_SAME:
	case VERDICT_COUNT:
		break;
	}
}

static void put_count(struct buf *out, size_t count, const char *words) {
	if (count)
		buf_printf(out, "%s%zu %s", out->len ? ", " : "", count, words);
}

static size_t count_of(const struct plan *plan, enum verdict verdict, bool refused) {
	size_t count = 0;
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct step *step = plan->steps.items[i];
		bool selected = !step->code || step->code->selected;
		count += selected && !step->container && step->verdict == verdict &&
			 (verdict == VERDICT_DRIFT || verdict == VERDICT_CLASH ||
				 !!step->refusal == refused);
	}
	return count;
}

static void put_summary(struct buf *out, const struct plan *plan) {
	struct buf line = BUF(1024);
	put_count(&line, count_of(plan, VERDICT_CREATE, false), "to create");
	put_count(&line, count_of(plan, VERDICT_CHANGE, false), "to change");
	put_count(&line, count_of(plan, VERDICT_MARK, false), "to mark anew");
	put_count(&line, count_of(plan, VERDICT_DRIFT, true), "drifted");
	put_count(&line, count_of(plan, VERDICT_CLASH, true), "clashing");
	put_count(&line,
		count_of(plan, VERDICT_CREATE, true) + count_of(plan, VERDICT_CHANGE, true) +
			count_of(plan, VERDICT_MARK, true),
		"refused");
	if (!line.len)
		buf_puts(&line, "no changes");
	put_count(&line, count_of(plan, VERDICT_ORPHAN, false), "orphaned");
	buf_printf(out, "%.*s; %zu the same\n", STR_ARGS(buf_str(&line)),
		count_of(plan, VERDICT_SAME, false));
	buf_free(&line);
}

void plan_print_text(const struct plan *plan, FILE *out, const struct report_style *style) {
	struct buf text = BUF(256u << 20);
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct step *step = plan->steps.items[i];
		if (!shown(step, style->verbose))
			continue;
		buf_printf(&text, "%s%s %-10s %s%s  %s\n",
			style->colour ? looks[step->verdict].colour : "", looks[step->verdict].sign,
			object_kind_name(kind_of(step)), key_of(step),
			style->colour && *looks[step->verdict].colour ? "\033[0m" : "",
			title_of(step));
		put_reason(&text, plan, step, "    ");
		for (size_t d = 0; d < step->differences.count; d++)
			put_difference(&text, &step->differences.items[d], "    ", style->colour);
	}
	if (text.len)
		buf_putc(&text, '\n');
	put_summary(&text, plan);
	fwrite(text.ptr, 1, text.len, out);
	buf_free(&text);
}

void plan_print_markdown(const struct plan *plan, FILE *out) {
	struct buf text = BUF(256u << 20);
	buf_printf(&text, "### Dashboards on %s\n\n", plan->server->url);
	put_summary(&text, plan);
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct step *step = plan->steps.items[i];
		if (!shown(step, false))
			continue;
		buf_printf(&text,
			"\n<details><summary>%s %s <code>%s</code> (%s)</summary>\n\n```diff\n",
			looks[step->verdict].word, object_kind_name(kind_of(step)), key_of(step),
			title_of(step));
		put_reason(&text, plan, step, "# ");
		for (size_t d = 0; d < step->differences.count; d++)
			put_difference(&text, &step->differences.items[d], "", false);
		buf_puts(&text, "```\n</details>\n");
	}
	fwrite(text.ptr, 1, text.len, out);
	buf_free(&text);
}

static json_t *step_json(const struct plan *plan, const struct step *step) {
	json_t *fields = json_array();
	for (size_t i = 0; i < step->differences.count; i++) {
		const struct difference *d = &step->differences.items[i];
		json_array_append_new(
			fields, json_pack("{s:s, s:O?, s:O?}", "path", d->path, "live",
					(json_t *)d->live, "code", (json_t *)d->code));
	}
	json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:o}", "kind",
		object_kind_name(kind_of(step)), "key", key_of(step), "title", title_of(step),
		"change", looks[step->verdict].word, "fields", fields);
	if (step->live)
		json_object_set_new(
			out, "address", json_string(live_address(plan->live, step->live)));
	if (step->refusal)
		json_object_set_new(out, "refused", json_string(step->refusal));
	if (step->editor.name)
		json_object_set_new(out, "editor", json_string(step->editor.name));
	if (step->editor.at)
		json_object_set_new(out, "edited_at", json_string(step->editor.at));
	return out;
}

void plan_print_json(const struct plan *plan, FILE *out) {
	json_t *changes = json_array(), *counts = json_object();
	for (size_t i = 0; i < plan->steps.count; i++)
		if (shown(plan->steps.items[i], false))
			json_array_append_new(changes, step_json(plan, plan->steps.items[i]));
	for (int v = 0; v < VERDICT_COUNT; v++)
		json_object_set_new(counts, looks[v].word,
			json_integer((json_int_t)(count_of(plan, (enum verdict)v, false) +
						  (v == VERDICT_DRIFT || v == VERDICT_CLASH
								  ? 0
								  : count_of(plan, (enum verdict)v,
									    true)))));
	json_auto_t *all = json_pack("{s:s, s:s?, s:o, s:o}", "server", plan->server->url,
		"version", plan->server->tag, "changes", changes, "counts", counts);
	fputs(canonical_dump(plan->server->c->arena, all), out);
}

void plan_print_outcome(const struct plan *plan, const struct outcome_counts *counts, FILE *out) {
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct step *step = plan->steps.items[i];
		if (step->progress == STEP_FAILED)
			fprintf(out, "failed: %s %s\n", object_kind_name(kind_of(step)),
				key_of(step));
		else if (step->refusal)
			fprintf(out, "not written: %s %s: %s\n", object_kind_name(kind_of(step)),
				key_of(step), step->refusal);
	}
	fprintf(out, "%zu created, %zu changed", counts->created, counts->changed);
	if (counts->failed)
		fprintf(out, ", %zu failed", counts->failed);
	if (plan->refused)
		fprintf(out, ", %zu not written", plan->refused);
	fputc('\n', out);
}
