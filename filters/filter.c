/* Collects the descriptors of the files that meson.build names, so that a new filter type is a new
 * file and a word in that list. */
#include "filters/filter.h"

#include <stddef.h>

#define FILTER(name) extern const struct filter_type filter_##name;
#include "filters/list.inc"
#undef FILTER

const struct filter_type *const filter_types[] = {
#define FILTER(name) &filter_##name,
#include "filters/list.inc"
#undef FILTER
	NULL,
};
