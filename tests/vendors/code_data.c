/* A day in, its records of Claude Code out: one for each person and terminal, some for keys, which
 * are given by name only. */
#include "tests/vendors/code_data.h"

#include "tests/vendors/chance.h"

static const char *const terminals[] = {"vscode", "iTerm.app", "tmux", "cursor", "pycharm"};

static void add_model(
	const struct world *world, struct code_record *record, struct chance *chance) {
	const struct model *model = &world->models[chance_below(chance, world->model_count - 1)];
	struct code_model *used = &record->models[record->model_count++];
	used->model = model->name;
	used->input = chance_between(chance, 100, 60000);
	used->output = chance_between(chance, 50, 20000);
	used->cache_read = chance_between(chance, 0, 900000);
	used->cache_creation = chance_between(chance, 0, 90000);
	used->estimate = used->input * model->price[TOKEN_UNCACHED] +
			 used->output * model->price[TOKEN_OUTPUT] +
			 used->cache_read * model->price[TOKEN_CACHE_READ] +
			 used->cache_creation * model->price[TOKEN_CACHE_5M];
}

static struct code_record make_record(const struct world *world, struct chance *chance) {
	struct code_record record = {
		.terminal = terminals[chance_below(chance, COUNT_OF(terminals))]};
	record.sessions = chance_between(chance, 1, 8);
	record.added = chance_between(chance, 0, 900);
	record.removed = chance_between(chance, 0, 400);
	record.commits = chance_between(chance, 0, 6);
	record.pull_requests = chance_between(chance, 0, 2);
	for (int tool = 0; tool < 4; tool++) {
		record.accepted[tool] = chance_between(chance, 0, 40);
		record.rejected[tool] = chance_between(chance, 0, 6);
	}
	add_model(world, &record, chance);
	if (chance_once_in(chance, 3))
		add_model(world, &record, chance);
	return record;
}

static void add_person(
	const struct world *world, struct arena *arena, int64_t day, int i, struct code_list *out) {
	struct chance chance = chance_at(world->seed, PLACE_CODE, day, i);
	const struct person *person = &world->people[i];
	bool weekend = weekday(day) == 0 || weekday(day) == 6;
	if (!person->user_id || chance_below(&chance, 100) >= (weekend ? 8 : 45))
		return;
	for (int64_t count = chance_once_in(&chance, 4) ? 2 : 1; count > 0; count--) {
		struct code_record record = make_record(world, &chance);
		record.email = person->spelled;
		record.person = i;
		record.subscription = i % 3 == 0 ? "team" : i % 12 == 1 ? "enterprise" : NULL;
		vec_push(arena, &out->records, record);
	}
}

/* One of them has a name that two keys bear. */
static void add_key(
	const struct world *world, struct arena *arena, int64_t day, int k, struct code_list *out) {
	struct chance chance = chance_at(world->seed, PLACE_CODE, day, -1 - k);
	if (chance_below(&chance, 100) >= 60)
		return;
	struct code_record record = make_record(world, &chance);
	record.key_name = world->keys[k].name;
	vec_push(arena, &out->records, record);
}

static bool same_place(const struct code_record *a, const struct code_record *b) {
	return a->email && a->email == b->email && a->terminal == b->terminal;
}

void code_of_day(const struct world *world, struct arena *arena, int64_t day, int64_t latency_s,
	struct code_list *out) {
	size_t from = out->records.count, kept = from;
	const struct revision *revision = world_revision(world, false, day);
	if (day < world->first_day || (day + 1) * DAY_S + latency_s > world->now ||
		(day + (int64_t)(world->seed % 29)) % 29 == 3)
		return;
	for (int i = 0; i < world->person_count; i++)
		add_person(world, arena, day, i, out);
	for (int k = 3; k < 6; k++)
		add_key(world, arena, day, k, out);
	for (size_t i = from; i < out->records.count; i++) {
		struct code_record *record = &out->records.items[i];
		struct chance chance = chance_at(13, PLACE_REVISION, day, (int64_t)(i - from));
		if ((revision && chance_below(&chance, 1000) >= revision->keep) ||
			(kept > from && same_place(record, &out->records.items[kept - 1])))
			continue;
		if (revision)
			record->added += revision->number;
		out->records.items[kept++] = *record;
	}
	out->records.count = kept;
}
