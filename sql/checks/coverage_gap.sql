-- warn: no stream has a gap: days between its first and its last that no run will read again by itself
WITH covered AS (
  SELECT stream, day, LEAD(day) OVER (PARTITION BY stream ORDER BY day) AS next_day
  FROM `${dataset}.coverage_current`
  WHERE data_status IS NOT NULL
    AND stream IN ('anthropic_usage', 'anthropic_cost', 'anthropic_usage_analytics', 'anthropic_cost_analytics',
      'claude_code', 'cursor_usage', 'cursor_events')
)
SELECT
  stream,
  DATE_ADD(day, INTERVAL 1 DAY) AS first_day,
  DATE_SUB(next_day, INTERVAL 1 DAY) AS last_day
FROM covered
WHERE DATE_DIFF(next_day, day, DAY) > 1
  AND DATE_ADD(day, INTERVAL 1 DAY) < DATE_SUB(@to, INTERVAL 7 DAY)
  AND @from <= @to
ORDER BY stream, first_day;
