/* Rows in, words out. The same walk over a table of keys prints lines for a terminal or rows for
 * Markdown; keys of a map come below it, under its name and a dot. */
#include "compiler/cli/manual.h"

#include <stdlib.h>

#include "charts/chart.h"
#include "compiler/model/picture.h"
#include "compiler/model/project.h"
#include "compiler/source/diag.h"
#include "filters/filter.h"
#include "runtime/buf.h"
#include "runtime/term.h"

static const char *type_word(enum key_type type) {
	switch (type) {
	case KEY_TEXT:
		return "text";
	case KEY_WORD:
		return "word";
	case KEY_BOOLEAN:
		return "true or false";
	case KEY_INTEGER:
		return "whole number";
	case KEY_NUMBER:
		return "number";
	case KEY_COLUMN:
		return "column";
	case KEY_COLOUR:
		return "colour";
	case KEY_SIZE:
		return "size (`6x4`)";
	case KEY_FIELD:
		return "`table.column`";
	case KEY_MAP:
		return "map";
	case KEY_ANY:
		return "see text";
	}
	abort();
}

/* "column, or a list", "one of a, b", "`example`". */
static void describe_type(const struct key *key, struct buf *out) {
	if (key->type == KEY_ANY && key->example) {
		buf_printf(out, "`%s`", key->example);
		return;
	}
	if (key->type == KEY_WORD) {
		for (const struct word *word = key->words; word->name; word++)
			buf_printf(out, "%s`%s`", word == key->words ? "" : ", ", word->name);
	} else {
		buf_puts(out, type_word(key->type));
	}
	if (key->type == KEY_MAP && key->shorthand)
		buf_printf(out, ", or its `%s` alone", key->shorthand);
	if (key->shape == KEY_LIST)
		buf_puts(out, "; or a list of them");
	if (key->shape == KEY_ENTRIES)
		buf_puts(out, "; a map from names to them");
}

/* Something that is printed once a key; `name` is its path from the top. */
typedef void (*print_key)(FILE *out, const char *name, const struct key *key);

/* `path` is what stands before the names of this table; it is the same again afterwards. */
static void each_below(FILE *out, const struct key *table, struct buf *path, unsigned depth,
	print_key print) {
	size_t len = path->len;
	for (const struct key *key = table; key->name; key++) {
		buf_puts(path, key->name);
		print(out, path->ptr, key);
		if (key->type == KEY_MAP && key->keys && depth < 3) {
			buf_puts(path, key->shape == KEY_ENTRIES ? ".NAME." : ".");
			each_below(out, key->keys, path, depth + 1, print);
		}
		path->len = len;
		path->ptr[len] = '\0';
	}
}

static void each_key(FILE *out, const struct key *table, print_key print) {
	struct buf path = BUF(4096);
	each_below(out, table, &path, 0, print);
	buf_free(&path);
}

static void text_key(FILE *out, const char *name, const struct key *key) {
	struct buf type = BUF(8192);
	bool colour = term_colour(out);
	describe_type(key, &type);
	fprintf(out, "  %s%s%s%s\n", colour ? "\033[1m" : "", name, colour ? "\033[0m" : "",
		key->required ? " (required)" : "");
	fprintf(out, "      %s", key->doc ? key->doc : "");
	fprintf(out, "\n      takes: %s\n", type.ptr);
	if (key->since)
		fprintf(out, "      needs Metabase 0.%d\n", key->since);
	buf_free(&type);
}

/* A cell must not end its row. */
static void cell(FILE *out, const char *text) {
	for (; *text; text++) {
		if (*text == '|')
			fputs("\\|", out);
		else
			fputc(*text == '\n' ? ' ' : *text, out);
	}
}

static void markdown_key(FILE *out, const char *name, const struct key *key) {
	struct buf type = BUF(8192);
	describe_type(key, &type);
	fprintf(out, "| `%s`%s | ", name, key->required ? " *" : "");
	cell(out, type.ptr);
	fputs(" | ", out);
	cell(out, key->doc ? key->doc : "");
	if (key->since)
		fprintf(out, " (Metabase 0.%d)", key->since);
	fputs(" |\n", out);
	buf_free(&type);
}

static void example(FILE *out, const char *text) {
	struct str rest = str_from(text), line;
	fputs("\nExample\n", out);
	while (str_split(&rest, '\n', &line))
		fprintf(out, "  %.*s\n", STR_ARGS(line));
}

/* The keys that every chart has, by name: their own page is `mbc explain charts`. */
static void also_takes(FILE *out) {
	struct buf names = BUF(4096);
	for (const struct key *key = chart_keys; key->name; key++)
		buf_printf(&names, "%s%s", names.len ? ", " : "", key->name);
	for (const struct key *key = picture_keys; key->name; key++)
		buf_printf(&names, ", %s", key->name);
	fprintf(out, "\nEvery chart also takes %s; see `mbc explain charts`.\n", names.ptr);
	buf_free(&names);
}

