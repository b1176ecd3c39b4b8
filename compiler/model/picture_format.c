/* `format:`: the look of each column. Friendly names and the server's own stand side by side in one
 * table; both become column_settings. The server ignores what does not fit a column's type, so that
 * is an error here. */
#include "compiler/model/picture_parts.h"

#include "runtime/suggest.h"

static const struct word number_styles[] = {
	{"number", "decimal"}, {"currency"}, {"percent"}, {"scientific"}, {0}};
static const struct word raw_number_styles[] = {
	{"decimal"}, {"currency"}, {"percent"}, {"scientific"}, {0}};
static const struct word currency_styles[] = {
	{"symbol"}, {"code"}, {"name"}, {"narrow-symbol", "narrowSymbol"}, {"narrowSymbol"}, {0}};
static const struct word separators[] = {
	{"1,234.5", ".,"}, {"1 234,5", ", "}, {"1.234,5", ",."}, {"1234.5", "."}, {"1’234.5", ".’"}, {0}};
static const struct word raw_separators[] = {{".,"}, {", "}, {",."}, {"."}, {".’"}, {".'", ".’"}, {0}};
static const struct word date_styles[] = {{"MMMM D, YYYY"}, {"D MMMM, YYYY"}, {"dddd, MMMM D, YYYY"},
	{"M/D/YYYY"}, {"D/M/YYYY"}, {"YYYY/M/D"}, {0}};
static const struct word date_separators[] = {{"/"}, {"-"}, {"."}, {0}};
static const struct word times[] = {{"12h", "h:mm A"}, {"24h", "HH:mm"}, {0}};
static const struct word raw_times[] = {{"h:mm A"}, {"HH:mm"}, {"h A"}, {0}};
static const struct word time_units[] = {{"minutes"}, {"seconds"}, {"milliseconds"}, {0}};
static const struct word granularities[] = {{"default"}, {"year"}, {"quarter"}, {"month"}, {0}};
static const struct word alignments[] = {{"left"}, {"right"}, {"middle"}, {0}};
static const struct word views[] = {
	{"link"}, {"email-link", "email_link"}, {"email_link"}, {"image"}, {"auto"}, {0}};
static const struct word sort_orders[] = {{"ascending"}, {"descending"}, {0}};

/* ISO 4217, and what the server knows beside it. */
static const char currencies[] =
	"AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN BWP "
	"BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB ETH EUR FJD FKP GBP "
	"GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR "
	"KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
	"MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR "
	"SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD "
	"UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL";

/* Three letters and a blank for each. */
static bool is_currency(struct str code) {
	for (size_t at = 0; code.len == 3 && at < sizeof(currencies); at += 4) {
		if (currencies[at] == code.ptr[0] && memcmp(currencies + at, code.ptr, 3) == 0)
			return true;
	}
	return false;
}

static void check_currency(struct compile *c, const struct value *value) {
	struct str all = str_from(currencies), one;
	struct suggest near = suggest_start(value->text);
	if (is_currency(value->text))
		return;
	while (str_split(&all, ' ', &one)) {
		if (str_eq_fold(one, value->text))
			near = (struct suggest){.word = value->text, .best = one};
		suggest_offer(&near, one);
	}
	struct diagnostic *d = diag_add(c, E0440, value->node->at, "%s is no currency code",
		node_shown(c, value->node));
	diag_suggest(c, d, value->node->at, &near);
}

