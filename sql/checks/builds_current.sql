-- error: every covered day is built in both facts
WITH covered AS (
  SELECT DISTINCT day
  FROM `${dataset}.coverage_current`
  WHERE data_status IN ('ok', 'empty')
    AND stream IN ('anthropic_usage', 'anthropic_cost', 'anthropic_usage_analytics', 'anthropic_cost_analytics',
      'claude_code', 'cursor_usage', 'cursor_events')
    AND day BETWEEN @from AND @to
),
wanted AS (
  SELECT covered.day, fact
  FROM covered, UNNEST(['fct_usage_daily', 'fct_cost_daily']) AS fact
)
SELECT wanted.day AS day, wanted.fact AS fact
FROM wanted
LEFT JOIN `${dataset}.fact_builds` AS builds ON builds.day = wanted.day AND builds.fact = wanted.fact
WHERE builds.fact IS NULL
ORDER BY day, fact;
