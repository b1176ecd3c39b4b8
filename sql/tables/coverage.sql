-- Append only: the latest row of a stream and day is what we know of it.
CREATE TABLE IF NOT EXISTS `${dataset}.coverage` (
  stream            STRING NOT NULL    OPTIONS (description = "Name of the stream, such as anthropic_usage"),
  day               DATE NOT NULL      OPTIONS (description = "Day that was asked for"),
  run_id            STRING NOT NULL    OPTIONS (description = "Run that asked"),
  recorded_at       TIMESTAMP NOT NULL OPTIONS (description = "When the row was written"),
  status            STRING NOT NULL    OPTIONS (description = "ok, empty, not_published, denied or failed"),
  reason            STRING             OPTIONS (description = "Why it failed: shrunk, overdue, http, schema, short, duplicate_key or cap"),
  settled           BOOL NOT NULL      OPTIONS (description = "Whether the vendor will not add to the day any more"),
  loaded            BOOL NOT NULL      OPTIONS (description = "Whether rows were loaded; FALSE when they were as before"),
  `rows`            INT64              OPTIONS (description = "Rows received"),
  pages             INT64              OPTIONS (description = "Pages received"),
  sum_tokens        INT64              OPTIONS (description = "Tokens in these rows"),
  sum_usd           NUMERIC            OPTIONS (description = "Dollars in these rows"),
  content_hash      STRING             OPTIONS (description = "Of the rows, in whatever order; equal hashes are equal days"),
  job_id            STRING             OPTIONS (description = "Load job that brought the rows"),
  fetched_at        TIMESTAMP          OPTIONS (description = "When they were fetched"),
  data_refreshed_at TIMESTAMP          OPTIONS (description = "How fresh the vendor says that they are"),
  message           STRING             OPTIONS (description = "What happened, for the reader")
)
PARTITION BY day
CLUSTER BY stream
OPTIONS (description = "What is known of each stream on each day, one row a try. No row: the day is not covered.");
