-- A vendor corrects past days. Each row is a load whose sums differ from the load before it.
CREATE OR REPLACE VIEW `${dataset}.revisions` (
  stream               OPTIONS (description = "Name of the stream"),
  day                  OPTIONS (description = "Day that was corrected"),
  run_id               OPTIONS (description = "Run that brought the correction"),
  recorded_at          OPTIONS (description = "When it was recorded"),
  previous_run_id      OPTIONS (description = "Run that had brought the figures before"),
  previous_recorded_at OPTIONS (description = "When those were recorded"),
  previous_rows        OPTIONS (description = "Rows before"),
  current_rows         OPTIONS (description = "Rows since"),
  delta_tokens         OPTIONS (description = "Tokens that were added, or taken away"),
  delta_usd            OPTIONS (description = "Dollars that were added, or taken away")
)
OPTIONS (description = "What moved after it had been read: loads of a day whose sums changed.")
AS
WITH loads AS (
  SELECT
    stream,
    day,
    run_id,
    recorded_at,
    COALESCE(`rows`, 0) AS current_rows,
    COALESCE(sum_tokens, 0) AS sum_tokens,
    COALESCE(sum_usd, 0) AS sum_usd,
    LAG(run_id) OVER loads_of_day AS previous_run_id,
    LAG(recorded_at) OVER loads_of_day AS previous_recorded_at,
    LAG(COALESCE(`rows`, 0)) OVER loads_of_day AS previous_rows,
    LAG(COALESCE(sum_tokens, 0)) OVER loads_of_day AS previous_tokens,
    LAG(COALESCE(sum_usd, 0)) OVER loads_of_day AS previous_usd
  FROM `${dataset}.coverage`
  WHERE status IN ('ok', 'empty')
  WINDOW loads_of_day AS (PARTITION BY stream, day ORDER BY recorded_at, run_id)
)
SELECT
  stream,
  day,
  run_id,
  recorded_at,
  previous_run_id,
  previous_recorded_at,
  previous_rows,
  current_rows,
  sum_tokens - previous_tokens AS delta_tokens,
  sum_usd - previous_usd AS delta_usd
FROM loads
WHERE previous_run_id IS NOT NULL
  AND (sum_tokens != previous_tokens OR sum_usd != previous_usd OR current_rows != previous_rows);
