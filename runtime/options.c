/* argv in, a command called with its options out. Errors name the nearest option or command and say
 * where help is; they are printed on stderr and end with exit code 64. */
#include "runtime/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/arena.h"
#include "runtime/buf.h"
#include "runtime/help.h"
#include "runtime/suggest.h"

static const struct option_row *const no_rows = &(const struct option_row){0};

/* The rows of a command, own ones first: for (row = first_row(c, &i); row; row = next_row(c, &i,
 * row)) */
static const struct option_row *row_at(const struct command *command, size_t index) {
	const struct option_row *own = command->options ? command->options : no_rows;
	size_t count = 0;
	while (own[count].name)
		count++;
	if (index < count)
		return &own[index];
	const struct option_row *more = command->more_options ? command->more_options : no_rows;
	for (index -= count; more->name; more++) {
		if (index-- == 0)
			return more;
	}
	return NULL;
}

const struct option_row *command_option(const struct command *command, size_t index) {
	return row_at(command, index);
}

static const struct option_row *find_long(const struct command *command, struct str name) {
	const struct option_row *row;
	for (size_t i = 0; (row = row_at(command, i)); i++) {
		if (str_is(name, row->name))
			return row;
	}
	return NULL;
}

static const struct option_row *find_short(const struct command *command, char letter) {
	const struct option_row *row;
	for (size_t i = 0; (row = row_at(command, i)); i++) {
		if (row->letter && row->letter == letter)
			return row;
	}
	return NULL;
}

static void print_try(const struct program *program, const struct command *command) {
	fprintf(stderr, "Try `%s%s%s --help`.\n", program->name,
		command && command->name ? " " : "", command && command->name ? command->name : "");
}