void manual_chart(FILE *out, const struct chart_type *type) {
	fprintf(out, "%s `%s`: %s\n", type->placement ? "item" : "chart", type->name, type->doc);
	fprintf(out, "size %ux%u, at least %ux%u", type->size.width, type->size.height,
		type->least.width, type->least.height);
	if (type->since)
		fprintf(out, "; needs Metabase 0.%d", type->since);
	fputs("\n\nKeys\n", out);
	for (const struct key *const *group = type->groups; group && *group; group++)
		each_key(out, *group, text_key);
	if (!type->placement)
		also_takes(out);
	if (type->example)
		example(out, type->example);
}

void manual_filter(FILE *out, const struct filter_type *type) {
	static const char *const fields[] = {"needs `field:`", "takes `field:`", "takes no `field:`"};
	fprintf(out, "filter `%s`: %s\n%s\n\nKeys\n", type->name, type->doc, fields[type->field]);
	for (const struct key *const *group = type->groups; group && *group; group++)
		each_key(out, *group, text_key);
	each_key(out, filter_keys, text_key);
	if (type->example)
		example(out, type->example);
}

static const struct {
	const char *name, *doc;
	const struct key *tables[3];
} topics[] = {
	{"charts", "keys that every chart takes", {chart_keys, picture_keys}},
	{"filters", "keys that every filter takes", {filter_keys}},
	{"dashboard", "keys of a file with `dashboard:`", {dashboard_keys}},
	{"shared", "keys of a file without `dashboard:`", {shared_keys}},
	{"layout", "the long form of an item of a layout", {placement_keys}},
	{"project", "keys of mbc.yaml", {manifest_keys}},
};

const char *const manual_topics[] = {
	"charts", "filters", "dashboard", "shared", "layout", "project", NULL};

bool manual_topic(FILE *out, struct str name) {
	for (size_t i = 0; i < COUNT_OF(topics); i++) {
		if (!str_is(name, topics[i].name))
			continue;
		fprintf(out, "%s: %s\n\nKeys\n", topics[i].name, topics[i].doc);
		for (size_t t = 0; t < COUNT_OF(topics[i].tables) && topics[i].tables[t]; t++)
			each_key(out, topics[i].tables[t], text_key);
		return true;
	}
	return false;
}

static void key_table(FILE *out, const struct key *const *groups) {
	fputs("| key | takes | what it does |\n|---|---|---|\n", out);
	for (; *groups; groups++)
		each_key(out, *groups, markdown_key);
}

static void one_table(FILE *out, const struct key *table) {
	const struct key *const groups[] = {table, NULL};
	key_table(out, groups);
}

static void project_table(FILE *out) {
	one_table(out, manifest_keys);
}

static void dashboard_table(FILE *out) {
	one_table(out, dashboard_keys);
}

static void placement_table(FILE *out) {
	one_table(out, placement_keys);
}

static void chart_table(FILE *out) {
	const struct key *const groups[] = {chart_keys, picture_keys, NULL};
	key_table(out, groups);
}

static void filter_table(FILE *out) {
	one_table(out, filter_keys);
}

static void fenced(FILE *out, const char *text) {
	if (text)
		fprintf(out, "\n```yaml\n%s%s```\n", text,
			str_ends(str_from(text), "\n") ? "" : "\n");
}

static void charts_section(FILE *out) {
	for (const struct chart_type *const *type = chart_types; *type; type++) {
		fprintf(out, "### `%s`\n\n%s; %ux%u, at least %ux%u.\n\n", (*type)->name,
			(*type)->doc, (*type)->size.width, (*type)->size.height,
			(*type)->least.width, (*type)->least.height);
		if ((*type)->groups && (*type)->groups[0])
			key_table(out, (*type)->groups);
		fenced(out, (*type)->example);
		fputc('\n', out);
	}
}

static void filters_section(FILE *out) {
	for (const struct filter_type *const *type = filter_types; *type; type++) {
		fprintf(out, "### `%s`\n\n%s.\n\n", (*type)->name, (*type)->doc);
		if ((*type)->groups && (*type)->groups[0])
			key_table(out, (*type)->groups);
		fenced(out, (*type)->example);
		fputc('\n', out);
	}
}

static void codes_table(FILE *out) {
	fputs("| code | name | meaning |\n|---|---|---|\n", out);
	for (size_t i = 0; i < DIAG_CODE_COUNT; i++) {
		fprintf(out, "| [%s](diagnostics/%s.md) | %s | ", diag_rows[i].name,
			diag_rows[i].name, diag_rows[i].slug);
		cell(out, diag_rows[i].sentence);
		fputs(" |\n", out);
	}
}

static const struct {
	const char *name;
	void (*print)(FILE *out);
} tables[] = {
	{"project", project_table},
	{"dashboard", dashboard_table},
	{"placement", placement_table},
	{"chart", chart_table},
	{"charts", charts_section},
	{"filter", filter_table},
	{"filters", filters_section},
	{"codes", codes_table},
};

const char *const manual_tables[] = {
	"project", "dashboard", "placement", "chart", "charts", "filter", "filters", "codes", NULL};

bool manual_table(FILE *out, const char *name) {
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		if (strcmp(tables[i].name, name) != 0)
			continue;
		tables[i].print(out);
		return true;
	}
	return false;
}
