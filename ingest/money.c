/* Text goes in, billionths of a dollar come out. The digits are walked over once: the place of the point
 * says how many of them count, and the first that does not decides the rounding. So an amount of any
 * length is read exactly, and an exponent costs nothing. */
#include "ingest/money.h"

#include <string.h>

#define PLACES 9
#define WHOLE_DIGITS 29

struct decimal {
	bool negative;
	struct str whole, fraction;
	long exponent;
};

static struct str take_digits(struct str *rest) {
	size_t count = 0;
	while (count < rest->len && rest->ptr[count] >= '0' && rest->ptr[count] <= '9')
		count++;
	struct str digits = str_slice(*rest, 0, count);
	*rest = str_slice(*rest, count, rest->len);
	return digits;
}

static bool take(struct str *rest, char c) {
	if (!rest->len || *rest->ptr != c)
		return false;
	*rest = str_slice(*rest, 1, rest->len);
	return true;
}

/* Exponents beyond a million are all alike: the amount is zero or far too large. */
static bool take_exponent(struct str *rest, long *exponent) {
	if (!take(rest, 'e') && !take(rest, 'E'))
		return true;
	bool negative = take(rest, '-');
	if (!negative)
		take(rest, '+');
	struct str digits = take_digits(rest);
	for (size_t i = 0; i < digits.len; i++)
		if (*exponent < 1000000)
			*exponent = *exponent * 10 + (digits.ptr[i] - '0');
	if (negative)
		*exponent = -*exponent;
	return digits.len > 0;
}

static bool split(struct str text, enum money_source source, struct decimal *decimal) {
	struct str rest = text;
	decimal->negative = take(&rest, '-');
	decimal->whole = take_digits(&rest);
	if (!decimal->whole.len)
		return false;
	if (take(&rest, '.')) {
		decimal->fraction = take_digits(&rest);
		if (!decimal->fraction.len)
			return false;
	}
	if (source == MONEY_JSON_NUMBER && !take_exponent(&rest, &decimal->exponent))
		return false;
	return rest.len == 0;
}

static int digit_at(const struct decimal *decimal, size_t index) {
	if (index < decimal->whole.len)
		return decimal->whole.ptr[index] - '0';
	index -= decimal->whole.len;
	return index < decimal->fraction.len ? decimal->fraction.ptr[index] - '0' : 0;
}

static money most(void) {
	money value = 1;
	for (int i = 0; i < WHOLE_DIGITS + PLACES; i++)
		value *= 10;
	return value - 1;
}

bool money_read(struct str text, unsigned shift, enum money_source source, money *amount) {
	struct decimal decimal = {0};
	if (!split(text, source, &decimal))
		return false;
	size_t count = decimal.whole.len + decimal.fraction.len, first = 0;
	while (first < count && digit_at(&decimal, first) == 0)
		first++;
	*amount = 0;
	if (first == count)
		return true;
	long point = (long)decimal.whole.len - (long)first - (long)shift + decimal.exponent;
	if (point > WHOLE_DIGITS)
		return false;
	long kept = point + PLACES;
	if (kept < 0)
		return true;
	for (long i = 0; i < kept; i++)
		*amount = *amount * 10 + digit_at(&decimal, first + (size_t)i);
	if (digit_at(&decimal, first + (size_t)kept) >= 5)
		*amount += 1;
	if (*amount > most())
		return false;
	if (decimal.negative)
		*amount = -*amount;
	return true;
}

const char *money_print(money amount, char out[MONEY_TEXT]) {
	char reversed[MONEY_TEXT];
	size_t length = 0, written = 0;
	bool negative = amount < 0, significant = false;
	if (negative)
		amount = -amount;
	for (int place = 0; amount || place <= PLACES; place++, amount /= 10) {
		int digit = (int)(amount % 10);
		if (place == PLACES && significant)
			reversed[length++] = '.';
		significant = significant || digit || place >= PLACES;
		if (significant)
			reversed[length++] = (char)('0' + digit);
	}
	if (negative)
		out[written++] = '-';
	while (length)
		out[written++] = reversed[--length];
	out[written] = '\0';
	return out;
}

bool money_add(money *sum, money amount) {
	money total = *sum + amount, limit = most();
	if (total > limit || total < -limit)
		return false;
	*sum = total;
	return true;
}
