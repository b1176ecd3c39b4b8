/* Filter types: what each takes as a value, how it goes on the wire, and what is said when it is wrong. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "filters/dates.h"
#include "filters/filter.h"

struct fixture {
	struct compile c;
	struct filter filter;
};

/* A filter from its map, bound as the model does it. */
static void bind(struct fixture *f, const char *yaml, enum column_type column) {
	memset(f, 0, sizeof(*f));
	compile_init(&f->c);
	f->c.filter_types = filter_types;
	uint32_t source = source_add(&f->c, "test.yaml", str_from(yaml));
	struct node *map = yaml_parse(&f->c, source);
	assert_non_null(map);
	struct filter *filter = &f->filter;
	filter->key = STR("f");
	filter->label = STR("F");
	filter->node = map;
	filter->column_type = column;
	filter->type = filter_type_find(&f->c, node_get(map, "type")->scalar.text);
	assert_non_null(filter->type);
	const struct key *groups[] = {filter_keys, filter->type->groups ? filter->type->groups[0] : NULL, NULL};
	keys_bind(&f->c, groups, map, "filter `f`", &filter->values);
	filter->multi = values_boolean(&filter->values, "multi", filter->type->multi_default);
	if (node_get(map, "field"))
		vec_push(f->c.arena, &filter->fields, (struct field_reference){.table = STR("t")});
}

/* "E0510 <text under the caret> message; note: …; help: …; fix: …" */
static char *messages(struct fixture *f) {
	struct compile *c = &f->c;
	const char *all = "";
	for (size_t i = 0; i < c->diagnostics.count; i++) {
		const struct diagnostic *d = c->diagnostics.items[i];
		struct str source = source_of(c, d->at)->text;
		all = arena_printf(c->arena, "%s%s%s <%.*s> %s", all, *all ? "\n" : "", diag_rows[d->code].name,
			STR_ARGS(str_slice(source, d->at.start, d->at.end)), d->text);
		for (size_t k = 0; k < d->notes.count; k++)
			all = arena_printf(c->arena, "%s; %s: %s", all, d->notes.items[k].help ? "help" : "note",
				d->notes.items[k].text);
		if (d->has_fix)
			all = arena_printf(c->arena, "%s; fix: %.*s", all, STR_ARGS(d->fix_text));
	}
	return arena_printf(c->arena, "%s", all);
}

/* The default as JSON on the wire, or the messages about it. */
static const char *value_of(struct fixture *f, const char *yaml, enum column_type column) {
	bind(f, yaml, column);
	json_auto_t *value = f->filter.type->value(&f->c, &f->filter, node_get(f->filter.node, "default"));
	if (!value)
		return messages(f);
	assert_int_equal(f->c.diagnostics.count, 0);
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	const char *copy = arena_printf(f->c.arena, "%s", text);
	free(text);
	return copy;
}

struct value_case {
	const char *yaml;
	enum column_type column;
	const char *expected;
};

static void check_values(const struct value_case *cases, size_t count) {
	for (size_t i = 0; i < count; i++) {
		struct fixture f;
		assert_string_equal(value_of(&f, cases[i].yaml, cases[i].column), cases[i].expected);
		compile_finish(&f.c);
	}
}

