/* Objects and a server go in, one step for each object comes out: what it is on the server, how the
 * two differ, and whether it may be written. Nothing is written here. */
#include "compiler/metabase/plan.h"

#include <stdio.h>

#include "compiler/metabase/fields.h"
#include "compiler/metabase/match.h"
#include "compiler/model/project.h"
#include "runtime/json.h"

static struct arena *arena_of(const struct plan *plan) {
	return plan->server->c->arena;
}

static bool in_list(const char *const *list, const char *key) {
	for (; list && *list; list++)
		if (strcmp(*list, key) == 0)
			return true;
	return false;
}

/* --- finding ---------------------------------------------------------------------------------- */

static struct live_object *marked(const struct plan *plan, enum object_kind kind, const char *key) {
	struct live_object *live = map_get(&plan->live->by_name,
		str_from(arena_printf(arena_of(plan), "%s:%s", object_kind_name(kind), key)));
	return live && !live->claimed ? live : NULL;
}

static void claim(struct plan *plan, struct step *step, struct live_object *live) {
	if (!live || step->live)
		return;
	step->live = live;
	live->claimed = true;
	const char *kind = object_kind_name(step->code->kind);
	names_add(&plan->names, kind, step->code->key, NULL, live->id_text);
	if (live->marker.key && strcmp(live->marker.key, step->code->key) != 0) {
		struct rename rename = {
			arena_printf(arena_of(plan), "%s:%s", kind, live->marker.key),
			step->code->name};
		vec_push(arena_of(plan), &plan->renames, rename);
	}
}

/* By its own key first, for all objects, so that `was:` never takes what still is somebody's own.
 */
static void find_all(struct plan *plan) {
	for (size_t i = 0; i < plan->steps.count; i++)
		claim(plan, plan->steps.items[i],
			marked(plan, plan->steps.items[i]->code->kind,
				plan->steps.items[i]->code->key));
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct object *code = plan->steps.items[i]->code;
		if (code->was)
			claim(plan, plan->steps.items[i], marked(plan, code->kind, code->was));
	}
}

static bool is_top(const struct object *object) {
	return object->kind == OBJECT_COLLECTION &&
	       json_is_null(json_object_get(object->body, "parent_id"));
}

static void use_containers(struct plan *plan) {
	for (size_t i = 0; i < plan->steps.count; i++) {
		struct step *step = plan->steps.items[i];
		struct live_object *live = step->live || !is_top(step->code) ? NULL
			: live_container(plan->live, json_text(step->code->body, "name"));
		if (!live)
			continue;
		claim(plan, step, live);
		step->container = true;
	}
}

static bool missing(const struct plan *plan) {
	for (size_t i = 0; i < plan->steps.count; i++)
		if (!plan->steps.items[i]->live)
			return true;
	return false;
}

/* --- names ------------------------------------------------------------------------------------ */

void plan_name_parts(struct plan *plan, const char *key, const json_t *raw) {
	struct arena *a = arena_of(plan);
	const char *scope = id_text(a, json_object_get(raw, "id"));
	static const struct {
		const char *list, *by, *kind;
	} parts[] = {{"parameters", "slug", "parameter"}, {"tabs", "name", "tab"}};
	for (size_t p = 0; p < COUNT_OF(parts); p++) {
		size_t index;
		json_t *item;
		json_array_foreach(json_object_get(raw, parts[p].list), index, item) {
			const char *name = json_text(item, parts[p].by),
				   *id = id_text(a, json_object_get(item, "id"));
			if (name && id)
				names_set(&plan->names, parts[p].kind,
					arena_printf(a, "%s/%s", key, name), scope, id);
		}
	}
}

/* A parameter's id when it gets its first: from dashboard and key, eight hexadecimal digits. */
static const char *derived_id(struct plan *plan, const char *key, const char *slug) {
	char fingerprint[16];
	json_auto_t *name = json_pack("[s, s, s]", plan->live->project, key, slug);
	fingerprint_of(name, fingerprint);
	return arena_printf(arena_of(plan), "%s", strchr(fingerprint, '-') + 1);
}

