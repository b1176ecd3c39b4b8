/* A seed in, people, workspaces, keys and models out. */
#include "tests/vendors/world.h"

#include <ctype.h>

#include "tests/vendors/chance.h"
#include "tests/vendors/moment.h"

static const char *const firsts[] = {"Ann", "Bob", "Carla", "Dmitri", "Elif", "Femi", "Greta",
	"Hugo", "Ines", "Jun", "Kamal", "Lena", "Mateo", "Nadia", "Oskar", "Priya", "Quentin",
	"Rosa", "Sven", "Tara", "Uma", "Viktor", "Wanda", "Yusuf", "Zoe"};
static const char *const lasts[] = {"Adler", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer",
	"Garcia", "Haas", "Ivanova", "Jansen", "Kaya", "Lopez", "Meyer", "Novak", "Okafor",
	"Petrov", "Quinn", "Rossi", "Sato", "Tanaka", "Ueda"};

static const struct {
	const char *department, *teams[3];
} departments[] = {
	{"Engineering", {"platform", "search", "mobile"}},
	{"Data", {"analytics", "ml", "warehouse"}},
	{"Product", {"growth", "core", "design"}},
	{"Operations", {"support", "it", "security"}},
	{"Marketing", {"content", "brand", "web"}},
};

static const struct workspace workspaces[] = {
	{"wrkspc_01Default", "Default", false},
	{"wrkspc_01Production", "Production", false},
	{"wrkspc_01Research", "Research", false},
	{"wrkspc_01ClaudeCode", "Claude Code", false},
	{"wrkspc_01Pilot2025", "Pilot 2025", true},
};

static const struct model models[] = {
	{"claude-sonnet-4-6", "Claude Sonnet 4.6", {300000, 30000, 375000, 600000, 1500000}, true},
	{"claude-haiku-4-5-20251001", "Claude Haiku 4.5", {100000, 10000, 125000, 200000, 500000},
		true},
	{"claude-opus-4-6", "Claude Opus 4.6", {500000, 50000, 625000, 1000000, 2500000}, true},
	{"claude-3-7-sonnet-20250219", "Claude Sonnet 3.7",
		{300000, 30000, 375000, 600000, 1500000}, false},
	{"claude-nova-5-preview", "Claude Nova 5 (preview)",
		{700000, 70000, 875000, 1400000, 3500000}, true},
};