static void choices_take_texts_or_numbers(void **state) {
	(void)state;
	static const struct value_case cases[] = {
		{"{type: dropdown, default: NL}", COLUMN_TEXT, "[\"NL\"]"},
		{"{type: dropdown, default: no}", COLUMN_TEXT, "[\"no\"]"},
		{"{type: dropdown, default: 0123}", COLUMN_UNKNOWN, "[\"0123\"]"},
		{"{type: dropdown, default: 12}", COLUMN_NUMBER, "[12]"},
		{"{type: dropdown, default: 12.0}", COLUMN_NUMBER, "[12]"},
		{"{type: dropdown, value: text, default: 12}", COLUMN_NUMBER, "[\"12\"]"},
		{"{type: dropdown, value: number, default: 1.5}", COLUMN_TEXT, "[1.5]"},
		{"{type: dropdown, default: [NL]}", COLUMN_TEXT, "[\"NL\"]"},
		{"{type: multi-select, default: NL}", COLUMN_TEXT, "[\"NL\"]"},
		{"{type: multi-select, default: [NL, BE]}", COLUMN_TEXT, "[\"NL\",\"BE\"]"},
		{"{type: multi-select, default: [1, 2.5]}", COLUMN_NUMBER, "[1,2.5]"},
		{"{type: search, multi: true, default: [a, b]}", COLUMN_TEXT, "[\"a\",\"b\"]"},
		{"{type: id, default: 1001}", COLUMN_NUMBER, "[1001]"},
		{"{type: id, default: a-1}", COLUMN_TEXT, "[\"a-1\"]"},
		{"{type: text-match, op: contains, default: jo}", COLUMN_TEXT, "[\"jo\"]"},
		{"{type: location, part: city, default: Utrecht}", COLUMN_TEXT, "[\"Utrecht\"]"},
		{"{type: text, default: '10'}", COLUMN_UNKNOWN, "[\"10\"]"},
		{"{type: number, default: -0.5}", COLUMN_UNKNOWN, "[-0.5]"},
		{"{type: number-match, op: at-least, default: 10}", COLUMN_NUMBER, "[10]"},
		{"{type: number-match, op: not, multi: true, default: [1, 2]}", COLUMN_NUMBER, "[1,2]"},
		{"{type: dropdown, default: [NL, BE]}", COLUMN_TEXT,
			"E0513 <[NL, BE]> `dropdown` takes one value here, found 2; "
			"help: `type: multi-select` takes several values"},
		{"{type: search, default: [a, b]}", COLUMN_TEXT,
			"E0513 <[a, b]> `search` takes one value here, found 2; "
			"help: `multi: true` lets filter `f` take several values"},
		{"{type: text, default: [a, b]}", COLUMN_TEXT, "E0513 <[a, b]> `text` takes one value here, found 2"},
		{"{type: multi-select, default: [a, {b: c}]}", COLUMN_TEXT,
			"E0513 <{b: c}> `multi-select` takes one value here, found a map; "
			"help: write for example `web`"},
		{"{type: multi-select, default: [a, null]}", COLUMN_TEXT,
			"E0513 <null> `multi-select` takes a value here, found nothing; "
			"help: write for example `web`"},
		{"{type: dropdown, field: t.c, default: many}", COLUMN_NUMBER,
			"E0512 <many> `many` is not a number; note: the column of filter `f` holds numbers; "
			"help: write for example `10` or `0.5`"},
		{"{type: number, default: '1,5'}", COLUMN_UNKNOWN,
			"E0512 <'1,5'> `1,5` is not a number; help: write for example `10` or `0.5`"},
	};
	check_values(cases, COUNT_OF(cases));
}

static void ranges_of_numbers(void **state) {
	(void)state;
	static const struct value_case cases[] = {
		{"{type: number-range, default: 10..20}", COLUMN_NUMBER, "[10,20]"},
		{"{type: number-range, default: 10..}", COLUMN_NUMBER, "[10,null]"},
		{"{type: number-range, default: ..20}", COLUMN_NUMBER, "[null,20]"},
		{"{type: number-range, default: -1.5 .. 2}", COLUMN_NUMBER, "[-1.5,2]"},
		{"{type: number-range, default: '>= 10'}", COLUMN_NUMBER, "[10,null]"},
		{"{type: number-range, default: '<= 20'}", COLUMN_NUMBER, "[null,20]"},
		{"{type: number-range, default: [10, null]}", COLUMN_NUMBER, "[10,null]"},
		{"{type: number-range, default: [10, 10]}", COLUMN_NUMBER, "[10,10]"},
		{"{type: number-range, default: 20..10}", COLUMN_NUMBER,
			"E0515 <20..10> the range ends at 10, below its start at 20; help: write `10..20`"},
		{"{type: number-range, default: 10}", COLUMN_NUMBER,
			"E0512 <10> `10` is not a range of numbers; help: write `10..20`, `10..` or `..20`"},
		{"{type: number-range, default: 10..many}", COLUMN_NUMBER,
			"E0512 <many> `many` is not a number; help: write `10..20`, `10..` or `..20`"},
		{"{type: number-range, default: [null, null]}", COLUMN_NUMBER,
			"E0512 <[null, null]> the range has neither a lower nor an upper end; "
			"help: write `10..20`, `10..` or `..20`"},
		{"{type: number-range, default: [1, 2, 3]}", COLUMN_NUMBER,
			"E0513 <[1, 2, 3]> `number-range` takes one value here, found a list; "
			"help: write for example `10..20`"},
	};
	check_values(cases, COUNT_OF(cases));
}

