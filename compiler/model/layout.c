/* Rows of placements in, places on a grid of 24 columns out. Rows flow down; within one, what has
 * no size shares what is left, and everything without a height is as high as the row. Nothing is
 * moved to make it fit: what does not fit is reported. */
#include <stdlib.h>

#include "compiler/model/load.h"

static struct span size_span(const struct placement *placement) {
	return placement->size_node ? placement->size_node->at : placement->node->at;
}

static const char *label(struct compile *c, const struct placement *placement) {
	if (placement->chart)
		return arena_printf(c->arena, "`%.*s`", STR_ARGS(placement->name));
	return arena_printf(c->arena, "a `%s`", placement->type->name);
}

/* --- widths ----------------------------------------------------------------------------------- */

/* The width that was written: of a stack the widest of its items, 0 if none has one. */
static unsigned written_width(const struct layout_item *item) {
	if (item->placement)
		return item->placement->width;
	unsigned widest = 0;
	for (size_t i = 0; i < item->stack.count; i++) {
		if (item->stack.items[i]->width > widest)
			widest = item->stack.items[i]->width;
	}
	return widest;
}

static void report_wide(
	struct compile *c, const struct layout_row *row, unsigned width, size_t shared) {
	size_t last = row->items.count - 1;
	const struct layout_item *item = &row->items.items[last];
	const struct placement *placement =
		item->placement ? item->placement : item->stack.items[0];
	struct diagnostic *d = diag_add(c, E0702, size_span(placement),
		"the row is %u columns wide%s, a dashboard has %d", width,
		shared ? " before what has no size" : "", GRID_COLUMNS);
	diag_help(c, d, "make its items narrower, or start another row");
}

/* Shares `left` columns among the items without a width; what does not divide goes leftmost. */
static void share_widths(
	const struct layout_row *row, unsigned *widths, unsigned left, unsigned shared) {
	unsigned spare = shared ? left % shared : 0;
	for (size_t i = 0; shared && i < row->items.count; i++) {
		if (widths[i] > 0)
			continue;
		widths[i] = left / shared + (spare > 0);
		spare -= spare > 0;
	}
}

/* Width of each item of a row, 0s when they do not fit (reported). */
static unsigned *row_widths(struct compile *c, const struct layout_row *row) {
	unsigned *widths = arena_array(c->arena, unsigned, row->items.count);
	unsigned used = 0, shared = 0;
	for (size_t i = 0; i < row->items.count; i++) {
		widths[i] = written_width(&row->items.items[i]);
		used += widths[i];
		shared += widths[i] == 0;
	}
	if (used > GRID_COLUMNS || (shared > 0 && used == GRID_COLUMNS)) {
		report_wide(c, row, used, shared);
		return NULL;
	}
	if (shared > GRID_COLUMNS - used) {
		diag_add(c, E0702, row->node->at, "%u items share %u columns", shared,
			GRID_COLUMNS - used);
		return NULL;
	}
	share_widths(row, widths, GRID_COLUMNS - used, shared);
	return widths;
}

/* --- heights ---------------------------------------------------------------------------------- */

static unsigned own_height(const struct placement *placement) {
	return placement->height ? placement->height : placement->type->size.height;
}

static unsigned item_height(const struct layout_item *item) {
	if (item->placement)
		return own_height(item->placement);
	unsigned height = 0;
	for (size_t i = 0; i < item->stack.count; i++)
		height += own_height(item->stack.items[i]);
	return height;
}

static unsigned row_height(const struct layout_row *row) {
	unsigned tallest = 0;
	for (size_t i = 0; i < row->items.count; i++) {
		unsigned height = item_height(&row->items.items[i]);
		if (height > tallest)
			tallest = height;
	}
	return tallest;
}

/* --- placing ---------------------------------------------------------------------------------- */

