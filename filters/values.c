/* Nodes in, JSON for the server out. The server takes almost any value for any filter and fails, or
 * silently filters nothing, when a dashboard is opened; so each type accepts its own forms only. */
#include "filters/values.h"

#include <math.h>

/* The bytes of a part of the node's text; the whole node if the part is not from it. */
static struct span part_span(struct compile *c, const struct node *node, struct str part) {
	struct str text = node->scalar.text;
	if (part.ptr < text.ptr || part.ptr + part.len > text.ptr + text.len || !part.len)
		return node->at;
	size_t start = (size_t)(part.ptr - text.ptr);
	return node_span(c, node, start, start + part.len);
}

static const char *type_name(const struct filter *filter) {
	return filter->type->name;
}

/* Reports anything but one scalar with something in it. */
static bool need_scalar(struct compile *c, const struct filter *filter, const struct node *node,
	const char *example) {
	if (node->bad)
		return false;
	if (node_is_scalar(node) && !node_is_null(node) && str_trim(node->scalar.text).len)
		return true;
	bool empty = node_is_scalar(node);
	struct diagnostic *d = diag_add(c, E0513, node->at,
		empty ? "`%s` takes a value here, found nothing"
		      : "`%s` takes one value here, found %s",
		type_name(filter), node_type_name(node));
	diag_help(c, d, "write for example `%s`", example);
	return false;
}

/* --- dates ------------------------------------------------------------------------------------ */

static const char *date_example(unsigned forms) {
	return forms & DATE_RELATIVE  ? "last 30 days"
	       : forms & DATE_BETWEEN ? "2024-01-01..2024-01-31"
	       : forms & DATE_DAY     ? "2024-01-31"
	       : forms & DATE_MONTH   ? "2024-05"
				      : "2024-Q2";
}

static json_t *refuse_form(struct compile *c, const struct filter *filter, const struct node *node,
	enum date_form form, unsigned forms) {
	struct diagnostic *d = diag_add(c, E0511, node->at, "`%.*s` is %s, and `%s` takes %s",
		STR_ARGS(str_trim(node->scalar.text)), date_form_name(form), type_name(filter),
		date_forms_text(c->arena, forms));
	if (filter_is_field(filter))
		diag_help(c, d, "`type: date-any` takes every form of date");
	return NULL;
}

static json_t *refuse_date(struct compile *c, const struct filter *filter, const struct node *node,
	const struct date_value *date, unsigned forms) {
	struct diagnostic *d;
	if (!date->problem) {
		d = diag_add(c, E0510, node->at, "`%.*s` is not a date", STR_ARGS(date->part));
		diag_note(c, d, SPAN_NONE, "`%s` takes %s", type_name(filter),
			date_forms_text(c->arena, forms));
		return NULL;
	}
	d = diag_add(c, date->code, part_span(c, node, date->part), "%s", date->problem);
	if (date->help)
		diag_help(c, d, "%s", date->help);
	if (date->fix)
		diag_fix(c, d, node->at, str_from(date->fix));
	return NULL;
}

json_t *value_date(
	struct compile *c, const struct filter *filter, const struct node *node, unsigned forms) {
	if (!need_scalar(c, filter, node, date_example(forms)))
		return NULL;
	struct date_value date = date_read(c->arena, node->scalar.text);
	if (date.form && !(date.form & forms))
		return refuse_form(c, filter, node, date.form, forms);
	return date.wire ? json_string(date.wire) : refuse_date(c, filter, node, &date, forms);
}

/* --- texts and numbers ------------------------------------------------------------------------ */

/* Whole numbers stay whole, so that 10 and 10.0 are one value. */
static json_t *number_json(struct str text) {
	double value;
	long long whole;
	if (str_integer(text, &whole))
		return json_integer(whole);
	if (!str_number(text, &value) || !isfinite(value))
		return NULL;
	return value == floor(value) && fabs(value) < 1e15 ? json_integer((long long)value)
							   : json_real(value);
}

static json_t *item_text(struct compile *c, const struct filter *filter, const struct node *node) {
	if (!need_scalar(c, filter, node, "web"))
		return NULL;
	struct str text = node->scalar.text;
	return json_stringn(text.ptr, text.len);
}

static json_t *item_number(
	struct compile *c, const struct filter *filter, const struct node *node) {
	if (!need_scalar(c, filter, node, "10"))
		return NULL;
	struct str text = str_trim(node->scalar.text);
	json_t *number = number_json(text);
	if (number)
		return number;
	struct diagnostic *d =
		diag_add(c, E0512, node->at, "`%.*s` is not a number", STR_ARGS(text));
	if (filter_is_field(filter) && filter->column_type == COLUMN_NUMBER)
		diag_note(c, d, SPAN_NONE, "the column of filter `%.*s` holds numbers",
			STR_ARGS(filter->key));
	diag_help(c, d, "write for example `10` or `0.5`");
	return NULL;
}

typedef json_t *read_item(struct compile *c, const struct filter *filter, const struct node *node);

static void refuse_list(struct compile *c, const struct filter *filter, const struct node *node) {
	struct diagnostic *d = diag_add(c, E0513, node->at, "`%s` takes one value here, found %zu",
		type_name(filter), node->seq.count);
	if (!filter->type->multi_fixed)
		diag_help(c, d, "`multi: true` lets filter `%.*s` take several values",
			STR_ARGS(filter->key));
	else if (filter_is_field(filter))
		diag_help(c, d, "`type: multi-select` takes several values");
}

static json_t *read_items(struct compile *c, const struct filter *filter, const struct node *node,
	read_item *read) {
	json_t *items = json_array();
	bool good = true;
	for (size_t i = 0; i < node->seq.count; i++) {
		json_t *item = read(c, filter, node->seq.items[i]);
		good = item && good;
		if (item)
			json_array_append_new(items, item);
	}
	if (good)
		return items;
	json_decref(items);
	return NULL;
}

