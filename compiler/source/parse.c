/* Many sources in, their trees out. Files know nothing of each other until they are bound, and libyaml
 * is most of what checking a project costs, so they are parsed side by side: each thread takes the next
 * source, with an arena and messages of its own, which the compile then takes over in the order of the
 * sources. What is reported, and in which order, does not depend on the number of threads. */
#include "compiler/source/parse.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "compiler/source/compile.h"

#define MOST_THREADS 8
#define WORTH_IT     (64u * 1024)      /* bytes below which a thread costs more than it saves */

struct work {
	const uint32_t *sources;
	size_t count;
	struct node **nodes;
	atomic_size_t next;
};

struct worker {
	struct compile part;            /* sources are shared; the rest is its own */
	struct work *work;
	size_t *taken;                  /* for each source: 1 + this worker's first message, or 0 */
	pthread_t thread;
	bool started;
};

static void *parse_some(void *context) {
	struct worker *worker = context;
	struct work *work = worker->work;
	for (;;) {
		size_t i = atomic_fetch_add(&work->next, 1);
		if (i >= work->count)
			return NULL;
		worker->taken[i] = worker->part.diagnostics.count + 1;
		work->nodes[i] = yaml_parse(&worker->part, work->sources[i]);
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

/* The worker that parsed a source gives its messages, up to those of the next source it took. */
static void take_messages(struct compile *c, const struct worker *worker, size_t source, size_t count) {
	size_t end = worker->part.diagnostics.count;
	for (size_t i = source + 1; i < count && end == worker->part.diagnostics.count; i++) {
		if (worker->taken[i])
			end = worker->taken[i] - 1;
	}
	for (size_t i = worker->taken[source] - 1; i < end; i++)
		vec_push(c->arena, &c->diagnostics, worker->part.diagnostics.items[i]);
}

static void take_over(struct compile *c, struct worker *workers, size_t threads, size_t count) {
	for (size_t i = 0; i < count; i++) {
		for (size_t w = 0; w < threads; w++) {
			if (workers[w].taken[i])
				take_messages(c, &workers[w], i, count);
		}
	}
	for (size_t w = 0; w < threads; w++) {
		c->error_count += workers[w].part.error_count;
		arena_adopt(c->arena, workers[w].part.arena);
	}
}

void yaml_parse_all(struct compile *c, const uint32_t *sources, size_t count, struct node **nodes) {
	size_t threads = threads_for(c, sources, count);
	struct work work = {.sources = sources, .count = count, .nodes = nodes};
	struct worker workers[MOST_THREADS];
	for (size_t w = 0; w < threads; w++) {
		workers[w] = (struct worker){.part = *c, .work = &work};
		workers[w].part.arena = arena_create();
		workers[w].part.error_count = 0;
		workers[w].part.diagnostics.items = NULL;
		workers[w].part.diagnostics.count = workers[w].part.diagnostics.capacity = 0;
		workers[w].taken = arena_array(c->arena, size_t, count + 1);
	}
	for (size_t w = 1; w < threads; w++)
		workers[w].started = pthread_create(&workers[w].thread, NULL, parse_some, &workers[w]) == 0;
	parse_some(&workers[0]);
	for (size_t w = 1; w < threads; w++) {
		if (workers[w].started)
			pthread_join(workers[w].thread, NULL);
	}
	take_over(c, workers, threads, count);
}
