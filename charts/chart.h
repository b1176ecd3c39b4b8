/* The list of chart types: one file each, named in meson.build. */
#pragma once

#include "compiler/model/picture.h"

/* In the order of the manual; ends with NULL. */
extern const struct chart_type *const chart_types[];
