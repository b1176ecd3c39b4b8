-- error: dollars in fct_cost_daily are those of the raw rows, day by day, to the last digit
WITH parts AS (
  SELECT usage_date AS day, 'usage' AS cost_type, cost_usd AS raw_usd, CAST(0 AS NUMERIC) AS fact_usd
  FROM `${dataset}.raw_anthropic_cost`
  WHERE usage_date BETWEEN @from AND @to
    AND usage_date NOT IN (SELECT day FROM `${dataset}.analytics_days`)
  UNION ALL
  SELECT usage_date, 'usage', cost_usd, CAST(0 AS NUMERIC)
  FROM `${dataset}.raw_anthropic_cost_analytics`
  WHERE usage_date BETWEEN @from AND @to
    AND usage_date IN (SELECT day FROM `${dataset}.analytics_days`)
  UNION ALL
  SELECT usage_date, IF(is_chargeable, 'overage', 'included'), charged_usd, CAST(0 AS NUMERIC)
  FROM `${dataset}.raw_cursor_events`
  WHERE usage_date BETWEEN @from AND @to
    AND charged_usd IS NOT NULL
  UNION ALL
  SELECT cost_date, cost_type, CAST(0 AS NUMERIC), IF(cost_type = 'included', list_usd, cost_usd)
  FROM `${dataset}.fct_cost_daily`
  WHERE cost_date BETWEEN @from AND @to
    AND cost_type != 'subscription'
)
SELECT day, cost_type, SUM(raw_usd) AS raw_usd, SUM(fact_usd) AS fact_usd
FROM parts
GROUP BY day, cost_type
HAVING SUM(raw_usd) != SUM(fact_usd)
ORDER BY day, cost_type;
