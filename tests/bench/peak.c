/* A command in, the most memory that it had in KiB out. What getrusage() tells of a process counts the memory
 * of whoever forked it, until it was replaced; so a program must do it that is small itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char **command) {
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0)
		execvp(command[0], command);
	fprintf(stderr, "peak: %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

int main(int argc, char **argv) {
	struct rusage usage;
	int status = -1;
	if (argc < 2)
		return EXIT_FAILURE;
	pid_t child = fork();
	if (child == 0)
		run(argv + 1);
	if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
		return EXIT_FAILURE;
	printf("%ld\n", usage.ru_maxrss);
	return EXIT_SUCCESS;
}
