/* Starting and ending a compilation. */
#include "compiler/source/compile.h"

void compile_init(struct compile *c) {
	*c = (struct compile){.arena = arena_create()};
}

void compile_finish(struct compile *c) {
	arena_destroy(c->arena);
	*c = (struct compile){0};
}
