/* libcurl, loaded when the first request is made. It brings some thirty libraries with it, whose
 * loading takes longer than mbc takes to check a project, and most runs of mbc open no socket. Only
 * runtime/http.c uses this. */
#pragma once

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define CURL_FUNCTIONS(FUNCTION)                                                      \
	FUNCTION(easy_cleanup) FUNCTION(easy_getinfo) FUNCTION(easy_init)             \
	FUNCTION(easy_reset) FUNCTION(easy_setopt) FUNCTION(easy_strerror)            \
	FUNCTION(global_init) FUNCTION(multi_add_handle) FUNCTION(multi_cleanup)      \
	FUNCTION(multi_info_read) FUNCTION(multi_init) FUNCTION(multi_perform)        \
	FUNCTION(multi_poll) FUNCTION(multi_remove_handle) FUNCTION(multi_setopt)     \
	FUNCTION(slist_append) FUNCTION(slist_free_all)

struct curl_functions {
#define FUNCTION(name) __typeof__(curl_##name) *name;
	CURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

/* libcurl's functions, or NULL (reported) when the library is missing or lacks one of them. */
const struct curl_functions *curl_load(void);
