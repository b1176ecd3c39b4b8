/* JSON Schema of the whole language, for editors: made from the same tables that the parser reads.
 */
#pragma once

#include "compiler/model/project.h"

/* Of a definition file, dashboard or shared (new). The lists end with NULL. */
json_t *model_schema(const struct chart_type *const *chart_types,
	const struct filter_type *const *filter_types);

/* Of mbc.yaml (new). */
json_t *manifest_schema(void);
