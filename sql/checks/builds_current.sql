-- error: every covered day is built in both facts, and since it was last loaded
WITH covered AS (
  SELECT day, MAX(IF(loaded, recorded_at, NULL)) AS loaded_at
  FROM `${dataset}.coverage`
  WHERE status IN ('ok', 'empty')
    AND stream IN ('anthropic_usage', 'anthropic_cost', 'anthropic_usage_analytics', 'anthropic_cost_analytics',
      'claude_code', 'cursor_usage', 'cursor_events')
    AND day BETWEEN @from AND @to
  GROUP BY day
),
wanted AS (
  SELECT covered.day AS day, covered.loaded_at AS loaded_at, fact
  FROM covered
  CROSS JOIN UNNEST(['fct_usage_daily', 'fct_cost_daily']) AS fact
),
built AS (
  SELECT fact, day, MAX(built_at) AS built_at
  FROM `${dataset}.fact_builds`
  WHERE day BETWEEN @from AND @to
  GROUP BY fact, day
)
SELECT wanted.day AS day, wanted.fact AS fact
FROM wanted
LEFT JOIN built ON built.day = wanted.day AND built.fact = wanted.fact
WHERE built.built_at IS NULL
  OR built.built_at < wanted.loaded_at
ORDER BY day, fact;