static const char *former_part(const struct object *object, bool tab, const char *name) {
	for (size_t i = 0; i < object->renames.count; i++)
		if (object->renames.items[i].tab == tab &&
			strcmp(object->renames.items[i].name, name) == 0)
			return object->renames.items[i].was;
	return NULL;
}

/* Parameters of a definition: the id of the live one of that slug, of its old slug, or of the
 * derived id, else the derived id itself. */
static void name_parameters(struct plan *plan, const struct step *step) {
	struct arena *a = arena_of(plan);
	const json_t *live = step->live ? json_object_get(step->live->raw, "parameters") : NULL;
	size_t index;
	json_t *parameter;
	json_array_foreach(json_object_get(step->code->body, "parameters"), index, parameter) {
		const char *slug = json_text(parameter, "slug"),
			   *id = derived_id(plan, step->code->key, slug);
		size_t at = match_named(live, "slug", slug, former_part(step->code, false, slug));
		const char *kept =
			at == NO_MATCH ? NULL : json_text(json_array_get(live, at), "id");
		names_add(&plan->names, "parameter",
			arena_printf(a, "%s/%s", step->code->key, slug),
			step->live ? step->live->id_text : step->code->name, kept ? kept : id);
	}
}

static void name_all(struct plan *plan) {
	for (size_t i = 0; i < plan->live->ours.count; i++) {
		const struct live_object *live = plan->live->ours.items[i];
		if (!live->claimed && !live->copy)
			names_add(&plan->names, object_kind_name(live->kind), live->marker.key,
				NULL, live->id_text);
	}
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct step *step = plan->steps.items[i];
		if (step->code->kind != OBJECT_DASHBOARD)
			continue;
		if (step->live)
			plan_name_parts(plan, step->code->key, step->live->raw);
		name_parameters(plan, step);
	}
}

/* --- comparing -------------------------------------------------------------------------------- */

/* A dashboard that had tabs keeps one: to a definition without tabs that is no difference. */
static void forget_single_tab(json_t *live, const json_t *code) {
	if (json_array_size(json_object_get(live, "tabs")) != 1 ||
		json_array_size(json_object_get(code, "tabs")) != 0)
		return;
	size_t index;
	json_t *dashcard;
	json_array_foreach(json_object_get(live, "dashcards"), index, dashcard)
		json_object_del(dashcard, "dashboard_tab_id");
	json_object_del(live, "tabs");
}

json_t *plan_read(struct plan *plan, const struct step *step, const json_t *raw, bool whole) {
	enum object_kind kind = step->code->kind;
	json_t *body = arena_own_json(arena_of(plan), live_kinds[kind].read(&plan->names, raw));
	if (whole)
		return body;
	forget_single_tab(body, step->code->body);
	kind_clean(&plan->names, kind, body);
	return arena_own_json(arena_of(plan), kind_compared(kind, body, step->wanted));
}

/* The live body with all that could have been written, as its own mark would have hashed it. */
static json_t *as_marked(struct plan *plan, const struct step *step) {
	enum object_kind kind = step->code->kind;
	json_auto_t *body = live_kinds[kind].read(&plan->names, step->live->raw);
	forget_single_tab(body, step->code->body);
	kind_clean(&plan->names, kind, body);
	return arena_own_json(arena_of(plan),
		names_before(arena_of(plan), body, plan->renames.items, plan->renames.count));
}

