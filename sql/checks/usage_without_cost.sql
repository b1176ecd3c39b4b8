-- warn: what Anthropic's usage report shows has a cost, priority tiers apart (days whose facts come from
-- the analytics API do not tell the tier)
WITH analytics_days AS (
  SELECT day
  FROM `${dataset}.coverage_current`
  WHERE stream IN ('anthropic_usage_analytics', 'anthropic_cost_analytics') AND data_status IN ('ok', 'empty')
  GROUP BY day
  HAVING COUNT(*) = 2
),
used AS (
  SELECT
    usage_date AS day,
    COALESCE(workspace_id, '(default)') AS workspace_id,
    COALESCE(model, '(none)') AS model,
    SUM(uncached_input_tokens + cache_read_tokens + cache_5m_tokens + cache_1h_tokens + output_tokens) AS tokens
  FROM `${dataset}.raw_anthropic_usage`
  WHERE usage_date BETWEEN @from AND @to
    AND usage_date NOT IN (SELECT day FROM analytics_days)
    AND COALESCE(service_tier, '') NOT LIKE 'priority%'
  GROUP BY day, workspace_id, model
),
paid AS (
  SELECT DISTINCT cost_date AS day, workspace_id, model
  FROM `${dataset}.fct_cost_daily`
  WHERE cost_date BETWEEN @from AND @to
    AND product = 'api'
)
SELECT used.day AS day, used.workspace_id AS workspace_id, used.model AS model, used.tokens AS tokens
FROM used
LEFT JOIN paid
  ON paid.day = used.day AND paid.workspace_id = used.workspace_id AND paid.model = used.model
WHERE paid.day IS NULL
  AND used.tokens > 0
ORDER BY day, workspace_id, model;