static void booleans(void **state) {
	(void)state;
	static const struct value_case cases[] = {
		{"{type: boolean, field: t.c, default: yes}", COLUMN_BOOLEAN, "[true]"},
		{"{type: boolean, default: off}", COLUMN_UNKNOWN, "[false]"},
		{"{type: boolean, default: 1}", COLUMN_UNKNOWN, "E0516 <1> `1` is neither `true` nor `false`"},
	};
	check_values(cases, COUNT_OF(cases));
}

static void time_groupings(void **state) {
	(void)state;
	static const struct value_case cases[] = {
		{"{type: time-grouping, default: week}", COLUMN_DATE, "\"week\""},
		{"{type: time-grouping, units: [day, hour], default: hour}", COLUMN_DATETIME, "\"hour\""},
		{"{type: time-grouping, units: [day, month], default: week}", COLUMN_DATE,
			"E0519 <week> `week` is not a unit that the filter offers; note: the filter offers `day` `month`"},
		{"{type: time-grouping, default: [day]}", COLUMN_DATE,
			"E0513 <[day]> `time-grouping` takes one value here, found a list; "
			"note: the filter offers `day` `week` `month` `quarter` `year`"},
	};
	check_values(cases, COUNT_OF(cases));
}

static void dates_by_type(void **state) {
	(void)state;
	static const struct value_case cases[] = {
		{"{type: date-range, default: 2024-01-01..2024-01-31}", COLUMN_DATE, "\"2024-01-01~2024-01-31\""},
		{"{type: relative-date, default: last 30 days}", COLUMN_DATE, "\"past30days\""},
		{"{type: single-date, default: 2024-02-29}", COLUMN_DATE, "\"2024-02-29\""},
		{"{type: date, default: 2024-05-01T10:30}", COLUMN_UNKNOWN, "\"2024-05-01T10:30\""},
		{"{type: month, default: 2024-05}", COLUMN_DATE, "\"2024-05\""},
		{"{type: quarter, default: 2024-Q2}", COLUMN_DATE, "\"Q2-2024\""},
		{"{type: date-any, default: except Sat Sun}", COLUMN_DATE, "\"exclude-days-Sat-Sun\""},
		{"{type: date-any, default: 2024-05}", COLUMN_DATE, "\"2024-05\""},
		{"{type: date-range, default: last 30 days}", COLUMN_DATE,
			"E0511 <last 30 days> `last 30 days` is a period, and `date-range` takes a range of days "
			"(`2024-01-01..2024-01-31`); help: `type: date-any` takes every form of date"},
		{"{type: date-range, default: since 2024-01-01}", COLUMN_DATE,
			"E0511 <since 2024-01-01> `since 2024-01-01` is an open range, and `date-range` takes a range "
			"of days (`2024-01-01..2024-01-31`); help: `type: date-any` takes every form of date"},
		{"{type: date, default: last month}", COLUMN_UNKNOWN,
			"E0511 <last month> `last month` is a period, and `date` takes a day (`2024-01-31`)"},
		{"{type: relative-date, default: soon}", COLUMN_DATE,
			"E0510 <soon> `soon` is not a date; note: `relative-date` takes a period (`last 30 days`)"},
		{"{type: relative-date, default: last 30 dys}", COLUMN_DATE,
			"E0510 <dys> `dys` is not a unit of time; help: did you mean `days`?; fix: last 30 days"},
		{"{type: single-date, default: 2023-02-29}", COLUMN_DATE,
			"E0514 <2023-02-29> `2023-02-29` is not in the calendar: that month has 28 days"},
		{"{type: single-date, default: 2024-1-5}", COLUMN_DATE,
			"E0510 <2024-1-5> `2024-1-5` is not a day as it is written here, like `2024-01-31`; "
			"help: write `2024-01-05`; fix: 2024-01-05"},
		{"{type: date-range, default: 2024-02-01..2024-01-31}", COLUMN_DATE,
			"E0515 <2024-02-01..2024-01-31> the range ends on 2024-01-31, before it starts on 2024-02-01; "
			"help: write `2024-01-31..2024-02-01`; fix: 2024-01-31..2024-02-01"},
		{"{type: date-range, default: [2024-01-01, 2024-01-31]}", COLUMN_DATE,
			"E0513 <[2024-01-01, 2024-01-31]> `date-range` takes one value here, found a list; "
			"help: write for example `2024-01-01..2024-01-31`"},
		{"{type: quarter, default: 2024-Q5}", COLUMN_DATE,
			"E0514 <2024-Q5> `2024-Q5` is not in the calendar: a year has 4 quarters"},
	};
	check_values(cases, COUNT_OF(cases));
}