static void set_renamed(
	struct plan *plan, struct step *step, json_t *live, const struct object_rename *r) {
	const char *list = r->tab ? "tabs" : "parameters", *by = r->tab ? "name" : "slug";
	json_t *parts = json_object_get(live, list);
	size_t at = match_named(parts, by, r->was, NULL);
	if (at == NO_MATCH || match_named(parts, by, r->name, NULL) != NO_MATCH)
		return;
	struct difference d = {arena_printf(arena_of(plan), "%s.%s.%s", list, r->name, by),
		arena_own_json(arena_of(plan), json_string(r->was)),
		arena_own_json(arena_of(plan), json_string(r->name))};
	vec_push(arena_of(plan), &step->differences, d);
	json_object_set_new(json_array_get(parts, at), by, json_string(r->name));
}

/* A renamed tab or filter is one difference, not one at each place that names it. */
static void list_differences(struct plan *plan, struct step *step) {
	struct arena *a = arena_of(plan);
	VEC(struct rename) renames = {0};
	for (size_t i = 0; i < step->code->renames.count; i++) {
		const struct object_rename *r = &step->code->renames.items[i];
		const char *kind = r->tab ? "tab" : "parameter";
		struct rename rename = {arena_printf(a, "%s:%s/%s", kind, step->code->key, r->name),
			arena_printf(a, "%s:%s/%s", kind, step->code->key, r->was)};
		vec_push(a, &renames, rename);
	}
	json_t *live =
		arena_own_json(a, names_before(a, step->found, renames.items, renames.count));
	for (size_t i = 0; i < step->code->renames.count; i++)
		set_renamed(plan, step, live, &step->code->renames.items[i]);
	struct differences others = differences_of(a, live, step->wanted);
	for (size_t i = 0; i < others.count; i++)
		vec_push(a, &step->differences, others.items[i]);
}

static void judge(struct plan *plan, struct step *step, const struct plan_options *options) {
	const char *mark = step->live->marker.fingerprint;
	step->found = plan_read(plan, step, step->live->raw, false);
	json_t *before =
		json_equal(step->found, step->wanted) ? step->found : as_marked(plan, step);
	step->verdict = verdict_of(step->code->kind, step->found, before, step->wanted,
		step->fingerprint, mark, false);
	if (step->verdict == VERDICT_DRIFT || step->verdict == VERDICT_CLASH) {
		step->editor = live_editor(plan->live, step->live);
		if (step->editor.id >= 0 && step->editor.id == plan->server->user_id &&
			!step->live->archived)
			step->verdict = VERDICT_CHANGE;
		else if (in_list(options->overwrite, step->code->key))
			step->verdict = VERDICT_CHANGE;
	}
	bool renamed =
		step->live->marker.key && strcmp(step->live->marker.key, step->code->key) != 0;
	if (step->verdict == VERDICT_SAME && renamed)
		step->verdict = VERDICT_MARK;
	if (step->verdict != VERDICT_SAME)
		list_differences(plan, step);
}

/* --- refusals --------------------------------------------------------------------------------- */

static void refuse(struct plan *plan, struct step *step, const char *why) {
	step->refusal = why;
	plan->refused++;
}

static const char *place_of(const struct plan *plan, const struct object *object) {
	const char *member = object->kind == OBJECT_COLLECTION ? "parent_id" : "collection_id";
	const char *name = json_single(json_object_get(object->body, member), "$ref");
	const char *id =
		name ? names_id(&plan->names, "collection", name + strlen("collection:")) : "";
	return id ? id : "?";
}

static const struct live_object *lookalike(const struct plan *plan, const struct object *code) {
	for (size_t i = 0; i < plan->live->ours.count; i++) {
		const struct live_object *live = plan->live->ours.items[i];
		if (live->kind == code->kind && !live->claimed && !live->copy && !live->archived &&
			strcmp(live->title, json_text(code->body, "name")) == 0)
			return live;
	}
	return NULL;
}

/* How `was:` would name an old key from where the new one stands. */
static const char *was_spelling(
	const struct plan *plan, const struct object *code, const char *old) {
	const char *old_slash = strrchr(old, '/'), *new_slash = strrchr(code->key, '/');
	size_t len = old_slash ? (size_t)(old_slash - old) : 0;
	bool together = code->kind == OBJECT_CARD && old_slash && new_slash &&
		len == (size_t)(new_slash - code->key) && strncmp(old, code->key, len) == 0;
	return arena_printf(arena_of(plan), "%s", together ? old_slash + 1 : old);
}

