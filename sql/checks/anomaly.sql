-- warn: the last day of no platform and cost type is far from the median of the 28 days before
WITH days AS (
  SELECT cost_date, platform, cost_type, SUM(cost_usd) AS cost_usd
  FROM `${dataset}.fct_cost_daily`
  WHERE cost_date BETWEEN DATE_SUB(@to, INTERVAL 28 DAY) AND @to
    AND @from <= @to
    AND cost_type IN ('usage', 'overage')
  GROUP BY cost_date, platform, cost_type
),
medians AS (
  SELECT platform, cost_type, APPROX_QUANTILES(cost_usd, 2)[OFFSET(1)] AS median_usd, COUNT(*) AS days
  FROM days
  WHERE cost_date < @to
  GROUP BY platform, cost_type
),
spreads AS (
  SELECT days.platform, days.cost_type,
    APPROX_QUANTILES(ABS(days.cost_usd - medians.median_usd), 2)[OFFSET(1)] AS spread_usd
  FROM days
  JOIN medians ON medians.platform = days.platform AND medians.cost_type = days.cost_type
  WHERE days.cost_date < @to
  GROUP BY days.platform, days.cost_type
)
SELECT days.platform AS platform, days.cost_type AS cost_type, days.cost_usd AS cost_usd, medians.median_usd AS median_usd
FROM days
JOIN medians ON medians.platform = days.platform AND medians.cost_type = days.cost_type
JOIN spreads ON spreads.platform = days.platform AND spreads.cost_type = days.cost_type
WHERE days.cost_date = @to
  AND medians.days >= 7
  AND ABS(days.cost_usd - medians.median_usd) > spreads.spread_usd * 5
  AND ABS(days.cost_usd - medians.median_usd) >= 10;
