/* Collects the descriptors of the files that meson.build names, so that a new chart type is a new
 * file and a word in that list. */
#include "charts/chart.h"

#include <stddef.h>

#define CHART(name) extern const struct chart_type chart_##name;
#include "charts/list.inc"
#undef CHART

const struct chart_type *const chart_types[] = {
#define CHART(name) &chart_##name,
#include "charts/list.inc"
#undef CHART
	NULL,
};
