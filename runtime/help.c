/* Help as git and cargo users know it: usage first, then what it does, then one line an option.
 * Text is folded at 80 columns so that it reads well in any terminal and in a pipe. */
#include "runtime/help.h"

#include "runtime/buf.h"
#include "runtime/term.h"

#define FOLD 80

/* Prints `text` folded, every line but the first indented by `indent`; `at` is where the line
 * stands. */
static void fold(FILE *out, const char *text, size_t at, size_t indent) {
	struct str rest = str_from(text);
	struct str word;
	bool first = true;
	while (str_split(&rest, ' ', &word)) {
		size_t width = text_width(word);
		if (!first && at + 1 + width > FOLD) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		fprintf(out, "%.*s", STR_ARGS(word));
		at += width;
		first = false;
	}
	fputc('\n', out);
}

/* Paragraphs are parted by newlines; a line that begins with a blank is kept as it is. */
static void paragraphs(FILE *out, const char *text) {
	struct str rest = str_from(text);
	struct str line;
	while (str_split(&rest, '\n', &line)) {
		char copy[2048];
		snprintf(copy, sizeof(copy), "%.*s", STR_ARGS(line));
		if (copy[0] == ' ')
			fprintf(out, "%s\n", copy);
		else
			fold(out, copy, 0, 0);
	}
}

static void heading(FILE *out, const char *text) {
	bool colour = term_colour(out);
	fprintf(out, "%s%s%s\n", colour ? "\033[1m" : "", text, colour ? "\033[0m" : "");
}

static void two_columns(FILE *out, const char *left, const char *right, size_t width) {
	size_t used = text_width(str_from(left));
	fprintf(out, "  %s", left);
	if (used > width) {
		fprintf(out, "\n%*s", (int)width + 4, "");
	} else {
		fprintf(out, "%*s", (int)(width - used) + 2, "");
	}
	fold(out, right, width + 4, width + 4);
}

static void option_left(const struct option_row *row, char *out, size_t size) {
	char letter[8] = "    ";
	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(out, size, "%s--%s%s%s", letter, row->name, row->argument ? " " : "",
		row->argument ? row->argument : "");
}

static void option_right(const struct option_row *row, struct buf *out) {
	buf_puts(out, row->doc);
	for (size_t i = 0; row->words && row->words[i]; i++)
		buf_printf(out, "%s%s", i ? ", " : " (", row->words[i]);
	if (row->words)
		buf_putc(out, ')');
	if (row->environment)
		buf_printf(out, " [$%s]", row->environment);
}

static void options(FILE *out, const struct command *command) {
	heading(out, "\nOptions:");
	const struct option_row *row;
	for (size_t i = 0; (row = command_option(command, i)); i++) {
		char left[128];
		struct buf right = BUF(4096);
		option_left(row, left, sizeof(left));
		option_right(row, &right);
		two_columns(out, left, right.ptr, 26);
		buf_free(&right);
	}
	two_columns(out, "-h, --help", "show this help", 26);
}

void help_command(const struct program *program, const struct command *command) {
	bool colour = term_colour(stdout);
	printf("%sUsage:%s %s%s%s [OPTION…]%s%s\n\n", colour ? "\033[1m" : "",
		colour ? "\033[0m" : "", program->name, command->name ? " " : "",
		command->name ? command->name : "", command->arguments ? " " : "",
		command->arguments ? command->arguments : "");
	paragraphs(stdout, command->description ? command->description : command->summary);
	options(stdout, command);
	if (command->example) {
		heading(stdout, "\nExamples:");
		paragraphs(stdout, command->example);
	}
	if (!command->name && program->exit_codes) {
		heading(stdout, "\nExit codes:");
		for (const struct exit_code *row = program->exit_codes; row->meaning; row++)
			printf("  %3d  %s\n", row->code, row->meaning);
	}
}

void help_program(const struct program *program, FILE *out) {
	fprintf(out, "%s: %s\n", program->name, program->summary);
	heading(out, "\nUsage:");
	fprintf(out, "  %s COMMAND [OPTION…]\n", program->name);
	heading(out, "\nCommands:");
	for (size_t i = 0; program->commands[i]; i++)
		two_columns(out, program->commands[i]->name, program->commands[i]->summary, 12);
	heading(out, "\nExit codes:");
	for (const struct exit_code *row = program->exit_codes; row && row->meaning; row++)
		fprintf(out, "  %3d  %s\n", row->code, row->meaning);
	fprintf(out, "\n`%s COMMAND --help` says more; `%s --version` prints the version.\n",
		program->name, program->name);
}

