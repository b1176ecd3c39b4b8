-- The latest try decides `status`; `data_…` columns come from the latest try that brought data or a true zero.
CREATE OR REPLACE VIEW `${dataset}.coverage_current` (
  stream          OPTIONS (description = "Name of the stream"),
  day             OPTIONS (description = "Day that was asked for"),
  status          OPTIONS (description = "ok, empty, not_published, denied or failed: how the latest try ended"),
  reason          OPTIONS (description = "Why it failed"),
  settled         OPTIONS (description = "Whether the vendor will not add to the day any more"),
  recorded_at     OPTIONS (description = "When the latest try was recorded"),
  run_id          OPTIONS (description = "Run of the latest try"),
  message         OPTIONS (description = "What happened, for the reader"),
  tries           OPTIONS (description = "How often the day was asked for"),
  data_status     OPTIONS (description = "ok or empty; NULL while the day is not covered"),
  data_fetched_at OPTIONS (description = "When the data that stands now was fetched"),
  data_rows       OPTIONS (description = "Rows of the data that stands now"),
  sum_tokens      OPTIONS (description = "Tokens in these rows"),
  sum_usd         OPTIONS (description = "Dollars in these rows")
)
OPTIONS (description = "What is known of each stream on each day: one row a stream and day.")
AS
WITH latest AS (
  SELECT
    stream,
    day,
    status,
    reason,
    settled,
    recorded_at,
    run_id,
    message,
    COUNT(*) OVER (PARTITION BY stream, day) AS tries,
    ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) AS position
  FROM `${dataset}.coverage`
),
latest_data AS (
  SELECT
    stream,
    day,
    status,
    fetched_at,
    `rows`,
    sum_tokens,
    sum_usd,
    ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) AS position
  FROM `${dataset}.coverage`
  WHERE status IN ('ok', 'empty')
)
SELECT
  latest.stream AS stream,
  latest.day AS day,
  latest.status AS status,
  latest.reason AS reason,
  latest.settled AS settled,
  latest.recorded_at AS recorded_at,
  latest.run_id AS run_id,
  latest.message AS message,
  latest.tries AS tries,
  latest_data.status AS data_status,
  latest_data.fetched_at AS data_fetched_at,
  latest_data.`rows` AS data_rows,
  latest_data.sum_tokens AS sum_tokens,
  latest_data.sum_usd AS sum_usd
FROM latest
LEFT JOIN latest_data
  ON latest_data.stream = latest.stream AND latest_data.day = latest.day AND latest_data.position = 1
WHERE latest.position = 1;
