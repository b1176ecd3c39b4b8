-- error: tokens in fct_usage_daily are those of the raw rows, day by day
WITH parts AS (
  SELECT
    usage_date AS day,
    'api' AS product,
    uncached_input_tokens + cache_read_tokens + cache_5m_tokens + cache_1h_tokens + output_tokens AS raw_tokens,
    0 AS fact_tokens
  FROM `${dataset}.raw_anthropic_usage`
  WHERE usage_date BETWEEN @from AND @to
    AND usage_date NOT IN (SELECT day FROM `${dataset}.analytics_days`)
  UNION ALL
  SELECT
    usage_date,
    'api',
    uncached_input_tokens + cache_read_tokens + cache_5m_tokens + cache_1h_tokens + output_tokens,
    0
  FROM `${dataset}.raw_anthropic_usage_analytics`
  WHERE usage_date BETWEEN @from AND @to
    AND usage_date IN (SELECT day FROM `${dataset}.analytics_days`)
  UNION ALL
  SELECT usage_date, 'cursor', input_tokens + cache_read_tokens + cache_write_tokens + output_tokens, 0
  FROM `${dataset}.raw_cursor_events`
  WHERE usage_date BETWEEN @from AND @to
  UNION ALL
  SELECT
    code.usage_date,
    'claude_code',
    used.input_tokens + used.cache_read_tokens + used.cache_creation_tokens + used.output_tokens,
    0
  FROM `${dataset}.raw_claude_code` AS code
  CROSS JOIN UNNEST(code.models) AS used
  WHERE code.usage_date BETWEEN @from AND @to
    AND code.customer_type = 'subscription'
  UNION ALL
  SELECT usage_date, product, 0, COALESCE(total_tokens, 0)
  FROM `${dataset}.fct_usage_daily`
  WHERE usage_date BETWEEN @from AND @to
)
SELECT day, product, SUM(raw_tokens) AS raw_tokens, SUM(fact_tokens) AS fact_tokens
FROM parts
GROUP BY day, product
HAVING SUM(raw_tokens) != SUM(fact_tokens)
ORDER BY day, product;
