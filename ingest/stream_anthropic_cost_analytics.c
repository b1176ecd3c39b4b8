/* Anthropic's cost of the analytics API: what each actor and key will be charged for, without allocation. */
#include "ingest/request.h"

static const struct column columns[] = {
	{"usage_date", "DATE", "data[].starting_at", read_day, COLUMN_DAY, .required = true},
	{"api_key_id", "STRING", "data[].group.api_key_id", read_text, COLUMN_KEY},
	{"workspace_id", "STRING", "data[].group.workspace_id", read_text, COLUMN_KEY},
	{"model", "STRING", "data[].group.model", read_text, COLUMN_KEY},
	{"actor_type", "STRING", "data[].group.actor.type", read_text, COLUMN_KEY},
	{"actor_id", "STRING", REQUEST_ACTOR_ID, read_text, COLUMN_KEY},
	{"actor_email", "STRING", "data[].group.actor.email_address", read_text},
	{"vendor_cost_type", "STRING", "data[].group.cost_type", read_text, COLUMN_KEY},
	{"token_type", "STRING", "data[].group.token_type", read_text, COLUMN_KEY},
	{"currency", "STRING", "data[].cost.currency", read_dollars, .required = true},
	{"amount_text", "STRING", "data[].cost.amount", read_text, .required = true},
	{"list_amount_text", "STRING", "data[].cost.list_amount", read_text},
	{"cost_usd", "NUMERIC", "data[].cost.amount", read_cents, COLUMN_USD, .required = true},
	{"list_usd", "NUMERIC", "data[].cost.list_amount", read_cents},
	{0}
};

static void request(const struct ask *ask, struct buf *url, struct buf *body) {
	(void)body;
	buf_puts(url, "/analytics/cost");
	request_analytics(ask, url);
	buf_puts(url, "&group_by%5B%5D=cost_type&group_by%5B%5D=token_type");
}

const struct stream stream_anthropic_cost_analytics = {
	.name = "anthropic_cost_analytics", .table = "raw_anthropic_cost_analytics",
	.doc = "Anthropic cost by key and actor, analytics API",
	.vendor = &vendor_anthropic, .family = FAMILY_ANALYTICS, .window = 7, .months = true, .span = 31,
	.method = "GET", .request = request, .header = REQUEST_ANALYTICS_HEADER, .paging = &paging_token,
	.records = "data[]", .columns = columns,
};