static json_t *read_one_or_more(
	struct compile *c, const struct filter *filter, const struct node *node, read_item *read) {
	if (node->type == NODE_SEQ && !node->bad && node->seq.count != 1 && !filter->multi) {
		refuse_list(c, filter, node);
		return NULL;
	}
	if (node->type == NODE_SEQ && node->seq.count)
		return read_items(c, filter, node, read);
	json_t *item = read(c, filter, node);
	return item ? json_pack("[o]", item) : NULL;
}

json_t *value_texts(struct compile *c, const struct filter *filter, const struct node *node) {
	return read_one_or_more(c, filter, node, item_text);
}

json_t *value_numbers(struct compile *c, const struct filter *filter, const struct node *node) {
	return read_one_or_more(c, filter, node, item_number);
}

json_t *value_choice(struct compile *c, const struct filter *filter, const struct node *node) {
	return read_one_or_more(
		c, filter, node, filter_has_numbers(filter) ? item_number : item_text);
}

/* --- ranges of numbers ------------------------------------------------------------------------ */

#define RANGE_FORMS "write `10..20`, `10..` or `..20`"

static json_t *refuse_range(struct compile *c, struct span at, const char *problem) {
	struct diagnostic *d = diag_add(c, E0512, at, "%s", problem);
	diag_help(c, d, RANGE_FORMS);
	return NULL;
}

/* The ends of a range written as text; an end that is left out is empty. */
static bool range_ends(struct str text, struct str *low, struct str *high) {
	size_t dots = str_find(text, "..", 0);
	*low = *high = (struct str){0};
	if (str_starts(text, ">="))
		*low = str_trim(str_slice(text, 2, text.len));
	else if (str_starts(text, "<="))
		*high = str_trim(str_slice(text, 2, text.len));
	else if (dots == STR_NONE)
		return false;
	else
		*low = str_trim(str_slice(text, 0, dots));
	if (dots != STR_NONE)
		*high = str_trim(str_slice(text, dots + 2, text.len));
	return low->len || high->len;
}

static json_t *range_end(struct compile *c, const struct node *node, struct str text) {
	if (!text.len)
		return json_null();
	json_t *number = number_json(text);
	return number ? number : refuse_range(c, part_span(c, node, text),
		arena_printf(c->arena, "`%.*s` is not a number", STR_ARGS(text)));
}

/* Steals both ends; either may be NULL when it was reported. */
static json_t *make_range(struct compile *c, const struct node *node, json_t *low, json_t *high) {
	json_auto_t *range = low && high ? json_pack("[o,o]", low, high) : NULL;
	if (!range) {
		json_decref(low);
		json_decref(high);
		return NULL;
	}
	if (json_is_null(low) && json_is_null(high))
		return refuse_range(c, node->at, "the range has neither a lower nor an upper end");
	if (json_is_number(low) && json_is_number(high) &&
		json_number_value(low) > json_number_value(high)) {
		struct diagnostic *d = diag_add(c, E0515, node->at,
			"the range ends at %.15g, below its start at %.15g", json_number_value(high),
			json_number_value(low));
		diag_help(c, d, "write `%.15g..%.15g`", json_number_value(high),
			json_number_value(low));
		return NULL;
	}
	return json_incref(range);
}

static json_t *list_end(struct compile *c, const struct node *node) {
	if (!node_is_scalar(node))
		return refuse_range(c, node->at, "an end of a range is a number or null");
	return range_end(c, node, node_is_null(node) ? STR("") : str_trim(node->scalar.text));
}

json_t *value_number_range(
	struct compile *c, const struct filter *filter, const struct node *node) {
	struct str low, high;
	if (node->type == NODE_SEQ && !node->bad && node->seq.count == 2)
		return make_range(
			c, node, list_end(c, node->seq.items[0]), list_end(c, node->seq.items[1]));
	if (!need_scalar(c, filter, node, "10..20"))
		return NULL;
	struct str text = str_trim(node->scalar.text);
	if (!range_ends(text, &low, &high))
		return refuse_range(c, node->at,
			arena_printf(c->arena, "`%.*s` is not a range of numbers", STR_ARGS(text)));
	return make_range(c, node, range_end(c, node, low), range_end(c, node, high));
}

/* --- true and false --------------------------------------------------------------------------- */

json_t *value_boolean(struct compile *c, const struct filter *filter, const struct node *node) {
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
	if (!need_scalar(c, filter, node, "true"))
		return NULL;
	struct str text = str_trim(node->scalar.text);
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_eq_fold(text, str_from(words[i])))
			return json_pack("[b]", (int)(i % 2));
	diag_add(c, E0516, node->at, "`%.*s` is neither `true` nor `false`", STR_ARGS(text));
	return NULL;
}

/* --- the wire --------------------------------------------------------------------------------- */

bool filter_has_numbers(const struct filter *filter) {
	const char *word = values_word(&filter->values, "value");
	return word ? strcmp(word, "number") == 0 : filter->column_type == COLUMN_NUMBER;
}

struct filter_wire wire_choice(const struct filter *filter, const char *values_query_type) {
	bool number = filter_has_numbers(filter);
	struct filter_wire wire =
		wire_field(number ? "number/=" : "string/=", number ? "number" : "string");
	wire.values_query_type = values_query_type;
	wire.says_multi = true;
	return wire;
}

struct filter_wire wire_field(const char *type, const char *section) {
	return (struct filter_wire){
		.tag_type = "dimension", .widget_type = type, .parameter_type = type, .section = section};
}