const struct key picture_format_keys[] = {
	{"style", KEY_WORD, .to = "number_style", .words = number_styles,
		.doc = "how a number is written; `percent` shows 0.17 as 17 %"},
	{"currency", KEY_TEXT, .to = "currency", .check = check_currency, .example = "USD",
		.doc = "code of the currency, with `style: currency`"},
	{"decimals", KEY_INTEGER, .to = "decimals", .min = 0, .max = 20, .doc = "digits after the point"},
	{"title", KEY_TEXT, .to = "column_title", .doc = "heading of the column"},
	{"separators", KEY_WORD, .to = "number_separators", .words = separators,
		.doc = "how 1234.5 is written"},
	{"date", KEY_WORD, .to = "date_style", .words = date_styles, .doc = "how a date is written"},
	{"time", KEY_WORD, .to = "time_style", .words = times, .doc = "clock of 12 or 24 hours"},
	{"scale", KEY_NUMBER, .to = "scale", .doc = "factor before it is written"},
	{"prefix", KEY_TEXT, .to = "prefix", .doc = "text before the number"},
	{"suffix", KEY_TEXT, .to = "suffix", .doc = "text after the number"},
	{"number_style", KEY_WORD, .to = "number_style", .words = raw_number_styles,
		.doc = "the server's name for `style`"},
	{"currency_style", KEY_WORD, .to = "currency_style", .words = currency_styles,
		.doc = "how the currency is named"},
	{"currency_in_header", KEY_BOOLEAN, .to = "currency_in_header",
		.doc = "the currency in a table's heading instead of each cell"},
	{"number_separators", KEY_WORD, .to = "number_separators", .words = raw_separators,
		.doc = "the server's name for `separators`: decimal, then thousands"},
	{"show_mini_bar", KEY_BOOLEAN, .to = "show_mini_bar", .doc = "a small bar in a table's cell"},
	{"date_style", KEY_WORD, .to = "date_style", .words = date_styles,
		.doc = "the server's name for `date`"},
	{"date_separator", KEY_WORD, .to = "date_separator", .words = date_separators,
		.doc = "between the numbers of a date"},
	{"date_abbreviate", KEY_BOOLEAN, .to = "date_abbreviate", .doc = "short names of months and days"},
	{"date_granularity", KEY_WORD, .to = "date_granularity", .words = granularities, .since = 63,
		.doc = "period of a trend"},
	{"time_enabled", KEY_WORD, .to = "time_enabled", .words = time_units, .allow_null = true,
		.doc = "down to what a time is written; null: no time"},
	{"time_style", KEY_WORD, .to = "time_style", .words = raw_times, .doc = "the server's name for `time`"},
	{"column_title", KEY_TEXT, .to = "column_title", .doc = "the server's name for `title`"},
	{"text_align", KEY_WORD, .to = "text_align", .words = alignments, .doc = "side of a table's cell"},
	{"text_wrapping", KEY_BOOLEAN, .to = "text_wrapping", .doc = "break long texts into lines"},
	{"view_as", KEY_WORD, .to = "view_as", .words = views, .allow_null = true,
		.doc = "what a table makes of a text; null: the text"},
	{"link_text", KEY_TEXT, .to = "link_text", .doc = "text of a link, with `{{column}}` filled in"},
	{"link_url", KEY_TEXT, .to = "link_url", .doc = "address of a link, with `{{column}}` filled in"},
	{"pivot_table.column_sort_order", KEY_WORD, .to = "pivot_table.column_sort_order",
		.words = sort_orders, .doc = "order of a pivot's rows or columns"},
	{"pivot_table.column_show_totals", KEY_BOOLEAN, .to = "pivot_table.column_show_totals",
		.doc = "totals of a pivot's rows"},
	{0}
};

#define NUMBERS (1u << COLUMN_NUMBER)
#define DATES   (1u << COLUMN_DATE | 1u << COLUMN_DATETIME)
#define TIMES   (1u << COLUMN_DATETIME)

/* Columns that a member has an effect on, and in words. */
static const struct {
	const char *to;
	unsigned types;
	const char *what;
} fits[] = {
	{"number_style", NUMBERS, "numbers"}, {"currency", NUMBERS, "numbers"},
	{"currency_style", NUMBERS, "numbers"}, {"currency_in_header", NUMBERS, "numbers"},
	{"number_separators", NUMBERS, "numbers"}, {"decimals", NUMBERS, "numbers"},
	{"scale", NUMBERS, "numbers"}, {"prefix", NUMBERS, "numbers"}, {"suffix", NUMBERS, "numbers"},
	{"show_mini_bar", NUMBERS, "numbers"}, {"date_style", DATES, "dates"},
	{"date_separator", DATES, "dates"}, {"date_abbreviate", DATES, "dates"},
	{"date_granularity", DATES, "dates"}, {"time_enabled", TIMES, "times"},
	{"time_style", TIMES, "times"}, {"text_wrapping", 1u << COLUMN_TEXT, "texts"},
};

