/* Many sources in, their trees out. Files know nothing of each other until they are bound, and
 * libyaml is most of what checking a project costs, so they are parsed side by side: each thread
 * takes the next source, with an arena and messages of its own, which the compile then takes over
 * in the order of the sources. What is reported, and in which order, does not depend on the number
 * of threads. */
#include "compiler/source/parse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "compiler/source/compile.h"

#define MOST_THREADS 8
#define WORTH_IT     (64u * 1024)      /* bytes below which a thread costs more than it saves */

struct work {
	const struct compile *whole;
	const uint32_t *sources;
	size_t count;
	struct node **nodes;
	struct compile *parts;          /* for each source: what was reported and allowed in it */
	atomic_size_t next;
};

struct worker {
	struct work *work;
	struct arena *arena;
	pthread_t thread;
	bool started;
};

/* A compile that shares the sources and begins with nothing said. */
static struct compile part_of(const struct compile *whole, struct arena *arena) {
	struct compile part = {.arena = arena};
	part.sources.items = whole->sources.items;
	part.sources.count = whole->sources.count;
	return part;
}

static void *parse_some(void *context) {
	struct worker *worker = context;
	struct work *work = worker->work;
	for (;;) {
		size_t i = atomic_fetch_add(&work->next, 1);
		if (i >= work->count)
			return NULL;
		work->parts[i] = part_of(work->whole, worker->arena);
		work->nodes[i] = yaml_parse(&work->parts[i], work->sources[i]);
	}
}

static size_t threads_for(struct compile *c, const uint32_t *sources, size_t count) {
	size_t bytes = 0;
	for (size_t i = 0; i < count; i++)
		bytes += c->sources.items[sources[i]]->text.len;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t most = cores > 1 ? (size_t)cores : 1;
	most = most < MOST_THREADS ? most : MOST_THREADS;
	most = most < count ? most : count;
	return bytes < WORTH_IT || most == 0 ? 1 : most;
}

static void take_over(struct compile *c, const struct compile *part) {
	for (size_t i = 0; i < part->diagnostics.count; i++)
		vec_push(c->arena, &c->diagnostics, part->diagnostics.items[i]);
	for (size_t i = 0; i < part->allows.count; i++)
		vec_push(c->arena, &c->allows, part->allows.items[i]);
	c->error_count += part->error_count;
}

void yaml_parse_all(struct compile *c, const uint32_t *sources, size_t count, struct node **nodes) {
	size_t threads = threads_for(c, sources, count);
	struct work work = {.whole = c, .sources = sources, .count = count, .nodes = nodes};
	work.parts = arena_array(c->arena, struct compile, count);
	struct worker workers[MOST_THREADS];
	for (size_t w = 0; w < threads; w++)
		workers[w] = (struct worker){.work = &work, .arena = w ? arena_create() : c->arena};
	for (size_t w = 1; w < threads; w++)
		workers[w].started =
			pthread_create(&workers[w].thread, NULL, parse_some, &workers[w]) == 0;
	parse_some(&workers[0]);
	for (size_t w = 1; w < threads; w++) {
		if (workers[w].started)
			pthread_join(workers[w].thread, NULL);
		arena_adopt(c->arena, workers[w].arena);
	}
	for (size_t i = 0; i < count; i++)
		take_over(c, &work.parts[i]);
}
