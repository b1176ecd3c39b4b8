/* The list of filter types: one file each, named in meson.build. */
#pragma once

#include "compiler/model/filter.h"

/* In the order of the manual; ends with NULL. */
extern const struct filter_type *const filter_types[];