static void check_create(struct plan *plan, struct step *step) {
	struct compile *c = plan->server->c;
	const struct object *code = step->code;
	const char *kind = object_kind_name(code->kind), *name = json_text(code->body, "name");
	/* A collection is its path: another one of that name elsewhere says nothing. */
	const struct live_object *old =
		code->kind == OBJECT_COLLECTION ? NULL : lookalike(plan, code);
	if (old) {
		struct diagnostic *d = diag_add(c, E0812, code->at,
			"%s `%s` would be created beside `%s`, which left the "
			"definitions and has the same title `%s`",
			kind, code->key, old->marker.key, name);
		diag_help(c, d,
			"if it is the same one, write `was: %s`; else give it another title, or "
			"archive %s",
			was_spelling(plan, code, old->marker.key), live_address(plan->live, old));
		refuse(plan, step, "looks renamed");
		return;
	}
	struct live_object *stranger =
		live_stranger(plan->live, code->kind, name, place_of(plan, code));
	if (!stranger)
		return;
	struct diagnostic *d = diag_add(c, E0811, code->at,
		"%s `%s` is not ours and has the name and the place of "
		"%s `%s`",
		live_address(plan->live, stranger), name, kind, code->key);
	diag_help(c, d, "`mbc apply --adopt %s` takes it over; else rename one of the two",
		code->key);
	refuse(plan, step, "its name is taken");
}

/* The server would drop the place of a card that lies in the trash. */
static void check_parts(struct plan *plan, struct step *step) {
	size_t index;
	json_t *dashcard;
	json_array_foreach(json_object_get(step->wanted, "dashcards"), index, dashcard) {
		const char *name = json_single(json_object_get(dashcard, "card_id"), "$ref");
		const struct step *card = name ? map_get(&plan->by_name, str_from(name)) : NULL;
		if (!card || !card->live || !card->live->archived ||
			card->verdict == VERDICT_CHANGE)
			continue;
		struct diagnostic *d = diag_add(plan->server->c, E0813, step->code->at,
			"card `%s` lies in the trash: "
			"writing dashboard `%s` would drop its place",
			card->code->key, step->code->key);
		diag_help(plan->server->c, d, "restore %s, or `--overwrite %s`",
			live_address(plan->live, card->live), card->code->key);
		refuse(plan, step, "a card of it is in the trash");
		return;
	}
}

/* --- the whole -------------------------------------------------------------------------------- */

static void want(struct plan *plan, struct step *step) {
	json_t *body = kind_normalise(&plan->names, step->code->kind, step->code->body);
	step->wanted = arena_own_json(arena_of(plan), body);
	fingerprint_of(body, step->fingerprint);
}

static void decide(struct plan *plan, struct step *step, const struct plan_options *options) {
	if (!step->live)
		check_create(plan, step);
	if (step->container)
		step->verdict = VERDICT_SAME;
	else if (!step->live)
		step->verdict = VERDICT_CREATE;
	else
		judge(plan, step, options);
	if (step->verdict == VERDICT_DRIFT || step->verdict == VERDICT_CLASH)
		refuse(plan, step,
			step->verdict == VERDICT_DRIFT ? "edited in Metabase"
						       : "edited here and in Metabase");
	if (step->code->kind == OBJECT_DASHBOARD && !step->refusal && step->verdict != VERDICT_SAME)
		check_parts(plan, step);
}

static void add_step(struct plan *plan, const struct object *code) {
	struct step *step = arena_new(arena_of(plan), struct step);
	step->code = code;
	vec_push(arena_of(plan), &plan->steps, step);
	*map_slot(arena_of(plan), &plan->by_name, str_from(code->name)) = step;
}

