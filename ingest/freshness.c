/* Coverage goes in, an age for each stream comes out. A day that was empty counts: it was asked for. */
#include "ingest/freshness.h"

static const char sql[] =
	"SELECT stream, MAX(data_fetched_at) AS fetched_at\n"
	"FROM `${dataset}.coverage_current`\n"
	"WHERE data_status IN ('ok', 'empty')\n"
	"GROUP BY stream";

bool freshness_read(struct warehouse *warehouse, struct freshness **rows, size_t *count) {
	struct bigquery_result result;
	moment now = config_now(warehouse->config);
	*count = 0;
	while (warehouse->config->streams[*count])
		++*count;
	*rows = arena_array(warehouse->arena, struct freshness, *count);
	if (!warehouse_query(warehouse, "freshness", sql, &result))
		return false;
	for (size_t i = 0; i < *count; i++) {
		struct freshness *row = &(*rows)[i];
		row->stream = warehouse->config->streams[i];
		for (size_t k = 0; k < result.row_count; k++) {
			const char *at = bigquery_cell(&result, k, 1);
			long long micros;
			if (strcmp(bigquery_cell(&result, k, 0), row->stream->name) == 0 && at &&
				bigquery_timestamp(at, &micros))
				row->fetched_at = micros;
		}
		row->good = row->fetched_at && now - row->fetched_at < FRESH_FOR;
	}
	return true;
}
