-- warn: the last day of no platform and cost type is far from the median of the 28 days before
WITH days AS (
  SELECT cost_date, platform, cost_type, SUM(cost_usd) AS cost_usd
  FROM `${dataset}.fct_cost_daily`
  WHERE cost_date BETWEEN DATE_SUB(@to, INTERVAL 28 DAY) AND @to
    AND @from <= @to
    AND cost_type IN ('usage', 'overage')
  GROUP BY cost_date, platform, cost_type
),
before AS (
  SELECT
    platform,
    cost_type,
    cost_usd,
    PERCENTILE_CONT(cost_usd, 0.5) OVER (PARTITION BY platform, cost_type) AS median_usd
  FROM days
  WHERE cost_date < @to
),
spreads AS (
  SELECT
    platform,
    cost_type,
    median_usd,
    PERCENTILE_CONT(ABS(cost_usd - median_usd), 0.5) OVER (PARTITION BY platform, cost_type) AS spread_usd
  FROM before
),
usual AS (
  SELECT platform, cost_type, MAX(median_usd) AS median_usd, MAX(spread_usd) AS spread_usd, COUNT(*) AS days
  FROM spreads
  GROUP BY platform, cost_type
)
SELECT
  days.platform AS platform,
  days.cost_type AS cost_type,
  days.cost_usd AS cost_usd,
  usual.median_usd AS median_usd
FROM days
JOIN usual ON usual.platform = days.platform AND usual.cost_type = days.cost_type
WHERE days.cost_date = @to
  AND usual.days >= 7
  AND ABS(days.cost_usd - usual.median_usd) > usual.spread_usd * 5
  AND ABS(days.cost_usd - usual.median_usd) >= 10
ORDER BY platform, cost_type;