static void check_fit(struct compile *c, const struct column *column, const struct value *member) {
	if (column->type == COLUMN_UNKNOWN || column->type == COLUMN_OTHER)
		return;
	for (size_t i = 0; i < COUNT_OF(fits); i++) {
		if (!(fits[i].types & 1u << column->type) &&
			strcmp(fits[i].to, member->key->to) == 0)
			diag_add(c, E0419, member->name->at, "`%s` is for %s, `%.*s` is a %s",
				member->key->name, fits[i].what, STR_ARGS(column->name),
				column_type_name(column->type));
	}
}

static bool becomes(const struct value *member, const char *to) {
	return member->key->to[0] == to[0] && strcmp(member->key->to, to) == 0;
}

/* The member that becomes this setting of the server, or NULL. */
static const struct value *member_to(const struct values *members, const char *to) {
	for (size_t i = 0; i < members->count; i++) {
		if (!members->items[i].bad && becomes(&members->items[i], to))
			return &members->items[i];
	}
	return NULL;
}

static void check_twice(struct compile *c, const struct values *members) {
	for (size_t i = 1; i < members->count; i++) {
		const struct values before = {.items = members->items, .count = i};
		const struct value *member = &members->items[i];
		const struct value *other =
			member->bad ? NULL : member_to(&before, member->key->to);
		if (other)
			diag_note(c,
				diag_add(c, W0413, member->name->at, "`%s` overrides `%s`",
					member->key->name, other->key->name),
				other->name->at, "`%s` is set here", other->key->name);
	}
}

static void check_company(
	struct compile *c, const struct column *column, const struct values *members) {
	static const char *const of_currency[] = {"currency", "currency_style", "currency_in_header"};
	const struct value *style = member_to(members, "number_style");
	bool other = column && column->type != COLUMN_NUMBER && column->type != COLUMN_UNKNOWN;
	bool currency =
		other || (style && style->word && strcmp(style->word->name, "currency") == 0);
	for (size_t i = 0; i < COUNT_OF(of_currency) && !currency; i++) {
		const struct value *member = member_to(members, of_currency[i]);
		if (!member)
			continue;
		struct diagnostic *d = diag_add(c, E0415, member->name->at,
			"`%s` has no effect without `style: currency`", member->key->name);
		diag_help(c, d, "write `style: currency`");
		break;
	}
	const struct value *date = member_to(members, "date_style");
	const struct value *separator = member_to(members, "date_separator");
	if (separator && date && date->word && !strchr(date->word->name, '/'))
		diag_add(c, E0415, separator->name->at,
			"`date_separator` has no effect on `%s`, which has no slashes", date->word->name);
}

void format_check(struct compile *c, const struct chart *chart, const struct value *format) {
	for (size_t i = 0; i < format->list.count; i++) {
		const struct value *entry = &format->list.items[i];
		const struct values *members = &entry->map;
		const struct column *column =
			columns_find(chart->columns, entry->name->scalar.text);
		if (!result_has_column(c, chart, entry->name, "format"))
			continue;
		check_twice(c, members);
		check_company(c, column, members);
		for (size_t j = 0; column && !chart->type->gives && j < members->count; j++)
			check_fit(c, column, &members->items[j]);
	}
}

void format_lower(struct compile *c, const struct value *format, json_t *settings) {
	for (size_t i = 0; i < format->list.count; i++) {
		const struct value *entry = &format->list.items[i];
		struct str column = entry->name->scalar.text;
		values_lower(c, &entry->map, picture_column_settings(c->arena, settings, column));
	}
}
