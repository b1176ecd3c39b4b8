/* What the server changes in what it is given before it keeps it. All results are new. */
#pragma once

#include <jansson.h>

/* `parameters` of a card or dashboard. */
json_t *normal_parameters(const json_t *list, int version);

/* `parameter_mappings` of a dashcard. */
json_t *normal_mappings(const json_t *list, int version);

/* `visualization_settings`: the keys of `column_settings` are read and written again. */
json_t *normal_settings(const json_t *settings);

/* Dashboard parameters as read: linked filters go where they cannot work. */
json_t *shown_parameters(const json_t *list);
