/* Commands and their options as tables: parsing, --help, suggestions and shell completion all read
 * the same rows. A program has commands (mbc validate …) or, with one command without a name, none.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Exit codes that all programs share; the others are in each program's own table. */
#define EXIT_INTERNAL 6
#define EXIT_USAGE    64

enum option_type {
	OPTION_FLAG,            /* --name */
	OPTION_TEXT,            /* --name VALUE, the last one wins */
	OPTION_NUMBER,          /* --name N, a whole number within min..max */
	OPTION_LIST,            /* --name VALUE, as often as wanted */
};

struct option_row {
	const char *name;       /* without the dashes */
	char letter;            /* or 0 */
	enum option_type type;
	const char *argument;   /* "FILE": how help shows the value */
	const char *const *words;       /* allowed values, ends with NULL; NULL: any */
	long min, max;          /* OPTION_NUMBER */
	const char *environment;/* variable that stands in when the option is not given; or NULL */
	const char *doc;        /* one line, no full stop */
};

struct invocation;

struct command {
	const char *name;       /* NULL: the program's only command */
	const char *arguments;  /* "[PATH…]" */
	const char *summary;    /* one line, no full stop */
	const char *description;/* paragraphs for --help */
	const char *example;    /* lines for --help, or NULL */
	size_t least, most;     /* arguments; most 0: none */
	const struct option_row *options;       /* ends with an empty row */
	const struct option_row
		*more_options; /* shared with other commands; ends likewise; or NULL */
	const char *const *(*complete)(void); /* words for arguments, ends with NULL; NULL: files */
	int (*run)(struct invocation *invocation);
};

struct exit_code {
	int code;
	const char *meaning;
};

struct program {
	const char *name;
	const char *summary;
	const struct command *const *commands;  /* ends with NULL */
	const struct exit_code *exit_codes;     /* ends with an empty meaning */
};

/* Parses, answers --help and --version, and runs the command. Gives the exit code. */
int program_run(const struct program *program, int argc, char **argv);

/* What a command was called with. */
struct invocation {
	const struct program *program;
	const struct command *command;
	char **arguments;
	size_t argument_count;
	struct option_use {
		const struct option_row *row;
		const char *value;
	} *uses;
	size_t use_count;
};

bool option_flag(const struct invocation *invocation, const char *name);
/* The value given last, else the environment's, else NULL. */
const char *option_text(const struct invocation *invocation, const char *name);
long option_number(const struct invocation *invocation, const char *name, long fallback);
/* The value of an OPTION_LIST at `index`, or NULL behind the last. */
const char *option_item(const struct invocation *invocation, const char *name, size_t index);

/* Prints `PROGRAM: MESSAGE` and where to find help on stderr; gives EXIT_USAGE. */
int usage_error(const struct invocation *invocation, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Completion script for "bash" or "zsh" on stdout; false for another shell. */
bool program_completion(const struct program *program, const char *shell);
