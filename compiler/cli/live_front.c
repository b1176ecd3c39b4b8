/* From the command line to a plan: definitions first, since mistakes in them need no server. */
#include "compiler/cli/live_front.h"

#include "compiler/model/project.h"

const char *const *option_list(
	struct arena *arena, const struct invocation *invocation, const char *name) {
	VEC(const char *) values = {0};
	for (size_t i = 0; option_item(invocation, name, i); i++)
		vec_push(arena, &values, option_item(invocation, name, i));
	vec_push(arena, &values, NULL);
	return values.items;
}

int comparison_start(struct comparison *comparison, const struct invocation *invocation,
	const struct plan_options *options) {
	struct compile *c = &comparison->c;
	comparison->server = NULL;
	comparison->plan = NULL;
	if (!front_run(c, invocation, true))
		return EXIT_DEFINITIONS;
	struct plan_options taken = options ? *options : (struct plan_options){0};
	if (!options) {
		taken.adopt = option_list(c->arena, invocation, "adopt");
		taken.overwrite = option_list(c->arena, invocation, "overwrite");
	}
	const struct objects *objects = objects_lower(c);
	comparison->server = server_open(
		c, c->project->environment, (unsigned)option_number(invocation, "jobs", 0));
	if (!comparison->server)
		return EXIT_SERVER;
	comparison->plan = plan_make(comparison->server, objects, &taken);
	return comparison->plan ? EXIT_DONE : EXIT_SERVER;
}

void comparison_finish(struct comparison *comparison) {
	server_close(comparison->server);
	compile_finish(&comparison->c);
}
