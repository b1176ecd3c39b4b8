/* Parsing many sources at once. */
#pragma once

#include "compiler/source/node.h"

/* yaml_parse of each source, into `nodes` at the same place; on all cores where that pays. Messages
 * come in the order of the sources. */
void yaml_parse_all(struct compile *c, const uint32_t *sources, size_t count, struct node **nodes);
