/* Text goes in, days and microseconds come out, and back. No time zone of the machine takes part: the
 * calendar is worked out here, with years that begin in March so that the leap day is their last. */
#include "ingest/day.h"

#include <string.h>
#include <time.h>

struct date {
	int year, month, number;
};

static bool is_leap(int year) {
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month) {
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

static day day_of(struct date date) {
	int year = date.month <= 2 ? date.year - 1 : date.year;
	int month = (date.month + 9) % 12;
	int days_before = (153 * month + 2) / 5 + date.number - 1;
	return 365 * year + year / 4 - year / 100 + year / 400 + days_before - 719468;
}

static struct date date_of(day value) {
	int64_t days = (int64_t)value + 719468;
	int era = (int)(days / 146097), rest = (int)(days % 146097);
	int year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int in_year = rest - (365 * year + year / 4 - year / 100);
	int month = (5 * in_year + 2) / 153;
	struct date date = {
		.year = year + era * 400, .number = in_year - (153 * month + 2) / 5 + 1};
	date.month = month < 10 ? month + 3 : month - 9;
	if (date.month <= 2)
		date.year++;
	return date;
}

/* Exactly `count` digits at `at`. */
static bool number_at(struct str text, size_t at, size_t count, int *value) {
	if (at + count > text.len)
		return false;
	*value = 0;
	for (size_t i = at; i < at + count; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*value = *value * 10 + (text.ptr[i] - '0');
	}
	return true;
}

static bool is_at(struct str text, size_t at, char c) {
	return at < text.len && text.ptr[at] == c;
}

bool day_read(struct str text, day *result) {
	struct date date;
	if (text.len != 10 || !is_at(text, 4, '-') || !is_at(text, 7, '-'))
		return false;
	if (!number_at(text, 0, 4, &date.year) || !number_at(text, 5, 2, &date.month) ||
		!number_at(text, 8, 2, &date.number))
		return false;
	if (date.year < 1 || date.month < 1 || date.month > 12 || date.number < 1 ||
		date.number > month_length(date.year, date.month))
		return false;
	*result = day_of(date);
	return true;
}

/* The last `count` digits of a number that is not negative; gives the place behind them. */
static char *put_digits(char *out, int value, int count) {
	for (int i = count - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
	return out + count;
}

const char *day_print(day value, char out[DAY_TEXT]) {
	struct date date = date_of(value);
	char *end = put_digits(out, date.year, 4);
	*end++ = '-';
	end = put_digits(end, date.month, 2);
	*end++ = '-';
	*put_digits(end, date.number, 2) = '\0';
	return out;
}

const char *day_print_compact(day value, char out[DAY_TEXT]) {
	struct date date = date_of(value);
	*put_digits(put_digits(put_digits(out, date.year, 4), date.month, 2), date.number, 2) = '\0';
	return out;
}

/* ".123" behind the seconds; moves `at` behind it. */
static bool read_fraction(struct str text, size_t *at, moment *result) {
	if (!is_at(text, *at, '.'))
		return true;
	moment unit = SECOND / 10;
	size_t first = ++*at;
	for (; *at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9'; ++*at, unit /= 10)
		*result += unit * (text.ptr[*at] - '0');
	return *at > first;
}

/* "Z" or "+02:00", up to the end of the text. */
static bool read_offset(struct str text, size_t at, moment *result) {
	if (is_at(text, at, 'Z') || is_at(text, at, 'z'))
		return at + 1 == text.len;
	int hours, minutes;
	if ((!is_at(text, at, '+') && !is_at(text, at, '-')) || text.len != at + 6 ||
		!is_at(text, at + 3, ':'))
		return false;
	if (!number_at(text, at + 1, 2, &hours) || !number_at(text, at + 4, 2, &minutes) ||
		hours > 23 || minutes > 59)
		return false;
	moment offset = hours * HOUR + minutes * 60 * SECOND;
	*result += text.ptr[at] == '+' ? -offset : offset;
	return true;
}

bool moment_read(struct str text, moment *result) {
	int hour, minute, second;
	day date;
	if (text.len < 20 || !day_read(str_slice(text, 0, 10), &date))
		return false;
	if (!is_at(text, 10, 'T') && !is_at(text, 10, 't') && !is_at(text, 10, ' '))
		return false;
	if (!is_at(text, 13, ':') || !is_at(text, 16, ':') || !number_at(text, 11, 2, &hour) ||
		!number_at(text, 14, 2, &minute) || !number_at(text, 17, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*result = day_start(date) + hour * HOUR + minute * 60 * SECOND + second * SECOND;
	size_t at = 19;
	return read_fraction(text, &at, result) && read_offset(text, at, result);
}

bool moment_read_millis(struct str text, moment *result) {
	long long millis;
	if (!str_integer(text, &millis) || millis > INT64_MAX / 1000 || millis < 0)
		return false;
	*result = millis * 1000;
	return true;
}

const char *moment_print(moment value, char out[MOMENT_TEXT]) {
	day date = moment_day(value);
	moment rest = value - day_start(date);
	int seconds = (int)(rest / SECOND), micros = (int)(rest % SECOND);
	char *end = out + strlen(day_print(date, out));
	*end++ = 'T';
	end = put_digits(end, seconds / 3600, 2);
	*end++ = ':';
	end = put_digits(end, seconds / 60 % 60, 2);
	*end++ = ':';
	end = put_digits(end, seconds % 60, 2);
	if (micros) {
		*end++ = '.';
		end = put_digits(end, micros, 6);
	}
	*end++ = 'Z';
	*end = '\0';
	return out;
}

day moment_day(moment value) {
	return (day)(value >= 0 ? value / DAY : -((DAY - 1 - value) / DAY));
}

moment day_start(day value) {
	return value * DAY;
}

int day_of_month(day value) {
	return date_of(value).number;
}

day day_month(day value) {
	return value - day_of_month(value) + 1;
}

int day_month_length(day value) {
	struct date date = date_of(value);
	return month_length(date.year, date.month);
}

moment moment_now(void) {
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec / 1000;
}
