/* HTTP on loopback: requests in, sandbox_answer() for each, until a signal. */
#pragma once

#include "vm/sandbox/sandbox.h"

/* Serves until SIGTERM or SIGINT. `*port` 0 takes a free one; `ready` is called with the port once
 * it answers. Gives false, with a line on stderr, when it cannot listen. */
bool server_run(
	struct sandbox *sandbox, unsigned port, void (*ready)(struct sandbox *, unsigned port));
