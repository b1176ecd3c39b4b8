/* A plan goes in, writes go out, in an order in which everything that is referred to exists:
 * collections, snippets, new dashboards (bare), cards, dashboards. Dashboards that link to each
 * other can so be filled in any order. What the server answers to a write is compared with what was
 * meant. */
#include "compiler/metabase/execute.h"

#include <stdio.h>

#include "runtime/json.h"
#include "runtime/log.h"

struct run {
	struct plan *plan;
	struct outcome_counts counts;
};

static struct arena *arena_of(const struct run *run) {
	return run->plan->server->c->arena;
}

static void fail(struct run *run, struct step *step) {
	if (step->progress == STEP_FAILED)
		return;
	step->progress = STEP_FAILED;
	run->counts.failed++;
}

static void skip(struct run *run, struct step *step, const char *why) {
	step->progress = STEP_REFUSED;
	step->refusal = why;
	run->plan->refused++;
	run->counts.skipped++;
}

static void fail_call(struct run *run, struct step *step, const struct call *call, bool create) {
	struct server *server = run->plan->server;
	struct diagnostic *d = server_report(server, call, step->code->at);
	diag_note(server->c, d, SPAN_NONE, "this was about %s `%s`",
		object_kind_name(step->code->kind), step->code->key);
	if (strstr(call->problem, "Embedding is not enabled"))
		diag_help(server->c, d, "an administrator switches it on under Admin settings > "
					"Embedding; else leave `embedding` out");
	if (create && call->trouble == TROUBLE_NETWORK)
		diag_note(server->c, d, SPAN_NONE,
			"it may have been created all the same: the next run finds it by "
			"its marker");
	fail(run, step);
}

static void log_step(const struct step *step, const char *verb) {
	log_line(LOG_INFO, "%s %s `%s`", verb, object_kind_name(step->code->kind), step->code->key);
}

static const char *description_of(
	struct run *run, const struct step *step, const char *fingerprint) {
	return marker_write(arena_of(run), str_from(json_text(step->code->body, "description")),
		run->plan->live->project, step->code->key, fingerprint);
}

static void set_description(
	struct run *run, const struct step *step, json_t *body, const char *fingerprint) {
	json_object_set_new(
		body, "description", json_string(description_of(run, step, fingerprint)));
}

/* What the server has now, in full; reported when it cannot be read. */
static const json_t *read_now(struct run *run, struct step *step) {
	bool legacy = step->code->kind == OBJECT_CARD && run->plan->server->profile->legacy_query;
	struct call call = {.api = live_kinds[step->code->kind].get, .id = step->live->id_text,
		.query = legacy ? "legacy-mbql=true" : NULL};
	if (server_call(run->plan->server, &call))
		return call.json;
	fail_call(run, step, &call, false);
	return NULL;
}

/* Did this run bring a card of the dashboard back from the trash? Then its place is back as well.
 */
static bool got_card_back(const struct run *run, const struct step *step) {
	size_t index;
	json_t *dashcard;
	json_array_foreach(json_object_get(step->wanted, "dashcards"), index, dashcard) {
		const char *name = json_single(json_object_get(dashcard, "card_id"), "$ref");
		const struct step *card =
			name ? map_get(&run->plan->by_name, str_from(name)) : NULL;
		if (card && card->live && card->live->archived && card->progress == STEP_DONE)
			return true;
	}
	return false;
}

/* Reads the object again: somebody may have saved it since it was compared. */
static bool still_as_found(struct run *run, struct step *step) {
	const json_t *raw = read_now(run, step);
	if (!raw)
		return false;
	if (got_card_back(run, step) ||
		json_equal(plan_read(run->plan, step, raw, false),
			plan_read(run->plan, step, step->live->raw, false))) {
		step->live->raw = raw;
		return true;
	}
	struct editor editor = live_editor(run->plan->live, step->live);
	log_line(LOG_WARNING, "%s `%s` was edited by %s while this ran: left alone",
		object_kind_name(step->code->kind), step->code->key,
		editor.name ? editor.name : "somebody");
	skip(run, step, "edited while this ran");
	return false;
}

