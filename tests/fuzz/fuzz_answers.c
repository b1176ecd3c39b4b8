/* Any bytes as an answer of a vendor; the first byte says which stream was asked. What is handed on must
 * be a row, or say what is wrong, and nothing may point outside of the answer. */
#include <stddef.h>
#include <stdint.h>

#include "ingest/reader.h"
#include "runtime/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good) {
	if (!good)
		__builtin_trap();
}

struct answer {
	const struct stream *stream;
	struct str bytes;
	size_t records;
};

static void check_row(const struct answer *answer, const struct record *record) {
	struct buf row = BUF(1 << 24);
	buf_add_str(&row, record->json);
	buf_puts(&row, ",\"payload\":");
	json_quote(&row, record->payload);
	buf_puts(&row, "}");
	json_t *value = json_loadb(row.ptr, row.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	check(value != NULL);
	for (const struct column *column = answer->stream->columns; column->name; column++)
		check(!column->required || answer->stream->parse ||
			json_object_get(value, column->name));
	json_decref(value);
	buf_free(&row);
}

static bool take(void *context, const struct record *record) {
	struct answer *answer = context;
	answer->records++;
	check(record->problem || record->day != NO_DAY);
	check(!record->too_large || record->problem);
	if (!answer->stream->parse)
		check(record->payload.ptr >= answer->bytes.ptr &&
			record->payload.ptr + record->payload.len <= answer->bytes.ptr + answer->bytes.len);
	if (!record->problem)
		check_row(answer, record);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	size_t count = 0;
	if (!size)
		return 0;
	while (streams[count])
		count++;
	struct answer answer = {.stream = streams[data[0] % count],
		.bytes = {(const char *)data + 1, size - 1}};
	struct reader *reader = reader_open(answer.stream, 20000, take, &answer);
	struct page page;
	bool good = reader_read(reader, answer.bytes, &page);
	check(good == !*reader_problem(reader));
	check(!good || page.records == answer.records);
	reader_close(reader);
	return 0;
}
