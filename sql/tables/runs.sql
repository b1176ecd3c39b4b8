CREATE TABLE IF NOT EXISTS `${dataset}.runs` (
  run_id       STRING NOT NULL    OPTIONS (description = "Name of the run"),
  task_index   INT64 NOT NULL     OPTIONS (description = "Which task of the run, 0 if there is only one"),
  command      STRING NOT NULL    OPTIONS (description = "run, backfill, migrate, …"),
  logical_date DATE               OPTIONS (description = "Day that the run was for"),
  started_at   TIMESTAMP NOT NULL OPTIONS (description = "When it began"),
  finished_at  TIMESTAMP          OPTIONS (description = "When it ended"),
  exit_code    INT64              OPTIONS (description = "How it ended; 0 is good"),
  version      STRING             OPTIONS (description = "Version of the program"),
  vendors      ARRAY<STRUCT<
    vendor STRING,
    calls INT64,
    retries INT64,
    wait_ms INT64,
    bytes INT64,
    quota_left INT64
  >> OPTIONS (description = "What was asked of each vendor"),
  `rows`       INT64              OPTIONS (description = "Rows received"),
  load_jobs    INT64              OPTIONS (description = "Load jobs started"),
  query_jobs   INT64              OPTIONS (description = "Query jobs started"),
  bytes_billed INT64              OPTIONS (description = "Bytes that BigQuery billed"),
  message      STRING             OPTIONS (description = "What happened, for the reader")
)
OPTIONS (description = "One row a run and task of mbc-ingest.");
