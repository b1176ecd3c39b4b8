/* The floor that `mbc validate` is measured against: libyaml's events of the same files and nothing
 * else. Reads the files named on the command line, one after the other. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <yaml.h>

static long scan(FILE *file) {
	yaml_parser_t parser;
	yaml_event_t event;
	long count = 0;
	bool done = false;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_file(&parser, file);
	while (!done && yaml_parser_parse(&parser, &event)) {
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		count++;
	}
	yaml_parser_delete(&parser);
	return done ? count : -1;
}

int main(int argc, char **argv) {
	long total = 0;
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		long count = file ? scan(file) : -1;
		if (count < 0) {
			fprintf(stderr, "%s: not YAML\n", argv[i]);
			return 1;
		}
		total += count;
		fclose(file);
	}
	printf("%ld events\n", total);
	return 0;
}
