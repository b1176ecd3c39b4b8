/* Text in, the server's date string out: `last 30 days from 7 days ago` becomes
 * past30days-from-7days. The server tries its patterns in turn and takes dates that do not exist;
 * we read by hand, so that a message can say which word is wrong, check the calendar, and give one
 * spelling for each meaning. */
#include "filters/dates.h"

#include "runtime/suggest.h"

#define DAY_LENGTH 10   /* of 2024-01-31 */

static const char *const units[] = {"minute", "hour", "day", "week", "month", "quarter", "year", NULL};

static const char *const day_names[] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL};

static const char *const month_names[] = {"january", "february", "march", "april", "may", "june", "july",
	"august", "september", "october", "november", "december", NULL};

struct day {
	int year, month, day;
};

struct cursor {
	struct arena *arena;
	struct str text;
	size_t at;
	struct date_value *out;
};

static bool is_letter(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
	return c >= '0' && c <= '9';
}

static bool at_end(const struct cursor *in) {
	return in->at >= in->text.len;
}

static char peek(const struct cursor *in) {
	return at_end(in) ? '\0' : in->text.ptr[in->at];
}

static bool skip_blanks(struct cursor *in) {
	size_t from = in->at;
	while (peek(in) == ' ' || peek(in) == '\t')
		in->at++;
	return in->at > from;
}

/* The letters that follow. */
static struct str word_ahead(const struct cursor *in) {
	size_t end = in->at;
	while (end < in->text.len && is_letter(in->text.ptr[end]))
		end++;
	return str_slice(in->text, in->at, end);
}

static bool take_word(struct cursor *in, const char *word) {
	struct str ahead = word_ahead(in);
	if (!str_eq_fold(ahead, str_from(word)))
		return false;
	in->at += ahead.len;
	return true;
}

static bool take_char(struct cursor *in, char c) {
	if (peek(in) != c || at_end(in))
		return false;
	in->at++;
	return true;
}

/* Digits, at most six of them; -1 if there are none. */
static int take_count(struct cursor *in) {
	int value = 0;
	size_t from = in->at;
	while (is_digit(peek(in)) && in->at - from < 6)
		value = value * 10 + (in->text.ptr[in->at++] - '0');
	return in->at > from ? value : -1;
}

static bool fail(struct cursor *in, enum diag_code code, struct str part, const char *problem) {
	in->out->code = code;
	in->out->part = part;
	in->out->problem = problem;
	return false;
}

static bool done(struct cursor *in, const char *wire) {
	in->out->wire = wire;
	return true;
}

/* The rest of the text, for messages about what should not be there. */
static struct str rest(const struct cursor *in) {
	return str_trim(str_slice(in->text, in->at, in->text.len));
}

static bool fail_rest(struct cursor *in) {
	struct str part = rest(in);
	return fail(in, E0510, part,
		arena_printf(in->arena, "`%.*s` cannot stand here", STR_ARGS(part)));
}

static bool finish(struct cursor *in, const char *wire) {
	skip_blanks(in);
	return at_end(in) ? done(in, wire) : fail_rest(in);
}

/* --- days ------------------------------------------------------------------------------------- */

