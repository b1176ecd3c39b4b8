-- error: raw tables hold the rows that coverage says they hold
WITH loads AS (
  SELECT stream, day, run_id, `rows` AS covered_rows
  FROM `${dataset}.coverage`
  WHERE status IN ('ok', 'empty') AND loaded
  QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, day ORDER BY recorded_at DESC, run_id DESC) = 1
)
SELECT
  COALESCE(loads.stream, raw.stream) AS stream,
  COALESCE(loads.day, raw.day) AS day,
  COALESCE(loads.covered_rows, 0) AS covered_rows,
  COALESCE(raw.raw_rows, 0) AS raw_rows
FROM loads
FULL JOIN `${dataset}.raw_days` AS raw ON raw.stream = loads.stream AND raw.day = loads.day
WHERE COALESCE(loads.day, raw.day) BETWEEN @from AND @to
  AND COALESCE(loads.covered_rows, 0) != COALESCE(raw.raw_rows, 0)
ORDER BY stream, day;