/* The server's answer to a write against what was meant. */
static bool kept(struct run *run, struct step *step, const json_t *answer) {
	struct compile *c = run->plan->server->c;
	json_t *found = plan_read(run->plan, step, answer, false);
	if (json_equal(found, step->wanted))
		return true;
	struct differences differences = differences_of(c->arena, found, step->wanted);
	struct diagnostic *d = diag_add(c, E0814, step->code->at,
		"the server keeps %s `%s` otherwise than it was written",
		object_kind_name(step->code->kind), step->code->key);
	for (size_t i = 0; i < differences.count && i < 5; i++)
		diag_note(c, d, SPAN_NONE, "`%s` differs", differences.items[i].path);
	fail(run, step);
	return false;
}

static json_t *picked(const json_t *body, const char *const *keys) {
	json_t *out = json_object();
	for (; *keys; keys++)
		if (json_object_get(body, *keys))
			json_object_set(out, *keys, json_object_get(body, *keys));
	return out;
}

/* The body with ids; NULL, with the step skipped, when something it refers to could not be written.
 */
static json_t *resolved(struct run *run, struct step *step) {
	const char *missing;
	json_t *body = names_resolve(&run->plan->names, step->code->body, &missing);
	if (!body)
		skip(run, step, arena_printf(arena_of(run), "`%s` is not there", missing));
	return body;
}

static const json_t *put(struct run *run, struct step *step, const json_t *body) {
	struct call call = {
		.api = live_kinds[step->code->kind].put, .id = step->live->id_text, .body = body};
	if (!server_call(run->plan->server, &call)) {
		fail_call(run, step, &call, false);
		return NULL;
	}
	return call.json ? call.json : read_now(run, step);
}

/* Makes the object and names it; NULL when that failed. */
static const json_t *post(struct run *run, struct step *step, const json_t *body) {
	struct call call = {.api = live_kinds[step->code->kind].post, .body = body};
	if (!server_call(run->plan->server, &call)) {
		fail_call(run, step, &call, true);
		return NULL;
	}
	long long id = json_number_of(call.json, "id", -1);
	if (id < 0) {
		diag_add(run->plan->server->c, E0806, step->code->at,
			"the server answers %s without an id", call_name(arena_of(run), &call));
		fail(run, step);
		return NULL;
	}
	struct live_object *live = step->live = arena_new(arena_of(run), struct live_object);
	live->kind = step->code->kind;
	live->id = id;
	live->id_text = arena_printf(arena_of(run), "%lld", id);
	live->raw = call.json;
	live->claimed = true;
	names_add(&run->plan->names, object_kind_name(live->kind), step->code->key, NULL,
		live->id_text);
	return call.json;
}

static void done(struct run *run, struct step *step, const json_t *answer) {
	if (!answer || !kept(run, step, answer))
		return;
	step->live->raw = answer;
	step->progress = STEP_DONE;
	if (step->verdict == VERDICT_CREATE)
		run->counts.created++;
	else
		run->counts.changed++;
	log_step(step, step->verdict == VERDICT_CREATE ? "created" : "changed");
}

/* --- collections, snippets, cards ------------------------------------------------------------- */

static void create(struct run *run, struct step *step) {
	json_auto_t *body = resolved(run, step);
	if (!body)
		return;
	const char *const *taken = live_kinds[step->code->kind].posted;
	set_description(run, step, body, step->fingerprint);
	json_auto_t *first = picked(body, taken);
	bool more = json_object_size(first) < json_object_size(body);
	if (more)
		set_description(run, step, first, FINGERPRINT_UNFINISHED);
	const json_t *answer = post(run, step, first);
	if (answer && more)
		answer = put(run, step, body);
	done(run, step, answer);
}

static void update(struct run *run, struct step *step) {
	if (!still_as_found(run, step))
		return;
	json_auto_t *body = resolved(run, step);
	if (!body)
		return;
	set_description(run, step, body, step->fingerprint);
	bool collection = step->code->kind == OBJECT_COLLECTION;
	if (step->live->archived || collection)
		json_object_set_new(body, "archived", json_false());
	json_t *parent = json_object_get(step->wanted, "parent_id");
	json_t *found = json_object_get(step->found, "parent_id");
	if (collection && (parent == found || (parent && found && json_equal(parent, found))))
		json_object_del(body, "parent_id");
	done(run, step, put(run, step, body));
}