static int days_in_month(int year, int month) {
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static struct day day_shift(struct day d, int by) {
	d.day += by;
	if (d.day < 1) {
		if (--d.month < 1) {
			d.month = 12;
			d.year--;
		}
		d.day = days_in_month(d.year, d.month);
	} else if (d.day > days_in_month(d.year, d.month)) {
		d.day = 1;
		if (++d.month > 12) {
			d.month = 1;
			d.year++;
		}
	}
	return d;
}

/* Exactly `count` digits, or -1. */
static int digits(struct str text, size_t at, size_t count) {
	int value = 0;
	if (at + count > text.len)
		return -1;
	for (size_t i = at; i < at + count; i++) {
		if (!is_digit(text.ptr[i]))
			return -1;
		value = value * 10 + (text.ptr[i] - '0');
	}
	return value;
}

static bool looks_like_day(struct str text) {
	return text.len >= DAY_LENGTH && digits(text, 0, 4) >= 0 && text.ptr[4] == '-' &&
		digits(text, 5, 2) >= 0 && text.ptr[7] == '-' && digits(text, 8, 2) >= 0;
}

/* The time behind a day: T10:30 or T10:30:00. */
static bool is_time(struct str text) {
	if (text.len != 6 && text.len != 9)
		return false;
	int hour = digits(text, 1, 2), minute = digits(text, 4, 2);
	int second = text.len == 9 ? digits(text, 7, 2) : 0;
	return (text.ptr[0] == 'T' || text.ptr[0] == ' ') && text.ptr[3] == ':' &&
		(text.len == 6 || text.ptr[6] == ':') && hour >= 0 && hour < 24 && minute >= 0 &&
		minute < 60 && second >= 0 && second < 60;
}

static bool check_calendar(struct cursor *in, struct str text, struct day d) {
	if (d.month < 1 || d.month > 12)
		return fail(in, E0514, text, arena_printf(in->arena,
			"`%.*s` is not in the calendar: a year has 12 months", STR_ARGS(text)));
	if (d.year < 1 || d.year > 9998)
		return fail(in, E0514, text, arena_printf(in->arena,
			"`%.*s` is out of range: years go from 1 to 9998", STR_ARGS(text)));
	int last = days_in_month(d.year, d.month);
	if (d.day >= 1 && d.day <= last)
		return true;
	return fail(in, E0514, text, arena_printf(in->arena,
		"`%.*s` is not in the calendar: that month has %d days", STR_ARGS(text), last));
}

/* 2024-1-5 and 2024/01/05 can only mean one day. */
static const char *day_guess(struct arena *arena, struct str text) {
	int part[3] = {0};
	size_t index = 0, width = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (is_digit(c) && ++width <= (index == 0 ? 4 : 2)) {
			part[index] = part[index] * 10 + (c - '0');
		} else if ((c == '-' || c == '/' || c == '.') && index < 2 && width && (index || width == 4)) {
			index++;
			width = 0;
		} else {
			return NULL;
		}
	}
	if (index < 2 || !width || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
	    part[2] > days_in_month(part[0], part[1]))
		return NULL;
	return arena_printf(arena, "%04d-%02d-%02d", part[0], part[1], part[2]);
}

static bool fail_day(struct cursor *in, struct str text) {
	const char *guess = day_guess(in->arena, text);
	if (guess)
		in->out->help = arena_printf(in->arena, "write `%s`", guess);
	if (guess && text.len == in->text.len)
		in->out->fix = guess;
	return fail(in, E0510, text, arena_printf(in->arena,
		"`%.*s` is not a day as it is written here, like `2024-01-31`", STR_ARGS(text)));
}

/* One day, with or without a time of day; `wire` is its spelling for the server. */
static bool read_day(struct cursor *in, struct str text, struct day *day, const char **wire) {
	text = str_trim(text);
	struct str time = str_slice(text, DAY_LENGTH, text.len);
	if (!looks_like_day(text) || (time.len && !is_time(time)))
		return fail_day(in, text);
	*day = (struct day){digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)};
	if (!check_calendar(in, text, *day))
		return false;
	char *copy = arena_cstr(in->arena, text);
	if (time.len)
		copy[DAY_LENGTH] = 'T';
	*wire = copy;
	return true;
}

static bool read_between(struct cursor *in, struct str left, struct str right) {
	struct day day;
	const char *first, *last;
	in->out->form = DATE_BETWEEN;
	if (!read_day(in, left, &day, &first) || !read_day(in, right, &day, &last))
		return false;
	if (strncmp(first, last, strlen(first) < strlen(last) ? strlen(first) : strlen(last)) <= 0)
		return done(in, arena_printf(in->arena, "%s~%s", first, last));
	in->out->fix = arena_printf(in->arena, "%s..%s", last, first);
	in->out->help = arena_printf(in->arena, "write `%s..%s`", last, first);
	return fail(in, E0515, in->text, arena_printf(in->arena,
		"the range ends on %s, before it starts on %s", last, first));
}

