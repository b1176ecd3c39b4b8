/* `mbc completion`: completion for a shell, made from the same tables as --help. */
#include "compiler/cli/command.h"

static const char *const shells[] = {"bash", "zsh", NULL};

static const char *const *complete(void) {
	return shells;
}

static int run(struct invocation *invocation) {
	if (program_completion(&mbc_program, invocation->arguments[0]))
		return EXIT_DONE;
	return usage_error(invocation, "no completion for `%s`; there is bash and zsh",
		invocation->arguments[0]);
}

const struct command cmd_completion = {
	.name = "completion",
	.arguments = "bash|zsh",
	.summary = "print a completion script for a shell",
	.example = "  source <(mbc completion bash)\n"
		   "  mbc completion zsh > ~/.zfunc/_mbc",
	.description = "Prints a script that completes commands, options and their values; the shell loads it.",
	.least = 1,
	.most = 1,
	.complete = complete,
	.run = run,
};
