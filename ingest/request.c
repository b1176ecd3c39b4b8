/* Days go in, a query or a body for a vendor comes out. */
#include "ingest/request.h"

void request_period(const struct ask *ask, struct buf *url) {
	char from[MOMENT_TEXT], to[MOMENT_TEXT];
	buf_printf(url, "?starting_at=%s&ending_at=%s", moment_print(day_start(ask->from), from),
		moment_print(day_start(ask->to + 1), to));
}

void request_millis(const struct ask *ask, struct buf *body) {
	buf_printf(body, "{\"startDate\":%lld,\"endDate\":%lld,\"page\":%u,\"pageSize\":1000}",
		(long long)(day_start(ask->from) / 1000),
		(long long)(day_start(ask->to + 1) / 1000 - 1), ask->page);
}

void request_analytics(const struct ask *ask, struct buf *url) {
	request_period(ask, url);
	buf_puts(url, "&time_bucket_width=1d&order_by=time&order=asc&limit=1000"
		"&group_by%5B%5D=api_key_id&group_by%5B%5D=workspace_id"
		"&group_by%5B%5D=model&group_by%5B%5D=actor");
}
