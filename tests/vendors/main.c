/* Options in, a server on loopback out, until a signal. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/options.h"
#include "tests/vendors/vendors.h"

static const struct option_row options[] = {
	{"port", 'p', OPTION_NUMBER, "N", NULL, 0, 65535, NULL,
		"port on loopback; 0 takes a free one and prints it (0)"},
	{"seed", 's', OPTION_NUMBER, "N", NULL, 0, 2147483647, NULL,
		"what all data comes from (1)"},
	{"now", 'n', OPTION_TEXT, "TIME", NULL, 0, 0, NULL,
		"the vendors' clock, which stands still: 2026-11-22T06:00:00Z (the time of the "
		"start)"},
	{"people", 0, OPTION_NUMBER, "N", NULL, 4, 5000, NULL, "how many there are (40)"},
	{"days", 0, OPTION_NUMBER, "N", NULL, 1, 800, NULL, "days of history before now (120)"},
	{"script", 0, OPTION_TEXT, "FILE", NULL, 0, 0, NULL, "faults to begin with, as JSON"},
	{0},
};

static int serve(const struct vendors_options *wanted) {
	sigset_t signals;
	int signal_number;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	struct vendors *vendors = vendors_open(wanted);
	if (!vendors)
		return EXIT_FAILURE;
	printf("mbc-vendors: seed %llu on %s\n", (unsigned long long)wanted->seed,
		vendors_address(vendors));
	fflush(stdout);
	sigwait(&signals, &signal_number);
	vendors_close(vendors);
	return EXIT_SUCCESS;
}

static int run(struct invocation *invocation) {
	struct vendors_options wanted = {
		.port = (unsigned)option_number(invocation, "port", 0),
		.seed = (uint64_t)option_number(invocation, "seed", 1),
		.now = time(NULL),
		.people = (int)option_number(invocation, "people", 40),
		.days = (int)option_number(invocation, "days", 120),
		.script = option_text(invocation, "script"),
	};
	const char *now = option_text(invocation, "now");
	if (now && !vendors_time(now, &wanted.now))
		return usage_error(
			invocation, "a time looks like 2026-11-22T06:00:00Z, not `%s`", now);
	return serve(&wanted);
}

static const struct command command = {
	.summary = "a local server that speaks for the vendors",
	.description =
		"A stand-in for development and tests: usage, cost and directories as Anthropic, "
		"Cursor and Google Sheets serve them, and Google's tokens and secrets. All data "
		"comes from the seed; the same seed, clock and sizes give the same bytes. It "
		"listens on loopback only. Its first page lists the addresses and the keys.",
	.example = "  mbc-vendors --port 3100 --seed 7 --now 2026-11-22T06:00:00Z",
	.options = options,
	.run = run,
};

static const struct command *const commands[] = {&command, NULL};

static const struct exit_code exit_codes[] = {
	{0, "ended by a signal"},
	{1, "cannot listen, or the script cannot be used"},
	{EXIT_USAGE, "wrong use"},
	{0},
};

int main(int argc, char **argv) {
	signal(SIGPIPE, SIG_IGN);
	static const struct program program = {
		.name = "mbc-vendors",
		.summary = "a local server that speaks for the vendors",
		.commands = commands,
		.exit_codes = exit_codes,
	};
	return program_run(&program, argc, argv);
}