int usage_error(const struct invocation *invocation, const char *format, ...) {
	va_list args;
	va_start(args, format);
	fprintf(stderr, "%s: ", invocation->program->name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	print_try(invocation->program, invocation->command);
	return EXIT_USAGE;
}

static int unknown_option(const struct invocation *invocation, struct str name) {
	struct suggest search = suggest_start(name);
	const struct option_row *row;
	for (size_t i = 0; (row = row_at(invocation->command, i)); i++)
		suggest_offer(&search, str_from(row->name));
	struct str best = suggest_best(&search);
	if (best.len)
		return usage_error(invocation, "unknown option `--%.*s`; did you mean `--%.*s`?",
			STR_ARGS(name), STR_ARGS(best));
	return usage_error(invocation, "unknown option `--%.*s`", STR_ARGS(name));
}

static bool word_allowed(const struct option_row *row, const char *value) {
	if (!row->words)
		return true;
	for (size_t i = 0; row->words[i]; i++) {
		if (strcmp(row->words[i], value) == 0)
			return true;
	}
	return false;
}

static int refuse_word(const struct invocation *invocation, const struct option_row *row,
	const char *value) {
	struct buf list = BUF(4096);
	for (size_t i = 0; row->words[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", row->words[i]);
	int code = usage_error(
		invocation, "`--%s` does not take `%s`; it takes %s", row->name, value, list.ptr);
	buf_free(&list);
	return code;
}

static bool number_allowed(const struct option_row *row, const char *value) {
	long long number;
	return str_integer(str_from(value), &number) && number >= row->min && number <= row->max;
}

/* Checks a value and keeps it; 0 or the exit code. */
static int keep(struct invocation *invocation, const struct option_row *row, const char *value) {
	if (row->type != OPTION_FLAG && !word_allowed(row, value))
		return refuse_word(invocation, row, value);
	if (row->type == OPTION_NUMBER && !number_allowed(row, value))
		return usage_error(invocation,
			"`--%s` takes a whole number from %ld to %ld, not `%s`", row->name,
			row->min, row->max, value);
	struct option_use *grown =
		realloc(invocation->uses, (invocation->use_count + 1) * sizeof(*grown));
	if (!grown)
		out_of_memory();
	invocation->uses = grown;
	invocation->uses[invocation->use_count++] = (struct option_use){row, value};
	return 0;
}

/* One `--name`, `--name=value`, `--name value`; `*index` moves over a value that was taken. */
static int parse_long(struct invocation *invocation, int argc, char **argv, int *index) {
	struct str text = str_from(argv[*index] + 2);
	size_t equals = str_find(text, "=", 0);
	struct str name = equals == STR_NONE ? text : str_slice(text, 0, equals);
	const struct option_row *row = find_long(invocation->command, name);
	if (!row)
		return unknown_option(invocation, name);
	if (row->type == OPTION_FLAG) {
		if (equals != STR_NONE)
			return usage_error(invocation, "`--%s` takes no value", row->name);
		return keep(invocation, row, "");
	}
	if (equals != STR_NONE)
		return keep(invocation, row, text.ptr + equals + 1);
	if (*index + 1 >= argc)
		return usage_error(invocation, "`--%s` needs %s", row->name, row->argument);
	return keep(invocation, row, argv[++*index]);
}

/* A cluster `-vq`, or `-o FILE`, `-oFILE`. */
static int parse_short(struct invocation *invocation, int argc, char **argv, int *index) {
	for (const char *letter = argv[*index] + 1; *letter; letter++) {
		const struct option_row *row = find_short(invocation->command, *letter);
		if (!row)
			return usage_error(invocation, "unknown option `-%c`", *letter);
		int code;
		if (row->type == OPTION_FLAG) {
			if ((code = keep(invocation, row, "")) != 0)
				return code;
			continue;
		}
		if (letter[1])
			return keep(invocation, row, letter + 1);
		if (*index + 1 >= argc)
			return usage_error(invocation, "`-%c` needs %s", *letter, row->argument);
		return keep(invocation, row, argv[++*index]);
	}
	return 0;
}

static int check_count(const struct invocation *invocation) {
	const struct command *command = invocation->command;
	if (invocation->argument_count < command->least)
		return usage_error(invocation, "%s needs %s",
			command->name ? command->name : "it", command->arguments);
	if (invocation->argument_count > command->most)
		return usage_error(invocation, "what is `%s` for? %s takes %s%s",
			invocation->arguments[command->most], command->name ? command->name : "it",
			command->most ? command->arguments : "no arguments",
			command->most ? " only" : "");
	return 0;
}

static int parse_and_run(struct invocation *invocation, int argc, char **argv) {
	bool only_arguments = false;
	for (int i = 0; i < argc; i++) {
		int code = 0;
		const char *text = argv[i];
		if (!only_arguments && strcmp(text, "--") == 0) {
			only_arguments = true;
		} else if (!only_arguments && (!strcmp(text, "--help") || !strcmp(text, "-h"))) {
			help_command(invocation->program, invocation->command);
			return 0;
		} else if (!only_arguments && strncmp(text, "--", 2) == 0) {
			code = parse_long(invocation, argc, argv, &i);
		} else if (!only_arguments && text[0] == '-' && text[1]) {
			code = parse_short(invocation, argc, argv, &i);
		} else {
			invocation->arguments[invocation->argument_count++] = argv[i];
		}
		if (code)
			return code;
	}
	int code = check_count(invocation);
	return code ? code : invocation->command->run(invocation);
}

static int run_command(const struct program *program, const struct command *command, int argc,
	char **argv) {
	struct invocation invocation = {.program = program, .command = command};
	invocation.arguments = calloc((size_t)argc + 1, sizeof(char *));
	if (!invocation.arguments)
		out_of_memory();
	int code = parse_and_run(&invocation, argc, argv);
	free(invocation.arguments);
	free(invocation.uses);
	return code;
}

static int unknown_command(const struct program *program, const char *name) {
	struct suggest search = suggest_start(str_from(name));
	for (size_t i = 0; program->commands[i]; i++)
		suggest_offer(&search, str_from(program->commands[i]->name));
	struct str best = suggest_best(&search);
	fprintf(stderr, "%s: unknown %s `%s`", program->name, name[0] == '-' ? "option" : "command",
		name);
	if (best.len)
		fprintf(stderr, "; did you mean `%.*s`?", STR_ARGS(best));
	fputc('\n', stderr);
	print_try(program, NULL);
	return EXIT_USAGE;
}

/* `mbc help [COMMAND]`, as git and cargo have it. */
static int run_help(const struct program *program, const char *name) {
	if (!name) {
		help_program(program, stdout);
		return 0;
	}
	for (size_t i = 0; program->commands[i]; i++) {
		if (strcmp(program->commands[i]->name, name) == 0) {
			help_command(program, program->commands[i]);
			return 0;
		}
	}
	return unknown_command(program, name);
}

static bool is_one_of(const char *text, const char *a, const char *b) {
	return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

int program_run(const struct program *program, int argc, char **argv) {
	const struct command *first = program->commands[0];
	if (argc > 1 && is_one_of(argv[1], "--version", "-V")) {
		printf("%s %s\n", program->name, MBC_VERSION);
		return 0;
	}
	if (!first->name)
		return run_command(program, first, argc - 1, argv + 1);
	if (argc < 2) {
		help_program(program, stderr);
		return EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0)
		return run_help(program, argc > 2 ? argv[2] : NULL);
	for (size_t i = 0; program->commands[i]; i++) {
		if (strcmp(program->commands[i]->name, argv[1]) == 0)
			return run_command(program, program->commands[i], argc - 2, argv + 2);
	}
	return unknown_command(program, argv[1]);
}

bool option_flag(const struct invocation *invocation, const char *name) {
	return option_text(invocation, name) != NULL;
}

const char *option_text(const struct invocation *invocation, const char *name) {
	for (size_t i = invocation->use_count; i-- > 0;) {
		if (strcmp(invocation->uses[i].row->name, name) == 0)
			return invocation->uses[i].value;
	}
	const struct option_row *row = find_long(invocation->command, str_from(name));
	const char *value = row && row->environment ? getenv(row->environment) : NULL;
	return value && *value ? value : NULL;
}

long option_number(const struct invocation *invocation, const char *name, long fallback) {
	const char *text = option_text(invocation, name);
	return text ? strtol(text, NULL, 10) : fallback;
}

const char *option_item(const struct invocation *invocation, const char *name, size_t index) {
	for (size_t i = 0; i < invocation->use_count; i++) {
		if (strcmp(invocation->uses[i].row->name, name) == 0 && index-- == 0)
			return invocation->uses[i].value;
	}
	return NULL;
}
