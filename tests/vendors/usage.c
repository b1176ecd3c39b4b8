/* A day in, its records at Anthropic out. A day is made from the seed and its own number alone, so
 * that asking for one day or for a month gives the same rows. */
#include "tests/vendors/usage.h"

#include "tests/vendors/chance.h"
#include "tests/vendors/money.h"

const char *component_name(enum component component) {
	switch (component) {
	case COMPONENT_TOKENS:
		return "tokens";
	case COMPONENT_WEB_SEARCH:
		return "web_search";
	case COMPONENT_CODE:
		return "code_execution";
	case COMPONENT_SESSION:
		return "session_usage";
	}
	return NULL;
}

const char *token_name(enum token token) {
	static const char *const names[] = {
		[TOKEN_UNCACHED] = "uncached_input_tokens",
		[TOKEN_CACHE_READ] = "cache_read_input_tokens",
		[TOKEN_CACHE_5M] = "cache_creation.ephemeral_5m_input_tokens",
		[TOKEN_CACHE_1H] = "cache_creation.ephemeral_1h_input_tokens",
		[TOKEN_OUTPUT] = "output_tokens",
	};
	return token < TOKEN_COUNT ? names[token] : NULL;
}

/* One day in 29 nobody used anything. */
static bool is_quiet(const struct world *world, int64_t day) {
	return (day + (int64_t)(world->seed % 29)) % 29 == 3;
}

static const struct model *choose_model(
	const struct world *world, struct chance *chance, int64_t day, int key) {
	bool new_is_out = day >= world->first_day + world->days - 4;
	if (new_is_out && key % 4 == 1 && chance_once_in(chance, 3))
		return &world->models[world->model_count - 1];
	return &world->models[(key + chance_below(chance, 2)) % (world->model_count - 1)];
}

static void count_tokens(struct usage *usage, struct chance *chance) {
	usage->requests = chance_between(chance, 1, 60);
	usage->tokens[TOKEN_UNCACHED] = usage->requests * chance_between(chance, 80, 4000);
	usage->tokens[TOKEN_OUTPUT] = usage->requests * chance_between(chance, 20, 1500);
	if (!chance_once_in(chance, 3)) {
		usage->tokens[TOKEN_CACHE_READ] =
			usage->requests * chance_between(chance, 100, 30000);
		usage->tokens[TOKEN_CACHE_5M] = usage->requests * chance_between(chance, 10, 2000);
	}
	if (chance_once_in(chance, 6))
		usage->tokens[TOKEN_CACHE_1H] = usage->requests * chance_between(chance, 10, 900);
	if (chance_once_in(chance, 8))
		usage->searches = chance_between(chance, 1, 12);
}

static void choose_dims(struct usage *usage, struct chance *chance) {
	const struct model *model = usage->model;
	usage->dims[DIM_MODEL] = model->name;
	usage->dims[DIM_CONTEXT] =
		model->has_geo && chance_once_in(chance, 9) ? "200k-1M" : "0-200k";
	usage->dims[DIM_GEO] = !model->has_geo             ? "not_available"
			       : chance_once_in(chance, 6) ? "us"
							   : "global";
	usage->dims[DIM_TIER] = chance_once_in(chance, 8) ? "batch" : "standard";
	usage->dims[DIM_SPEED] = "standard";
	usage->dims[DIM_PRODUCT] =
		strcmp(usage->dims[DIM_TIER], "batch") ? "messages_api" : "message_batches_api";
}

static const char *workspace_of(const struct world *world, int workspace) {
	return workspace ? world->workspaces[workspace].id : NULL;
}

static void name_actor(const struct world *world, struct usage *usage, int person) {
	usage->actor = person;
	usage->dims[DIM_ACTOR] = person >= 0 ? world->people[person].user_id : usage->dims[DIM_KEY];
	usage->dims[DIM_ACTOR_TYPE] = person >= 0              ? "user_actor"
				      : usage->dims[DIM_ACTOR] ? "api_actor"
							       : NULL;
}

static void add_key_record(const struct world *world, struct arena *arena, int64_t day, int k,
	struct chance *chance, struct usage_list *out) {
	const struct key *key = &world->keys[k];
	struct usage usage = {.model = choose_model(world, chance, day, k), .actor = -1};
	usage.moment = day * DAY_S + chance_below(chance, DAY_S);
	choose_dims(&usage, chance);
	usage.dims[DIM_KEY] = key->id;
	usage.dims[DIM_WORKSPACE] = workspace_of(world, key->workspace);
	name_actor(world, &usage, key->principal);
	if (k == 8) /* capacity paid in advance: tokens without a cost */
		usage.dims[DIM_TIER] = "priority";
	if (key->workspace == 3)
		usage.dims[DIM_PRODUCT] = "claude_code";
	count_tokens(&usage, chance);
	vec_push(arena, &out->records, usage);
}