/* Only the marker is out of date: nothing else is said, so nothing else can change. */
static void remark(struct run *run, struct step *step) {
	if (!still_as_found(run, step))
		return;
	json_auto_t *body = json_object();
	set_description(run, step, body, step->fingerprint);
	if (step->code->kind == OBJECT_COLLECTION)
		json_object_set_new(body, "archived", json_false());
	done(run, step, put(run, step, body));
}

/* --- dashboards ------------------------------------------------------------------------------- */

static const char *const header_keys[] = {"name", "collection_id", NULL};

/* Others may link to its parameters before they are there. */
static void name_new_parameters(struct run *run, const struct step *step) {
	struct names *names = &run->plan->names;
	size_t index;
	json_t *parameter;
	json_array_foreach(json_object_get(step->code->body, "parameters"), index, parameter) {
		const char *key = arena_printf(
			arena_of(run), "%s/%s", step->code->key, json_text(parameter, "slug"));
		names_set(names, "parameter", key, step->live->id_text,
			names_id(names, "parameter", key));
	}
}

/* A new dashboard without contents: its marker says that it is unfinished. */
static void begin_dashboard(struct run *run, struct step *step) {
	json_auto_t *header = picked(step->code->body, header_keys);
	const char *missing;
	json_auto_t *body = names_resolve(&run->plan->names, header, &missing);
	if (!body) {
		skip(run, step, arena_printf(arena_of(run), "`%s` is not there", missing));
		return;
	}
	set_description(run, step, body, FINGERPRINT_UNFINISHED);
	if (post(run, step, body))
		name_new_parameters(run, step);
}

static const char *const dashcard_keys[] = {"id", "card_id", "dashboard_tab_id", "row", "col",
	"size_x", "size_y", "parameter_mappings", "visualization_settings", NULL};

/* The live dashcards as a PUT wants them, unchanged. */
static json_t *same_dashcards(const json_t *raw) {
	json_t *out = json_array(), *dashcard, *item;
	size_t index, i;
	json_array_foreach(json_object_get(raw, "dashcards"), index, dashcard) {
		json_t *copy = picked(dashcard, dashcard_keys), *series = json_array();
		json_array_foreach(json_object_get(dashcard, "series"), i, item)
			json_array_append_new(
				series, json_pack("{s:O}", "id", json_object_get(item, "id")));
		json_object_set_new(copy, "series", series);
		json_array_append_new(out, copy);
	}
	return out;
}

static void took_dashboard(struct run *run, struct step *step, const json_t *answer) {
	step->live->raw = answer;
	plan_name_parts(run->plan, step->code->key, answer);
}

/* Adds the tabs that others link to before anything is filled, so that their ids can be written. */
static void add_tabs(struct run *run, struct step *step) {
	json_auto_t *tabs = json_array();
	size_t index;
	json_t *tab;
	json_array_foreach(json_object_get(step->live->raw, "tabs"), index, tab)
		json_array_append_new(
			tabs, json_pack("{s:O, s:O}", "id", json_object_get(tab, "id"), "name",
				      json_object_get(tab, "name")));
	bool had = json_array_size(tabs) > 0 ||
		   json_array_size(json_object_get(step->live->raw, "dashcards")) == 0;
	json_array_foreach(json_object_get(step->code->body, "tabs"), index, tab) {
		const char *key = arena_printf(
			arena_of(run), "%s/%s", step->code->key, json_text(tab, "name"));
		if (!names_id(&run->plan->names, "tab", key))
			json_array_append_new(tabs, json_pack("{s:i, s:O}", "id", -(int)index - 1,
							    "name", json_object_get(tab, "name")));
	}
	if (!had)
		return;
	json_auto_t *body =
		json_pack("{s:O, s:o}", "tabs", tabs, "dashcards", same_dashcards(step->live->raw));
	const json_t *answer = put(run, step, body);
	if (answer)
		took_dashboard(run, step, answer);
}

static bool writes(const struct step *step) {
	return step->code && !step->refusal && step->code->selected &&
	       step->progress == STEP_WAITING &&
	       (step->verdict == VERDICT_CREATE || step->verdict == VERDICT_CHANGE ||
		       step->verdict == VERDICT_MARK);
}