static void add_orphans(struct plan *plan) {
	for (size_t i = 0; i < plan->live->ours.count; i++) {
		struct live_object *live = plan->live->ours.items[i];
		if (live->claimed || live->copy || live->archived)
			continue;
		struct step *step = arena_new(arena_of(plan), struct step);
		*step = (struct step){.verdict = VERDICT_ORPHAN, .live = live};
		vec_push(arena_of(plan), &plan->steps, step);
	}
}

/* What a selected object needs and the server lacks is made along with it; dashboards may need each
 * other in a circle, so this goes on until nothing is added. */
static void select_needed(struct plan *plan) {
	bool added = true;
	while (added) {
		added = false;
		for (size_t i = plan->steps.count; i-- > 0;) {
			const struct object *code = plan->steps.items[i]->code;
			for (size_t r = 0; code->selected && r < code->refs.count; r++) {
				const char *name = code->refs.items[r];
				const struct step *needed = map_get(&plan->by_name, str_from(name));
				if (!needed || needed->live || needed->code->selected)
					continue;
				objects_find(plan->objects, name)->selected = true;
				added = true;
			}
		}
	}
}

static bool find_everything(struct plan *plan) {
	find_all(plan);
	use_containers(plan);
	if (!missing(plan))
		return true;
	if (!live_search(plan->live) || !live_complete(plan->live))
		return false;
	find_all(plan);
	return true;
}

/* A stranger that was taken over is only known from a list so far. */
static bool read_adopted(struct plan *plan) {
	for (size_t i = 0; i < plan->steps.count; i++) {
		struct live_object *live = plan->steps.items[i]->live;
		if (!live || live->raw || plan->steps.items[i]->container)
			continue;
		struct call call = {.api = live_kinds[live->kind].get, .id = live->id_text};
		if (!server_call(plan->server, &call)) {
			server_report(plan->server, &call, SPAN_NONE);
			return false;
		}
		live->raw = call.json;
	}
	return true;
}

static bool adopt(struct plan *plan, const struct plan_options *options) {
	for (size_t i = 0; i < plan->steps.count; i++) {
		struct step *step = plan->steps.items[i];
		if (!step->live && in_list(options->adopt, step->code->key))
			claim(plan, step,
				live_stranger(plan->live, step->code->kind,
					json_text(step->code->body, "name"),
					place_of(plan, step->code)));
	}
	return read_adopted(plan);
}

struct plan *plan_make(
	struct server *server, const struct objects *objects, const struct plan_options *options) {
	struct compile *c = server->c;
	struct plan *plan = arena_new(c->arena, struct plan);
	*plan = (struct plan){.server = server, .objects = objects, .names.arena = c->arena};
	for (size_t i = 0; i < objects->items.count; i++)
		add_step(plan, objects->items.items[i]);
	long long database = database_find(server, &plan->names);
	if (database < 0)
		return NULL;
	server_later(server, API_FIELDS, arena_printf(c->arena, "%lld", database), NULL);
	plan->live = live_load(server, arena_cstr(c->arena, c->project->name),
		arena_cstr(c->arena, c->project->collection));
	if (!plan->live || !fields_resolve(server, database, objects, &plan->names))
		return NULL;
	if (!find_everything(plan) || !adopt(plan, options))
		return NULL;
	live_report_copies(plan->live);
	name_all(plan);
	select_needed(plan);
	for (size_t i = 0; i < plan->steps.count; i++) {
		struct step *step = plan->steps.items[i];
		want(plan, step);
		if (step->code->selected)
			decide(plan, step, options);
		if (!step->refusal && step->code->selected)
			plan->counts[step->verdict]++;
	}
	add_orphans(plan);
	return plan;
}

bool plan_is_empty(const struct plan *plan) {
	return !plan->refused && !plan->counts[VERDICT_CREATE] && !plan->counts[VERDICT_CHANGE] &&
		!plan->counts[VERDICT_MARK];
}