struct date_case {
	const char *text;
	const char *wire;       /* or the problem */
	enum date_form form;
};

static void date_spellings(void **state) {
	(void)state;
	static const struct date_case cases[] = {
		{"today", "thisday", DATE_RELATIVE},
		{"yesterday", "past1days", DATE_RELATIVE},
		{"tomorrow", "next1days", DATE_RELATIVE},
		{"this week", "thisweek", DATE_RELATIVE},
		{"thisquarter", "thisquarter", DATE_RELATIVE},
		{"This Year", "thisyear", DATE_RELATIVE},
		{"last month", "past1months", DATE_RELATIVE},
		{"lastmonth", "past1months", DATE_RELATIVE},
		{"last day", "past1days", DATE_RELATIVE},
		{"past 3 hours", "past3hours", DATE_RELATIVE},
		{"next 3 months", "next3months", DATE_RELATIVE},
		{"last 30 days incl. today", "past30days~", DATE_RELATIVE},
		{"last 3 months including this month", "past3months~", DATE_RELATIVE},
		{"past30days~", "past30days~", DATE_RELATIVE},
		{"last 30 days from 7 days ago", "past30days-from-7days", DATE_RELATIVE},
		{"last 30 days, 7 days ago", "past30days-from-7days", DATE_RELATIVE},
		{"past30days-from-7days", "past30days-from-7days", DATE_RELATIVE},
		{"next 3 months from 1 year ahead", "next3months-from-1years", DATE_RELATIVE},
		{"2024-01-31", "2024-01-31", DATE_DAY},
		{"2024-01-31 10:30", "2024-01-31T10:30", DATE_DAY},
		{"2024-01-31T10:30:59", "2024-01-31T10:30:59", DATE_DAY},
		{"2024-05", "2024-05", DATE_MONTH},
		{"Q2-2024", "Q2-2024", DATE_QUARTER},
		{"Q2 2024", "Q2-2024", DATE_QUARTER},
		{"2024-01-01 .. 2024-01-31", "2024-01-01~2024-01-31", DATE_BETWEEN},
		{"2024-01-01~2024-01-31", "2024-01-01~2024-01-31", DATE_BETWEEN},
		{"2024-01-01T10:00..2024-01-01T11:00", "2024-01-01T10:00~2024-01-01T11:00", DATE_BETWEEN},
		{"after 2024-01-01", "2024-01-01~", DATE_OPEN},
		{"before 2024-01-31", "~2024-01-31", DATE_OPEN},
		{"since 2024-01-01", "2023-12-31~", DATE_OPEN},
		{"until 2024-02-29", "~2024-03-01", DATE_OPEN},
		{"2024-03-01..", "2024-02-29~", DATE_OPEN},
		{"..2024-12-31", "~2025-01-01", DATE_OPEN},
		{"except Sat Sun", "exclude-days-Sat-Sun", DATE_EXCEPT},
		{"except saturday, sunday", "exclude-days-Sat-Sun", DATE_EXCEPT},
		{"except Jan Dec", "exclude-months-Jan-Dec", DATE_EXCEPT},
		{"except Q1 Q4", "exclude-quarters-1-4", DATE_EXCEPT},
		{"except hours 0 23", "exclude-hours-0-23", DATE_EXCEPT},
		{"exclude-days-Mon-Tue", "exclude-days-Mon-Tue", DATE_EXCEPT},
		{"exclude-quarters-1-4", "exclude-quarters-1-4", DATE_EXCEPT},

		{"last 0 days", "the number of units must be 1 or more", DATE_RELATIVE},
		{"last 30", "a unit of time is missing", DATE_RELATIVE},
		{"last 30 days ago", "`ago` cannot stand here", DATE_RELATIVE},
		{"last 30 days incl. this month", "a period that counts days can only take in `today`", DATE_RELATIVE},
		{"last 3 months incl. today", "a period that counts months can only take in `this month`",
			DATE_RELATIVE},
		{"last 30 days from 7 days ahead", "`ahead` cannot stand here", DATE_RELATIVE},
		{"past30days~-from-7days", "`-from-7days` cannot stand here", DATE_RELATIVE},
		{"today or so", "`or so` cannot stand here", DATE_RELATIVE},
		{"2024-13-01", "`2024-13-01` is not in the calendar: a year has 12 months", DATE_DAY},
		{"2024-04-31", "`2024-04-31` is not in the calendar: that month has 30 days", DATE_DAY},
		{"2024-13", "`2024-13` is not in the calendar: a year has 12 months", DATE_MONTH},
		{"2024-01-31T25:00", "`2024-01-31T25:00` is not a day as it is written here, like `2024-01-31`",
			DATE_DAY},
		{"2024", "`2024` is not a day as it is written here, like `2024-01-31`", DATE_DAY},
		{"2024-01-01~", "`2024-01-01~` does not say whether the day itself counts", DATE_OPEN},
		{"~2024-01-01", "`~2024-01-01` does not say whether the day itself counts", DATE_OPEN},
		{"..", "a range needs at least one end", 0},
		{"since 2024-01-01T10:00", "`since` and `until` take a day without a time", DATE_OPEN},
		{"except Sat Jan", "`Jan` cannot be left out here", DATE_EXCEPT},
		{"except Sat Sat", "`Sat` is there twice", DATE_EXCEPT},
		{"except hours 24", "`24` cannot be left out here", DATE_EXCEPT},
		{"except", "`except` needs something to leave out", DATE_EXCEPT},
		{"except Friyay", "`Friyay` cannot be left out here", DATE_EXCEPT},
		{"previous month", NULL, 0},
		{"", NULL, 0},
	};
	struct arena *arena = arena_create();
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct date_value date = date_read(arena, str_from(cases[i].text));
		const char *got = date.wire ? date.wire : date.problem;
		print_message("# %s\n", cases[i].text);
		if (cases[i].wire)
			assert_string_equal(got, cases[i].wire);
		else
			assert_null(got);
		assert_int_equal(date.form, cases[i].form);
	}
	arena_destroy(arena);
}

