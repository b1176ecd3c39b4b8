/* location: a city, state, postal code or country. The server groups these filters by their section
 * and shows them for address columns; the comparison is that of a text. */
#include "filters/values.h"

static const struct word parts[] = {{"city"}, {"state"}, {"zip"}, {"country"}, {0}};

static const struct key keys[] = {
	{"part", KEY_WORD, .words = parts, .required = true, .doc = "what the column holds"},
	{0}
};

static const struct key *const groups[] = {keys, NULL};

static struct filter_wire wire(const struct filter *filter) {
	(void)filter;
	struct filter_wire wire = wire_field("string/=", "location");
	wire.values_query_type = "list";
	wire.says_multi = true;
	return wire;
}

const struct filter_type filter_location = {
	.name = "location",
	.doc = "a city, state, postal code or country, for columns that the server knows as addresses",
	.example = "{type: location, part: city, field: orders.city, default: Utrecht}",
	.field = FILTER_FIELD_REQUIRED,
	.accepts = ACCEPTS_TEXT,
	.groups = groups,
	.wire = wire,
	.value = value_texts,
};