static const char *make_id(struct world *world, const char *prefix, int number) {
	static const char letters[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	struct chance chance =
		chance_at(world->seed, PLACE_ID, prefix[0] + 256 * prefix[1], number);
	char text[17] = "";
	for (int i = 0; i < 16; i++)
		text[i] = letters[chance_below(&chance, (int64_t)sizeof(letters) - 1)];
	return arena_printf(world->arena, "%s01%s", prefix, text);
}

static const char *lower(struct arena *arena, const char *text) {
	char *copy = arena_cstr(arena, str_from(text));
	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* Not everybody is everywhere: three of four have an account at Anthropic, nine of ten one at
 * Cursor. */
static void join_vendors(struct world *world, struct person *person, int i) {
	if (i % 4 != 3)
		person->user_id = make_id(world, "user_", i);
	if (i % 10 == 9)
		return;
	person->cursor_id_is_number = i % 7 == 0;
	person->cursor_id = person->cursor_id_is_number
				    ? arena_printf(world->arena, "%d", 100200 + i)
				    : make_id(world, "user_c", i);
	if (i % 20 == 5)
		person->cursor_last_day = world->first_day + world->days / 2 + i % 9;
}

static void make_person(struct world *world, int i) {
	struct arena *arena = world->arena;
	struct person *person = &world->people[i];
	int pairs = (int)(COUNT_OF(firsts) * COUNT_OF(lasts));
	int turn = i % pairs;
	const char *again = i < pairs ? "" : arena_printf(arena, "%d", i / pairs + 1);
	struct chance chance = chance_at(world->seed, PLACE_PERSON, i, 0);
	person->first = firsts[(size_t)turn % COUNT_OF(firsts)];
	person->last = lasts[((size_t)turn + (size_t)turn / COUNT_OF(firsts)) % COUNT_OF(lasts)];
	person->name = arena_printf(arena, "%s %s", person->first, person->last);
	const char *spelled =
		arena_printf(arena, "%s.%s%s@Example.com", person->first, person->last, again);
	person->email = lower(arena, spelled);
	person->spelled = i % 6 == 1 ? spelled : person->email;
	person->cursor_email =
		i % 8 == 2 && i < world->person_count - 1
			? lower(arena, arena_printf(arena, "%c%s%s@example.com", person->first[0],
					       person->last, again))
			: person->spelled;
	size_t department = (size_t)chance_below(&chance, COUNT_OF(departments));
	person->department = departments[department].department;
	person->team = departments[department].teams[chance_below(&chance, 3)];
	person->active = i % 20 != 5;
	join_vendors(world, person, i);
}

/* Somebody with an Anthropic account. */
static int some_user(const struct world *world, struct chance *chance) {
	int i = (int)chance_below(chance, world->person_count);
	while (!world->people[i].user_id)
		i = (i + 1) % world->person_count;
	return i;
}

static const char *key_name(struct world *world, int i, const char *team) {
	static const char *const uses[] = {"bot", "batch", "etl", "assistant", "ci", "notebook"};
	if (i == 4 || i == 5) /* a name that two keys have */
		return "shared-cli";
	return arena_printf(world->arena, "%s-%s-%d", team, uses[(size_t)i % COUNT_OF(uses)], i);
}

static void make_key(struct world *world, int i) {
	struct chance chance = chance_at(world->seed, PLACE_KEY, i, 0);
	struct key *key = &world->keys[i];
	int64_t start = world->first_day * DAY_S;
	key->id = make_id(world, "apikey_", i);
	key->owner = some_user(world, &chance);
	key->name = key_name(world, i, world->people[key->owner].team);
	key->workspace = i % 5 == 2 ? 0 : (int)chance_between(&chance, 1, 3);
	key->creator = i % 9 == 4 ? -1 : some_user(world, &chance);
	key->made_by_service = i % 9 == 4 && i % 2;
	key->principal = i % 6 == 3 ? key->owner : -1;
	key->status = "active";
	key->created_at =
		start - chance_between(&chance, 10, 300) * DAY_S + chance_below(&chance, DAY_S);
	key->in_sheet = i % 7 != 3; /* some are forgotten there */
	if (i == 6)                 /* expires soon */
		key->expires_at = start + (world->days + 20) * DAY_S;
	if (i == 7) {
		key->status = "archived";
		key->workspace = 4;
	}
	if (i % 11 == 10)
		key->status = "inactive";
}

struct world *world_create(struct arena *arena, uint64_t seed, int64_t now, int people, int days) {
	struct world *world = arena_new(arena, struct world);
	*world = (struct world){
		.arena = arena,
		.seed = seed,
		.now = now,
		.days = days,
		.first_day = moment_day(now) - days,
		.workspaces = workspaces,
		.workspace_count = COUNT_OF(workspaces),
		.models = models,
		.model_count = COUNT_OF(models),
		.person_count = people,
		.key_count = people * 6 / 10 < 12 ? 12 : people * 6 / 10,
	};
	world->people = arena_array(arena, struct person, (size_t)people);
	for (int i = 0; i < people; i++)
		make_person(world, i);
	world->keys = arena_array(arena, struct key, (size_t)world->key_count);
	for (int i = 0; i < world->key_count; i++)
		make_key(world, i);
	return world;
}

const struct revision *world_revision(const struct world *world, bool cursor, int64_t day) {
	for (size_t i = 0; i < world->revisions.count; i++) {
		const struct revision *revision = &world->revisions.items[i];
		if (revision->cursor == cursor && revision->day == day)
			return revision;
	}
	return NULL;
}

struct revision *world_revise(struct world *world, bool cursor, int64_t day) {
	struct revision *found = (struct revision *)world_revision(world, cursor, day);
	if (found)
		return found;
	struct revision fresh = {cursor, day, 0, 1000};
	vec_push(world->arena, &world->revisions, fresh);
	return &world->revisions.items[world->revisions.count - 1];
}