struct wire_case {
	const char *yaml;
	enum column_type column;
	const char *expected;
};

/* tag/widget parameter section values multi case */
static const char *wire_text(struct fixture *f) {
	struct filter_wire wire = f->filter.type->wire(&f->filter);
	json_auto_t *extra = json_object();
	if (f->filter.type->lower)
		f->filter.type->lower(&f->filter, extra);
	char *more = json_dumps(extra, JSON_COMPACT);
	const char *text = arena_printf(f->c.arena, "%s %s %s %s %s%s%s%s", wire.tag_type,
		wire.widget_type ? wire.widget_type : "-", wire.parameter_type, wire.section,
		wire.values_query_type ? wire.values_query_type : "-",
		wire.says_multi ? f->filter.multi ? " multi" : " single" : "",
		wire.case_insensitive ? " any-case" : "", json_object_size(extra) ? more : "");
	free(more);
	return text;
}

static void wires(void **state) {
	(void)state;
	static const struct wire_case cases[] = {
		{"{type: dropdown}", COLUMN_TEXT, "dimension string/= string/= string list single"},
		{"{type: dropdown}", COLUMN_UNKNOWN, "dimension string/= string/= string list single"},
		{"{type: dropdown}", COLUMN_NUMBER, "dimension number/= number/= number list single"},
		{"{type: dropdown, value: text}", COLUMN_NUMBER, "dimension string/= string/= string list single"},
		{"{type: multi-select}", COLUMN_TEXT, "dimension string/= string/= string list multi"},
		{"{type: multi-select, value: number}", COLUMN_TEXT, "dimension number/= number/= number list multi"},
		{"{type: search}", COLUMN_TEXT, "dimension string/= string/= string search single"},
		{"{type: search, multi: true}", COLUMN_TEXT, "dimension string/= string/= string search multi"},
		{"{type: date-range}", COLUMN_DATE, "dimension date/range date/range date -"},
		{"{type: relative-date}", COLUMN_DATE, "dimension date/relative date/relative date -"},
		{"{type: number-range}", COLUMN_NUMBER, "dimension number/between number/between number -"},
		{"{type: date}", COLUMN_UNKNOWN, "date - date/single date -"},
		{"{type: number}", COLUMN_UNKNOWN, "number - number/= number - single"},
		{"{type: text}", COLUMN_UNKNOWN, "text - string/= string none single"},
		{"{type: single-date}", COLUMN_DATE, "dimension date/single date/single date -"},
		{"{type: month}", COLUMN_DATE, "dimension date/month-year date/month-year date -"},
		{"{type: quarter}", COLUMN_DATE, "dimension date/quarter-year date/quarter-year date -"},
		{"{type: date-any}", COLUMN_DATE, "dimension date/all-options date/all-options date -"},
		{"{type: boolean}", COLUMN_UNKNOWN, "boolean - boolean/= boolean -"},
		{"{type: boolean, field: t.c}", COLUMN_BOOLEAN, "dimension boolean/= boolean/= boolean -"},
		{"{type: id}", COLUMN_NUMBER, "dimension id id id - single"},
		{"{type: text-match, op: contains}", COLUMN_TEXT,
			"dimension string/contains string/contains string - single any-case"},
		{"{type: text-match, op: starts-with, multi: true}", COLUMN_TEXT,
			"dimension string/starts-with string/starts-with string - multi any-case"},
		{"{type: text-match, op: ends-with}", COLUMN_TEXT,
			"dimension string/ends-with string/ends-with string - single any-case"},
		{"{type: text-match, op: excludes}", COLUMN_TEXT,
			"dimension string/does-not-contain string/does-not-contain string - single any-case"},
		{"{type: text-match, op: is-not}", COLUMN_TEXT, "dimension string/!= string/!= string list single"},
		{"{type: number-match, op: not}", COLUMN_NUMBER, "dimension number/!= number/!= number list single"},
		{"{type: number-match, op: at-least}", COLUMN_NUMBER, "dimension number/>= number/>= number -"},
		{"{type: number-match, op: at-most}", COLUMN_NUMBER, "dimension number/<= number/<= number -"},
		{"{type: location, part: zip}", COLUMN_TEXT, "dimension string/= string/= location list single"},
		{"{type: time-grouping}", COLUMN_DATE, "temporal-unit - temporal-unit temporal-unit -"
			"{\"temporal_units\":[\"day\",\"week\",\"month\",\"quarter\",\"year\"]}"},
		{"{type: time-grouping, units: [day, month-of-year]}", COLUMN_DATE,
			"temporal-unit - temporal-unit temporal-unit -{\"temporal_units\":[\"day\",\"month-of-year\"]}"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct fixture f;
		bind(&f, cases[i].yaml, cases[i].column);
		assert_string_equal(messages(&f), "");
		assert_string_equal(wire_text(&f), cases[i].expected);
		compile_finish(&f.c);
	}
}

static void checks(void **state) {
	(void)state;
	static const struct value_case cases[] = {
		{"{type: number-match, op: at-least, multi: true}", COLUMN_NUMBER,
			"E0517 <true> `op: at-least` compares with one number only; "
			"help: leave `multi` out, or write `op: not`"},
		{"{type: number-match, op: not, multi: true}", COLUMN_NUMBER, ""},
		{"{type: time-grouping, units: [hour, day]}", COLUMN_DATE,
			"E0518 <hour> `hour` needs a time of day, and the column holds days"},
		{"{type: time-grouping, units: [hour, day]}", COLUMN_DATETIME, ""},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct fixture f;
		bind(&f, cases[i].yaml, cases[i].column);
		f.filter.type->check(&f.c, &f.filter);
		assert_string_equal(messages(&f), cases[i].expected);
		compile_finish(&f.c);
	}
}

/* An example is complete: it names its type, binds without a message, and its default is taken. */
static void every_type_is_complete(void **state) {
	(void)state;
	for (const struct filter_type *const *each = filter_types; *each; each++) {
		const struct filter_type *type = *each;
		struct fixture f;
		print_message("# %s\n", type->name);
		assert_true(strlen(type->doc) > 5);
		assert_true(type->doc[strlen(type->doc) - 1] != '.');
		bind(&f, type->example, COLUMN_UNKNOWN);
		assert_ptr_equal(f.filter.type, type);
		struct node *node = node_get(f.filter.node, "default");
		if (node) {
			json_auto_t *value = type->value(&f.c, &f.filter, node);
			assert_non_null(value);
		}
		assert_string_equal(messages(&f), "");
		assert_true((type->field == FILTER_FIELD_NONE) == (type->accepts == 0));
		assert_true((type->field == FILTER_FIELD_NONE) == (node_get(f.filter.node, "field") == NULL));
		compile_finish(&f.c);
	}
}

static bool is_helper(const char *name) {
	return strcmp(name, "filter.c") == 0 || strcmp(name, "values.c") == 0 || strcmp(name, "dates.c") == 0;
}

static bool is_listed(const char *file) {
	for (const struct filter_type *const *type = filter_types; *type; type++) {
		char name[64];
		snprintf(name, sizeof(name), "%s.c", (*type)->name);
		for (char *at = name; *at; at++)
			if (*at == '-')
				*at = '_';
		if (strcmp(name, file) == 0)
			return true;
	}
	return false;
}

static void every_file_is_listed(void **state) {
	(void)state;
	char path[4096];
	size_t seen = 0;
	snprintf(path, sizeof(path), "%s/filters", getenv("MBC_SOURCE_ROOT"));
	DIR *folder = opendir(path);
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder));) {
		const char *dot = strrchr(entry->d_name, '.');
		if (!dot || strcmp(dot, ".c") != 0 || is_helper(entry->d_name))
			continue;
		if (!is_listed(entry->d_name))
			fail_msg("filters/%s is not in filters/meson.build", entry->d_name);
		seen++;
	}
	closedir(folder);
	assert_true(seen >= 19);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(date_spellings),
		cmocka_unit_test(dates_by_type),
		cmocka_unit_test(choices_take_texts_or_numbers),
		cmocka_unit_test(ranges_of_numbers),
		cmocka_unit_test(booleans),
		cmocka_unit_test(time_groupings),
		cmocka_unit_test(wires),
		cmocka_unit_test(checks),
		cmocka_unit_test(every_type_is_complete),
		cmocka_unit_test(every_file_is_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
