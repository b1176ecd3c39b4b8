/* A TIMESTAMP's text goes in, microseconds come out. Decimal digits are moved, never a double,
 * because a double of seconds is already wrong in the microseconds. */
#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "runtime/bigquery.h"

#define LEAST_MICROS \
	100000000000LL /* 100 thousand seconds into 1970: no time of ours is before that */

/* Digits with an optional dot and exponent: their value is digits * 10^shift. */
struct decimal {
	bool negative, whole;
	long long digits;
	int shift;
};

static bool read_exponent(const char *text, struct decimal *d) {
	long long exponent;
	struct str digits = str_from(text + (*text == '+'));
	d->whole = false;
	if (!str_integer(digits, &exponent) || exponent > 40 || exponent < -40)
		return false;
	d->shift += (int)exponent;
	return true;
}

static bool read_decimal(const char *text, struct decimal *d) {
	*d = (struct decimal){.negative = *text == '-', .whole = true};
	bool any = false;
	for (text += d->negative; *text; text++) {
		if (*text == 'e' || *text == 'E')
			return any && read_exponent(text + 1, d);
		if (*text == '.' && d->whole) {
			d->whole = false;
			continue;
		}
		if (*text < '0' || *text > '9')
			return false;
		any = true;
		if (d->digits > (LLONG_MAX - 9) / 10)
			return false;
		d->digits = d->digits * 10 + (*text - '0');
		d->shift -= !d->whole;
	}
	return any;
}

static bool shift_by(const struct decimal *d, int shift, long long *value) {
	long long digits = d->negative ? -d->digits : d->digits;
	for (; shift > 0; shift--)
		if (digits && __builtin_mul_overflow(digits, 10LL, &digits))
			return false;
	for (; shift < 0; shift++)
		digits = digits / 10 - (digits % 10 < 0);
	*value = digits;
	return true;
}

static bool is_utc(const char *rest) {
	static const char *const names[] = {"", "Z", " UTC", "UTC", "+00", "+00:00", "+0000"};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(rest, names[i]) == 0)
			return true;
	return false;
}

static bool read_calendar(const char *text, long long *micros) {
	int year, month, day, hour, minute, second, used = 0;
	if (sscanf(text, "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute,
		    &second, &used) != 6 ||
		!used || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
		minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	struct tm parts = {.tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute,
		.tm_sec = second};
	long long value = (long long)timegm(&parts) * 1000000;
	const char *rest = text + used;
	if (parts.tm_mday != day)
		return false;
	if (*rest == '.') {
		long long unit = 100000;
		for (rest++; *rest >= '0' && *rest <= '9'; rest++, unit /= 10)
			value += (*rest - '0') * unit;
	}
	*micros = value;
	return is_utc(rest);
}

bool bigquery_timestamp(const char *text, long long *micros) {
	struct decimal d;
	if (!text || !*text)
		return false;
	if (!read_decimal(text, &d))
		return read_calendar(text, micros);
	bool seconds = !d.whole || d.digits < LEAST_MICROS;
	return shift_by(&d, seconds ? d.shift + 6 : 0, micros);
}