/* The server leaves out the day that it is given, so `since` and `until` move it by one. */
static bool read_open(struct cursor *in, struct str text, bool start, bool inclusive) {
	struct day day;
	const char *wire;
	in->out->form = DATE_OPEN;
	if (!read_day(in, text, &day, &wire))
		return false;
	if (inclusive && strlen(wire) > DAY_LENGTH)
		return fail(
			in, E0510, str_trim(text), "`since` and `until` take a day without a time");
	if (inclusive) {
		day = day_shift(day, start ? -1 : 1);
		wire = arena_printf(in->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
	}
	return done(in, arena_printf(in->arena, start ? "%s~" : "~%s", wire));
}

static bool fail_raw_open(struct cursor *in, struct str text, bool start) {
	struct str day = str_trim(text);
	in->out->form = DATE_OPEN;
	in->out->help = arena_printf(in->arena,
		start ? "write `since %.*s`, or `after %.*s` if that day does not count" :
			"write `until %.*s`, or `before %.*s` if that day does not count",
		STR_ARGS(day), STR_ARGS(day));
	return fail(in, E0510, in->text, arena_printf(in->arena,
		"`%.*s` does not say whether the day itself counts", STR_ARGS(in->text)));
}

static bool read_range(struct cursor *in, size_t at, size_t width) {
	struct str left = str_trim(str_slice(in->text, 0, at));
	struct str right = str_trim(str_slice(in->text, at + width, in->text.len));
	if (left.len && right.len)
		return read_between(in, left, right);
	if (width == 1 && (left.len || right.len))
		return fail_raw_open(in, left.len ? left : right, left.len > 0);
	if (left.len)
		return read_open(in, left, true, true);
	if (right.len)
		return read_open(in, right, false, true);
	return fail(in, E0510, in->text, "a range needs at least one end");
}

/* 2024-05 */
static bool read_month(struct cursor *in) {
	struct str text = in->text;
	int month = digits(text, 5, 2);
	in->out->form = DATE_MONTH;
	if (month < 1 || month > 12)
		return fail(in, E0514, text, arena_printf(in->arena,
			"`%.*s` is not in the calendar: a year has 12 months", STR_ARGS(text)));
	return done(in, arena_cstr(in->arena, text));
}

/* 2024-Q2, or as the server has it Q2-2024. */
static bool read_quarter(struct cursor *in, int year, char quarter) {
	in->out->form = DATE_QUARTER;
	if (quarter < '1' || quarter > '4')
		return fail(in, E0514, in->text, arena_printf(in->arena,
			"`%.*s` is not in the calendar: a year has 4 quarters", STR_ARGS(in->text)));
	return done(in, arena_printf(in->arena, "Q%c-%04d", quarter, year));
}

static bool is_q(char c) {
	return c == 'Q' || c == 'q';
}

/* --- periods ---------------------------------------------------------------------------------- */

static bool fail_unit(struct cursor *in, struct str word) {
	struct suggest near = suggest_start(word);
	for (size_t i = 0; units[i]; i++) {
		suggest_offer(&near, str_from(units[i]));
		suggest_offer(&near, str_from(arena_printf(in->arena, "%ss", units[i])));
	}
	struct str best = suggest_best(&near);
	in->out->help = "write minute, hour, day, week, month, quarter or year";
	if (!word.len)
		return fail(in, E0510, in->text, "a unit of time is missing");
	if (best.len) {
		in->out->help = arena_printf(in->arena, "did you mean `%.*s`?", STR_ARGS(best));
		in->out->fix = arena_printf(in->arena, "%.*s%.*s%.*s", (int)in->at, in->text.ptr,
			STR_ARGS(best),
			STR_ARGS(str_slice(in->text, in->at + word.len, in->text.len)));
	}
	return fail(in, E0510, word,
		arena_printf(in->arena, "`%.*s` is not a unit of time", STR_ARGS(word)));
}

/* A unit of time, with or without its plural s; NULL when reported. */
static const char *take_unit(struct cursor *in) {
	struct str word = word_ahead(in);
	for (size_t i = 0; units[i]; i++) {
		struct str unit = str_from(units[i]);
		bool plural = word.len == unit.len + 1 && (word.ptr[unit.len] | 32) == 's';
		if (str_eq_fold(plural ? str_slice(word, 0, unit.len) : word, unit)) {
			in->at += word.len;
			return units[i];
		}
	}
	fail_unit(in, word);
	return NULL;
}

/* A count before a unit: 1 or more. */
static bool take_amount(struct cursor *in, int *amount) {
	size_t from = in->at;
	*amount = take_count(in);
	if (*amount >= 1 && *amount < 100000)
		return true;
	struct str part = in->at > from ? str_slice(in->text, from, in->at) : in->text;
	return fail(in, E0510, part,
		*amount < 0    ? "a number of units is missing"
		: *amount == 0 ? "the number of units must be 1 or more"
			       : "the number of units is too large");
}

/* What `incl.` names must be the unit that is counted: the server adds the whole current unit. */
static bool read_current(struct cursor *in, const char *unit, const char *wire) {
	skip_blanks(in);
	struct str part = rest(in);
	const char *named;
	if (take_word(in, "today")) {
		named = "day";
	} else if (take_word(in, "this")) {
		skip_blanks(in);
		named = take_unit(in);
		if (!named)
			return false;
	} else {
		return fail(in, E0510, in->text,
			arena_printf(in->arena, "`incl.` takes `%s`",
				str_is(str_from(unit), "day")
					? "today"
					: arena_printf(in->arena, "this %s", unit)));
	}
	if (strcmp(named, unit) != 0)
		return fail(in, E0510, part,
			arena_printf(in->arena, "a period that counts %ss can only take in `%s`",
				unit,
				strcmp(unit, "day") == 0
					? "today"
					: arena_printf(in->arena, "this %s", unit)));
	return finish(in, arena_printf(in->arena, "%s~", wire));
}

/* The distance of a period that does not touch the present: 7 days ago, 1 year ahead. */
static bool read_distance(struct cursor *in, bool past, const char *wire) {
	int amount;
	skip_blanks(in);
	if (!take_amount(in, &amount))
		return false;
	skip_blanks(in);
	const char *unit = take_unit(in);
	if (!unit)
		return false;
	skip_blanks(in);
	take_word(in, past ? "ago" : "ahead");
	in->out->help = past ? "write `last 30 days from 7 days ago`" :
		"write `next 3 months from 1 year ahead`";
	return finish(in, arena_printf(in->arena, "%s-from-%d%ss", wire, amount, unit));
}

static bool read_tail(struct cursor *in, bool past, const char *unit, const char *wire) {
	if (take_char(in, '~'))
		return finish(in, arena_printf(in->arena, "%s~", wire));
	bool raw = take_char(in, '-');
	bool blank = skip_blanks(in) || take_char(in, ',');
	skip_blanks(in);
	if (take_word(in, "incl") || take_word(in, "including")) {
		take_char(in, '.');
		return read_current(in, unit, wire);
	}
	if (take_word(in, "from")) {
		if (raw && !take_char(in, '-'))
			return fail_rest(in);
		return read_distance(in, past, wire);
	}
	if (blank && is_digit(peek(in)))
		return read_distance(in, past, wire);
	return raw ? fail_rest(in) : finish(in, wire);
}

static bool read_counted(struct cursor *in, bool past) {
	int amount = 1;
	in->out->form = DATE_RELATIVE;
	skip_blanks(in);
	if (is_digit(peek(in)) && !take_amount(in, &amount))
		return false;
	skip_blanks(in);
	const char *unit = take_unit(in);
	if (!unit)
		return false;
	return read_tail(in, past, unit,
		arena_printf(in->arena, "%s%d%ss", past ? "past" : "next", amount, unit));
}

static bool read_this(struct cursor *in) {
	in->out->form = DATE_RELATIVE;
	skip_blanks(in);
	const char *unit = take_unit(in);
	return unit && finish(in, arena_printf(in->arena, "this%s", unit));
}

static bool read_named(struct cursor *in, const char *wire) {
	in->out->form = DATE_RELATIVE;
	return finish(in, wire);
}

/* Cuts a leading word off even when it is glued to what follows: past30days, thismonth. */
static bool take_prefix(struct cursor *in, const char *prefix) {
	size_t len = strlen(prefix);
	if (!str_eq_fold(str_slice(in->text, in->at, in->at + len), str_from(prefix)))
		return false;
	in->at += len;
	return true;
}

/* --- exclusions ------------------------------------------------------------------------------- */

/* Index of a name by its first three letters or in full, or -1. */
static int name_index(const char *const *names, struct str word) {
	for (int i = 0; word.len >= 3 && names[i]; i++) {
		struct str name = str_from(names[i]);
		if (str_eq_fold(word, name) || str_eq_fold(word, str_slice(name, 0, 3)))
			return i;
	}
	return -1;
}

enum except_kind { EXCEPT_NONE, EXCEPT_DAYS, EXCEPT_MONTHS, EXCEPT_QUARTERS, EXCEPT_HOURS };

static const struct {
	const char *name;
	const char *allowed;
} except_kinds[] = {
	[EXCEPT_NONE] = {"",
		"`except` takes days (`Sat Sun`), months (`Jan Dec`), quarters (`Q1 Q4`) or "
		"hours (`hours 0 23`)"},
	[EXCEPT_DAYS] = {"days", "days are written `Mon Tue Wed Thu Fri Sat Sun`"},
	[EXCEPT_MONTHS] = {"months",
		"months are written `Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec`"},
	[EXCEPT_QUARTERS] = {"quarters", "quarters are written `Q1 Q2 Q3 Q4`"},
	[EXCEPT_HOURS] = {"hours", "hours are written `hours 0 … 23`"},
};

static bool quarter_index(struct str item, enum except_kind kind, int *index) {
	bool prefixed = item.len == 2 && is_q(item.ptr[0]);
	if (!prefixed && !(kind == EXCEPT_QUARTERS && item.len == 1))
		return false;
	*index = item.ptr[item.len - 1] - '0';
	return *index >= 1 && *index <= 4;
}

/* The item's kind and its number in that kind; EXCEPT_NONE when it is nothing known. */
static enum except_kind except_item(struct str item, enum except_kind kind, int *index) {
	long long hour;
	if ((*index = name_index(day_names, item)) >= 0)
		return EXCEPT_DAYS;
	if ((*index = name_index(month_names, item)) >= 0)
		return EXCEPT_MONTHS;
	if (quarter_index(item, kind, index))
		return EXCEPT_QUARTERS;
	if (kind == EXCEPT_HOURS && str_integer(item, &hour) && hour >= 0 && hour <= 23) {
		*index = (int)hour;
		return EXCEPT_HOURS;
	}
	return EXCEPT_NONE;
}

static const char *except_name(struct arena *arena, enum except_kind kind, int index) {
	if (kind == EXCEPT_QUARTERS || kind == EXCEPT_HOURS)
		return arena_printf(arena, "%d", index);
	const char *name = kind == EXCEPT_DAYS ? day_names[index] : month_names[index];
	return arena_printf(arena, "%c%c%c", name[0] & ~32, name[1], name[2]);
}

static bool next_item(struct cursor *in, struct str *item) {
	while (!at_end(in) && strchr(" \t,-", peek(in)))
		in->at++;
	size_t from = in->at;
	while (!at_end(in) && !strchr(" \t,-", peek(in)))
		in->at++;
	*item = str_slice(in->text, from, in->at);
	return item->len > 0;
}

static enum except_kind except_heading(struct cursor *in) {
	skip_blanks(in);
	for (int kind = EXCEPT_DAYS; kind <= EXCEPT_HOURS; kind++)
		if (take_word(in, except_kinds[kind].name))
			return (enum except_kind)kind;
	return EXCEPT_NONE;
}

static bool read_except(struct cursor *in) {
	enum except_kind kind = except_heading(in);
	const char *wire = "";
	unsigned seen = 0;
	struct str item;
	in->out->form = DATE_EXCEPT;
	while (next_item(in, &item)) {
		int index;
		enum except_kind found = except_item(item, kind, &index);
		if (found == EXCEPT_NONE || (kind != EXCEPT_NONE && found != kind)) {
			in->out->help = except_kinds[kind].allowed;
			return fail(in, E0510, item,
				arena_printf(in->arena, "`%.*s` cannot be left out here",
					STR_ARGS(item)));
		}
		if (seen & (1u << index))
			return fail(in, E0510, item,
				arena_printf(in->arena, "`%.*s` is there twice", STR_ARGS(item)));
		seen |= 1u << index;
		kind = found;
		wire = arena_printf(in->arena, "%s-%s", wire, except_name(in->arena, kind, index));
	}
	in->out->help = except_kinds[kind].allowed;
	if (!seen)
		return fail(in, E0510, in->text, "`except` needs something to leave out");
	return done(in, arena_printf(in->arena, "exclude-%s%s", except_kinds[kind].name, wire));
}

/* --- all of them ------------------------------------------------------------------------------ */

struct date_word {
	const char *word;
	bool glued;             /* may be glued to what follows */
	const char *wire;       /* of a word that stands alone */
	enum {
		WORD_NAMED,
		WORD_THIS,
		WORD_PAST,
		WORD_NEXT,
		WORD_SINCE,
		WORD_UNTIL,
		WORD_AFTER,
		WORD_BEFORE,
		WORD_EXCEPT
	} means;
};

static const struct date_word date_words[] = {
	{"today",     false, "thisday",   WORD_NAMED},
	{"yesterday", false, "past1days", WORD_NAMED},
	{"tomorrow",  false, "next1days", WORD_NAMED},
	{"this",      true,  NULL, WORD_THIS},
	{"last",      true,  NULL, WORD_PAST},
	{"past",      true,  NULL, WORD_PAST},
	{"next",      true,  NULL, WORD_NEXT},
	{"since",     false, NULL, WORD_SINCE},
	{"until",     false, NULL, WORD_UNTIL},
	{"after",     false, NULL, WORD_AFTER},
	{"before",    false, NULL, WORD_BEFORE},
	{"except",    false, NULL, WORD_EXCEPT},
	{"exclude-",  true,  NULL, WORD_EXCEPT},
	{0}
};

static bool read_word(struct cursor *in, const struct date_word *word) {
	switch (word->means) {
	case WORD_NAMED:  return read_named(in, word->wire);
	case WORD_THIS:   return read_this(in);
	case WORD_PAST:   return read_counted(in, true);
	case WORD_NEXT:   return read_counted(in, false);
	case WORD_SINCE:  return read_open(in, rest(in), true, true);
	case WORD_UNTIL:  return read_open(in, rest(in), false, true);
	case WORD_AFTER:  return read_open(in, rest(in), true, false);
	case WORD_BEFORE: return read_open(in, rest(in), false, false);
	case WORD_EXCEPT: return read_except(in);
	}
	return false;
}

static bool read_dated(struct cursor *in) {
	struct str text = in->text;
	size_t dots = str_find(text, "..", 0), tilde = str_find(text, "~", 0);
	if (dots != STR_NONE)
		return read_range(in, dots, 2);
	if (tilde != STR_NONE)
		return read_range(in, tilde, 1);
	if (text.len == 7 && digits(text, 0, 4) >= 0 && text.ptr[4] == '-' &&
		digits(text, 5, 2) >= 0)
		return read_month(in);
	if (text.len == 7 && digits(text, 0, 4) >= 0 && is_q(text.ptr[5]) &&
		strchr("- ", text.ptr[4]))
		return read_quarter(in, digits(text, 0, 4), text.ptr[6]);
	if (text.len == 7 && is_q(text.ptr[0]) && strchr("- ", text.ptr[2]) &&
		digits(text, 3, 4) >= 0)
		return read_quarter(in, digits(text, 3, 4), text.ptr[1]);
	if (!text.len || !is_digit(text.ptr[0]))
		return false;
	struct day day;
	const char *wire;
	in->out->form = DATE_DAY;
	return read_day(in, text, &day, &wire) && done(in, wire);
}

struct date_value date_read(struct arena *arena, struct str text) {
	struct date_value out = {.code = E0510, .part = str_trim(text)};
	struct cursor in = {arena, str_trim(text), 0, &out};
	for (const struct date_word *word = date_words; word->word; word++) {
		if (word->glued ? take_prefix(&in, word->word) : take_word(&in, word->word)) {
			read_word(&in, word);
			return out;
		}
	}
	read_dated(&in);
	return out;
}

static const struct {
	enum date_form form;
	const char *name, *example;
} forms[] = {
	{DATE_DAY, "a day", "2024-01-31"},
	{DATE_MONTH, "a month", "2024-05"},
	{DATE_QUARTER, "a quarter", "2024-Q2"},
	{DATE_BETWEEN, "a range of days", "2024-01-01..2024-01-31"},
	{DATE_OPEN, "an open range", "since 2024-01-01"},
	{DATE_RELATIVE, "a period", "last 30 days"},
	{DATE_EXCEPT, "an exclusion", "except Sat Sun"},
};

const char *date_form_name(enum date_form form) {
	for (size_t i = 0; i < COUNT_OF(forms); i++)
		if (forms[i].form == form)
			return forms[i].name;
	return "a date";
}

const char *date_forms_text(struct arena *arena, unsigned wanted) {
	const char *text = "";
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		if (!(wanted & forms[i].form))
			continue;
		wanted &= ~(unsigned)forms[i].form;
		text = arena_printf(arena, "%s%s%s (`%s`)", text,
			!*text   ? ""
			: wanted ? ", "
				 : " or ",
			forms[i].name, forms[i].example);
	}
	return text;
}