/* Items of a stack without a height share what the row is higher, the upper ones first. */
static void place_stack(const struct layout_item *item, unsigned column, unsigned row,
	unsigned width, unsigned height) {
	unsigned open = 0, spare = height - item_height(item);
	for (size_t i = 0; i < item->stack.count; i++)
		open += item->stack.items[i]->height == 0;
	for (size_t i = 0; i < item->stack.count; i++) {
		struct placement *placement = item->stack.items[i];
		unsigned more = 0;
		if (placement->height == 0) {
			more = (spare + open - 1) / open;
			spare -= more;
			open--;
		}
		placement->height = own_height(placement) + more;
		placement->width = placement->width ? placement->width : width;
		placement->column = column;
		placement->row = row;
		row += placement->height;
	}
}

static void place_row(
	const struct layout_row *row, const unsigned *widths, unsigned top, unsigned height) {
	unsigned column = 0;
	for (size_t i = 0; i < row->items.count; i++) {
		const struct layout_item *item = &row->items.items[i];
		struct placement *placement = item->placement;
		if (placement) {
			placement->column = column;
			placement->row = top;
			placement->width = widths[i];
			placement->height = placement->height ? placement->height : height;
		} else {
			place_stack(item, column, top, widths[i], height);
		}
		column += widths[i];
	}
}

static void flow_rows(struct compile *c, struct tab *tab) {
	unsigned top = 0;
	for (size_t i = 0; i < tab->rows.count; i++) {
		const struct layout_row *row = &tab->rows.items[i];
		const unsigned *widths = row_widths(c, row);
		unsigned height = row_height(row);
		if (widths)
			place_row(row, widths, top, height);
		top += height;
	}
}

/* Charts without a layout: side by side at their default size as long as they fit. */
static void pack(struct tab *tab) {
	unsigned column = 0, top = 0, height = 0;
	for (size_t i = 0; i < tab->rows.count; i++) {
		struct placement *placement = tab->rows.items[i].items.items[0].placement;
		placement->width = placement->type->size.width;
		placement->height = placement->type->size.height;
		if (column + placement->width > GRID_COLUMNS) {
			top += height;
			column = height = 0;
		}
		placement->column = column;
		placement->row = top;
		column += placement->width;
		if (placement->height > height)
			height = placement->height;
	}
}

/* Items with `at:`: only the size may be missing. */
static void fix_places(struct compile *c, struct tab *tab) {
	for (size_t i = 0; i < tab->placements.count; i++) {
		struct placement *placement = tab->placements.items[i];
		placement->width =
			placement->width ? placement->width : placement->type->size.width;
		placement->height =
			placement->height ? placement->height : placement->type->size.height;
		if (placement->column + placement->width <= GRID_COLUMNS)
			continue;
		struct diagnostic *d = diag_add(c, E0702, placement->at_node->at,
			"%s reaches to column %u, a dashboard has %d", label(c, placement),
			placement->column + placement->width, GRID_COLUMNS);
		diag_help(c, d, "write at most `col: %u`, or a smaller size",
			placement->width < GRID_COLUMNS ? GRID_COLUMNS - placement->width : 0);
	}
}

/* --- checks ----------------------------------------------------------------------------------- */

static void check_size(struct compile *c, const struct placement *placement) {
	unsigned width = placement->type->least.width, height = placement->type->least.height;
	if (placement->width == 0 || (placement->width >= width && placement->height >= height))
		return;
	struct diagnostic *d = diag_add(c, E0703, size_span(placement),
		"%s would be %ux%u, the least for a `%s` is %ux%u", label(c, placement),
		placement->width, placement->height, placement->type->name, width, height);
	if (placement->size_node)
		diag_help(c, d, "write `%ux%u` or more",
			placement->width > width ? placement->width : width,
			placement->height > height ? placement->height : height);
	else
		diag_help(c, d, "put fewer items into the row, or give the others smaller sizes");
}

