/* Text in, seconds or days out, and back. Always UTC: no time zone of the machine is ever asked. */
#include "tests/vendors/moment.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

/* Reads `count` digits at *text. */
static bool digits(const char **text, int count, int *number) {
	*number = 0;
	for (; count > 0; count--, ++*text) {
		if (!isdigit((unsigned char)**text))
			return false;
		*number = *number * 10 + (**text - '0');
	}
	return true;
}

static bool take(const char **text, char c) {
	return **text == c ? ++*text : false;
}

static bool read_date(const char **text, struct tm *tm) {
	int year, month, day;
	if (!digits(text, 4, &year) || !take(text, '-') || !digits(text, 2, &month) ||
		!take(text, '-') || !digits(text, 2, &day))
		return false;
	*tm = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
	struct tm again = *tm;
	timegm(&again);
	return again.tm_mon == tm->tm_mon && again.tm_mday == tm->tm_mday;
}

static bool read_clock(const char **text, int64_t *seconds) {
	int hour, minute, second;
	if (!digits(text, 2, &hour) || !take(text, ':') || !digits(text, 2, &minute) ||
		!take(text, ':') || !digits(text, 2, &second))
		return false;
	if (take(text, '.'))
		while (isdigit((unsigned char)**text))
			++*text;
	*seconds = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 61;
}

static bool read_offset(const char **text, int64_t *seconds) {
	*seconds = 0;
	if (take(text, 'Z'))
		return true;
	int hour, minute, sign = **text == '-' ? -1 : 1;
	if (!take(text, '+') && !take(text, '-'))
		return false;
	if (!digits(text, 2, &hour) || !take(text, ':') || !digits(text, 2, &minute))
		return false;
	*seconds = sign * (hour * 3600 + minute * 60);
	return true;
}

bool moment_parse(const char *text, int64_t *seconds) {
	struct tm tm;
	int64_t clock, offset;
	if (!text || !read_date(&text, &tm) || !take(&text, 'T') || !read_clock(&text, &clock) ||
		!read_offset(&text, &offset) || *text)
		return false;
	*seconds = timegm(&tm) + clock - offset;
	return true;
}

bool day_parse(const char *text, int64_t *day) {
	struct tm tm;
	if (!text || !read_date(&text, &tm) || *text)
		return false;
	*day = timegm(&tm) / DAY_S;
	return true;
}

static char *format(struct arena *arena, int64_t seconds, const char *how) {
	time_t time = (time_t)seconds;
	struct tm tm;
	gmtime_r(&time, &tm);
	char text[64];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	strftime(text, sizeof(text), how, &tm);
#pragma GCC diagnostic pop
	return arena_cstr(arena, str_from(text));
}

char *moment_text(struct arena *arena, int64_t seconds) {
	return format(arena, seconds, "%Y-%m-%dT%H:%M:%SZ");
}

char *day_text(struct arena *arena, int64_t day) {
	return format(arena, day * DAY_S, "%Y-%m-%d");
}

char *moment_http(struct arena *arena, int64_t seconds) {
	return format(arena, seconds, "%a, %d %b %Y %H:%M:%S GMT");
}

int64_t moment_day(int64_t seconds) {
	return seconds >= 0 ? seconds / DAY_S : -((-seconds + DAY_S - 1) / DAY_S);
}

int64_t month_start(int64_t day) {
	time_t time = (time_t)(day * DAY_S);
	struct tm tm;
	gmtime_r(&time, &tm);
	return day - (tm.tm_mday - 1);
}

int weekday(int64_t day) {
	return (int)((day + 4) % 7);
}
