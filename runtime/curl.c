/* dlopen once, one dlsym a row of CURL_FUNCTIONS. The library stays loaded until the program ends.
 */
#include "runtime/curl.h"

#include <dlfcn.h>

#include "runtime/arena.h"
#include "runtime/log.h"

static const char *const names[] = {
#define FUNCTION(name) "curl_" #name,
	CURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

/* The addresses in the order of the rows, which is the order of the struct's members. */
union loaded {
	struct curl_functions functions;
	void *addresses[COUNT_OF(names)];
};

_Static_assert(sizeof(struct curl_functions) == sizeof(void *) * COUNT_OF(names),
	"a member of struct curl_functions for each name");

const struct curl_functions *curl_load(void) {
	static union loaded loaded;
	static bool done;
	if (done)
		return &loaded.functions;
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		log_line(LOG_ERROR, "cannot load libcurl: %s; install Debian's package libcurl4",
			dlerror());
		return NULL;
	}
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		loaded.addresses[i] = dlsym(library, names[i]);
		if (!loaded.addresses[i]) {
			log_line(LOG_ERROR, "libcurl has no %s; version 7.68 or newer is needed",
				names[i]);
			return NULL;
		}
	}
	if (loaded.functions.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	done = true;
	return &loaded.functions;
}