/* In order of rows: a column is free from the lowest edge that was seen in it. */
static void check_overlaps(struct compile *c, const struct tab *tab) {
	const struct placement *lowest[GRID_COLUMNS] = {0};
	for (size_t i = 0; i < tab->placements.count; i++) {
		const struct placement *placement = tab->placements.items[i];
		const struct placement *other = NULL;
		for (unsigned column = placement->column;
			column < placement->column + placement->width && column < GRID_COLUMNS;
			column++) {
			const struct placement *above = lowest[column];
			if (above && above->row + above->height > placement->row)
				other = above;
			else
				lowest[column] = placement;
		}
		if (!other)
			continue;
		struct diagnostic *d = diag_add(c, E0701, placement->at_node->at, "%s lies on %s",
			label(c, placement), label(c, other));
		diag_note(c, d, other->at_node->at, "%s takes columns %u to %u, rows %u to %u",
			label(c, other), other->column, other->column + other->width - 1,
			other->row, other->row + other->height - 1);
	}
}

static void add_placement(
	struct compile *c, struct tab *tab, struct placement *placement, size_t order) {
	placement->order = (unsigned)order;
	vec_push(c->arena, &tab->placements, placement);
}

static void collect(struct compile *c, struct tab *tab) {
	for (size_t i = 0; i < tab->rows.count; i++) {
		for (size_t j = 0; j < tab->rows.items[i].items.count; j++) {
			const struct layout_item *item = &tab->rows.items[i].items.items[j];
			if (item->placement)
				add_placement(c, tab, item->placement, tab->placements.count);
			for (size_t k = 0; k < item->stack.count; k++)
				add_placement(c, tab, item->stack.items[k], tab->placements.count);
		}
	}
}

static int by_place(const void *a, const void *b) {
	const struct placement *one = *(const struct placement *const *)a;
	const struct placement *two = *(const struct placement *const *)b;
	if (one->row != two->row)
		return one->row < two->row ? -1 : 1;
	if (one->column != two->column)
		return one->column < two->column ? -1 : 1;
	return one->order < two->order ? -1 : 1;
}

/* All placed by `at:`, or none: false, reported, when both stand in one tab. */
static bool one_way(struct compile *c, const struct tab *tab, bool *fixed) {
	const struct placement *flowing = NULL, *placed = NULL;
	for (size_t i = 0; i < tab->placements.count; i++) {
		const struct placement *placement = tab->placements.items[i];
		if (placement->fixed)
			placed = placed ? placed : placement;
		else
			flowing = flowing ? flowing : placement;
	}
	*fixed = placed != NULL;
	if (!placed || !flowing)
		return true;
	bool at_later = placed->order > flowing->order;
	const struct placement *later = at_later ? placed : flowing,
			       *first = at_later ? flowing : placed;
	struct diagnostic *d = diag_add(c, E0704,
		later->at_node ? later->at_node->at : later->node->at,
		"flowing rows and `at:` do not mix in one %s", tab->title_node ? "tab" : "layout");
	diag_note(c, d, first->at_node ? first->at_node->at : first->node->at,
		at_later ? "this one flows" : "this one has a fixed place");
	diag_help(c, d, "give every item `at: {col: …, row: …}`, or none");
	return false;
}

void layout_tab(struct compile *c, struct dashboard *dashboard, struct tab *tab) {
	(void)dashboard;
	bool fixed;
	collect(c, tab);
	if (!one_way(c, tab, &fixed))
		return;
	size_t errors = diag_errors(c);
	if (fixed)
		fix_places(c, tab);
	else if (tab->packed)
		pack(tab);
	else
		flow_rows(c, tab);
	for (size_t i = 0; i < tab->placements.count; i++)
		check_size(c, tab->placements.items[i]);
	if (tab->placements.count > 1)
		qsort(tab->placements.items, tab->placements.count, sizeof(*tab->placements.items),
			by_place);
	if (fixed && diag_errors(c) == errors)
		check_overlaps(c, tab);
}