/* The console: no key, the default workspace, an account that only the analytics pair names. */
static void add_workbench(
	const struct world *world, struct arena *arena, int64_t day, struct usage_list *out) {
	struct chance chance = chance_at(world->seed, PLACE_WORKBENCH, day, 0);
	for (int64_t count = chance_between(&chance, 1, 3); count > 0; count--) {
		int person = (int)chance_below(&chance, world->person_count);
		const char *user_id = world->people[person].user_id;
		struct usage usage = {.model = &world->models[0], .actor = -1};
		usage.moment = day * DAY_S + chance_below(&chance, DAY_S);
		choose_dims(&usage, &chance);
		usage.dims[DIM_ACCOUNT] = user_id;
		usage.dims[DIM_PRODUCT] = "claude_console";
		if (user_id)
			name_actor(world, &usage, person);
		count_tokens(&usage, &chance);
		vec_push(arena, &out->records, usage);
	}
}

/* Costs that no tokens stand behind. */
static void add_extra(
	const struct world *world, struct arena *arena, int64_t day, struct usage_list *out) {
	struct chance chance = chance_at(world->seed, PLACE_EXTRA, day, 0);
	for (int workspace = 0; workspace < 3; workspace++) {
		enum component component =
			chance_once_in(&chance, 4) ? COMPONENT_SESSION : COMPONENT_CODE;
		struct usage usage = {.actor = -1, .component = component};
		usage.moment = day * DAY_S + chance_below(&chance, DAY_S);
		usage.extra = chance_between(&chance, CENT / 50, 90 * CENT);
		usage.dims[DIM_WORKSPACE] = workspace_of(world, workspace);
		if (chance_once_in(&chance, 3))
			vec_push(arena, &out->records, usage);
	}
}

/* Applies what a revision says; false when the record is gone. */
static bool revise(const struct revision *revision, size_t index, struct usage *usage) {
	if (!revision)
		return true;
	struct chance chance = chance_at(7, PLACE_REVISION, (int64_t)index, 0);
	if (chance_below(&chance, 1000) >= revision->keep)
		return false;
	if (revision->number && index % 3 == 0 && !usage->component)
		usage->tokens[TOKEN_OUTPUT] += revision->number * chance_between(&chance, 100, 999);
	return true;
}

/* Drops what is not known yet and what a revision took away. */
static void sift(const struct world *world, int64_t day, int64_t latency_s, size_t from,
	struct usage_list *out) {
	const struct revision *revision = world_revision(world, false, day);
	size_t kept = from;
	for (size_t i = from; i < out->records.count; i++) {
		struct usage *usage = &out->records.items[i];
		if (usage->moment + latency_s <= world->now && revise(revision, i - from, usage))
			out->records.items[kept++] = *usage;
	}
	out->records.count = kept;
}

void usage_of_day(const struct world *world, struct arena *arena, int64_t day, int64_t latency_s,
	struct usage_list *out) {
	size_t from = out->records.count;
	if (day < world->first_day || day * DAY_S > world->now || is_quiet(world, day))
		return;
	bool weekend = weekday(day) == 0 || weekday(day) == 6;
	for (int k = 0; k < world->key_count; k++) {
		struct chance chance = chance_at(world->seed, PLACE_USAGE, day, k);
		if (chance_below(&chance, 100) >= (weekend ? 25 : 80))
			continue;
		for (int64_t count = chance_between(&chance, 1, 5); count > 0; count--)
			add_key_record(world, arena, day, k, &chance, out);
	}
	add_workbench(world, arena, day, out);
	add_extra(world, arena, day, out);
	sift(world, day, latency_s, from, out);
}

/* The list price of a token in this record. */
static int64_t price_of(const struct usage *usage, enum token token) {
	int64_t price = usage->model->price[token];
	if (!strcmp(usage->dims[DIM_CONTEXT], "200k-1M"))
		price *= 2;
	if (!strcmp(usage->dims[DIM_GEO], "us"))
		price = price * 11 / 10;
	return strcmp(usage->dims[DIM_TIER], "batch") ? price : price / 2;
}

/* A contract's discount that leaves many digits behind the point. */
static int64_t discounted(int64_t price) {
	return price * 9137 / 10000;
}

size_t usage_costs(const struct usage *usage, struct cost out[MAX_COSTS]) {
	size_t count = 0;
	if (usage->component) {
		out[0] = (struct cost){usage->component, 0, usage->extra, usage->extra};
		return 1;
	}
	if (!strcmp(usage->dims[DIM_TIER], "priority"))
		return 0;
	for (enum token token = 0; token < TOKEN_COUNT; token++) {
		int64_t tokens = usage->tokens[token], price = price_of(usage, token);
		if (tokens)
			out[count++] = (struct cost){COMPONENT_TOKENS, token, tokens * price,
				tokens * discounted(price)};
	}
	if (usage->searches)
		out[count++] = (struct cost){
			COMPONENT_WEB_SEARCH, 0, usage->searches * CENT, usage->searches * CENT};
	return count;
}