static void complete_options(const struct command *command) {
	const struct option_row *row;
	for (size_t i = 0; (row = command_option(command, i)); i++)
		printf(" --%s", row->name);
	fputs(" --help", stdout);
}

static void complete_words(const char *const *words) {
	for (size_t i = 0; words && words[i]; i++)
		printf("%s%s", i ? " " : "", words[i]);
}

/* Values of options with a fixed list, for one command. */
static void bash_values(const struct command *command) {
	const struct option_row *row;
	for (size_t i = 0; (row = command_option(command, i)); i++) {
		if (!row->words)
			continue;
		printf("\t\t--%s) COMPREPLY=($(compgen -W \"", row->name);
		complete_words(row->words);
		printf("\" -- \"$word\")); return ;;\n");
	}
}

static void bash_command(const struct command *command) {
	printf("\t%s)\n\t\tcase $before in\n", command->name);
	bash_values(command);
	printf("\t\tesac\n\t\tif [[ $word == -* ]]; then\n\t\t\tCOMPREPLY=($(compgen -W \"");
	complete_options(command);
	printf("\" -- \"$word\"))\n");
	if (command->complete) {
		printf("\t\telse\n\t\t\tCOMPREPLY=($(compgen -W \"");
		complete_words(command->complete());
		printf("\" -- \"$word\"))\n");
	} else if (command->most) {
		printf("\t\telse\n\t\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n");
	}
	printf("\t\tfi ;;\n");
}

static void bash_script(const struct program *program) {
	printf("# bash completion of %s; load it with: source <(%s completion bash)\n",
		program->name, program->name);
	printf("_%s() {\n\tlocal word=${COMP_WORDS[COMP_CWORD]} "
	       "before=${COMP_WORDS[COMP_CWORD-1]}\n",
		program->name);
	printf("\tCOMPREPLY=()\n\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W \"");
	for (size_t i = 0; program->commands[i]; i++)
		printf("%s ", program->commands[i]->name);
	printf("--help --version\" -- \"$word\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; program->commands[i]; i++)
		bash_command(program->commands[i]);
	printf("\tesac\n}\ncomplete -o filenames -F _%s %s\n", program->name, program->name);
}

/* A doc line inside the single quotes and brackets of _arguments. */
static void zsh_text(const char *text) {
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr("[]:\\", *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void zsh_option(const struct option_row *row) {
	printf("\t\t\t'%s--%s[", row->type == OPTION_LIST ? "*" : "", row->name);
	zsh_text(row->doc);
	putchar(']');
	if (row->type != OPTION_FLAG) {
		printf(":%s:", row->argument);
		if (row->words) {
			putchar('(');
			complete_words(row->words);
			putchar(')');
		} else {
			fputs("_files", stdout);
		}
	}
	printf("' \\\n");
}

static void zsh_command(const struct command *command) {
	printf("\t\t%s) _arguments \\\n", command->name);
	const struct option_row *row;
	for (size_t i = 0; (row = command_option(command, i)); i++)
		zsh_option(row);
	printf("\t\t\t'--help[show help]' \\\n\t\t\t'*::argument:");
	if (command->complete) {
		putchar('(');
		complete_words(command->complete());
		putchar(')');
	} else if (command->most) {
		fputs("_files", stdout);
	}
	printf("' ;;\n");
}

static void zsh_script(const struct program *program) {
	printf("#compdef %s\n# zsh completion of %s; put it into a folder of $fpath as _%s\n_%s() "
	       "{\n",
		program->name, program->name, program->name, program->name);
	printf("\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; program->commands[i]; i++) {
		printf("\t\t'%s:", program->commands[i]->name);
		zsh_text(program->commands[i]->summary);
		printf("'\n");
	}
	printf("\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe command "
	       "commands\n\t\treturn\n\tfi\n");
	printf("\tlocal command=$words[2]\n\tshift words\n\t((CURRENT--))\n\tcase $command in\n");
	for (size_t i = 0; program->commands[i]; i++)
		zsh_command(program->commands[i]);
	printf("\tesac\n}\nif [[ $funcstack[1] == _%s ]]; then _%s \"$@\"; else compdef _%s %s; "
	       "fi\n",
		program->name, program->name, program->name, program->name);
}

bool program_completion(const struct program *program, const char *shell) {
	if (strcmp(shell, "bash") == 0)
		bash_script(program);
	else if (strcmp(shell, "zsh") == 0)
		zsh_script(program);
	else
		return false;
	return true;
}