struct tab_search {
	struct run *run;
	const struct step *from;
};

static void find_tab(void *context, const char *name) {
	struct tab_search *search = context;
	struct plan *plan = search->run->plan;
	if (!str_starts(str_from(name), "tab:") || map_get(&plan->names.ids, str_from(name)))
		return;
	const char *key = name + strlen("tab:"), *slash = strchr(key, '/');
	const char *owner = arena_printf(
		arena_of(search->run), "dashboard:%.*s", slash ? (int)(slash - key) : 0, key);
	struct step *step = map_get(&plan->by_name, str_from(owner));
	if (step && step != search->from && step->live && writes(step))
		add_tabs(search->run, step);
}

/* A PUT of the whole; in two when tabs vanish whose cards stay, since the server deletes tabs
 * first. */
static const json_t *fill(struct run *run, struct step *step) {
	struct plan *plan = run->plan;
	const char *missing;
	for (int last = 0; last < 2; last++) {
		const json_t *live = plan_read(plan, step, step->live->raw, true);
		bool keep = !last && dashboard_needs_two(arena_of(run), step->code, live);
		if (!last && !keep)
			continue;
		json_auto_t *body = dashboard_body(
			&plan->names, step->code, step->live->id_text, live, keep, &missing);
		if (!body) {
			skip(run, step, arena_printf(arena_of(run), "`%s` is not there", missing));
			return NULL;
		}
		set_description(run, step, body, keep ? FINGERPRINT_UNFINISHED : step->fingerprint);
		if (step->live->archived)
			json_object_set_new(body, "archived", json_false());
		const json_t *answer = put(run, step, body);
		if (!answer)
			return NULL;
		step->live->raw = answer;
		plan_name_parts(plan, step->code->key, answer);
	}
	return read_now(run, step);
}

static void write_dashboard(struct run *run, struct step *step) {
	if (step->verdict != VERDICT_CREATE && !still_as_found(run, step))
		return;
	const json_t *answer = fill(run, step);
	if (!answer)
		return;
	plan_name_parts(run->plan, step->code->key, answer);
	done(run, step, answer);
}

/* --- the whole -------------------------------------------------------------------------------- */

typedef void (*write_step)(struct run *run, struct step *step);

static void write_plain(struct run *run, struct step *step) {
	if (step->verdict == VERDICT_CREATE)
		create(run, step);
	else if (step->verdict == VERDICT_MARK)
		remark(run, step);
	else
		update(run, step);
}

static void begin(struct run *run, struct step *step) {
	if (step->verdict == VERDICT_CREATE)
		begin_dashboard(run, step);
}

static void link_tabs(struct run *run, struct step *step) {
	struct tab_search search = {run, step};
	names_each(arena_of(run), step->code->body, find_tab, &search);
}

static void finish(struct run *run, struct step *step) {
	if (step->verdict == VERDICT_MARK)
		remark(run, step);
	else
		write_dashboard(run, step);
}

/* Before the others: what they say of its parts is read under the new names. */
static void finish_renamed(struct run *run, struct step *step) {
	if (step->code->renames.count)
		finish(run, step);
}

static const struct {
	enum object_kind kind;
	write_step write;
} phases[] = {
	{OBJECT_COLLECTION, write_plain},
	{OBJECT_SNIPPET, write_plain},
	{OBJECT_DASHBOARD, begin},
	{OBJECT_CARD, link_tabs},
	{OBJECT_DASHBOARD, link_tabs},
	{OBJECT_CARD, write_plain},
	{OBJECT_DASHBOARD, finish_renamed},
	{OBJECT_DASHBOARD, finish},
};

struct outcome_counts plan_execute(struct plan *plan) {
	struct run run = {.plan = plan};
	for (size_t p = 0; p < COUNT_OF(phases); p++)
		for (size_t i = 0; i < plan->steps.count; i++)
			if (writes(plan->steps.items[i]) &&
				plan->steps.items[i]->code->kind == phases[p].kind)
				phases[p].write(&run, plan->steps.items[i]);
	log_progress_end();
	return run.counts;
}
